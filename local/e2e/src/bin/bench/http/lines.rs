//! From what was measured to lines. The budgets stand here and in `docs/benchmarks.md`.

use crate::http::pages::Transfer;
use crate::http::rate::Latencies;
use crate::http::units::{Asked, PAGE};
use crate::judge::millis;
use crate::report::{Against, Line};
use rust_decimal::Decimal;
use std::time::Duration;

/// Processor milliseconds of the process for one page.
const PAGE_CPU_MS: u64 = 5;
/// What a page may transfer with everything it needs, in KB of 1,000 bytes.
const PAGE_KB: u64 = 60;
/// Milliseconds that ninety-nine of a hundred lists take at most.
const LIST_P99_MS: u64 = 20;
/// Read units of a page that are not its list: session, person, settings.
const AROUND_A_PAGE: u64 = 10;

pub(crate) fn least(n: u64, least: Duration) -> Line {
    Line::new("processor: /health", n, millis(least), "ms", Against::Nothing)
        .note("the least: an answer that asks nothing of anybody")
}

pub(crate) fn processor(n: u64, path: &str, cost: Duration, least: Duration) -> Line {
    let times = if least.is_zero() { Decimal::ZERO } else { (millis(cost) / millis(least)).round_dp(1) };
    Line::new(
        format!("processor: {}", short(path)),
        n,
        millis(cost),
        "ms",
        Against::Budget(PAGE_CPU_MS.into()),
    )
    .note(format!("{times} × /health; the table is in the same process"))
}

pub(crate) fn transfer(n: u64, path: &str, seen: &Transfer) -> [Line; 2] {
    let kilobytes = |bytes: u64| (Decimal::from(bytes) / Decimal::from(1000)).round_dp(1);
    let (all, budget) = (kilobytes(seen.bytes), Against::Budget(PAGE_KB.into()));
    let foreign = seen.foreign.len() as u64;
    [
        Line::new(format!("transferred: {path}"), n, all, "KB", budget).note(format!(
            "{} KB the page itself, {} requests",
            kilobytes(seen.page),
            seen.requests
        )),
        Line::new(format!("other hosts: {path}"), n, foreign, "addresses", Against::Minimum(0.into()))
            .note(seen.foreign.join(", ")),
    ]
}

pub(crate) fn latency(n: u64, list: &str, (rate, seconds): (u32, u32), took: &Latencies) -> [Line; 2] {
    let what = |percent: u64| format!("{}: p{percent} at {rate} a second", short(list));
    let budget = Against::Budget(LIST_P99_MS.into());
    [
        Line::new(what(50), n, millis(took.percentile(50)), "ms", Against::Nothing),
        Line::new(what(99), n, millis(took.percentile(99)), "ms", budget)
            .note(format!("for {seconds} s; the longest {} ms", millis(took.most()).round_dp(1))),
    ]
}

pub(crate) fn units(n: u64, asked: &Asked, pages: &[&str]) -> Vec<Line> {
    let units = |millis: u64| Decimal::from(millis) / Decimal::from(1000);
    let records = units(asked.records.read_millis);
    let budget = Against::Budget(records + Decimal::from(AROUND_A_PAGE));
    let mut lines = vec![
        Line::new(format!("read units: {PAGE} records"), n, records, "units", Against::Nothing)
            .note("the list by itself"),
    ];
    lines.extend(pages.iter().zip(&asked.pages).map(|(path, asked)| {
        Line::new(format!("read units: {path}"), n, units(asked.read_millis), "units", budget).note(format!(
            "{} calls to the table, {} write units",
            asked.calls,
            units(asked.write_millis)
        ))
    }));
    lines
}

fn short(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}
