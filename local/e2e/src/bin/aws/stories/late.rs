//! What comes too late: Lambda's own time-out, an event after its time, credentials of yesterday.

use crate::stories::failures::{eventually_everything_is_billed, let_the_lease_run_out, settle_soon};
use crate::world::{Installation, LONG, NORDIC, SCHEDULED, SUBSCRIPTIONS, World, expect, sample};
use domain::clock::Clock as _;
use e2e::{Trouble, eventually, until};
use jiff::SignedDuration;
use lambda_kit::SystemClock;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) async fn a_function_that_lambda_ends_at_its_time_out_is_tried_again_and_nothing_is_done_twice(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    // It keeps none of its time back, and so does not stop by itself.
    let short = |wanted: &mut Value| {
        wanted["Timeout"] = json!(15);
        wanted["Environment"]["Variables"]["SYNC_MARGIN_SECONDS"] = json!("0");
    };
    billbridge.reconfigure("SubscriptionSyncFunctionName", short).await?;
    settle_soon(&billbridge).await?;
    world.hostbill.with(|model| model.faults.latency = Duration::from_millis(150));
    billbridge.hand_over(&sample(SCHEDULED)?).await?;
    let some = || world.hostbill.with(|model| !model.accounts.is_empty());
    eventually("a service is there", LONG, some).await?;
    // From here on every call outlasts the function.
    world.hostbill.with(|model| model.faults.latency = Duration::from_mins(1));
    until("Lambda has ended it", LONG, async || {
        Ok(world.cloud.log()?.contains("Task timed out after 15").then_some(()))
    })
    .await?;
    let so_far = world.hostbill.with(|model| model.accounts.len());
    expect(so_far < SUBSCRIPTIONS, || format!("ended in the middle, at {so_far}"))?;
    world.hostbill.with(|model| model.faults.latency = Duration::ZERO);

    // Lambda tries again by itself; until the dead run's lease ends, nobody else touches the organisation.
    until("it is tried again", LONG, async || {
        let runs = billbridge.runs().await?;
        let left = runs.iter().any(|run| run["state"] == "running");
        Ok(runs.into_iter().find(|run| left && run["state"] == "refused"))
    })
    .await?;
    let long = |wanted: &mut Value| {
        wanted["Timeout"] = json!(900);
        wanted["Environment"]["Variables"]["SYNC_MARGIN_SECONDS"] = json!("45");
    };
    billbridge.reconfigure("SubscriptionSyncFunctionName", long).await?;
    let_the_lease_run_out(&billbridge).await?;
    eventually_everything_is_billed(&billbridge).await?;
    world.has_one_active_service_each()?;
    billbridge.say(&["audit", "verify"]).await.map(drop)
}

pub(super) async fn an_event_that_comes_long_after_it_was_sent_changes_nothing_that_has_moved_on(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation_with("billbridge", &[("SyncConcurrency", "10")]).await?;
    let scheduled = sample(SCHEDULED)?;
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("the first: {run}"))?;
    let plan = run["plan"].clone();

    // The next one is out of time in the middle, and the news of its checkpoint is not delivered.
    let rule = continued_rule(&billbridge).await?;
    world.cloud.json("events", "AWSEvents.DisableRule", &rule).await?;
    let seats = |more: i64| {
        world.crayon.with(|model| {
            for row in &mut model.subscriptions {
                row.quantity = row.quantity.saturating_add_signed(i32::try_from(more).unwrap_or_default());
            }
        });
    };
    seats(30);
    billbridge.reconfigure("SubscriptionSyncFunctionName", |wanted| wanted["Timeout"] = json!(46)).await?;
    world.hostbill.with(|model| model.faults.latency = Duration::from_millis(700));
    billbridge.hand_over(&scheduled).await?;
    let stopped = billbridge.nth_run(2).await?;
    expect(stopped["state"] == "continued", || format!("the second: {stopped}"))?;
    world.hostbill.with(|model| model.faults.latency = Duration::ZERO);

    // Meanwhile the customers have given those seats back, and another run has seen it.
    seats(-30);
    billbridge.reconfigure("SubscriptionSyncFunctionName", |wanted| wanted["Timeout"] = json!(900)).await?;
    let_the_lease_run_out(&billbridge).await?;
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(3).await?;
    expect(run["state"] == "finished", || format!("the third: {run}"))?;
    let (charged, calls) = (charged(world), world.hostbill_calls());

    world.cloud.json("events", "AWSEvents.EnableRule", &rule).await?;
    let continued = json!({"version": 1, "organisation": NORDIC, "run": stopped["run"], "checkpoint": 1});
    billbridge.publish("sync.continued", &continued).await?;
    let late = billbridge.ended_as(stopped["run"].as_str().unwrap_or_default(), "refused").await?;
    let why = late["why"].as_str().unwrap_or_default();
    expect(why.contains("was at work since it stopped"), || format!("the late checkpoint: {late}"))?;

    // And an approval of the very first plan, found in a mailbox.
    let approval = json!({
        "version": 1, "organisation": NORDIC, "mode": "apply", "plan": plan, "actor": "anna",
    });
    billbridge.publish("sync.requested", &approval).await?;
    let run = billbridge.nth_run(4).await?;
    expect(run["state"] == "refused", || format!("the late approval: {run}"))?;
    let now = self::charged(world);
    expect(charged == now && calls == world.hostbill_calls(), || {
        format!("charged {charged:?}, now {now:?}")
    })?;
    world.has_one_active_service_each()?;
    billbridge.say(&["audit", "verify"]).await.map(drop)
}

pub(super) async fn a_secret_rotated_in_the_middle_of_a_run_is_used_by_that_very_run(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let scheduled = sample(SCHEDULED)?;
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("before: {run}"))?;
    let warm_since = SystemClock.now();
    until("the old ones are a minute old", LONG, async || {
        Ok((SystemClock.now() >= warm_since + SignedDuration::from_secs(61)).then_some(()))
    })
    .await?;

    world.crayon.with(|model| model.change_percent(100));
    world.hostbill.with(|model| model.faults.latency = Duration::from_millis(300));
    let (before, edits) =
        (charged(world), || world.hostbill.with(|m| m.requests.count("editAccountDetails")));
    let so_far = edits();
    billbridge.hand_over(&scheduled).await?;
    eventually("a change has been sent", LONG, || edits() > so_far).await?;
    // New in the secret first, then at HostBill, as whoever rotates does it.
    let new_key = "rotated-in-the-middle-of-a-run";
    let mut connections = world.connections();
    connections["HOSTBILL_API_KEY"] = json!(new_key);
    let rotated = json!({"SecretId": world.secret, "SecretString": connections.to_string()});
    world.cloud.json("secretsmanager", "secretsmanager.PutSecretValue", &rotated).await?;
    world.hostbill.with(|model| {
        for key in &mut model.keys {
            new_key.clone_into(&mut key.key);
        }
        model.faults.latency = Duration::ZERO;
    });

    let run = billbridge.nth_run(2).await?;
    expect(run["state"] == "finished", || format!("with the new key: {run}"))?;
    let logged = billbridge.logged().await?;
    expect(logged.contains("goes on with the credentials that were rotated"), || {
        format!("the key was rotated in the middle: {run}")
    })?;
    let counts = &run["counts"];
    expect(counts["refused"] == 0 && counts["left"] == 0, || format!("nothing is refused: {run}"))?;
    let now = charged(world);
    let changed = before.iter().zip(&now).filter(|(before, now)| before != now).count();
    expect(changed == SUBSCRIPTIONS, || format!("charged {before:?}, now {now:?}"))?;
    world.has_one_active_service_each()
}

/// What every service is charged, in the order of the services.
fn charged(world: &World) -> Vec<String> {
    world.hostbill.with(|model| model.accounts.iter().map(|account| account.total.to_string()).collect())
}

/// The rule that delivers checkpoints, as the calls that switch it want it named.
async fn continued_rule(billbridge: &Installation<'_>) -> Result<Value, Trouble> {
    let bus = billbridge.stack.output("BusName")?;
    let asked = json!({"EventBusName": bus});
    let said = billbridge.world.cloud.json("events", "AWSEvents.ListRules", &asked).await?;
    let mut rules = said["Rules"].as_array().into_iter().flatten();
    let rule =
        rules.find(|rule| rule["EventPattern"].as_str().is_some_and(|it| it.contains("sync.continued")));
    let name = rule.map(|rule| rule["Name"].clone());
    let name = name.ok_or_else(|| Trouble::new(format!("no rule delivers checkpoints: {said}")))?;
    Ok(json!({"Name": name, "EventBusName": bus}))
}
