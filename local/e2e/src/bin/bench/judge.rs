//! From what was measured to lines: each figure beside its minimum or budget. The budgets stand here and in
//! `docs/benchmarks.md`.

use crate::change::Changed;
use crate::report::{Against, Line};
use crate::size::Zipped;
use crate::unchanged::Unchanged;
use crate::wall::{CALLS_PER_SECOND, IN_FLIGHT, LATENCY, Wall};
use rust_decimal::Decimal;
use std::time::Duration;

/// The stricter reading of MB.
const MEGABYTE: u64 = 1_000_000;
/// Processor milliseconds for each 10,000 unchanged subscriptions.
const CPU_MS: u64 = 150;
/// Processor microseconds for each further unchanged subscription.
const MARGINAL_US: u64 = 12;
/// Most memory, in megabytes, of estates up to so many subscriptions.
const PEAKS: [(u64, u64); 3] = [(10_000, 24), (100_000, 40), (1_000_000, 96)];
/// Thousandths of a read unit for each unchanged subscription, of estates of at least so many: below, what every
/// run reads once outweighs what it reads of each.
const READ_MILLIS: (u64, i64) = (10_000, 2);
/// Megabytes of the release binary, zipped.
const ZIPPED: u64 = 3;

pub(crate) fn unchanged(seen: &Unchanged) -> Vec<Line> {
    let n = seen.subscriptions;
    let minimum = |count: u64| Against::Minimum(count.into());
    let (cold, warm) = (millis(seen.cold.cpu), millis(seen.warm_cpu));
    let cpu = Against::Budget(Decimal::from(CPU_MS * n) / Decimal::from(10_000));
    let peak = PEAKS.iter().find(|(most, _)| n <= *most);
    let peak = peak.map_or(Against::Nothing, |(_, megabytes)| Against::Budget((*megabytes).into()));
    let each = |millis: u64| Decimal::from(millis) / Decimal::from(1000 * n);
    let (least, millis_each) = READ_MILLIS;
    let reads = if n < least { Against::Nothing } else { Against::Budget(Decimal::new(millis_each, 3)) };
    let writes = Decimal::from(seen.capacity.write_millis) / Decimal::from(1000);
    vec![
        Line::new(
            "unchanged: requests to Crayon, new process",
            n,
            seen.cold_reads,
            "requests",
            minimum(seen.pages + 1),
        )
        .note("pages and one sign-in"),
        Line::new(
            "unchanged: requests to Crayon, later run",
            n,
            seen.warm_reads,
            "requests",
            minimum(seen.pages),
        )
        .note("pages"),
        Line::new("unchanged: calls to HostBill", n, seen.hostbill_calls, "calls", minimum(0)),
        Line::new("unchanged: processor, start and first run", n, cold, "ms", cpu),
        Line::new("unchanged: processor, later run", n, warm, "ms", cpu),
        Line::new(
            "unchanged: most memory, start and first run",
            n,
            megabytes(seen.cold.peak_bytes),
            "MB",
            peak,
        )
        .note("VmHWM, the binary's pages included"),
        Line::new("unchanged: table read units each", n, each(seen.capacity.read_millis), "units", reads)
            .note(format!("{} calls to the table in all", seen.capacity.calls)),
        Line::new("unchanged: table write units of the run", n, writes, "units", Against::Nothing)
            .note("lease and run report"),
    ]
}

/// What each further subscription costs, between the smallest and the largest estate of one page size.
pub(crate) fn marginal(small: &Unchanged, large: &Unchanged) -> Vec<Line> {
    let n = large.subscriptions;
    let more = Decimal::from(n - small.subscriptions);
    let cpu = (millis(large.warm_cpu) - millis(small.warm_cpu)) * Decimal::from(1000) / more;
    let written = large.capacity.write_millis.saturating_sub(small.capacity.write_millis);
    let writes = Decimal::from(written) / Decimal::from(1000) / more;
    let from = format!("from {} to {n}", small.subscriptions);
    vec![
        Line::new(
            "unchanged: processor, each further one",
            n,
            cpu,
            "µs",
            Against::Budget(MARGINAL_US.into()),
        )
        .note(from.clone()),
        Line::new(
            "unchanged: table write units, each further one",
            n,
            writes,
            "units",
            Against::Minimum(0.into()),
        )
        .note(from),
    ]
}

pub(crate) fn latency(wall: &Wall) -> Line {
    let what = format!("unchanged: time at {} ms latency, {IN_FLIGHT} in flight", LATENCY.as_millis());
    over_bound(what, wall, 115).note(format!(
        "1.15 × {} ms = (sign-in + first page + ⌈(pages − 1) / {IN_FLIGHT}⌉) × latency",
        wall.bound.as_millis()
    ))
}

pub(crate) fn rate(wall: &Wall) -> Line {
    let what = format!("unchanged: time at {CALLS_PER_SECOND} calls a second");
    over_bound(what, wall, 105).note(format!(
        "1.05 × {} ms = (pages + sign-in − {CALLS_PER_SECOND}) / {CALLS_PER_SECOND} s",
        wall.bound.as_millis()
    ))
}

fn over_bound(what: String, wall: &Wall, percent: u64) -> Line {
    let budget = millis(wall.bound) * Decimal::from(percent) / Decimal::ONE_HUNDRED;
    Line::new(what, wall.subscriptions, millis(wall.measured), "ms", Against::Budget(budget))
}

pub(crate) fn changed(seen: &Changed) -> Vec<Line> {
    let n = seen.subscriptions;
    let minimum = |count: u64| Against::Minimum(count.into());
    let first = millis(seen.first) / Decimal::from(n);
    vec![
        Line::new(
            "1 % changed: requests to Crayon, new process",
            n,
            seen.reads,
            "requests",
            minimum(seen.pages + 1),
        )
        .note("pages and one sign-in"),
        Line::new("1 % changed: calls to HostBill", n, seen.hostbill_calls, "calls", minimum(seen.reseated))
            .note(if seen.surprises.is_empty() {
                "one editAccountDetails for each changed subscription".to_owned()
            } else {
                format!("besides editAccountDetails: {}", seen.surprises)
            }),
        Line::new("first sync: time for each service created", n, first, "ms", Against::Nothing)
            .note("4 calls to HostBill each, all on this machine"),
    ]
}

pub(crate) fn zipped(found: Option<&Zipped>) -> Line {
    let budget = Against::Budget(ZIPPED.into());
    let note = found.map_or_else(
        || "not built: cargo xtask size builds it".to_owned(),
        |found| format!("built {} minutes ago; cargo xtask size builds it anew", found.age.as_secs() / 60),
    );
    Line {
        what: "release binary, zipped".into(),
        subscriptions: None,
        measured: found.map(|found| megabytes(found.bytes)),
        unit: "MB",
        against: budget,
        note,
    }
}

pub(crate) fn millis(time: Duration) -> Decimal {
    Decimal::from(time.as_micros()) / Decimal::from(1000)
}

pub(crate) fn megabytes(bytes: u64) -> Decimal {
    (Decimal::from(bytes) / Decimal::from(MEGABYTE)).round_dp(2)
}
