//! From work to money: a row for each item of the bill, in decimals, before and after what is free for ever.

use crate::cost::work::{
    ANSWERED, AWS_CALLS, EVENTS, INVOCATIONS, LOGGED, OUTSIDE_CALLS, PROCESSOR, READS, REQUESTS, SECRETS,
    STORED, WRITES,
};
use crate::cost::{Measured, Prices, Work, stack};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Hours of a month, as AWS's own calculator has them.
pub const HOURS: Decimal = Decimal::from_parts(730, 0, 0, false, 0);
/// Memory in MB at which Lambda gives a function one whole processor.
const WHOLE_PROCESSOR: Decimal = Decimal::from_parts(1769, 0, 0, false, 0);
/// Milliseconds allowed for a call to an AWS service, one after the other.
const AWS_CALL_MS: Decimal = Decimal::TEN;
/// Bytes allowed for the lines that Lambda itself writes of an invocation, and of a start.
const PLATFORM_LINES: Decimal = Decimal::ONE_THOUSAND;
/// Bytes allowed for the line that the HTTP API writes of a request.
const ACCESS_LINE: Decimal = Decimal::from_parts(350, 0, 0, false, 0);
const THOUSAND: Decimal = Decimal::ONE_THOUSAND;
/// The stricter reading of GB.
const GIGABYTE: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
/// DynamoDB asks KMS for the table's key at most once in so many minutes for each principal.
const KEY_MINUTES: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// What there is to do in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Subscriptions.
    pub subscriptions: Decimal,
    /// Runs a day.
    pub runs_a_day: Decimal,
    /// Of a hundred subscriptions, so many change on a day.
    pub changed_percent: Decimal,
    /// Orders a month.
    pub orders: Decimal,
    /// Pages that people open in a month.
    pub page_views: Decimal,
    /// How many months' history the table holds.
    pub months: Decimal,
    /// Milliseconds for each call to the supplier or to billing.
    pub call_ms: Decimal,
    /// Secrets with connections, and people's own.
    pub secrets: Decimal,
    /// Days that log lines are kept.
    pub log_days: Decimal,
    /// Whether invocations are traced.
    pub tracing: bool,
}

/// One item of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is billed.
    pub item: String,
    /// How much of it.
    pub quantity: Decimal,
    /// In what.
    pub unit: &'static str,
    /// US dollars for one.
    pub price: Decimal,
    /// Quantity times price.
    pub amount: Decimal,
    /// The same of what is left after the part that is free for ever.
    pub after_free: Decimal,
    /// Where the quantity comes from.
    pub from: String,
}

/// The whole bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Its items.
    pub rows: Vec<Row>,
}

impl Estimate {
    /// Everything at its price.
    pub fn total(&self) -> Decimal {
        self.rows.iter().map(|row| row.amount).sum()
    }

    /// In an account that does nothing else, with what is free for ever.
    pub fn after_free(&self) -> Decimal {
        self.rows.iter().map(|row| row.after_free).sum()
    }
}

/// Works out a month.
///
/// # Errors
/// When a price is missing.
pub fn estimate(measured: &Measured, prices: &Prices, load: &Load) -> Result<Estimate, String> {
    let month = month(measured, load);
    let mut bill = Bill { prices, free: BTreeMap::new(), rows: Vec::new() };
    functions(&mut bill, &month, load)?;
    table(&mut bill, measured, &month, load)?;
    around(&mut bill, &month, load)?;
    watching(&mut bill, &month, load)?;
    Ok(Estimate { rows: bill.rows })
}

/// All work of a month.
fn month(measured: &Measured, load: &Load) -> Work {
    let days = HOURS / Decimal::from(24);
    let (runs, changes) =
        (load.runs_a_day * days, load.subscriptions * load.changed_percent / Decimal::ONE_HUNDRED * days);
    let (change, with_changes) = measured.change();
    let looks = HOURS * Decimal::from(60) / Decimal::from(stack::LOOK_AFTER_MINUTES);
    let mut month = Work::default()
        .plus(&measured.run(load.subscriptions), runs)
        .plus(&change, changes)
        .plus(&with_changes, changes.min(runs))
        .plus(&measured.look_after, looks)
        .plus(&measured.order, load.orders)
        .plus(&measured.visit.1, load.page_views / Decimal::from(measured.visit.0));
    month.add(SCHEDULED, runs + looks);
    month
}

const SCHEDULED: &str = "scheduler.invocations";

struct Bill<'a> {
    prices: &'a Prices,
    /// What is left of what is free, by price.
    free: BTreeMap<&'static str, Decimal>,
    rows: Vec<Row>,
}

impl Bill<'_> {
    fn item(
        &mut self,
        (item, unit): (impl Into<String>, &'static str),
        quantity: Decimal,
        price: &'static str,
        from: &str,
    ) -> Result<(), String> {
        let listed = self.prices.get(price)?;
        let left = self.free.entry(price).or_insert(listed.free);
        let free = quantity.min(*left);
        *left -= free;
        let (amount, after_free) = (quantity * listed.usd, (quantity - free) * listed.usd);
        let (item, from) = (item.into(), from.to_owned());
        self.rows.push(Row { item, quantity, unit, price: listed.usd, amount, after_free, from });
        Ok(())
    }
}

fn functions(bill: &mut Bill<'_>, month: &Work, load: &Load) -> Result<(), String> {
    let all = sum(month, INVOCATIONS);
    bill.item(("Lambda: requests", "requests"), all, "lambda.request", "invocations measured")?;
    for (function, memory) in stack::FUNCTIONS {
        let of = |name: &str| month.of(function, name);
        let memory = Decimal::from(memory);
        let milliseconds = of(PROCESSOR) / THOUSAND * WHOLE_PROCESSOR / memory
            + of(AWS_CALLS) * AWS_CALL_MS
            + of(OUTSIDE_CALLS) * load.call_ms;
        let quantity = milliseconds / THOUSAND * memory / Decimal::from(1024);
        let from = "processor, calls measured";
        bill.item((format!("Lambda: {function}"), "GB-s"), quantity, "lambda.gb_second", from)?;
    }
    Ok(())
}

fn table(bill: &mut Bill<'_>, measured: &Measured, month: &Work, load: &Load) -> Result<(), String> {
    let units = |name: &str| month.get(name) / THOUSAND;
    let from = "units measured";
    bill.item(("DynamoDB: reads", "units"), units(READS), "dynamodb.read_unit", from)?;
    bill.item(("DynamoDB: writes", "units"), units(WRITES), "dynamodb.write_unit", from)?;
    let (subscriptions, bytes) = measured.stored;
    let each = Decimal::from(bytes) / Decimal::from(subscriptions);
    let size = (load.subscriptions * each + load.months * month.get(STORED)) / GIGABYTE;
    let from = "bytes measured, growth";
    bill.item(("DynamoDB: storage", "GB"), size, "dynamodb.storage_gb", from)?;
    bill.item(("DynamoDB: recovery (PITR)", "GB"), size, "dynamodb.pitr_gb", "as the storage")?;
    let most = HOURS * Decimal::from(60) / KEY_MINUTES;
    let asked = stack::FUNCTIONS.iter().map(|(function, _)| month.of(function, INVOCATIONS).min(most)).sum();
    bill.item(("KMS: the table's key", "requests"), asked, "kms.request", "at most, each 5 minutes")
}

fn around(bill: &mut Bill<'_>, month: &Work, load: &Load) -> Result<(), String> {
    let events = month.get(EVENTS);
    bill.item(("EventBridge: events", "events"), events, "eventbridge.event", "events measured")?;
    let from = "template's schedules";
    bill.item(("EventBridge Scheduler", "invocations"), month.get(SCHEDULED), "scheduler.invocation", from)?;
    let requests = month.get(REQUESTS);
    bill.item(
        ("API Gateway: HTTP API", "requests"),
        requests,
        "apigateway.http_request",
        "requests measured",
    )?;
    let out = month.get(ANSWERED) / GIGABYTE;
    bill.item(("Transfer to the internet", "GB"), out, "transfer.out_gb", "bytes measured")?;
    let secrets = Decimal::from(stack::OWN_SECRETS) + load.secrets;
    bill.item(
        ("Secrets Manager: secrets", "secrets"),
        secrets,
        "secretsmanager.secret",
        "template, SecretArns",
    )?;
    let calls = sum(month, SECRETS);
    bill.item(("Secrets Manager: calls", "calls"), calls, "secretsmanager.call", "calls measured")?;
    bill.item(("SQS and SNS", "requests"), Decimal::ZERO, "sqs.request", "nothing fails")
}

fn watching(bill: &mut Bill<'_>, month: &Work, load: &Load) -> Result<(), String> {
    let lines =
        sum(month, LOGGED) + sum(month, INVOCATIONS) * PLATFORM_LINES + month.get(REQUESTS) * ACCESS_LINE;
    let logged = lines / GIGABYTE;
    bill.item(("CloudWatch: logs taken in", "GB"), logged, "logs.ingested_gb", "bytes measured")?;
    let kept = logged * load.log_days * Decimal::from(24) / HOURS;
    bill.item(("CloudWatch: logs kept", "GB"), kept, "logs.stored_gb", "LogRetentionDays")?;
    let counted = |number: u64| Decimal::from(number);
    bill.item(("CloudWatch: metrics", "metrics"), counted(stack::METRICS), "cloudwatch.metric", "template")?;
    bill.item(("CloudWatch: alarms", "alarms"), counted(stack::ALARMS), "cloudwatch.alarm", "template")?;
    let boards = counted(stack::DASHBOARDS);
    bill.item(("CloudWatch: dashboard", "dashboard"), boards, "cloudwatch.dashboard", "template")?;
    if load.tracing {
        bill.item(("X-Ray", "traces"), sum(month, INVOCATIONS), "xray.trace", "every invocation")?;
    }
    Ok(())
}

fn sum(month: &Work, name: &str) -> Decimal {
    stack::FUNCTIONS.iter().map(|(function, _)| month.of(function, name)).sum()
}

/// Millionths of a dollar are more than anybody needs to see.
pub fn shown(amount: Decimal, places: u32) -> String {
    let rounded = amount.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.*}", usize::try_from(places).unwrap_or_default())
}
