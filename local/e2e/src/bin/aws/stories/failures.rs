//! What goes wrong, and how it comes right.

use crate::cloud::{tagged, unescaped};
use crate::processes;
use crate::world::{Installation, LONG, NORDIC, SCHEDULED, SUBSCRIPTIONS, World, expect, sample};
use domain::clock::Clock as _;
use domain::id::RunId;
use domain::ports::LeaseStore as _;
use e2e::{Trouble, eventually, until};
use jiff::SignedDuration;
use lambda_kit::SystemClock;
use serde_json::{Value, json};
use simulators::Fault;
use std::time::Duration;

pub(super) async fn a_rotated_secret_is_used_by_the_next_run_without_a_deployment(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let scheduled = sample(SCHEDULED)?;
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("before: {run}"))?;
    let warm_since = SystemClock.now();

    // Rotated at the supplier, its old tokens withdrawn; not yet in the secret store.
    world.crayon.with(|model| {
        if let Some(user) = model.users.first_mut() {
            "rotated-in-the-story".clone_into(&mut user.password);
        }
        model.tokens.requests_per_token = Some(0);
        model.change_percent(100);
    });
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(2).await?;
    expect(run["state"] == "failed", || format!("with the old password: {run}"))?;

    world.crayon.with(|model| model.tokens.requests_per_token = None);
    let rotated = json!({"SecretId": world.secret, "SecretString": world.connections().to_string()});
    world.cloud.json("secretsmanager", "secretsmanager.PutSecretValue", &rotated).await?;

    // A function that is warm and was refused looks for new credentials once it has had the old ones for a minute.
    until("the old ones are a minute old", LONG, async || {
        Ok((SystemClock.now() >= warm_since + SignedDuration::from_secs(61)).then_some(()))
    })
    .await?;
    billbridge.hand_over(&scheduled).await?;
    let run = billbridge.nth_run(3).await?;
    expect(run["state"] == "finished", || format!("with the new password: {run}"))?;
    let changed = run["counts"]["changed"].as_u64();
    expect(changed == Some(SUBSCRIPTIONS as u64), || format!("after: {run}"))?;
    world.has_one_active_service_each()
}

pub(super) async fn a_function_that_is_killed_is_tried_again_and_nothing_is_done_twice(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    settle_soon(&billbridge).await?;
    world.hostbill.with(|model| model.faults.latency = Duration::from_millis(150));
    billbridge.hand_over(&sample(SCHEDULED)?).await?;
    let some = || world.hostbill.with(|model| !model.accounts.is_empty());
    eventually("a service is there", LONG, some).await?;
    let working = processes::of_functions(world.cloud.pid()?, "-subscription-sync")?;
    let [killed] = working.as_slice() else {
        return Err(Trouble::new(format!("one process is at work: {working:?}")));
    };
    processes::kill(*killed)?;
    let so_far = world.hostbill.with(|model| model.accounts.len());
    expect(so_far < SUBSCRIPTIONS, || format!("killed in the middle, at {so_far}"))?;
    world.hostbill.with(|model| model.faults.latency = Duration::ZERO);

    // Lambda tries again by itself; until the dead run's lease ends, nobody else touches the organisation.
    let again = until("it is tried again", LONG, async || {
        let runs = billbridge.runs().await?;
        Ok(runs.into_iter().find(|run| run["state"] == "refused"))
    })
    .await?;
    let why = again["why"].as_str().unwrap_or_default();
    expect(why.contains("is at work until"), || format!("the second attempt: {again}"))?;

    let_the_lease_run_out(&billbridge).await?;
    eventually_everything_is_billed(&billbridge).await?;
    world.has_one_active_service_each()
}

pub(super) async fn a_run_that_is_out_of_time_goes_on_through_the_bus_to_its_end(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation_with("billbridge", &[("SyncConcurrency", "10")]).await?;
    // A run stops 45 s before its invocation does: two seconds are left for changes.
    billbridge.reconfigure("SubscriptionSyncFunctionName", |wanted| wanted["Timeout"] = json!(47)).await?;
    world.hostbill.with(|model| model.faults.latency = Duration::from_millis(400));
    billbridge.hand_over(&sample(SCHEDULED)?).await?;

    let run = until("the run has ended", LONG, async || {
        let runs = billbridge.runs().await?;
        Ok(runs.into_iter().find(|run| run["state"] == "finished"))
    })
    .await?;

    let logged = billbridge.logged().await?;
    expect(logged.contains(" is continued: "), || "the run was never out of time".into())?;
    let created = run["counts"]["created"].as_u64();
    expect(created == Some(SUBSCRIPTIONS as u64), || format!("its report counts all of it: {run}"))?;
    expect(billbridge.runs().await?.len() == 1, || "there is another run".into())?;
    world.has_one_active_service_each()
}

pub(super) async fn an_event_that_fails_to_the_last_attempt_waits_in_the_dead_letters_and_can_be_handed_over_again(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    world.crayon.with(|model| model.faults.add(Fault::DropBefore.always()));
    let scheduled = sample(SCHEDULED)?;
    billbridge.hand_over(&scheduled).await?;

    let letter = dead_letter(&billbridge).await?;
    let runs = billbridge.runs().await?;
    let failed = runs.iter().filter(|run| run["state"] == "failed").count();
    expect((runs.len(), failed) == (3, 3), || format!("three attempts, each with its report: {runs:?}"))?;
    expect(world.hostbill_calls() == 0, || "something was done".into())?;

    world.crayon.with(|model| model.faults.clear());
    expect(letter["requestPayload"] == scheduled, || format!("it holds the event as it came: {letter}"))?;
    billbridge.hand_over(&letter["requestPayload"]).await?;
    let run = billbridge.nth_run(4).await?;
    expect(run["state"] == "finished", || format!("handed over again: {run}"))?;
    world.has_one_active_service_each()
}

pub(super) async fn a_secret_that_cannot_be_read_stops_the_work_says_so_and_is_cured_by_writing_it_again(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let written = async |text: String| {
        let secret = json!({"SecretId": world.secret, "SecretString": text});
        world.cloud.json("secretsmanager", "secretsmanager.PutSecretValue", &secret).await
    };
    written("HOSTBILL_API_KEY: in-the-wrong-form".to_owned()).await?;
    billbridge.hand_over(&sample(SCHEDULED)?).await?;
    let letter = dead_letter(&billbridge).await?;

    let log = world.cloud.log()? + &billbridge.logged().await?;
    expect(log.contains("it is no JSON"), || format!("the log says why: {log}"))?;
    let shown = log.contains("in-the-wrong-form") || letter.to_string().contains("in-the-wrong-form");
    expect(!shown, || "what stands in the secret is shown".into())?;
    expect(world.hostbill_calls() == 0, || "something was done".into())?;

    written(world.connections().to_string()).await?;
    billbridge.hand_over(&letter["requestPayload"]).await?;
    let run = billbridge.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("handed over again: {run}"))?;
    world.has_one_active_service_each()
}

/// A call that was cut off is waited for a few seconds instead of a quarter of an hour.
pub(super) async fn settle_soon(billbridge: &Installation<'_>) -> Result<(), Trouble> {
    billbridge
        .reconfigure("SubscriptionSyncFunctionName", |wanted| {
            wanted["Environment"]["Variables"]["SYNC_QUIET_SECONDS"] = json!("5");
        })
        .await
}

/// What was cut off may still be under way at billing: a run leaves it to a later one until it is quiet.
pub(super) async fn eventually_everything_is_billed(billbridge: &Installation<'_>) -> Result<(), Trouble> {
    until("everything is in billing", Duration::from_mins(3), async || {
        let known = billbridge.runs().await?.len();
        billbridge.hand_over(&sample(SCHEDULED)?).await?;
        let run = billbridge.nth_run(known + 1).await?;
        let counts = &run["counts"];
        Ok((run["state"] == "finished" && counts["left"] == 0 && counts["inDoubt"] == 0).then_some(()))
    })
    .await
}

/// What Lambda puts into the queue once it has given up.
async fn dead_letter(billbridge: &Installation<'_>) -> Result<Value, Trouble> {
    let queue = [("QueueUrl", billbridge.stack.output("DeadLettersUrl")?), ("VisibilityTimeout", "300")];
    let body = until("the event is in the dead letters", LONG, async || {
        let said = billbridge.world.cloud.query("sqs", "ReceiveMessage", &queue).await?;
        Ok(tagged(&said, "Body").first().map(|body| unescaped(body)))
    })
    .await?;
    Ok(serde_json::from_str(&body)?)
}

/// As if the time had passed for which a run that was killed still holds its organisation.
pub(super) async fn let_the_lease_run_out(billbridge: &Installation<'_>) -> Result<(), Trouble> {
    let now = SystemClock.now();
    let later = now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now);
    let taken =
        billbridge.store().await?.acquire(&format!("sync/{NORDIC}"), &RunId::new(now, 0), later, now).await?;
    expect(taken.is_ok(), || "the lease is still held".into())
}
