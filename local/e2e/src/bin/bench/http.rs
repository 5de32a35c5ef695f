//! `bench http`: what pages and lists cost, the order of the measurements.

use crate::HttpOptions;
use crate::facts::Facts;
use crate::report::{Report, progress};
use crate::scene::ORGANISATION;
use e2e::{Build, Trouble};
use served::{Installation, Served};
use wire::Request;

mod estate;
mod lines;
mod meter;
pub(crate) mod pages;
mod rate;
mod served;
mod units;
mod wire;

/// Where people work.
pub(crate) const PAGES: [&str; 4] = ["/", "/sync", "/orders", "/settings"];

pub(crate) async fn run(options: &HttpOptions) -> Result<Report, Trouble> {
    let build = Build::current()?;
    progress("building billbridge");
    served::build_billbridge(&build)?;
    let http = connector_kit::http_client().map_err(|error| Trouble::new(error.to_string()))?;
    let n = options.records;
    progress(&format!("{n} records: preparing; each service is created through HostBill"));
    let installation = Installation::prepare(&build, &http, n).await?;
    progress("waiting for the schedule's first run, which is in no figure");
    let served = Served::start(&installation).await?;
    let facts = Facts::gather(&build);
    let mut lines = processor(options, &served).await?;
    progress("what a page transfers");
    for path in PAGES {
        lines.extend(lines::transfer(n, path, &pages::transfer(&served, path).await?));
    }
    for list in lists() {
        progress(&format!("{list}: {} a second for {} s", options.rate, options.seconds));
        let pace = (options.rate, options.seconds);
        let took = rate::steadily(served.address, served.program(&list), pace).await?;
        lines.extend(lines::latency(n, &list, pace, &took));
    }
    progress("what a page asks of the table");
    let asked = units::measure(&installation, &served, &PAGES).await?;
    lines.extend(lines::units(n, &asked, &PAGES));
    Ok(Report { facts, lines })
}

/// Pages and the parts that load by themselves, beside an answer that asks nothing of anybody.
async fn processor(options: &HttpOptions, served: &Served) -> Result<Vec<crate::report::Line>, Trouble> {
    let pace = (options.requests, options.repeat);
    progress(&format!("processor: {} times {} requests each", options.repeat, options.requests));
    let least = pages::processor(served, &Request::get("/health"), pace).await?;
    let mut lines = vec![lines::least(options.records, least)];
    let parts = ["/dashboard/health".to_owned(), format!("/charts/part?organisation={ORGANISATION}")];
    for path in PAGES.map(str::to_owned).into_iter().chain(parts) {
        let request = served.page(&path).compressed();
        let cost = pages::processor(served, &request, pace).await?;
        lines.push(lines::processor(options.records, &path, cost, least));
    }
    Ok(lines)
}

fn lists() -> [String; 3] {
    ["records", "orders", "runs"].map(|list| format!("/api/{list}?organisation={ORGANISATION}"))
}
