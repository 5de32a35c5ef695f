//! `billbridge serve` as it is typed: the real binary, a process of its own, on a table in a file.

use crate::http::estate;
use crate::http::meter::Reading;
use crate::http::wire::{Connection, Request};
use crate::scene::ORGANISATION;
use connector_kit::HttpClient;
use e2e::{Build, Environment, Simulators, Trouble};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::interval;

/// Looked for as long as the schedule's first run may take to begin, and to end.
const LOOKS: usize = 1_200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// A table, and the command line on it.
pub(crate) struct Installation {
    binary: PathBuf,
    environment: Environment,
    // They go when this goes.
    _simulators: Simulators,
    _folder: TempDir,
}

impl Installation {
    /// Every subscription is brought into billing by one real `billbridge sync`; then a past is added.
    pub(crate) async fn prepare(build: &Build, http: &HttpClient, records: u64) -> Result<Self, Trouble> {
        let simulators = Simulators::synthetic(&build.binary("simulators"), http.clone(), records).await?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("billbridge.db");
        let path = path.to_str().ok_or_else(|| Trouble::new("the temporary folder has an odd name"))?;
        estate::begin(path, &simulators).await?;
        let environment = Environment::default()
            .connected_to(simulators.announced())
            .with("BILLBRIDGE_DATA", path)
            .with("BILLBRIDGE_ACTOR", "bench")
            .with("BILLBRIDGE_REQUESTS_PER_MINUTE", "100000000")
            .with("CRAYON_PAGE_SIZE", "200")
            .with("HOSTBILL_IN_FLIGHT", "8")
            .with("SYNC_IN_FLIGHT", "8");
        let installation = Self {
            binary: build.binary("billbridge"),
            environment,
            _simulators: simulators,
            _folder: folder,
        };
        let synced = installation.say(&["sync", "--yes", "--json"]).await?;
        let created = &synced["runs"][0]["counts"]["created"];
        if created.as_u64() != Some(records) {
            return Err(Trouble::new(format!("{records} services were to be created: {synced}")));
        }
        estate::age(path).await?;
        Ok(installation)
    }

    /// The variables that the command line is started with.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// A token for programs.
    pub(crate) async fn token(&self, scope: &str) -> Result<String, Trouble> {
        let made = self.say(&["tokens", "create", "--name", "bench", "--scope", scope, "--json"]).await?;
        text(&made, "secret")
    }

    /// The code of a link for a new administrator.
    pub(crate) async fn code(&self) -> Result<String, Trouble> {
        let added = self.say(&["users", "add", "--name", "Ada Berg", "--role", "admin", "--json"]).await?;
        let link = text(&added, "link")?;
        let code = link.split_once("?c=").map(|(_, code)| code.to_owned());
        code.ok_or_else(|| Trouble::new("a link to sign in with holds no code"))
    }

    /// Runs a command to its end, and gives what it printed.
    async fn say(&self, line: &[&str]) -> Result<Value, Trouble> {
        let output = self.command(line).output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Trouble::at(&format!("billbridge {}", line.join(" ")), &said));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(line).env_clear().envs(self.environment.pairs()).stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// A `serve` at work; dropping it ends it.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    /// Who is signed in, as a browser says it.
    pub(crate) cookie: String,
    /// A token that may read, as a program says it.
    pub(crate) bearer: String,
    pid: u32,
    _child: Child,
    // What it tells is read no further, and must have somewhere to go.
    _told: Lines<BufReader<ChildStderr>>,
}

impl Served {
    /// Starts it, signs in, and waits until the schedule's first run is over: it would be in every figure.
    pub(crate) async fn start(installation: &Installation) -> Result<Self, Trouble> {
        let mut command = installation.command(&["serve", "--listen", "127.0.0.1:0", "--plain"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let pid = child.id().ok_or_else(|| Trouble::new("billbridge has no process"))?;
        let told = child.stderr.take().ok_or_else(|| Trouble::new("billbridge tells nothing"))?;
        let mut told = BufReader::new(told).lines();
        let address = loop {
            let line = told.next_line().await?;
            let line = line.ok_or_else(|| Trouble::new("billbridge ended before it said where it is"))?;
            if let Some((_, address)) = line.split_once("pages and API on http://") {
                break address.parse().map_err(|error| Trouble::at("read the address", &error))?;
            }
        };
        let mut connection = Connection::open(address).await?;
        let code = installation.code().await?;
        let entered = connection.ask(&Request::form("/sign-in/code", &format!("c={code}"))).await?;
        let cookie = entered.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.ok_or_else(|| Trouble::new(format!("nobody came in: {}", entered.status)))?;
        let bearer = format!("Bearer {}", installation.token("read").await?);
        let served = Self { address, cookie: cookie.to_owned(), bearer, pid, _child: child, _told: told };
        served.settle(&mut connection).await?;
        Ok(served)
    }

    /// What the process has used so far.
    pub(crate) fn used(&self) -> Result<Reading, Trouble> {
        Reading::of(self.pid)
    }

    /// What a browser asks.
    pub(crate) fn page(&self, path: &str) -> Request {
        Request::get(path).with("Cookie", &self.cookie).with("Accept", "text/html")
    }

    /// What a program asks.
    pub(crate) fn program(&self, path: &str) -> Request {
        Request::get(path).with("Authorization", &self.bearer)
    }

    async fn settle(&self, connection: &mut Connection) -> Result<(), Trouble> {
        let latest = self.program(&format!("/api/runs?organisation={ORGANISATION}&limit=1"));
        let mut looks = interval(BETWEEN_LOOKS);
        let mut first = None;
        for _ in 0..LOOKS {
            let runs: Value = serde_json::from_slice(&connection.get(&latest).await?.body)?;
            let run = &runs["items"][0];
            let known = first.get_or_insert_with(|| run["run"].clone());
            if *known != run["run"] && run["state"] == "finished" {
                return Ok(());
            }
            looks.tick().await;
        }
        Err(Trouble::new("the schedule's first run did not come to its end"))
    }
}

/// Builds `billbridge` as this program was built.
pub(crate) fn build_billbridge(build: &Build) -> Result<(), Trouble> {
    let binary = build.binary("billbridge");
    let target = binary.ancestors().nth(2).ok_or_else(|| Trouble::new("the target folder has no parent"))?;
    let status = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace", "--bin", "billbridge", "--profile", build.profile()])
        .arg("--target-dir")
        .arg(target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .status()?;
    if status.success() { Ok(()) } else { Err(Trouble::new("billbridge could not be built")) }
}

fn text(value: &Value, name: &str) -> Result<String, Trouble> {
    let text = value[name].as_str().map(str::to_owned);
    text.ok_or_else(|| Trouble::new(format!("billbridge printed no {name:?}")))
}
