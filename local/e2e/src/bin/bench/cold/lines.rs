//! From what was measured to lines. The budgets stand here and in `docs/benchmarks.md`.

use super::first::First;
use super::starts::Seen;
use super::{BARE, node};
use crate::judge::{megabytes, millis};
use crate::report::{Against, Line};
use rust_decimal::Decimal;
use std::time::Duration;

/// Processor milliseconds of a function's start.
const START_MS: u64 = 3;
/// Most memory after the first invocation, in megabytes.
const MEMORY_MB: u64 = 14;
/// Milliseconds from the event to the end of the first call to the table.
const FIRST_CALL_MS: u64 = 30;

pub(crate) fn starts(all: &[Seen], with_node: bool) -> Vec<Line> {
    let bare = all.iter().find(|seen| seen.name == BARE).map_or(Duration::ZERO, |seen| middle(&seen.cpu));
    let mut lines: Vec<Line> = all.iter().map(|seen| start(seen, bare)).collect();
    if !with_node {
        let skipped =
            Line::alone(format!("{}: processor until ready", node::NAME), None, "ms", Against::Nothing);
        lines.push(skipped.note("skipped: Node or npm is not installed"));
    }
    lines
}

fn start(seen: &Seen, bare: Duration) -> Line {
    let is_ours = seen.name != BARE && seen.name != node::NAME;
    let against = if is_ours { Against::Budget(START_MS.into()) } else { Against::Nothing };
    let cpu = middle(&seen.cpu);
    let times = if bare.is_zero() { Decimal::ZERO } else { (millis(cpu) / millis(bare)).round_dp(1) };
    let least = seen.cpu.first().copied().unwrap_or_default();
    let note = format!(
        "{times} × the bare function; the least {} ms; {} ms by the clock",
        millis(least).round_dp(1),
        millis(middle(&seen.wall)).round_dp(1),
    );
    Line::alone(format!("{}: processor until ready", seen.name), Some(millis(cpu)), "ms", against).note(note)
}

pub(crate) fn first(name: &str, seen: &First) -> [Line; 3] {
    let budget = |limit: u64| Against::Budget(limit.into());
    let (bytes, sample) = &seen.memory;
    let (call, slowest) = &seen.call;
    [
        Line::alone(
            format!("{name}: most memory, first invocation"),
            Some(megabytes(*bytes)),
            "MB",
            budget(MEMORY_MB),
        )
        .note(format!("VmHWM, the binary's pages included; {sample}")),
        Line::alone(
            format!("{name}: from the event to the end of the first call to the table"),
            Some(millis(*call)),
            "ms",
            budget(FIRST_CALL_MS),
        )
        .note(slowest),
        Line::alone(
            format!("{name}: first calls that opened a connection"),
            Some(seen.unconnected.into()),
            "calls",
            Against::Minimum(0.into()),
        ),
    ]
}

fn middle(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
