//! What every story begins with: a cloud, both systems, a secret with their credentials, and stacks in it.

use crate::cloud::{Cloud, OWN_KEY, REGION, json_body, text};
use crate::stack::{self, Deployed, Stack};
use connector_kit::{Body, Method};
use domain::id::OrganisationId;
use domain::ports::LinkStore as _;
use domain::service::ServiceReference;
use e2e::{OrganisationSetup, Trouble, links, settings_json, until};
use lambda_kit::env::Env;
use serde_json::{Value, json};
use simulators::crayon::Crayon;
use simulators::estate;
use simulators::hostbill::HostBill;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use store_dynamodb::DynamoStore;
use tokio::process::Command;

/// The organisation of the sample events.
pub(crate) const NORDIC: &str = "nordic";
/// Generous: only a story that is broken waits for it.
pub(crate) const LONG: Duration = Duration::from_secs(100);
/// How many the supplier has.
pub(crate) const SUBSCRIPTIONS: usize = 6;
/// The schedule's event, as in the samples.
pub(crate) const SCHEDULED: &str = include_str!("../../../../../events/subscription-sync/scheduled.json");

const BUCKET: &str = "artefacts";
const SECRET: &str = "billbridge/connections";

/// Where what was built lies.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Tools {
    /// Where Python finds the emulator.
    #[arg(long, value_name = "DIR")]
    packages: PathBuf,
    /// Where the functions' zips and the plain template are; logs go there too.
    #[arg(long, value_name = "DIR")]
    pub(crate) artefacts: PathBuf,
    /// Where the functions' binaries are.
    #[arg(long, value_name = "DIR")]
    pub(crate) functions: PathBuf,
    /// The runtime interface emulator.
    #[arg(long, value_name = "FILE")]
    pub(crate) emulator: PathBuf,
    /// The command line.
    #[arg(long, value_name = "FILE")]
    billbridge: PathBuf,
}

pub(crate) struct World {
    pub(crate) cloud: Cloud,
    pub(crate) crayon: Crayon,
    pub(crate) hostbill: HostBill,
    /// The secret with the connections, by ARN.
    pub(crate) secret: String,
    tools: Tools,
    truths: Value,
    setups: Vec<OrganisationSetup>,
}

impl World {
    /// Nothing is deployed yet; what `sam package` uploads is uploaded. `story` names the log.
    pub(crate) async fn open(tools: &Tools, story: &str) -> Result<Self, Trouble> {
        let cloud = Cloud::start(&tools.packages, tools.artefacts.join(format!("{story}.log"))).await?;
        let estate = estate::synthetic(SUBSCRIPTIONS, 2);
        let truths = estate.links_json();
        let numbers = estate.crayon.organisations.keys();
        let setup = |number: &u32| OrganisationSetup {
            id: NORDIC.to_owned(),
            number: (*number).into(),
            currency: "EUR".to_owned(),
            max_changes: 1000,
        };
        let setups = numbers.map(setup).collect();
        let crayon = Crayon::start(estate.crayon).await?;
        let hostbill = HostBill::start(estate.hostbill).await?;
        let mut world =
            Self { cloud, crayon, hostbill, secret: String::new(), tools: tools.clone(), truths, setups };
        world.upload().await?;
        let made = json!({"Name": SECRET, "SecretString": world.connections().to_string()});
        let made = world.cloud.json("secretsmanager", "secretsmanager.CreateSecret", &made).await?;
        made["ARN"].as_str().unwrap_or_default().clone_into(&mut world.secret);
        Ok(world)
    }

    /// The connections as their secret holds them, with the credentials that open the systems now.
    pub(crate) fn connections(&self) -> Value {
        let keys = self.crayon.with(|model| model.credentials());
        let (api_id, api_key) = self.hostbill.with(|model| model.credentials());
        json!({
            "CRAYON_URL": self.crayon.url(),
            "CRAYON_CLIENT_ID": keys.client_id,
            "CRAYON_CLIENT_SECRET": keys.client_secret,
            "CRAYON_USERNAME": keys.username,
            "CRAYON_PASSWORD": keys.password,
            "CRAYON_REQUESTS_PER_SECOND": "100000",
            "HOSTBILL_URL": self.hostbill.url(),
            "HOSTBILL_API_ID": api_id,
            "HOSTBILL_API_KEY": api_key,
            "HOSTBILL_REQUESTS_PER_SECOND": "100000",
        })
    }

    /// Deploys a stack as it stands in the README: the secret's ARN, and what these machines can run.
    pub(crate) async fn deploy(&self, name: &str) -> Result<Deployed, Trouble> {
        self.deploy_with(name, &[]).await
    }

    /// Deploys with further parameters.
    pub(crate) async fn deploy_with(&self, name: &str, more: &[(&str, &str)]) -> Result<Deployed, Trouble> {
        let template = format!("{}/{BUCKET}/template.json", self.cloud.endpoint());
        let mut parameters =
            vec![("SecretArns", &*self.secret), ("Architecture", "x86_64"), ("LogLevel", "debug")];
        parameters.extend(more);
        stack::deploy(&self.cloud, name, &template, &parameters).await
    }

    /// A stack with settings, links and a token, ready for its first run.
    pub(crate) async fn installation(&self, name: &str) -> Result<Installation<'_>, Trouble> {
        self.installation_with(name, &[]).await
    }

    /// The same, deployed with further parameters.
    pub(crate) async fn installation_with(
        &self,
        name: &str,
        more: &[(&str, &str)],
    ) -> Result<Installation<'_>, Trouble> {
        let installation = self.empty_installation(name, more).await?;
        let settings = tempfile::NamedTempFile::new()?;
        std::fs::write(settings.path(), settings_json(&self.setups))?;
        installation.say(&["settings", "apply", &settings.path().to_string_lossy()]).await?;
        let links = links(&self.truths, &self.setups)?;
        installation.store().await?.change_links(&links, &[]).await?;
        let token = installation.token_for("stories", &["read", "sync"]).await?;
        Ok(Installation { token, ..installation })
    }

    /// A stack with nothing in its table.
    pub(crate) async fn empty_installation(
        &self,
        name: &str,
        more: &[(&str, &str)],
    ) -> Result<Installation<'_>, Trouble> {
        self.deploy_with(name, more).await?;
        let stack = stack::find(&self.cloud, name).await?;
        Ok(Installation { world: self, stack, token: String::new() })
    }

    /// What `billbridge` says, with these variables.
    pub(crate) async fn say(&self, variables: &[(&str, &str)], words: &[&str]) -> Result<String, Trouble> {
        let output = Command::new(&self.tools.billbridge)
            .args(words)
            .env_clear()
            .env("PATH", Env::from_process().optional("PATH").unwrap_or_default())
            .env("BILLBRIDGE_ACTOR", "stories")
            .envs(variables.iter().copied())
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        expect(output.status.success(), || format!("billbridge {}: {said}{complained}", words.join(" ")))?;
        Ok(said)
    }

    /// Something that the supplier sells and billing knows: part number, term and cycle.
    pub(crate) fn offer(&self) -> String {
        let part_number = self.truths["offers"][0]["part_number"].as_str().unwrap_or_default();
        format!("{part_number}/P1Y/monthly")
    }

    /// The services of the subscriptions: how many of each, by the mark that only ours carry.
    pub(crate) fn services(&self) -> Result<Vec<usize>, Trouble> {
        let organisation: OrganisationId = NORDIC.parse().map_err(|error| Trouble::at("name it", &error))?;
        let ids: Vec<u32> = self.crayon.with(|model| model.subscriptions.iter().map(|row| row.id).collect());
        let mut found = Vec::new();
        for id in ids {
            let id = id.to_string().parse().map_err(|error| Trouble::at("read an id", &error))?;
            let mark = ServiceReference::new(&organisation, &id, 1);
            found.push(self.hostbill.with(|model| model.accounts.with_domain(mark.as_str()).len()));
        }
        Ok(found)
    }

    /// The promise of every story that creates: as many services as subscriptions, one each, all active.
    pub(crate) fn has_one_active_service_each(&self) -> Result<(), Trouble> {
        let services = self.services()?;
        let (all, idle) = self.hostbill.with(|model| {
            let idle = model.accounts.iter().filter(|account| account.status != "Active").count();
            (model.accounts.len(), idle)
        });
        let one_each = services.iter().all(|count| *count == 1) && services.len() == SUBSCRIPTIONS;
        expect(one_each && all == SUBSCRIPTIONS && idle == 0, || {
            format!("services by subscription {services:?}, {all} in all, {idle} not active")
        })
    }

    /// How many requests HostBill had so far.
    pub(crate) fn hostbill_calls(&self) -> u64 {
        self.hostbill.with(|model| model.requests.total())
    }

    /// Ends the story: nothing secret stands in what the functions logged.
    pub(crate) async fn close(self) -> Result<(), Trouble> {
        let log = self.cloud.logged("/aws/lambda/").await? + &self.cloud.log()?;
        let connections = self.connections();
        let secret = ["CRAYON_CLIENT_SECRET", "CRAYON_PASSWORD", "HOSTBILL_API_ID", "HOSTBILL_API_KEY"]
            .into_iter()
            .find(|name| connections[name].as_str().is_some_and(|value| log.contains(value)));
        self.cloud.stop().await?;
        self.crayon.stop().await;
        self.hostbill.stop().await;
        expect(secret.is_none(), || format!("{} is in a log", secret.unwrap_or_default()))
    }

    async fn upload(&self) -> Result<(), Trouble> {
        let place = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        let place = Body::Json(place.into_bytes());
        let made = self.cloud.rest((Method::PUT, &format!("/{BUCKET}")), "s3", &[], place).await?;
        expect(made.is_success(), || format!("no bucket: {}", text(&made)))?;
        for entry in std::fs::read_dir(&self.tools.artefacts)? {
            let path = entry?.path();
            let wanted = path.extension().is_some_and(|kind| kind == "zip" || kind == "json");
            let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| wanted) else {
                continue;
            };
            let body = Body::Json(std::fs::read(&path)?);
            let put = self.cloud.rest((Method::PUT, &format!("/{BUCKET}/{name}")), "s3", &[], body).await?;
            expect(put.is_success(), || format!("{name} is not uploaded: {}", text(&put)))?;
        }
        Ok(())
    }
}

/// A stack in use.
pub(crate) struct Installation<'a> {
    pub(crate) world: &'a World,
    pub(crate) stack: Stack,
    /// It may read and ask for runs.
    pub(crate) token: String,
}

impl Installation<'_> {
    /// What `billbridge` says, run on the stack's table as the README tells an operator to.
    pub(crate) async fn say(&self, words: &[&str]) -> Result<String, Trouble> {
        self.say_on(self.stack.output("TableName")?, words).await
    }

    /// The same, run on another table of the account.
    pub(crate) async fn say_on(&self, table: &str, words: &[&str]) -> Result<String, Trouble> {
        let variables = [
            ("BILLBRIDGE_TABLE", table),
            ("AWS_ENDPOINT_URL", &*self.world.cloud.endpoint()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", OWN_KEY),
            ("AWS_SECRET_ACCESS_KEY", "opens-nothing"),
        ];
        self.world.say(&variables, words).await
    }

    /// A token of this name, made by the operator.
    pub(crate) async fn token_for(&self, name: &str, scopes: &[&str]) -> Result<String, Trouble> {
        let mut words = vec!["--json", "tokens", "create", "--name", name];
        words.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let made: Value = serde_json::from_str(&self.say(&words).await?)?;
        made["secret"].as_str().map(str::to_owned).ok_or_else(|| Trouble::new("a token without a secret"))
    }

    /// The stack's table, through the adapter that the functions use.
    pub(crate) async fn store(&self) -> Result<DynamoStore, Trouble> {
        let config = store_dynamodb::emulated(&self.world.cloud.endpoint()).await;
        Ok(DynamoStore::new(&config, self.stack.output("TableName")?))
    }

    /// What the API answers to a program with the stack's token: the status and the JSON.
    pub(crate) async fn ask(
        &self,
        what: (Method, &str),
        body: Option<&Value>,
    ) -> Result<(u16, Value), Trouble> {
        self.ask_as(&self.token, what, body).await
    }

    /// What it answers to whoever has this token.
    pub(crate) async fn ask_as(
        &self,
        token: &str,
        what: (Method, &str),
        body: Option<&Value>,
    ) -> Result<(u16, Value), Trouble> {
        let reply = self.world.cloud.ask_api(self.stack.api()?, what, Some(token), body).await?;
        Ok((reply.status, serde_json::from_slice(&reply.body).unwrap_or(Value::Null)))
    }

    /// What the API shows under a path.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Trouble> {
        let (status, said) = self.ask((Method::GET, path), None).await?;
        expect(status == 200, || format!("GET {path}: {status} {said}"))?;
        Ok(said)
    }

    /// What `subscription-sync` logged.
    pub(crate) async fn logged(&self) -> Result<String, Trouble> {
        self.world.cloud.logged(self.stack.output("SubscriptionSyncLogGroup")?).await
    }

    /// Every run so far, the newest first.
    pub(crate) async fn runs(&self) -> Result<Vec<Value>, Trouble> {
        let said = self.get("/api/runs?limit=100").await?;
        Ok(said["items"].as_array().cloned().unwrap_or_default())
    }

    /// Waits for the number-th run, counted from the first, to come to its end.
    pub(crate) async fn nth_run(&self, number: usize) -> Result<Value, Trouble> {
        self.run_that_is_over(&format!("run number {number} has ended"), async || {
            let runs = self.runs().await?;
            let run = runs.len().checked_sub(number).and_then(|place| runs.get(place));
            Ok(run.filter(|run| !is_at_work(run)).cloned())
        })
        .await
    }

    /// The run of this id, once it has ended.
    pub(crate) async fn ended(&self, run: &str) -> Result<Value, Trouble> {
        let path = format!("/api/runs/{NORDIC}/{run}");
        let ended = async || Ok(Some(self.get(&path).await?).filter(|run| !is_at_work(run)));
        self.run_that_is_over("the run has ended", ended).await
    }

    /// The run of this id, once it is in this state.
    pub(crate) async fn ended_as(&self, run: &str, state: &str) -> Result<Value, Trouble> {
        let path = format!("/api/runs/{NORDIC}/{run}");
        let ended = async || Ok(Some(self.get(&path).await?).filter(|run| run["state"] == state));
        self.run_that_is_over(&format!("the run is {state}"), ended).await
    }

    /// Waits for a run's report and then for the end of the invocation that wrote it, which is some writes later: the
    /// emulator shows what an invocation logged once it is over.
    async fn run_that_is_over(
        &self,
        what: &str,
        mut report: impl AsyncFnMut() -> Result<Option<Value>, Trouble>,
    ) -> Result<Value, Trouble> {
        let run = until(what, LONG, &mut report).await?;
        let words = |key: &str| run[key].as_str().unwrap_or_default();
        let (id, state) = (words("run"), words("state"));
        let (by_itself, by_the_next) =
            (format!("run {id} of {NORDIC} is {state}"), format!("run {id} was broken off"));
        until("the invocation is over", LONG, async || {
            let log = self.logged().await?;
            Ok((log.contains(&by_itself) || log.contains(&by_the_next)).then_some(()))
        })
        .await?;
        Ok(run)
    }

    /// Changes what a function is configured with, past the template; it starts anew.
    pub(crate) async fn reconfigure(
        &self,
        function: &str,
        change: impl FnOnce(&mut Value),
    ) -> Result<(), Trouble> {
        let path = format!("/2015-03-31/functions/{}/configuration", self.stack.output(function)?);
        let said = self.world.cloud.rest((Method::GET, &path), "lambda", &[], Body::Empty).await?;
        let known: Value = serde_json::from_slice(&said.body)?;
        let mut wanted = json!({"Timeout": known["Timeout"], "Environment": known["Environment"]});
        change(&mut wanted);
        let done = self.world.cloud.rest((Method::PUT, &path), "lambda", &[], json_body(&wanted)).await?;
        expect(done.is_success(), || format!("not configured: {} {}", done.status, text(&done)))
    }

    /// Puts an event of ours on the stack's bus.
    pub(crate) async fn publish(&self, detail_type: &str, detail: &Value) -> Result<(), Trouble> {
        let entry = json!({
            "Source": "billbridge",
            "DetailType": detail_type,
            "Detail": detail.to_string(),
            "EventBusName": self.stack.output("BusName")?,
        });
        let said =
            self.world.cloud.json("events", "AWSEvents.PutEvents", &json!({"Entries": [entry]})).await?;
        expect(said["FailedEntryCount"] == 0, || format!("not published: {said}"))
    }

    /// Hands a payload to `subscription-sync` as EventBridge does: Lambda takes it and answers for it from there on.
    pub(crate) async fn hand_over(&self, payload: &Value) -> Result<(), Trouble> {
        self.hand_over_to("SubscriptionSyncFunctionName", payload).await
    }

    /// The same for the function that this output names.
    pub(crate) async fn hand_over_to(&self, function: &str, payload: &Value) -> Result<(), Trouble> {
        let name = self.stack.output(function)?;
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let headers = [("x-amz-invocation-type", "Event")];
        let taken =
            self.world.cloud.rest((Method::POST, &path), "lambda", &headers, json_body(payload)).await?;
        expect(taken.status == 202, || format!("Lambda did not take it: {} {}", taken.status, text(&taken)))
    }
}

impl Installation<'_> {
    /// Invokes a function as an operator does (`aws lambda invoke`) and waits; says whether it failed.
    pub(crate) async fn fails(&self, function: &str, payload: &Value) -> Result<bool, Trouble> {
        let path = format!("/2015-03-31/functions/{}/invocations", self.stack.output(function)?);
        let said = self.world.cloud.rest((Method::POST, &path), "lambda", &[], json_body(payload)).await?;
        let answer: Value = serde_json::from_slice(&said.body).unwrap_or(Value::Null);
        Ok(!said.is_success() || answer["errorType"].is_string())
    }
}

fn is_at_work(run: &Value) -> bool {
    matches!(run["state"].as_str(), Some("requested" | "running"))
}

/// Goes on only if it holds.
pub(crate) fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Trouble> {
    if holds { Ok(()) } else { Err(Trouble::new(otherwise())) }
}

/// A sample of `events/`.
pub(crate) fn sample(text: &str) -> Result<Value, Trouble> {
    Ok(serde_json::from_str(text)?)
}
