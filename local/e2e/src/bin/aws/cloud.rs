//! An emulated AWS of its own for one story: a process, and how it is spoken to.

use crate::processes;
use connector_kit::{
    Body, HttpClient, Idempotence, Method, Reply, Request, RetryPolicy, Transport, TransportConfig, Url,
};
use domain::clock::Deadline;
use e2e::{Trouble, until};
use lambda_kit::SystemClock;
use lambda_kit::env::Env;
use serde_json::{Value, json};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};

pub(crate) const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "123456789012";
/// The account's own key, with which the table's adapter comes in an emulator too.
pub(crate) const OWN_KEY: &str = "local";
const STARTED_WITHIN: Duration = Duration::from_mins(1);

/// A running emulator; dropping it ends it.
pub(crate) struct Cloud {
    child: Child,
    port: u16,
    base: Url,
    transport: Transport,
    log: PathBuf,
    // Everything it keeps; removed when dropped.
    _folder: tempfile::TempDir,
}

impl Cloud {
    /// On a free port of 127.0.0.1, with nothing in it. `packages` is where Python finds the emulator, `log` what it
    /// and the functions write into.
    pub(crate) async fn start(packages: &Path, log: PathBuf) -> Result<Self, Trouble> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let endpoint = format!("http://127.0.0.1:{port}");
        let base = Url::parse(&endpoint).map_err(|error| Trouble::at("the emulator's address", &error))?;
        let file = File::create(&log)?;
        let child = Command::new("python3")
            .args(["-m", "ministack"])
            .current_dir(folder.path())
            // The functions inherit what the emulator is started with: nothing of ours is to reach them so.
            .env_clear()
            .env("PATH", Env::from_process().optional("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .env("PYTHONPATH", packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("BIND_HOST", Ipv4Addr::LOCALHOST.to_string())
            .env("GATEWAY_PORT", port.to_string())
            .env("AWS_ENDPOINT_URL", &endpoint)
            .env("MINISTACK_REGION", REGION)
            .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
            // Every function is held to the policy of its role; the account's own key may do everything.
            .env("AUTH", "true")
            .env("AWS_ACCESS_KEY_ID", OWN_KEY)
            // It would listen on a port that is not ours to choose.
            .env("IOT_MTLS_ENABLED", "0")
            // AWS waits a minute before the first repetition, two before the second.
            .env("LAMBDA_ASYNC_RETRY_BASE_SECONDS", "0.5")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Trouble::at("start the emulator", &error))?;
        let http = connector_kit::http_client().map_err(|error| Trouble::new(error.to_string()))?;
        let mut cloud = Self { child, port, base, transport: transport(http)?, log, _folder: folder };
        cloud.wait_until_ready().await?;
        Ok(cloud)
    }

    /// Where its services are: `AWS_ENDPOINT_URL`.
    pub(crate) fn endpoint(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }

    /// The emulator's process.
    pub(crate) fn pid(&self) -> Result<u32, Trouble> {
        self.child.id().ok_or_else(|| Trouble::new("the emulator has ended"))
    }

    /// What the emulator wrote so far.
    pub(crate) fn log(&self) -> Result<String, Trouble> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// What the logs hold under log groups whose name begins so.
    pub(crate) async fn logged(&self, groups: &str) -> Result<String, Trouble> {
        let asked = json!({"logGroupNamePrefix": groups});
        let found = self.json("logs", "Logs_20140328.DescribeLogGroups", &asked).await?;
        let mut lines = String::new();
        for group in found["logGroups"].as_array().into_iter().flatten() {
            let mut asked = json!({"logGroupName": group["logGroupName"]});
            loop {
                let page = self.json("logs", "Logs_20140328.FilterLogEvents", &asked).await?;
                for event in page["events"].as_array().into_iter().flatten() {
                    lines += event["message"].as_str().unwrap_or_default();
                    lines.push('\n');
                }
                if !page["nextToken"].is_string() {
                    break;
                }
                asked["nextToken"] = page["nextToken"].clone();
            }
        }
        Ok(lines)
    }

    /// Ends it, and with it every function, and waits until it is gone.
    pub(crate) async fn stop(mut self) -> Result<(), Trouble> {
        let functions = processes::of_functions(self.pid()?, "")?;
        self.child.kill().await?;
        // Without it they end by themselves, sooner or later.
        functions.into_iter().try_for_each(processes::kill)
    }

    /// A call of a service with a query protocol; the answer is XML.
    pub(crate) async fn query(
        &self,
        service: &str,
        action: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, Trouble> {
        let mut form =
            vec![("Action".into(), action.to_owned()), ("Version".into(), version(service).into())];
        form.extend(fields.iter().map(|(name, value)| ((*name).to_owned().into(), (*value).to_owned())));
        let request = self.request(Method::POST, "/", service).body(Body::Form(form));
        done(action, &self.send(request).await?)
    }

    /// A call of a service that speaks JSON by target, as `secretsmanager.CreateSecret`.
    pub(crate) async fn json(&self, service: &str, target: &str, body: &Value) -> Result<Value, Trouble> {
        let request = self.request(Method::POST, "/", service).header("x-amz-target", target);
        let said = done(target, &self.send(request.body(json_body(body))).await?)?;
        Ok(if said.is_empty() { Value::Null } else { serde_json::from_str(&said)? })
    }

    /// A call of a service that speaks REST, whatever it answers.
    pub(crate) async fn rest(
        &self,
        (method, path): (Method, &str),
        service: &str,
        headers: &[(&'static str, &str)],
        body: Body,
    ) -> Result<Reply, Trouble> {
        let request = self.request(method, path, service).body(body);
        self.send(headers.iter().fold(request, |request, (name, value)| request.header(name, *value))).await
    }

    /// A request to an HTTP API, as it comes in from outside.
    pub(crate) async fn ask_api(
        &self,
        api: &str,
        (method, path): (Method, &str),
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Reply, Trouble> {
        // The emulator answers this one path itself, whatever the host; there is a second way in (README).
        let (host, path) = if path == "/health" {
            (format!("localhost:{}", self.port), format!("/_aws/execute-api/{api}/$default/health"))
        } else {
            (format!("{api}.execute-api.localhost:{}", self.port), path.to_owned())
        };
        let mut request = Request::new("call the API", method, self.url(&path)?, Idempotence::Mutation)
            .header("host", host)
            .body(body.map_or(Body::Empty, json_body));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request).await
    }

    fn url(&self, path: &str) -> Result<Url, Trouble> {
        self.base.join(path).map_err(|error| Trouble::at("an address in the emulator", &error))
    }

    /// The signature is not looked at; its head says whose and which service's the request is.
    fn request(&self, method: Method, path: &str, service: &str) -> Request {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        let scope = format!("{OWN_KEY}/20260101/{REGION}/{service}/aws4_request");
        let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        Request::new(format!("call {service}"), method, url, Idempotence::Mutation)
            .header("authorization", signed)
    }

    async fn send(&self, request: Request) -> Result<Reply, Trouble> {
        Ok(self.transport.call(request, Deadline::never()).await?)
    }

    async fn wait_until_ready(&mut self) -> Result<(), Trouble> {
        let url = self.url("/_ministack/ready")?;
        let (child, transport, log) = (&mut self.child, &self.transport, &self.log);
        until("the emulator is ready", STARTED_WITHIN, async || {
            if let Some(status) = child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(Trouble::new(format!("the emulator ended ({status}):\n{said}")));
            }
            let asked = Request::new("see if it is ready", Method::GET, url.clone(), Idempotence::Mutation);
            let reply = transport.call(asked, Deadline::never()).await;
            Ok(reply.ok().filter(Reply::is_success).map(drop))
        })
        .await
    }
}

/// What stands between two tags, each time.
pub(crate) fn tagged<'a>(xml: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    xml.split(&*open).skip(1).filter_map(|rest| rest.split(&*close).next()).collect()
}

/// A text as it was before it was put into XML.
pub(crate) fn unescaped(xml: &str) -> String {
    let marks =
        [("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    marks.iter().fold(xml.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
}

/// The text of a reply.
pub(crate) fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).into_owned()
}

fn done(what: &str, reply: &Reply) -> Result<String, Trouble> {
    if reply.is_success() {
        return Ok(text(reply));
    }
    Err(Trouble::new(format!("{what}: answered {}: {}", reply.status, text(reply))))
}

pub(crate) fn json_body(value: &Value) -> Body {
    Body::Json(value.to_string().into_bytes())
}

fn version(service: &str) -> &'static str {
    match service {
        "cloudformation" => "2010-05-15",
        _ => "2012-11-05",
    }
}

/// Without the pace and the patience that a real system wants.
fn transport(http: HttpClient) -> Result<Transport, Trouble> {
    let system = "aws".parse().map_err(|error| Trouble::at("name the emulator", &error))?;
    let many = NonZeroU32::MAX;
    let config = TransportConfig {
        requests_per_second: many,
        burst: many,
        in_flight: NonZeroU16::MAX,
        retry: RetryPolicy { max_attempts: 1, ..RetryPolicy::default() },
        ..TransportConfig::default()
    };
    Ok(Transport::new(http, system, Arc::new(SystemClock), config))
}
