//! A function as Lambda runs it: its own process, asking for work.

use crate::runtime_api::{Answer, RuntimeApi, Work};
use crate::{Announced, Trouble, Usage};
use domain::clock::Clock as _;
use lambda_kit::SystemClock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// The variables a function is started with; nothing of ours reaches it otherwise.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What Lambda itself sets, credentials that open nothing, and where DynamoDB and EventBridge are.
    pub fn of_lambda(dynamodb: &str, eventbridge: &str) -> Self {
        Self::default()
            .with("AWS_LAMBDA_FUNCTION_NAME", "e2e")
            .with("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .with("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .with("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/e2e")
            .with("AWS_LAMBDA_LOG_STREAM_NAME", "e2e")
            .with("AWS_REGION", "eu-west-1")
            .with("AWS_ACCESS_KEY_ID", "e2e-access-key-id")
            .with("AWS_SECRET_ACCESS_KEY", "e2e-secret-access-key")
            .with("AWS_SESSION_TOKEN", "e2e-session-token")
            .with("AWS_EC2_METADATA_DISABLED", "true")
            .with("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)
            .with("AWS_ENDPOINT_URL_EVENTBRIDGE", eventbridge)
    }

    /// The connections to these systems, without the pace that real ones want.
    #[must_use]
    pub fn connected_to(self, systems: &Announced) -> Self {
        let [client_id, client_secret, username, password] = &systems.crayon_credentials;
        let [api_id, api_key] = &systems.hostbill_credentials;
        self.with("CRAYON_URL", &*systems.crayon_url)
            .with("CRAYON_CLIENT_ID", client_id)
            .with("CRAYON_CLIENT_SECRET", client_secret)
            .with("CRAYON_USERNAME", username)
            .with("CRAYON_PASSWORD", password)
            .with("CRAYON_REQUESTS_PER_SECOND", "100000")
            .with("HOSTBILL_URL", &*systems.hostbill_url)
            .with("HOSTBILL_API_ID", api_id)
            .with("HOSTBILL_API_KEY", api_key)
            .with("HOSTBILL_REQUESTS_PER_SECOND", "100000")
    }

    /// Without these variables.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// With a variable more, or another value for one.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// Every variable and its value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// An invocation that came to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoked {
    /// What the function said.
    pub answer: Answer,
    /// From handing over the work to the answer.
    pub wall: Duration,
}

/// A running function; dropping it kills it.
pub struct Function {
    child: Child,
    pid: u32,
    api: RuntimeApi,
    lines: Arc<Mutex<Vec<String>>>,
    readers: Vec<JoinHandle<()>>,
    handed: u64,
}

impl Function {
    /// Starts the process. It is not waited for: work may be handed over at once.
    pub async fn start(binary: &Path, environment: &Environment) -> Result<Self, Trouble> {
        Self::start_by(binary, &[], environment).await
    }

    /// Starts a program that starts or is the function, with these words.
    pub async fn start_by(
        program: &Path,
        words: &[&str],
        environment: &Environment,
    ) -> Result<Self, Trouble> {
        let api = RuntimeApi::start().await?;
        let mut child = Command::new(program)
            .args(words)
            .env_clear()
            .envs(&environment.0)
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Trouble::at(&format!("start {}", program.display()), &error))?;
        let pid = child.id().ok_or_else(|| Trouble::new("the function has no process"))?;
        let lines = Arc::default();
        let mut readers = Vec::new();
        readers.extend(child.stdout.take().map(|out| read(out, &lines)));
        readers.extend(child.stderr.take().map(|out| read(out, &lines)));
        Ok(Self { child, pid, api, lines, readers, handed: 0 })
    }

    /// Waits until the function asks for its first work: its start is over.
    pub async fn ready(&mut self) -> Result<(), Trouble> {
        self.idle_after(0).await
    }

    /// Hands over a payload with so much time, and waits for the answer and until the function is idle again.
    pub async fn invoke(&mut self, payload: &Value, within: Duration) -> Result<Invoked, Trouble> {
        let before = self.handed;
        self.handed += 1;
        let deadline_ms = SystemClock.now().as_millisecond() + i64::try_from(within.as_millis()).unwrap_or(0);
        let request = format!("00000000-0000-4000-8000-{:012}", self.handed);
        let begun = Instant::now();
        let work = Work { request, payload: payload.to_string(), deadline_ms };
        let answered = self.api.hand(work)?;
        let answer = tokio::select! {
            answer = answered => answer.map_err(|_| Trouble::new("the runtime API has stopped"))?,
            status = self.child.wait() => return Err(self.ended(status?).await),
        };
        let wall = begun.elapsed();
        self.idle_after(before + 1).await?;
        Ok(Invoked { answer, wall })
    }

    /// What the process has used so far.
    pub fn usage(&self) -> Result<Usage, Trouble> {
        Usage::of(self.pid)
    }

    /// Everything it wrote so far, both streams.
    pub fn log(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it at once, wherever it is (SIGKILL), and waits until it is gone.
    pub async fn kill(&mut self) -> Result<(), Trouble> {
        self.child.kill().await?;
        self.drain().await;
        Ok(())
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    pub async fn stop(&mut self) -> Result<ExitStatus, Trouble> {
        Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        self.exit().await
    }

    /// Waits until it ends by itself.
    pub async fn exit(&mut self) -> Result<ExitStatus, Trouble> {
        let status = self.child.wait().await?;
        self.drain().await;
        Ok(status)
    }

    async fn idle_after(&mut self, times: u64) -> Result<(), Trouble> {
        let mut asked = self.api.asked();
        tokio::select! {
            seen = asked.wait_for(|count| *count > times) => {
                seen.map(drop).map_err(|_| Trouble::new("the runtime API has stopped"))
            }
            status = self.child.wait() => Err(self.ended(status?).await),
        }
    }

    async fn ended(&mut self, status: ExitStatus) -> Trouble {
        self.drain().await;
        let log = self.log();
        let last = log.get(log.len().saturating_sub(5)..).unwrap_or_default().join("\n");
        Trouble::new(format!("the function ended ({status}); its last lines:\n{last}"))
    }

    async fn drain(&mut self) {
        for reader in self.readers.drain(..) {
            // A reader ends with its stream; nothing else can happen to it.
            drop(reader.await);
        }
    }
}

fn read(out: impl AsyncRead + Unpin + Send + 'static, lines: &Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    let (mut out, lines) = (BufReader::new(out).lines(), Arc::clone(lines));
    tokio::spawn(async move {
        while let Ok(Some(line)) = out.next_line().await {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    })
}
