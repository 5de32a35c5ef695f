//! What is measured in: functions that start as Lambda starts them, with the secrets, the table and the bus that the
//! template gives them, and everything that an invocation does counted.

use crate::cost::meter::{Counted, Meter};
use crate::scene::{FIFTEEN_MINUTES, ORGANISATION, decide, done, id, in_step};
use connector_kit::HttpClient;
use domain::id::OrganisationId;
use e2e::{Build, Environment, Function, Published, Simulators, Trouble};
use lambda_kit::env::Env;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use serve::cost::Work;
use serve::cost::work::{
    AWS_CALLS, EVENTS, INVOCATIONS, LOGGED, OUTSIDE_CALLS, PROCESSOR, READS, SECRETS, STORED, WRITES,
};
use serve::out::Out;
use serve::surroundings::Surroundings;
use std::collections::{BTreeMap, VecDeque};
use store_dynamodb::DynamoStore;
use tempfile::TempDir;
use testkit::dynamo::{Embedded, TABLE};

const CONNECTIONS: &str = "connections";
const SESSION_KEY: &str = "session-key";
/// Rows of a page, where nothing else is configured.
const PAGE: u64 = 200;
/// What CloudWatch adds to every line, in bytes.
const LINE: u64 = 26;
/// What DynamoDB adds to every item that it stores, and to every entry of an index, in bytes.
const ITEM: u64 = 100;

pub(crate) struct Place {
    pub(crate) simulators: Simulators,
    pub(crate) store: DynamoStore,
    /// The code of a link for an administrator.
    pub(crate) code: String,
    /// Tokens of somebody who takes orders and of somebody who approves them.
    pub(crate) tokens: [String; 2],
    build: Build,
    meter: Meter,
    // They go when this goes.
    _table: Embedded,
    _folder: TempDir,
}

impl Place {
    /// Settings and links are stored; where it is `synced`, so is the digest of every subscription.
    pub(crate) async fn open(
        build: &Build,
        http: &HttpClient,
        subscriptions: u64,
        synced: bool,
    ) -> Result<Self, Trouble> {
        let simulators =
            Simulators::synthetic(&build.binary("simulators"), http.clone(), subscriptions).await?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("billbridge.db");
        let path = path.to_str().ok_or_else(|| Trouble::new("the temporary folder has an odd name"))?;
        let add = ["users", "add", "--name", "Ada Berg", "--role", "admin"];
        let link = said(path, &add, "link").await?;
        let code = link.split_once("?c=").map(|(_, code)| code.to_owned());
        let code = code.ok_or_else(|| Trouble::new("a link to sign in with holds no code"))?;
        let take = ["tokens", "create", "--name", "taker", "--scope", "read", "--scope", "orders:write"];
        let approve =
            ["tokens", "create", "--name", "approver", "--scope", "read", "--scope", "orders:approve"];
        let tokens = [said(path, &take, "secret").await?, said(path, &approve, "secret").await?];
        let table = Embedded::open(path).await;
        let store = table.store();
        decide(&store, &simulators).await?;
        let connections = Environment::default().connected_to(simulators.announced());
        if synced {
            in_step(&store, &simulators, (&connections, subscriptions.div_ceil(PAGE))).await?;
        }
        let variables: serde_json::Map<_, _> =
            connections.pairs().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let key = json!({"BILLBRIDGE_SESSION_KEY": "k".repeat(64)});
        let secrets = [(CONNECTIONS, Value::Object(variables)), (SESSION_KEY, key)];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_string()));
        let meter = Meter::start(http, table.endpoint(), BTreeMap::from(secrets)).await?;
        let build = build.clone();
        Ok(Self { simulators, store, code, tokens, build, meter, _table: table, _folder: folder })
    }

    /// A process that has not been asked anything yet.
    pub(crate) async fn start(&self, function: &str) -> Result<Function, Trouble> {
        let secrets = match function {
            "subscription-sync" => CONNECTIONS.to_owned(),
            _ => format!("{CONNECTIONS},{SESSION_KEY}"),
        };
        let environment = Environment::of_lambda(self.meter.endpoint(), self.meter.endpoint())
            .with("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.meter.endpoint())
            .with("BILLBRIDGE_TABLE", TABLE)
            .with("BILLBRIDGE_BUS", "billbridge")
            .with("BILLBRIDGE_SECRETS", secrets)
            .with("BILLBRIDGE_PERSONAL_SECRETS", "billbridge/personal")
            .with("LOG_LEVEL", "info");
        Function::start(&self.build.binary(function), &environment).await
    }

    /// Bytes that the table holds, at most: an item's text is never shorter than what DynamoDB counts of it, and
    /// whatever is in the index is there twice.
    pub(crate) async fn stored(&self) -> Result<u64, Trouble> {
        let mut all = Vec::new();
        self.store.export(&mut all).await?;
        let lines = all.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines
            .map(|line| {
                let times = if line.windows(8).any(|part| part == b"\"GSI1PK\"") { 2 } else { 1 };
                times * (line.len() as u64 + ITEM)
            })
            .sum())
    }

    /// One event, with everything that comes of it, each time in a new process: no start is left out.
    pub(crate) async fn whole(&self, function: &str, payload: &Value) -> Result<(Value, Work), Trouble> {
        let before = self.stored().await?;
        let (answer, mut work, published) = self.invoke(function, payload).await?;
        let mut waiting: VecDeque<Published> = published.into();
        while let Some(event) = waiting.pop_front() {
            for function in listening(&event.detail_type) {
                let (_, more, published) = self.invoke(function, &event.payload()).await?;
                work = work.plus(&more, Decimal::ONE);
                waiting.extend(published);
            }
        }
        work.add(STORED, self.stored().await?.saturating_sub(before));
        Ok((answer, work))
    }

    async fn invoke(&self, name: &str, payload: &Value) -> Result<(Value, Work, Vec<Published>), Trouble> {
        self.forget().await?;
        let mut function = self.start(name).await?;
        let answer = done(function.invoke(payload, FIFTEEN_MINUTES).await?)?;
        let (work, published) = self.end(name, function, 1).await?;
        Ok((answer, work, published))
    }

    /// Nothing was counted.
    pub(crate) async fn forget(&self) -> Result<(), Trouble> {
        self.simulators.reset().await?;
        self.meter.take();
        Ok(())
    }

    /// Ends a process; everything since the last time that it was forgotten is its work.
    pub(crate) async fn end(
        &self,
        name: &str,
        mut function: Function,
        invocations: u64,
    ) -> Result<(Work, Vec<Published>), Trouble> {
        let usage = function.usage()?;
        function.kill().await?;
        let total = |counts: &Value| counts["total"].as_u64().unwrap_or_default();
        let outside =
            total(&self.simulators.crayon_counts().await?) + total(&self.simulators.hostbill_counts().await?);
        let Counted { read_units, write_units, table_calls, secrets, bus_calls, published } =
            self.meter.take();
        let mut work = Work::default();
        let thousand = Decimal::ONE_THOUSAND;
        work.add(READS, read_units * thousand);
        work.add(WRITES, write_units * thousand);
        work.add(EVENTS, published.len() as u64);
        let logged = function.log().iter().map(|line| line.len() as u64 + LINE).sum::<u64>();
        let processor = u64::try_from(usage.cpu.as_micros()).unwrap_or(u64::MAX);
        let own = [
            (INVOCATIONS, invocations),
            (PROCESSOR, processor),
            (AWS_CALLS, table_calls + secrets + bus_calls),
            (OUTSIDE_CALLS, outside),
            (SECRETS, secrets),
            (LOGGED, logged),
        ];
        for (quantity, number) in own {
            work.add(format!("{name}.{quantity}"), number);
        }
        Ok((work, published))
    }

    pub(crate) fn organisation() -> Result<OrganisationId, Trouble> {
        id(ORGANISATION)
    }
}

/// Who has a rule for an event, as the template says.
fn listening(detail_type: &str) -> &'static [&'static str] {
    match detail_type {
        "sync.requested" | "sync.continued" => &["subscription-sync"],
        "order.approved" | "sync.finished" => &["order-intake"],
        _ => &[],
    }
}

/// What the command line prints, on a table that nothing else has open.
async fn said(path: &str, line: &[&str], name: &str) -> Result<String, Trouble> {
    let variables = [
        ("BILLBRIDGE_DATA", path),
        ("BILLBRIDGE_ACTOR", "bench"),
        ("BILLBRIDGE_URL", "https://bench.example"),
    ];
    let (mut out, captured) = Out::captured(true);
    let ran = serve::run_line(line, Surroundings::new(Env::from_pairs(variables)), &mut out).await;
    ran.map_err(|error| Trouble::at("billbridge", &error))?;
    let said: Value = serde_json::from_str(&captured.results())?;
    let text = said[name].as_str().map(str::to_owned);
    text.ok_or_else(|| Trouble::new(format!("billbridge printed no {name}: {}", captured.all())))
}
