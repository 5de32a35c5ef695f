//! The control face's common part: counters, reset, clock, faults.

use serde_json::{Value, json};

use crate::clock::Moment;
use crate::faults::{Faults, rules_from_json};
use crate::http::{Reply, Request};
use crate::requests::RequestLog;

/// What a control request asks for once its common part is served.
pub(crate) enum Asked {
    Done(Reply),
    /// Move the clock there.
    Clock(Moment),
    /// Change the quantity of this share of the subscriptions, in percent.
    ChangePercent(u32),
    Unknown,
}

/// Serves what both simulators share.
pub(crate) fn common(request: &Request, now: Moment, faults: &mut Faults, log: &mut RequestLog) -> Asked {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    match (request.method.as_str(), request.path.trim_end_matches('/')) {
        ("GET", "/_sim" | "/_sim/counters") => Asked::Done(ok(&counters(log, now))),
        ("POST", "/_sim/reset") => {
            log.reset();
            Asked::Done(ok(&json!({"reset": true})))
        }
        ("POST", "/_sim/faults") => match rules_from_json(&body) {
            Ok(rules) => {
                for rule in rules {
                    faults.add(rule);
                }
                Asked::Done(ok(&json!({"rules": faults.rules().len()})))
            }
            Err(reason) => Asked::Done(refuse(&reason)),
        },
        ("DELETE", "/_sim/faults") => {
            faults.clear();
            Asked::Done(ok(&json!({"rules": 0})))
        }
        ("POST", "/_sim/latency") => {
            faults.latency = std::time::Duration::from_millis(body["ms"].as_u64().unwrap_or(0));
            Asked::Done(ok(&json!({"ms": body["ms"]})))
        }
        ("POST", "/_sim/clock") => match target(&body, now) {
            Some(moment) => Asked::Clock(moment),
            None => Asked::Done(refuse("give advance_days, advance_seconds or now")),
        },
        ("POST", "/_sim/change-percent") => {
            match body["percent"].as_u64().and_then(|n| u32::try_from(n).ok()) {
                Some(percent) => Asked::ChangePercent(percent),
                None => Asked::Done(refuse("give percent")),
            }
        }
        _ => Asked::Unknown,
    }
}

pub(crate) fn ok(value: &Value) -> Reply {
    Reply::json(200, value.to_string())
}

pub(crate) fn unknown() -> Reply {
    Reply::json(404, json!({"error": "no such control"}).to_string())
}

pub(crate) fn refuse(reason: &str) -> Reply {
    Reply::json(400, json!({"error": reason}).to_string())
}

fn counters(log: &RequestLog, now: Moment) -> Value {
    json!({
        "total": log.total(),
        "counts": log.counts(),
        "most_in_flight": log.most_in_flight(),
        "now": format!("{}Z", now.date_time_text().replace(' ', "T")),
    })
}

fn target(body: &Value, now: Moment) -> Option<Moment> {
    if let Some(days) = body["advance_days"].as_i64() {
        return Some(now.plus_days(days));
    }
    if let Some(seconds) = body["advance_seconds"].as_i64() {
        return Some(now.plus_seconds(seconds));
    }
    body["now"].as_str().and_then(Moment::parse)
}
