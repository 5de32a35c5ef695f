//! Ways of docs/runbook.md, walked: what is wrong is made to be, the alarm rings, the line that the page names is
//! there, and the cure that it names cures.

use crate::alarms;
use crate::cloud::text;
use crate::stories::orders;
use crate::world::{Installation, LONG, SCHEDULED, SUBSCRIPTIONS, World, expect, sample};
use connector_kit::{Body, Method};
use e2e::{Trouble, until};
use serde_json::{Value, json};
use simulators::Fault;

const RECORDS: &str = include_str!("../../../../../../events/web/get-records.json");
const TABLE_AWAY: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const NOBODY: &str = "http://127.0.0.1:9";

/// `OrderIntakeErrors`, `SubscriptionSyncErrors`, `DeadLettersWaiting`.
pub(super) async fn a_table_that_is_away_rings_and_what_failed_meanwhile_is_done_once_it_is_back(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let mailbox = alarms::listen(&billbridge).await?;
    let scheduled = sample(SCHEDULED)?;
    for function in ["OrderIntakeFunctionName", "SubscriptionSyncFunctionName"] {
        let away = |wanted: &mut Value| wanted["Environment"]["Variables"][TABLE_AWAY] = json!(NOBODY);
        billbridge.reconfigure(function, away).await?;
        billbridge.hand_over_to(function, &scheduled).await?;
        fails_three_times(&billbridge, function, &scheduled).await?;
    }
    for alarm in ["OrderIntakeErrors", "SubscriptionSyncErrors", "DeadLettersWaiting"] {
        alarms::rings(&billbridge, alarm).await?;
        mailbox.hears(&billbridge, alarm).await?;
    }
    for function in ["order-intake", "subscription-sync"] {
        let logged = world.cloud.logged(&format!("/aws/lambda/billbridge-{function}")).await?;
        let said = logged.lines().find(|line| line.contains("will be tried again"));
        let said =
            said.ok_or_else(|| Trouble::new(format!("{function} does not say what failed: {logged}")))?;
        expect(said.contains("WARN") && said.contains("dynamodb"), || format!("it names the table: {said}"))?;
    }
    expect(world.hostbill_calls() == 0, || "something was done without the table".into())?;

    for function in ["OrderIntakeFunctionName", "SubscriptionSyncFunctionName"] {
        let back = |wanted: &mut Value| {
            if let Some(variables) = wanted["Environment"]["Variables"].as_object_mut() {
                variables.remove(TABLE_AWAY);
            }
        };
        billbridge.reconfigure(function, back).await?;
    }
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("handed over again: {run}"))?;
    world.has_one_active_service_each()?;
    let order = orders::approved(&billbridge).await?;
    orders::becomes(&billbridge, &order, "active").await.map(drop)
}

/// Lambda counts an invocation that fails, whatever it was invoked by; the emulator only one like this.
async fn fails_three_times(
    billbridge: &Installation<'_>,
    function: &str,
    payload: &Value,
) -> Result<(), Trouble> {
    for _ in 0..3 {
        expect(billbridge.fails(function, payload).await?, || format!("{function} does not fail"))?;
    }
    Ok(())
}

/// `WebErrors`: the function does not start, since its secret cannot be read.
pub(super) async fn pages_that_do_not_start_ring_name_the_secret_and_answer_once_it_is_written_again(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let written = async |text: &str| {
        let secret = json!({"SecretId": world.secret, "SecretString": text});
        world.cloud.json("secretsmanager", "secretsmanager.PutSecretValue", &secret).await
    };
    written("[\"not-an-object\"]").await?;
    // Whatever was started before knows its secrets; what starts now does not.
    billbridge.reconfigure("WebFunctionName", |wanted| wanted["Timeout"] = json!(28)).await?;
    let (api, asked) = (billbridge.stack.api()?, (Method::GET, "/api/records"));
    let asked = world.cloud.ask_api(api, asked, Some(&billbridge.token), None).await;
    expect(!matches!(&asked, Ok(reply) if reply.is_success()), || "it answers without its secret".into())?;
    fails_three_times(&billbridge, "WebFunctionName", &sample(RECORDS)?).await?;

    alarms::rings(&billbridge, "WebErrors").await?;
    let log = world.cloud.log()? + &world.cloud.logged("/aws/lambda/billbridge-web").await?;
    expect(log.contains("billbridge/connections"), || format!("the secret is named: {log}"))?;
    expect(!log.contains("not-an-object"), || "what stands in the secret is shown".into())?;

    written(&world.connections().to_string()).await?;
    let records = billbridge.get("/api/records").await?;
    expect(records["items"] == json!([]), || format!("it answers again: {records}"))?;
    let health = billbridge.get("/api/health").await?;
    expect(health["well"] != false, || format!("and is well: {health}"))
}

/// `OrdersWaiting`.
pub(super) async fn an_order_that_is_held_rings_says_why_and_goes_on_when_it_is_told_to(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let mailbox = alarms::listen(&billbridge).await?;
    world.crayon.with(|model| model.faults.add(Fault::status(403).always().on(orders::PLACE)));
    let order = orders::approved(&billbridge).await?;
    let shown = orders::becomes(&billbridge, &order, "held").await?;

    alarms::rings(&billbridge, "OrdersWaiting").await?;
    mailbox.hears(&billbridge, "OrdersWaiting").await?;
    let hold = &shown["hold"];
    expect(hold["reason"] == "credentials-refused", || format!("why: {shown}"))?;
    expect(hold["cure"].as_str().is_some_and(|cure| !cure.is_empty()), || format!("and its cure: {shown}"))?;

    world.crayon.with(|model| model.faults.clear());
    let token = billbridge.token_for("bo-again", &["read", "orders:write", "orders:approve"]).await?;
    let retry = format!("/api/orders/{order}/retry");
    let (status, said) = billbridge.ask_as(&token, (Method::POST, &retry), Some(&json!({}))).await?;
    expect(status == 200, || format!("retried: {status} {said}"))?;
    orders::becomes(&billbridge, &order, "active").await?;
    orders::is_bought_and_billed_once(world)
}

/// `OrderIntakeThrottles`, `SubscriptionSyncThrottles`, `WebThrottles`.
pub(super) async fn functions_that_are_held_back_ring_and_do_their_work_once_more_is_allowed(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let scheduled = sample(SCHEDULED)?;
    let functions = [
        ("OrderIntakeFunctionName", "OrderIntakeThrottles"),
        ("SubscriptionSyncFunctionName", "SubscriptionSyncThrottles"),
        ("WebFunctionName", "WebThrottles"),
    ];
    for (function, _) in functions {
        allow(&billbridge, function, Some(0)).await?;
    }
    billbridge.hand_over_to("OrderIntakeFunctionName", &scheduled).await?;
    billbridge.hand_over(&scheduled).await?;
    let api = billbridge.stack.api()?;
    let turned_away =
        world.cloud.ask_api(api, (Method::GET, "/api/records"), Some(&billbridge.token), None).await;
    expect(!matches!(&turned_away, Ok(reply) if reply.is_success()), || "it was not turned away".into())?;
    for (_, alarm) in functions {
        alarms::rings(&billbridge, alarm).await?;
    }
    expect(world.hostbill_calls() == 0, || "it was not held back".into())?;

    for (function, _) in functions {
        allow(&billbridge, function, None).await?;
    }
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("once more is allowed: {run}"))?;
    world.has_one_active_service_each()
}

/// How many of a function may run at once; `None` is as many as the account has.
async fn allow(billbridge: &Installation<'_>, function: &str, at_once: Option<u32>) -> Result<(), Trouble> {
    let path = format!("/2017-10-31/functions/{}/concurrency", billbridge.stack.output(function)?);
    let (method, body) = match at_once {
        Some(number) => {
            let wanted = json!({"ReservedConcurrentExecutions": number});
            (Method::PUT, crate::cloud::json_body(&wanted))
        }
        None => (Method::DELETE, Body::Empty),
    };
    let done = billbridge.world.cloud.rest((method, &path), "lambda", &[], body).await?;
    expect(done.is_success(), || format!("not allowed: {} {}", done.status, text(&done)))
}

/// "A deployment went wrong": the table as it was, beside the one that is, and into a stack of its own.
pub(super) async fn a_table_restored_to_a_point_in_time_is_the_same_and_a_new_stack_goes_on_from_it(
    world: &World,
) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let north = world.installation("north").await?;
    north.hand_over(&sample(SCHEDULED)?).await?;
    let run = north.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("in the north: {run}"))?;
    let table = north.stack.output("TableName")?;
    let wanted =
        json!({"SourceTableName": table, "TargetTableName": "restored", "UseLatestRestorableTime": true});
    world.cloud.json("dynamodb", "DynamoDB_20120810.RestoreTableToPointInTime", &wanted).await?;
    until("the restored table is there", LONG, async || {
        let asked = json!({"TableName": "restored"});
        let said = world.cloud.json("dynamodb", "DynamoDB_20120810.DescribeTable", &asked).await?;
        Ok((said["Table"]["TableStatus"] == "ACTIVE").then_some(()))
    })
    .await?;
    let calls = world.hostbill_calls();

    north.say(&["export", &path("as-it-is")]).await?;
    north.say_on("restored", &["export", &path("as-it-was")]).await?;
    let lines = |name: &str| -> Result<Vec<String>, Trouble> {
        let mut lines: Vec<_> = std::fs::read_to_string(path(name))?.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        Ok(lines)
    };
    let (is, was) = (lines("as-it-is")?, lines("as-it-was")?);
    expect(is.len() > SUBSCRIPTIONS && is == was, || format!("{} items, restored {}", is.len(), was.len()))?;

    let south = world.empty_installation("south", &[]).await?;
    south.say(&["import", &path("as-it-was")]).await?;
    let south = Installation { token: north.token.clone(), ..south };
    south.say(&["audit", "verify"]).await?;
    south.hand_over(&sample(SCHEDULED)?).await?;
    let run = south.nth_run(2).await?;
    let unchanged = run["counts"]["unchanged"].as_u64();
    expect(unchanged == Some(SUBSCRIPTIONS as u64), || format!("in the south: {run}"))?;
    expect(world.hostbill_calls() == calls, || "HostBill was asked for something again".into())
}
