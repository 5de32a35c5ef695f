//! The simulators as a process of their own, so that their cost is not counted.

use crate::Trouble;
use connector_kit::{Body, HttpClient, Idempotence, Method, Request, Transport, TransportConfig, Url};
use domain::clock::Deadline;
use lambda_kit::SystemClock;
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What the simulators said when they started.
#[derive(Debug, Clone, Default)]
pub struct Announced {
    /// Where Crayon is.
    pub crayon_url: String,
    /// `client_id`, `client_secret`, `username` and `password`.
    pub crayon_credentials: [String; 4],
    /// The organisations' numbers.
    pub organisations: Vec<u64>,
    /// Where HostBill is.
    pub hostbill_url: String,
    /// `api_id` and `api_key`.
    pub hostbill_credentials: [String; 2],
}

/// Running simulators; dropping them ends them.
pub struct Simulators {
    announced: Announced,
    truths: Value,
    control: Transport,
    // Ends the process when dropped.
    _child: Child,
}

impl Simulators {
    /// Starts them with a synthetic estate of so many subscriptions.
    pub async fn synthetic(binary: &Path, http: HttpClient, subscriptions: u64) -> Result<Self, Trouble> {
        let links = std::env::temp_dir().join(format!("e2e-links-{}-{subscriptions}", std::process::id()));
        let mut child = Command::new(binary)
            .args(["--estate", "synthetic", "--subscriptions", &subscriptions.to_string()])
            .arg("--links")
            .arg(&links)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Trouble::at(&format!("start {}", binary.display()), &error))?;
        let out = child.stdout.take().ok_or_else(|| Trouble::new("the simulators have no output"))?;
        let line = BufReader::new(out).lines().next_line().await?;
        let line =
            line.ok_or_else(|| Trouble::new("the simulators ended before they said where they are"))?;
        let truths = serde_json::from_str(&std::fs::read_to_string(&links)?)?;
        std::fs::remove_file(&links)?;
        let system = "simulators".parse().map_err(|error| Trouble::at("name the simulators", &error))?;
        let control = Transport::new(http, system, Arc::new(SystemClock), TransportConfig::default());
        Ok(Self { announced: announced(&serde_json::from_str(&line)?), truths, control, _child: child })
    }

    /// Where they are and what opens them.
    pub fn announced(&self) -> &Announced {
        &self.announced
    }

    /// What truly belongs to what, as JSON.
    pub fn truths(&self) -> &Value {
        &self.truths
    }

    /// Requests that Crayon was asked since the last reset.
    pub async fn crayon_counts(&self) -> Result<Value, Trouble> {
        self.ask(Method::GET, &self.announced.crayon_url, "counters", None).await
    }

    /// Calls that HostBill was asked since the last reset.
    pub async fn hostbill_counts(&self) -> Result<Value, Trouble> {
        self.ask(Method::GET, &self.announced.hostbill_url, "counters", None).await
    }

    /// Forgets the counters of both.
    pub async fn reset(&self) -> Result<(), Trouble> {
        for url in [&self.announced.crayon_url, &self.announced.hostbill_url] {
            self.ask(Method::POST, url, "reset", Some("{}".into())).await?;
        }
        Ok(())
    }

    /// Every request to Crayon takes so long.
    pub async fn latency(&self, milliseconds: u64) -> Result<(), Trouble> {
        let body = serde_json::json!({"ms": milliseconds}).to_string();
        self.ask(Method::POST, &self.announced.crayon_url, "latency", Some(body)).await.map(drop)
    }

    /// One more seat for so many percent of the subscriptions.
    pub async fn change_percent(&self, percent: u32) -> Result<(), Trouble> {
        let body = serde_json::json!({"percent": percent}).to_string();
        self.ask(Method::POST, &self.announced.crayon_url, "change-percent", Some(body)).await.map(drop)
    }

    async fn ask(
        &self,
        method: Method,
        base: &str,
        what: &str,
        body: Option<String>,
    ) -> Result<Value, Trouble> {
        let mut url = Url::parse(base).map_err(|error| Trouble::at("the simulators' address", &error))?;
        url.set_path(&format!("/_sim/{what}"));
        let body = body.map_or(Body::Empty, |text| Body::Json(text.into_bytes()));
        let request = Request::new("control the simulators", method, url, Idempotence::Mutation).body(body);
        let reply = self.control.call(request, Deadline::never()).await?;
        if !reply.is_success() {
            return Err(Trouble::new(format!("the simulators answered {} to {what}", reply.status)));
        }
        Ok(serde_json::from_slice(&reply.body)?)
    }
}

fn announced(said: &Value) -> Announced {
    let text = |system: &str, name: &str| said[system][name].as_str().unwrap_or_default().to_owned();
    let crayon = |name: &str| text("crayon", name);
    let organisations = said["crayon"]["organisations"].as_array();
    Announced {
        crayon_url: crayon("url"),
        crayon_credentials: ["client_id", "client_secret", "username", "password"].map(crayon),
        organisations: organisations.into_iter().flatten().filter_map(Value::as_u64).collect(),
        hostbill_url: text("hostbill", "url"),
        hostbill_credentials: [text("hostbill", "api_id"), text("hostbill", "api_key")],
    }
}
