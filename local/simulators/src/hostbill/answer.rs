//! Answers in HostBill's envelope, with PHP's habits (hostbill §1.2 to §1.5).

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::model::Model;
use super::params::Params;
use crate::clock::Moment;
use crate::faults::ListFault;
use crate::http::Reply;
use crate::listing::view;

/// What a call yields: a payload, or texts for `error`.
pub(crate) type Answer = Result<Payload, Vec<String>>;

/// A successful call's members beside the envelope.
#[derive(Default)]
pub(crate) struct Payload {
    pub(crate) members: Vec<(&'static str, Value)>,
    pub(crate) info: Vec<String>,
    /// Texts beside `success:true`: done, but something complained.
    pub(crate) complaints: Vec<String>,
    pub(crate) delay: Duration,
    pub(crate) lost: bool,
}

impl Payload {
    pub(crate) fn with(name: &'static str, value: Value) -> Self {
        Self { members: vec![(name, value)], ..Self::default() }
    }

    pub(crate) fn info(text: impl Into<String>) -> Self {
        Self { info: vec![text.into()], ..Self::default() }
    }

    #[must_use]
    pub(crate) fn and(mut self, name: &'static str, value: Value) -> Self {
        self.members.push((name, value));
        self
    }

    #[must_use]
    pub(crate) fn saying(mut self, text: impl Into<String>) -> Self {
        self.info.push(text.into());
        self
    }
}

/// A call and its surroundings.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) params: Params,
    pub(crate) list_faults: &'a [ListFault],
}

/// `error` of a refused call.
pub(crate) fn refuse<T>(text: impl Into<String>) -> Result<T, Vec<String>> {
    Err(vec![text.into()])
}

/// The envelope around an answer; HTTP 200 whatever happened (*observed*, hostbill §1.3).
pub(crate) fn envelope(answer: Answer, call: &str, now: Moment) -> Reply {
    let mut map = Map::new();
    let (mut delay, mut lost) = (Duration::ZERO, false);
    let success = answer.is_ok();
    match answer {
        Ok(payload) => {
            (delay, lost) = (payload.delay, payload.lost);
            map.extend(payload.members.into_iter().map(|(name, value)| (name.to_owned(), value)));
            if !payload.info.is_empty() {
                map.insert("info".to_owned(), json!(payload.info));
            }
            if !payload.complaints.is_empty() {
                map.insert("error".to_owned(), json!(payload.complaints));
            }
        }
        Err(texts) => {
            map.insert("error".to_owned(), json!(texts));
        }
    }
    let members = php(&Value::Object(map).to_string());
    let inner = if members == "{}" { "" } else { &members[1..members.len() - 1] };
    let comma = if inner.is_empty() { "" } else { "," };
    let body = format!(
        "{{\"success\":{success},{inner}{comma}\"call\":{},\"server_time\":{}}}",
        php(&json!(call).to_string()),
        now.seconds()
    );
    let reply = Reply::new(200, "application/json", body);
    if lost { Reply { delay, ..Reply::dropped() } } else { Reply { delay, ..reply } }
}

/// PHP writes `/` as `\/` and everything beyond ASCII as `\uXXXX` (*documented*, hostbill §1.5). Both occur
/// inside strings only, so the finished text can be rewritten.
pub(crate) fn php(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    for one in json.chars() {
        if one == '/' {
            out.push_str("\\/");
        } else if one.is_ascii() {
            out.push(one);
        } else {
            for unit in one.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// Money as HostBill writes it: text with two places.
pub(crate) fn money(value: Decimal) -> Value {
    json!(format!("{value:.2}"))
}

/// A computed value: a JSON number, whole when it is whole (*documented*, hostbill §1.5).
pub(crate) fn number(value: Decimal) -> Value {
    serde_json::from_str(&value.normalize().to_string()).unwrap_or(Value::Null)
}

/// A database column holding a number: text.
pub(crate) fn column(value: impl std::fmt::Display + Copy) -> Value {
    json!(value.to_string())
}

/// A day, or the zero day.
pub(crate) fn day(moment: Option<Moment>) -> Value {
    json!(moment.map_or_else(|| "0000-00-00".to_owned(), Moment::date_text))
}

/// A moment, or the zero moment.
pub(crate) fn stamp(moment: Option<Moment>) -> Value {
    json!(moment.map_or_else(|| "0000-00-00 00:00:00".to_owned(), Moment::date_time_text))
}

pub(crate) fn flag(yes: bool) -> Value {
    json!(if yes { "1" } else { "0" })
}

/// An empty PHP map is `[]` (*documented*, hostbill §1.5).
pub(crate) fn php_map(map: Map<String, Value>) -> Value {
    if map.is_empty() { json!([]) } else { Value::Object(map) }
}

impl Model {
    /// A page of ids, newest first, zero-based (*observed*, hostbill §1.4), as payload with `sorter`.
    pub(crate) fn page(
        &self,
        call: &Call<'_>,
        name: &'static str,
        newest_first: &[u32],
        row: impl Fn(&Model, u32) -> Option<Value>,
    ) -> Payload {
        let page = call.params.number("page").unwrap_or(0);
        let page = usize::try_from(page).unwrap_or(usize::MAX);
        let asked = call.params.number("perpage").and_then(|size| usize::try_from(size).ok());
        let size =
            asked.filter(|size| self.settings.honour_perpage && *size > 0).unwrap_or(self.settings.perpage);
        let view = view(newest_first.len(), page.saturating_add(1), size, call.list_faults);
        let shown = view.rows.iter().filter_map(|at| newest_first.get(*at));
        let rows: Vec<Value> = shown.filter_map(|id| row(self, *id)).collect();
        let payload = Payload::with(name, Value::Array(rows));
        let total = view.total.max(0);
        let pages = total.unsigned_abs().div_ceil(view.size as u64).max(1);
        if self.settings.omit_short_sorter && pages == 1 {
            return payload;
        }
        payload.and(
            "sorter",
            json!({"perpage": view.size, "totalpages": pages, "sorterrecords": total, "sorterpage": page + 1}),
        )
    }
}
