//! Runs: asked for, scheduled, and told of more often than once.

use crate::cloud::{json_body, text};
use crate::world::{Installation, LONG, NORDIC, SUBSCRIPTIONS, World, expect};
use connector_kit::{Body, Method};
use e2e::{Trouble, until};
use serde_json::{Value, json};

pub(super) async fn a_run_asked_for_over_http_goes_through_the_bus_into_billing(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let asked = json!({"organisation": NORDIC});
    let (status, run) = billbridge.ask((Method::POST, "/api/sync/manual"), Some(&asked)).await?;
    expect(status == 202, || format!("asked: {status} {run}"))?;

    let run = billbridge.ended(run["run"].as_str().unwrap_or_default()).await?;

    let created = run["counts"]["created"].as_u64();
    expect(run["state"] == "finished" && created == Some(SUBSCRIPTIONS as u64), || {
        format!("the run: {run}")
    })?;
    world.has_one_active_service_each()?;
    let records = billbridge.get("/api/records").await?;
    let count = records["items"].as_array().map_or(0, Vec::len);
    expect(count == SUBSCRIPTIONS, || format!("each has its record: {records}"))?;
    billbridge.say(&["audit", "verify"]).await.map(drop)
}

pub(super) async fn an_approved_order_is_bought_and_billed_by_functions_that_tell_each_other(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let anna = billbridge.token_for("anna", &["read", "orders:write"]).await?;
    let bo = billbridge.token_for("bo", &["read", "orders:approve"]).await?;
    let tenant = world.crayon.with(|model| {
        model.choices.order_polls = 0;
        model.tenants.keys().next().copied().unwrap_or_default()
    });
    let wanted = json!({
        "organisation": NORDIC, "tenant": tenant.to_string(), "offer": world.offer(), "quantity": 12,
    });
    let (status, order) = billbridge.ask_as(&anna, (Method::POST, "/api/orders"), Some(&wanted)).await?;
    expect(status == 201 && order["state"] == "pending_approval", || format!("taken: {status} {order}"))?;
    let path = format!("/api/orders/{}", order["id"].as_str().unwrap_or_default());
    let total = json!({"total": order["quote"]["total"]});
    let (status, own) =
        billbridge.ask_as(&anna, (Method::POST, &format!("{path}/approve")), Some(&total)).await?;
    expect(status == 403, || format!("nobody approves without the right: {status} {own}"))?;
    let (status, approved) =
        billbridge.ask_as(&bo, (Method::POST, &format!("{path}/approve")), Some(&total)).await?;
    expect(status == 200, || format!("approved: {status} {approved}"))?;

    let order = until("the order is billed and active", LONG, async || {
        let order = billbridge.get(&path).await?;
        let state = order["state"].as_str().unwrap_or_default();
        let over = matches!(state, "held" | "failed" | "rejected" | "cancelled");
        expect(!over, || format!("the order: {order}"))?;
        Ok((state == "active").then_some(order))
    })
    .await?;

    let bought = world.crayon.with(|model| model.subscriptions.iter().last().map(|row| row.quantity));
    expect(bought == Some(12), || format!("bought: {bought:?} {order}"))?;
    let services = world
        .hostbill
        .with(|model| model.accounts.iter().map(|account| account.status.clone()).collect::<Vec<_>>());
    expect(services == ["Active"], || format!("billed, and nothing else is: {services:?}"))
}

/// The emulator's clock is the machine's: what is due in an hour is copied, to be due now.
pub(super) async fn the_schedule_starts_a_run(world: &World) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let deployed = "/schedules/billbridge-subscription-sync";
    let said = world.cloud.rest((Method::GET, deployed), "scheduler", &[], Body::Empty).await?;
    let mut schedule: Value = serde_json::from_slice(&said.body)?;
    expect(schedule["ScheduleExpression"] == "rate(60 minutes)", || format!("deployed: {schedule}"))?;
    expect(schedule["State"] == "ENABLED", || format!("deployed: {schedule}"))?;
    schedule["ScheduleExpression"] = json!("at(2026-01-01T00:00:00)");
    let copied = world
        .cloud
        .rest((Method::POST, "/schedules/due-now"), "scheduler", &[], json_body(&schedule))
        .await?;
    expect(copied.is_success(), || format!("copied: {} {}", copied.status, text(&copied)))?;

    let run = billbridge.nth_run(1).await?;

    expect(run["state"] == "finished" && run["actor"] == "schedule", || format!("the run: {run}"))?;
    world.has_one_active_service_each()
}

pub(super) async fn an_event_that_comes_twice_or_out_of_order_is_done_once(
    world: &World,
) -> Result<(), Trouble> {
    // In AWS what comes at once and may not run at once waits; the emulator drops it (README).
    let billbridge = world.installation_with("billbridge", &[("SyncConcurrency", "10")]).await?;
    let asked = json!({"organisation": NORDIC});
    let (_, run) = billbridge.ask((Method::POST, "/api/sync/manual"), Some(&asked)).await?;
    let id = run["run"].as_str().unwrap_or_default();
    // What the API has just told the bus, twice more at the same time, and what has not happened.
    let requested =
        json!({"version": 1, "organisation": NORDIC, "mode": "sync", "actor": "again", "run": id});
    let continued = json!({"version": 1, "organisation": NORDIC, "run": id, "checkpoint": 7});
    let (first, second, early) = tokio::join!(
        billbridge.publish("sync.requested", &requested),
        billbridge.publish("sync.requested", &requested),
        billbridge.publish("sync.continued", &continued),
    );
    first.and(second).and(early)?;
    let run = billbridge.ended(id).await?;
    expect(run["state"] == "finished", || format!("the run: {run}"))?;
    found_done(&billbridge, 3).await?;
    world.has_one_active_service_each()?;
    let calls = world.hostbill_calls();

    // And once more when everything is over.
    billbridge.publish("sync.requested", &requested).await?;
    found_done(&billbridge, 4).await?;
    expect(world.hostbill_calls() == calls, || "HostBill was asked for something again".into())?;
    expect(billbridge.runs().await?.len() == 1, || "there is another run".into())
}

/// Waits until so many events have met a run that went on without them.
async fn found_done(billbridge: &Installation<'_>, events: usize) -> Result<(), Trouble> {
    until("every event was delivered", LONG, async || {
        let logged = billbridge.logged().await?;
        let said = logged.lines().filter(|line| {
            line.contains(" went on already\"") || line.contains(" went on from checkpoint 7 already\"")
        });
        Ok((said.count() >= events).then_some(()))
    })
    .await
}
