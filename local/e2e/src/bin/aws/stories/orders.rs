//! Orders: told of once, more often than once, and late.

use crate::world::{Installation, LONG, NORDIC, World, expect};
use connector_kit::Method;
use e2e::{Trouble, until};
use serde_json::{Value, json};

/// The request with which an order is placed.
pub(super) const PLACE: &str = "POST /subscriptions/new-commerce-orders";

/// Takes an order for twelve seats; gives its id.
async fn taken(billbridge: &Installation<'_>) -> Result<Value, Trouble> {
    let anna = billbridge.token_for("anna", &["read", "orders:write"]).await?;
    let tenant = billbridge.world.crayon.with(|model| {
        model.choices.order_polls = 0;
        model.tenants.keys().next().copied().unwrap_or_default()
    });
    let offer = billbridge.world.offer();
    let wanted =
        json!({"organisation": NORDIC, "tenant": tenant.to_string(), "offer": offer, "quantity": 12});
    let (status, order) = billbridge.ask_as(&anna, (Method::POST, "/api/orders"), Some(&wanted)).await?;
    expect(status == 201, || format!("taken: {status} {order}"))?;
    Ok(order)
}

/// Takes an order for twelve seats and has it approved; gives its id.
pub(super) async fn approved(billbridge: &Installation<'_>) -> Result<String, Trouble> {
    let order = taken(billbridge).await?;
    let bo = billbridge.token_for("bo", &["read", "orders:approve"]).await?;
    let id = order["id"].as_str().unwrap_or_default().to_owned();
    let total = json!({"total": order["quote"]["total"]});
    let path = format!("/api/orders/{id}/approve");
    let (status, said) = billbridge.ask_as(&bo, (Method::POST, &path), Some(&total)).await?;
    expect(status == 200, || format!("approved: {status} {said}"))?;
    Ok(id)
}

/// Waits until the order is in this state, and gives it.
pub(super) async fn becomes(billbridge: &Installation<'_>, id: &str, wanted: &str) -> Result<Value, Trouble> {
    let path = format!("/api/orders/{id}");
    until(&format!("the order is {wanted}"), LONG, async || {
        let order = billbridge.get(&path).await?;
        let state = order["state"].as_str().unwrap_or_default();
        let over = matches!(state, "held" | "failed" | "rejected" | "cancelled" | "active");
        expect(!over || state == wanted, || format!("the order: {order}"))?;
        Ok((state == wanted).then_some(order))
    })
    .await
}

/// Twelve seats were bought once, and exactly one service bills them.
pub(super) fn is_bought_and_billed_once(world: &World) -> Result<(), Trouble> {
    let bought =
        world.crayon.with(|model| model.subscriptions.iter().filter(|row| row.quantity == 12).count());
    let services: Vec<_> =
        world.hostbill.with(|model| model.accounts.iter().map(|account| account.status.clone()).collect());
    expect(bought == 1 && services == ["Active"], || format!("bought {bought} times; services: {services:?}"))
}

pub(super) async fn an_order_that_is_told_of_twice_out_of_order_and_late_is_bought_and_billed_once(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation_with("billbridge", &[("SyncConcurrency", "10")]).await?;
    // What has not happened: an order that nobody knows, and a run that nobody asked for.
    let unknown = json!({"version": 1, "organisation": NORDIC, "order": "ord_17938663820000a1b2c"});
    let ended =
        json!({"version": 1, "organisation": NORDIC, "run": "run_17938663820000a1b2c", "state": "finished"});
    billbridge.publish("order.approved", &unknown).await?;
    billbridge.publish("sync.finished", &ended).await?;
    let id = approved(&billbridge).await?;
    let told = json!({"version": 1, "organisation": NORDIC, "order": id});
    let (first, second, early) = tokio::join!(
        billbridge.publish("order.approved", &told),
        billbridge.publish("order.approved", &told),
        billbridge.publish("sync.finished", &ended),
    );
    first.and(second).and(early)?;
    becomes(&billbridge, &id, "active").await?;
    handled(&billbridge, 6).await?;
    is_bought_and_billed_once(world)?;

    // Long after, when it has been active for days.
    let (sent, calls) = (placed(world), world.hostbill_calls());
    let before = invocations(&billbridge).await?;
    billbridge.publish("order.approved", &told).await?;
    handled(&billbridge, before + 1).await?;
    expect((placed(world), world.hostbill_calls()) == (sent, calls), || {
        "something was asked for again".into()
    })?;
    expect(sent == 1, || format!("it was placed {sent} times"))?;

    // And of one that was called off before the news of its approval came.
    let cancelled = taken(&billbridge).await?;
    let id = cancelled["id"].as_str().unwrap_or_default();
    let carla = billbridge.token_for("carla", &["read", "orders:write", "orders:approve"]).await?;
    let why = json!({"why": "ordered by mistake"});
    let cancel = format!("/api/orders/{id}/reject");
    let (status, said) = billbridge.ask_as(&carla, (Method::POST, &cancel), Some(&why)).await?;
    expect(status == 200, || format!("called off: {status} {said}"))?;
    let before = invocations(&billbridge).await?;
    billbridge.publish("order.approved", &json!({"version": 1, "organisation": NORDIC, "order": id})).await?;
    handled(&billbridge, before + 1).await?;
    expect(placed(world) == sent, || "what was called off is placed".into())?;
    is_bought_and_billed_once(world)?;
    billbridge.say(&["audit", "verify"]).await.map(drop)
}

/// How often an order was sent to the supplier.
fn placed(world: &World) -> u64 {
    world.crayon.with(|model| model.requests.count(PLACE))
}

/// How many invocations of `order-intake` have come to their end.
async fn invocations(billbridge: &Installation<'_>) -> Result<usize, Trouble> {
    let logged = billbridge.world.cloud.logged("/aws/lambda/billbridge-order-intake").await?;
    Ok(logged.lines().filter(|line| line.contains("the invocation is done")).count())
}

/// Waits until so many have.
async fn handled(billbridge: &Installation<'_>, wanted: usize) -> Result<(), Trouble> {
    until("every event was delivered", LONG, async || {
        Ok((invocations(billbridge).await? >= wanted).then_some(()))
    })
    .await
}
