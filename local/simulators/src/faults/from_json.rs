//! Rules as the control face takes them.

use std::time::Duration;

use serde_json::Value;

use super::{Fault, ListFault, Rule};

/// One rule object or a list of them.
pub(crate) fn rules_from_json(value: &Value) -> Result<Vec<Rule>, String> {
    match value.as_array() {
        Some(list) => list.iter().map(rule).collect(),
        None => Ok(vec![rule(value)?]),
    }
}

fn rule(value: &Value) -> Result<Rule, String> {
    let kind = value["fault"].as_str().ok_or("a rule needs \"fault\"")?;
    let mut rule = Rule::from(fault(kind, value)?);
    rule.target = value["on"].as_str().map(str::to_owned);
    rule.containing = value["containing"].as_str().map(str::to_owned);
    rule.skip = small(value, "skip").unwrap_or(0);
    rule.times = match value["times"].as_str() {
        Some("always") => None,
        Some(_) | None => Some(small(value, "times").unwrap_or(1)),
    };
    Ok(rule)
}

fn fault(kind: &str, value: &Value) -> Result<Fault, String> {
    let wait = Duration::from_millis(value["ms"].as_u64().unwrap_or(100));
    let code = u16::try_from(value["code"].as_u64().unwrap_or(500)).map_err(|_| "code out of range")?;
    let text = || value["text"].as_str().unwrap_or("Something went wrong").to_owned();
    Ok(match kind {
        "status" => Fault::Status {
            code,
            retry_after: small(value, "retry_after"),
            empty: value["empty"].as_bool().unwrap_or(false),
        },
        "html" => Fault::Html,
        "empty" => Fault::Empty,
        "null" => Fault::Null,
        "slow" => Fault::Slow(wait),
        "drop-before" => Fault::DropBefore,
        "slow-reply" => Fault::SlowReply(wait),
        "drop-after" => Fault::DropAfter,
        "cut-after" => Fault::CutAfter(size(value, "bytes", 64)),
        "lost-status" => Fault::LostStatus(code),
        "lost-garbage" => Fault::LostGarbage,
        "lost-html" => Fault::LostHtml,
        "lost-empty" => Fault::LostEmpty,
        "lost-null" => Fault::LostNull,
        "truncated" => Fault::Truncated,
        "refused" => Fault::Refused(vec![text()]),
        "refused-object" => Fault::RefusedAsObject(vec![("0".to_owned(), text())]),
        "success-with-error" => Fault::SuccessWithError(text()),
        other => Fault::List(list_fault(other, value)?),
    })
}

fn list_fault(kind: &str, value: &Value) -> Result<ListFault, String> {
    let page = size(value, "page", 2);
    Ok(match kind {
        "drop-row" => ListFault::DropRow { page, row: size(value, "row", 0) },
        "repeat-row" => ListFault::RepeatRow { page },
        "repeat-page" => ListFault::RepeatPage { page },
        "shuffle" => ListFault::Shuffle,
        "total-hits" => ListFault::TotalHits(value["by"].as_i64().unwrap_or(1)),
        "page-cap" => ListFault::PageCap(size(value, "size", 50)),
        "ignore-page" => ListFault::IgnorePage,
        "row-deleted" => ListFault::RowDeleted { after: size(value, "page", 1) },
        "row-inserted" => ListFault::RowInserted { after: size(value, "page", 1) },
        other => return Err(format!("unknown fault {other:?}")),
    })
}

fn small(value: &Value, name: &str) -> Option<u32> {
    value[name].as_u64().and_then(|number| u32::try_from(number).ok())
}

fn size(value: &Value, name: &str, default: usize) -> usize {
    value[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(default)
}
