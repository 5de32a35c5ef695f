//! What is answered: every sample of `events/`, and what comes of some of them.

use super::{SUBSCRIPTIONS, Stage};
use crate::world::expect;
use domain::ports::RunStore as _;
use e2e::{ORGANISATIONS, Sample, Trouble};
use serde_json::{Value, json};

/// Read from the folders: a new function and a new sample are in it by being there.
pub(super) async fn every_function_answers_each_of_its_samples_and_a_second_time(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    for function in e2e::functions()? {
        for sample in e2e::samples(&function)? {
            let actor = stage.enter(&function, &sample.file).await?;
            let first = actor.ask(&sample.payload).await?;
            let let_in =
                sample.payload["headers"].get("authorization").is_none() || first.value["statusCode"] != 401;
            expect(first.is_answer() && let_in, || format!("{}: {}", sample.place(), first.text))?;
            let process = actor.emulator.process()?;
            let second = actor.ask(&sample.payload).await?;
            expect(second.is_answer(), || format!("{}, again: {}", sample.place(), second.text))?;
            expect(actor.emulator.process()? == process, || format!("{}: another process", sample.place()))?;
            let services = actor.surroundings.services()?;
            let once = services.iter().all(|count| *count <= 1);
            expect(once, || format!("{}: services by subscription {services:?}", sample.place()))?;
            actor.leave().await?;
        }
    }
    Ok(())
}

pub(super) async fn the_schedules_event_leads_to_one_active_service_each(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    let actor = stage.enter("subscription-sync", "scheduled").await?;
    let scheduled = named("subscription-sync", "scheduled.json")?.payload;
    for round in ["first", "second"] {
        let asked = actor.ask(&scheduled).await?;
        let organisations = asked.value["organisations"].as_u64();
        expect(organisations == Some(ORGANISATIONS.len() as u64), || format!("{round}: {}", asked.text))?;
        let requested = actor.surroundings.bus.take("sync.requested");
        expect(requested.len() == ORGANISATIONS.len(), || format!("{round}: on the bus: {requested:?}"))?;
        for event in requested {
            let run = actor.ask(&event.payload()).await?;
            expect(run.value["state"] == "finished", || format!("{round}: {}", run.text))?;
        }
        let services = actor.surroundings.services()?;
        let (all, active) = actor.surroundings.hostbill.with(|model| {
            let active = model.accounts.iter().filter(|account| account.status == "Active").count();
            (model.accounts.len(), active)
        });
        let one_each = services.len() == SUBSCRIPTIONS && services.iter().all(|count| *count == 1);
        expect(one_each && all == SUBSCRIPTIONS && active == SUBSCRIPTIONS, || {
            format!("{round}: services by subscription {services:?}, {all} in all, {active} active")
        })?;
    }
    actor.leave().await
}

pub(super) async fn a_run_that_is_asked_for_is_in_the_table_and_on_the_bus(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    let actor = stage.enter("web", "asked").await?;
    let asked = actor.ask(&named("web", "post-sync-manual.json")?.payload).await?;
    expect(asked.value["statusCode"] == 202, || asked.text.clone())?;
    let body = asked.body();
    let organisation = body["organisation"].as_str().unwrap_or_default();
    let organisation = organisation.parse().map_err(|error| Trouble::at("read the organisation", &error))?;
    let runs = actor.surroundings.table.store().runs(&organisation, 10).await?;
    let ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    expect(body["run"].as_str().is_some_and(|id| ids == [id]), || format!("in the table: {ids:?}; {body}"))?;
    let requested = actor.surroundings.bus.take("sync.requested");
    let runs: Vec<&Value> = requested.iter().map(|event| &event.detail["run"]).collect();
    expect(runs == [&body["run"]], || format!("on the bus: {requested:?}"))?;
    actor.leave().await
}

pub(super) async fn an_order_that_is_taken_waits_in_the_list(stage: &Stage<'_>) -> Result<(), Trouble> {
    let actor = stage.enter("order-intake", "order").await?;
    let mut order = named("order-intake", "post-order.json")?.payload;
    // The sample, for a customer and an offer that these systems know.
    let (tenant, part_number) = actor.surroundings.crayon.with(|model| {
        let tenant = model.tenants.keys().next().copied().unwrap_or_default();
        (
            tenant,
            model.products.values().next().map(|product| product.part_number.clone()).unwrap_or_default(),
        )
    });
    let mut body: Value = serde_json::from_str(order["body"].as_str().unwrap_or_default())?;
    body["tenant"] = json!(tenant.to_string());
    body["offer"] = json!(format!("{part_number}/P1Y/monthly"));
    order["body"] = json!(body.to_string());
    let taken = actor.ask(&order).await?;
    expect(taken.value["statusCode"] == 201, || taken.text.clone())?;

    let listed = actor.ask(&named("order-intake", "get-orders.json")?.payload).await?;
    let list = listed.body();
    let id = &taken.body()["id"];
    let shown = list["items"].as_array().is_some_and(|items| items.len() == 1 && items[0]["id"] == *id);
    expect(shown, || format!("taken {id}, listed {}", listed.text))?;
    let subscriptions = actor.surroundings.crayon.with(|model| model.subscriptions.iter().count());
    expect(subscriptions == SUBSCRIPTIONS, || format!("nothing is bought yet: {subscriptions}"))?;
    actor.leave().await
}

/// A sample by its file.
pub(super) fn named(function: &str, file: &str) -> Result<Sample, Trouble> {
    let found = e2e::samples(function)?.into_iter().find(|sample| sample.file == file);
    found.ok_or_else(|| Trouble::new(format!("there is no events/{function}/{file}")))
}
