//! `bench cost`: what AWS would bill of each piece of work, written to the file that `billbridge cost` is built with.
//!
//! Every function is its real binary, started anew for each event, so that every start is in the figures. What comes
//! of an event is delivered as the template's rules say, and counted with it.

mod meter;
mod place;
mod request;

use crate::facts::Facts;
use crate::http::PAGES;
use crate::http::pages::named_in_html;
use crate::report::progress;
use crate::scene::scheduled;
use connector_kit::HttpClient;
use domain::clock::Clock as _;
use domain::order::OrderState;
use domain::ports::OrderStore as _;
use e2e::{Build, Trouble};
use lambda_kit::SystemClock;
use place::Place;
use request::{cookie_of, form, json_request, page};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use serve::cost::work::{ANSWERED, REQUESTS, STORED};
use serve::cost::{Measured, Work};
use std::path::Path;
use std::time::Duration;

/// Estates of which an unchanged run is measured.
const ESTATES: [u64; 3] = [1_000, 10_000, 100_000];
/// The estate that is brought into billing.
const SETTLED: u64 = 1_000;
/// Of a hundred subscriptions, how many are changed before a run: few, then more.
const PERCENT: [u32; 2] = [1, 5];
/// An order that is not done after so many looks has got stuck.
const LOOKS: usize = 20;
const LOOK_AFTER: &str = include_str!("../../../../../events/order-intake/scheduled.json");
/// A page is asked of a process that is there already, within its gateway's patience.
const PATIENCE: Duration = Duration::from_secs(29);

pub(crate) async fn run() -> Result<(), Trouble> {
    let build = Build::current()?;
    let http = connector_kit::http_client().map_err(|error| Trouble::new(error.to_string()))?;
    let mut facts = vec![("taken".to_owned(), SystemClock.now().strftime("%F").to_string())];
    facts.extend(Facts::gather(&build).pairs().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut unchanged = Vec::new();
    for n in ESTATES {
        progress(&format!("{n} subscriptions: a run on an estate in which nothing has changed"));
        unchanged.push((n, idle_run(&build, &http, n).await?));
    }
    progress(&format!("{SETTLED} subscriptions: through billing; changes, an order, pages"));
    let place = Place::open(&build, &http, SETTLED, false).await?;
    let before = place.stored().await?;
    expect(&place.whole("subscription-sync", &scheduled()?).await?.0, "created", SETTLED)?;
    let stored = (SETTLED, place.stored().await?.saturating_sub(before));
    let (answer, settled) = place.whole("subscription-sync", &scheduled()?).await?;
    expect(&answer, "unchanged", SETTLED)?;
    let mut changed = Vec::new();
    for percent in PERCENT {
        let seats = SETTLED * u64::from(percent) / 100;
        place.simulators.change_percent(percent).await?;
        let (answer, work) = place.whole("subscription-sync", &scheduled()?).await?;
        expect(&answer, "changed", seats)?;
        changed.push((seats, work));
    }
    let (_, look_after) = place.whole("order-intake", &serde_json::from_str(LOOK_AFTER)?).await?;
    let order = order(&place).await?;
    let visit = visit(&place).await?;
    let measured = Measured { facts, unchanged, settled, changed, look_after, order, visit, stored };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../serve/src/cost/measured.json");
    std::fs::write(&path, format!("{:#}\n", measured.to_json()))?;
    progress("written: local/serve/src/cost/measured.json; README.md shows what comes of it");
    Ok(())
}

async fn idle_run(build: &Build, http: &HttpClient, n: u64) -> Result<Work, Trouble> {
    let place = Place::open(build, http, n, true).await?;
    let (answer, work) = place.whole("subscription-sync", &scheduled()?).await?;
    expect(&answer, "unchanged", n)?;
    Ok(work)
}

/// A figure of anything else would be a figure of nothing.
fn expect(answer: &Value, count: &str, wanted: u64) -> Result<(), Trouble> {
    if answer["state"] == "finished" && answer[count].as_u64() == Some(wanted) {
        return Ok(());
    }
    Err(Trouble::new(format!("{wanted} subscriptions were to be {count}: {answer}")))
}

/// Taken, approved, bought, billed, active.
async fn order(place: &Place) -> Result<Work, Trouble> {
    let truths = place.simulators.truths();
    let (tenant, offer) = (&truths["customers"][0]["tenant"], &truths["offers"][0]["part_number"]);
    let wanted = json!({
        "organisation": crate::scene::ORGANISATION, "tenant": tenant.to_string(),
        "offer": format!("{}/P1Y/monthly", offer.as_str().unwrap_or_default()), "quantity": 12,
    });
    let [clerk, approver] = &place.tokens;
    let (answer, mut work) =
        place.whole("order-intake", &json_request("/api/orders", clerk, &wanted)?).await?;
    let taken: Value = said(&answer, 201)?;
    let id = taken["id"].as_str().unwrap_or_default();
    let approve = json_request(
        &format!("/api/orders/{id}/approve"),
        approver,
        &json!({"total": taken["quote"]["total"]}),
    )?;
    let (answer, more) = place.whole("order-intake", &approve).await?;
    said(&answer, 200)?;
    work = work.plus(&more, Decimal::ONE);
    work.add(REQUESTS, 2);
    let (organisation, id) = (Place::organisation()?, crate::scene::id(id)?);
    for _ in 0..LOOKS {
        let order = place.store.find_order(&organisation, &id).await?;
        match order.map(|order| order.state) {
            Some(OrderState::Active) => return Ok(work),
            Some(OrderState::Held | OrderState::Failed) | None => break,
            Some(_) => {}
        }
        let (_, more) = place.whole("order-intake", &serde_json::from_str(LOOK_AFTER)?).await?;
        work = work.plus(&more, Decimal::ONE);
    }
    Err(Trouble::new("the order was not billed and active in the end"))
}

/// Somebody signs in, which is not counted, and opens every page once in a process that has just started.
async fn visit(place: &Place) -> Result<(u64, Work), Trouble> {
    let mut first = place.start("web").await?;
    let entered = first.invoke(&form("/sign-in/code", &format!("c={}", place.code))?, PATIENCE).await?;
    let cookie = cookie_of(&crate::scene::done(entered)?)?;
    first.kill().await?;
    place.forget().await?;
    let before = place.stored().await?;
    let (mut web, mut requests, mut bytes) = (place.start("web").await?, 0, 0);
    for path in PAGES {
        let mut wanted = vec![path.to_owned()];
        while let Some(next) = wanted.pop() {
            let answer = crate::scene::done(web.invoke(&page(&next, &cookie)?, PATIENCE).await?)?;
            if answer["statusCode"] != 200 {
                return Err(Trouble::new(format!("GET {next}: {}", answer["statusCode"])));
            }
            requests += 1;
            bytes += answer.to_string().len() as u64;
            // Style and script are fetched once by a browser, and are the same for years.
            let html = answer["body"].as_str().unwrap_or_default();
            let parts = named_in_html(html).into_iter();
            wanted
                .extend(parts.filter(|address| address.starts_with('/') && !address.starts_with("/assets/")));
        }
    }
    let (mut work, _) = place.end("web", web, requests).await?;
    work.add(REQUESTS, requests);
    work.add(ANSWERED, bytes);
    work.add(STORED, place.stored().await?.saturating_sub(before));
    Ok((PAGES.len() as u64, work))
}

/// What an answer over HTTP says, where it has this status.
fn said(answer: &Value, status: u16) -> Result<Value, Trouble> {
    if answer["statusCode"] != status {
        return Err(Trouble::new(format!("expected {status}: {answer}")));
    }
    Ok(serde_json::from_str(answer["body"].as_str().unwrap_or_default())?)
}
