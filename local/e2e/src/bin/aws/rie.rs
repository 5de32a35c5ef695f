//! AWS's own runtime interface emulator, as it is in every Lambda base image, with a function's binary under it.

mod going_wrong;
mod samples;

use crate::processes;
use crate::world::{Tools, expect};
use e2e::{Environment, Surroundings, Trouble, until};
use futures::future::LocalBoxFuture;
use serde_json::Value;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A story, told on a stage of its own.
pub(crate) type Story = for<'a> fn(&'a Stage<'a>) -> LocalBoxFuture<'a, Result<(), Trouble>>;

macro_rules! stories {
    ($($module:ident::$name:ident,)*) => {
        &[$((stringify!($name), |stage| Box::pin($module::$name(stage)))),*]
    };
}

/// Every story by its name.
pub(crate) const STORIES: &[(&str, Story)] = stories![
    samples::every_function_answers_each_of_its_samples_and_a_second_time,
    samples::the_schedules_event_leads_to_one_active_service_each,
    samples::a_run_that_is_asked_for_is_in_the_table_and_on_the_bus,
    samples::an_order_that_is_taken_waits_in_the_list,
    going_wrong::a_function_that_is_out_of_time_is_ended_and_the_next_event_is_answered_by_a_new_one,
    going_wrong::a_payload_that_nobody_knows_is_refused_and_changes_nothing,
    going_wrong::six_megabytes_are_refused_and_the_function_goes_on,
    going_wrong::a_function_that_crashed_starts_again_for_the_next_event,
    going_wrong::a_run_that_was_killed_is_brought_to_its_end_by_a_later_event_and_nothing_is_done_twice,
];

const INVOCATIONS: &str = "/2015-03-31/functions/function/invocations";
const STARTED_WITHIN: Duration = Duration::from_secs(30);
/// How many the supplier has.
pub(crate) const SUBSCRIPTIONS: usize = 6;

/// Where a story's functions are started.
pub(crate) struct Stage<'a> {
    tools: &'a Tools,
    story: &'a str,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(tools: &'a Tools, story: &'a str) -> Self {
        Self { tools, story }
    }

    /// A function under an emulator of its own, in surroundings of its own. `part` names the log.
    async fn enter(&self, function: &str, part: &str) -> Result<Actor, Trouble> {
        self.enter_with(function, part, &[]).await
    }

    /// The same, with further variables.
    async fn enter_with(&self, function: &str, part: &str, more: &[(&str, &str)]) -> Result<Actor, Trouble> {
        let surroundings = Surroundings::open(SUBSCRIPTIONS).await?;
        let known = surroundings.environment.clone();
        let environment = more.iter().fold(known, |all, (name, value)| all.with(name, *value));
        let log = self.tools.artefacts.join(format!("{}.{function}.{part}.log", self.story));
        let emulator = Emulator::start(self.tools, function, &environment, log).await?;
        Ok(Actor { surroundings, emulator, function: function.to_owned() })
    }
}

/// A function at work, and all that it meets.
struct Actor {
    surroundings: Surroundings,
    emulator: Emulator,
    function: String,
}

impl Actor {
    /// Hands over a payload; gives what the function answered.
    async fn ask(&self, payload: &Value) -> Result<Said, Trouble> {
        self.emulator.invoke(self.surroundings.filled(payload)?.to_string().as_bytes()).await
    }

    /// Ends the story: the process is gone with its emulator, and nothing secret stands in what both wrote.
    async fn leave(self) -> Result<(), Trouble> {
        let Self { surroundings, emulator, function } = self;
        let log = emulator.stop().await?;
        let secret = surroundings.find_secret(&log).is_some();
        surroundings.close().await;
        expect(!log.is_empty(), || format!("{function} wrote nothing, which proves nothing"))?;
        expect(!secret, || format!("a credential is in what {function} wrote"))
    }
}

/// What came back.
#[derive(Debug)]
struct Said {
    status: u16,
    text: String,
    value: Value,
}

impl Said {
    /// Goes on only with an answer: no failure, nothing given up, and over HTTP what was asked for or a problem with
    /// its code.
    fn is_answer(&self) -> bool {
        let said = &self.value;
        let type_of_body = said["headers"]["content-type"].as_str().unwrap_or_default();
        let http = match said["statusCode"].as_u64() {
            Some(status) => status < 400 || (status < 500 && type_of_body == "application/problem+json"),
            None => said.get("outcome").is_none_or(|outcome| outcome != "terminal"),
        };
        self.status == 200 && said.is_object() && said.get("errorType").is_none() && http
    }

    /// The body of an answer over HTTP.
    fn body(&self) -> Value {
        self.value["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
    }
}

/// A running emulator; dropping it ends it.
struct Emulator {
    child: Child,
    pid: u32,
    address: SocketAddr,
    log: PathBuf,
    // Where the binary is called `bootstrap`.
    _folder: tempfile::TempDir,
}

impl Emulator {
    async fn start(
        tools: &Tools,
        function: &str,
        environment: &Environment,
        log: PathBuf,
    ) -> Result<Self, Trouble> {
        let folder = tempfile::tempdir()?;
        let bootstrap = folder.path().join("bootstrap");
        std::os::unix::fs::symlink(std::path::absolute(tools.functions.join(function))?, &bootstrap)?;
        let (own, runtime) = (free_address()?, free_address()?);
        let file = File::create(&log)?;
        let mut child = Command::new(std::path::absolute(&tools.emulator)?)
            .args(["--runtime-interface-emulator-address", &own.to_string()])
            .args(["--runtime-api-address", &runtime.to_string()])
            .arg(&bootstrap)
            .arg("handler")
            .current_dir(folder.path())
            .env_clear()
            .envs(environment.pairs())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Trouble::at("start the runtime interface emulator", &error))?;
        let pid = child.id().ok_or_else(|| Trouble::new("the emulator has ended"))?;
        until("the emulator listens", STARTED_WITHIN, async || {
            if let Some(status) = child.try_wait()? {
                return Err(Trouble::new(format!("the emulator ended: {status}")));
            }
            Ok(TcpStream::connect(own).await.ok().map(drop))
        })
        .await?;
        Ok(Self { child, pid, address: own, log, _folder: folder })
    }

    /// Hands over these bytes as they are.
    async fn invoke(&self, payload: &[u8]) -> Result<Said, Trouble> {
        // Written by hand: the house's client takes a 502 for a failure, and here it is an answer.
        let head = format!("POST {INVOCATIONS} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", payload.len());
        let mut connection = TcpStream::connect(self.address).await?;
        connection.write_all(head.as_bytes()).await?;
        connection.write_all(payload).await?;
        let mut reply = String::new();
        connection.read_to_string(&mut reply).await?;
        let no_answer = || Trouble::new(format!("the emulator does not answer in HTTP: {reply}"));
        let (head, text) = reply.split_once("\r\n\r\n").ok_or_else(no_answer)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(no_answer)?;
        let value = serde_json::from_str(text).unwrap_or(Value::Null);
        Ok(Said { status, text: text.to_owned(), value })
    }

    /// The function's process, which the emulator starts with the first event.
    fn process(&self) -> Result<u32, Trouble> {
        let running = processes::of_functions(self.pid, "")?;
        let [process] = running.as_slice() else {
            return Err(Trouble::new(format!("one process is at work: {running:?}")));
        };
        Ok(*process)
    }

    /// Ends the emulator as a container is ended, and sees that the function's process goes with it. Gives what both
    /// wrote.
    async fn stop(mut self) -> Result<String, Trouble> {
        let processes = processes::of_functions(self.pid, "")?;
        Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        self.child.wait().await?;
        let left = processes.iter().find(|pid| std::path::Path::new(&format!("/proc/{pid}/exe")).exists());
        expect(left.is_none(), || format!("process {left:?} outlives its emulator"))?;
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }
}

fn free_address() -> Result<SocketAddr, Trouble> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
