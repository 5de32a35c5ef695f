//! Faults as state: what should go wrong, where, how often.
//!
//! A [`Rule`] is a [`Fault`] with a target and a count. Every rule that matches a request takes effect,
//! so faults compose: a slow answer that is also lost is two rules.
//!
//! ```
//! use simulators::{Fault, Faults, ListFault};
//! let mut faults = Faults::default();
//! faults.add(Fault::status(500).on("GET /subscriptions").skip(1).times(2));
//! faults.add(Fault::DropAfter.on("addOrder"));
//! faults.add(Fault::List(ListFault::TotalHits(1)).always());
//! ```

use std::time::Duration;

use crate::http::{Reply, Request};

mod from_json;
#[cfg(test)]
mod tests;

pub(crate) use from_json::rules_from_json;

/// Something that goes wrong.
///
/// All of it is *assumed* unless said otherwise: neither system documents its failures beyond the texts
/// in crayon §2.8 and hostbill §1.3; the client must survive each of these anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answered with this status before anything happens. Crayon fills its error body (*observed*,
    /// crayon §2.8), HostBill's web server a page.
    Status {
        /// HTTP status.
        code: u16,
        /// Seconds for a `Retry-After` header.
        retry_after: Option<u32>,
        /// Whether the body stays empty.
        empty: bool,
    },
    /// 200 with a web page, nothing done.
    Html,
    /// 200 with an empty body, nothing done.
    Empty,
    /// 200 with the body `null`, nothing done.
    Null,
    /// Waits before the request is worked on; the work is done even when the caller has left.
    Slow(Duration),
    /// The connection closes; nothing was done.
    DropBefore,
    /// The work is done, then the answer waits.
    SlowReply(Duration),
    /// The work is done, then the connection closes without a byte.
    DropAfter,
    /// The work is done, so many bytes of the answer (head included) are sent, then the connection closes.
    CutAfter(usize),
    /// The work is done; the answer is this status.
    LostStatus(u16),
    /// The work is done; the answer is 200 with bytes that are no JSON.
    LostGarbage,
    /// The work is done; the answer is 200 with a web page.
    LostHtml,
    /// The work is done; the answer is 200 with an empty body.
    LostEmpty,
    /// The work is done; the answer is 200 with the body `null` (*documented* for some HostBill calls, §1.2).
    LostNull,
    /// The work is done; the JSON stops half way.
    Truncated,
    /// HostBill: 200, `success:false`, `error` as a list (*documented*, hostbill §1.3); nothing done.
    Refused(Vec<String>),
    /// HostBill: 200, `success:false`, `error` as an object (*documented*, hostbill §1.3); nothing done.
    RefusedAsObject(Vec<(String, String)>),
    /// HostBill: the work is done, and `error` stands beside `success:true` (*assumed*, hostbill §1.3).
    SuccessWithError(String),
    /// A list that does not tell the truth.
    List(ListFault),
}

/// A list that does not tell the truth. Pages are counted from 1 on both sides here.
///
/// *Assumed* throughout: neither system states an order while paging (crayon §2.6, hostbill §1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// Page `page` lacks its row `row` (from 0); the total still counts it.
    DropRow {
        /// Page, from 1.
        page: usize,
        /// Row on the page, from 0.
        row: usize,
    },
    /// Page `page` begins with the last row of the page before, and so ends one row early.
    RepeatRow {
        /// Page, from 1.
        page: usize,
    },
    /// Page `page` shows the rows of the page before.
    RepeatPage {
        /// Page, from 1.
        page: usize,
    },
    /// Every page is cut from a differently shuffled list.
    Shuffle,
    /// The total is off by this.
    TotalHits(i64),
    /// Whatever size is asked for, at most this many rows come.
    PageCap(usize),
    /// Every page is the first page.
    IgnorePage,
    /// After page `after` a row of an earlier page vanished: later pages begin one row late.
    RowDeleted {
        /// Page, from 1.
        after: usize,
    },
    /// After page `after` a row appeared in front: later pages begin one row early.
    RowInserted {
        /// Page, from 1.
        after: usize,
    },
}

impl Fault {
    /// This status with the system's ordinary body.
    pub const fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, empty: false }
    }

    /// 429, with `Retry-After` when seconds are given.
    pub const fn too_many(retry_after: Option<u32>) -> Self {
        Self::Status { code: 429, retry_after, empty: false }
    }

    /// A fault for one route (`GET /subscriptions`, `/subscriptions`) or one HostBill call, once.
    pub fn on(self, target: &str) -> Rule {
        Rule::from(self).on(target)
    }

    /// A fault for the next `count` requests of any kind.
    pub fn times(self, count: u32) -> Rule {
        Rule::from(self).times(count)
    }

    /// A fault for every request until removed.
    pub fn always(self) -> Rule {
        Rule::from(self).always()
    }

    /// A fault that lets `count` matching requests pass first.
    pub fn skip(self, count: u32) -> Rule {
        Rule::from(self).skip(count)
    }

    /// A fault for a request that contains this text in its target or body.
    pub fn containing(self, text: &str) -> Rule {
        Rule::from(self).containing(text)
    }
}

/// A fault with its target and count. From a bare [`Fault`]: any request, once.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Route template with or without method, or call name; `None` is any.
    pub target: Option<String>,
    /// Text that target or body must contain.
    pub containing: Option<String>,
    /// Matching requests that pass first.
    pub skip: u32,
    /// Matching requests that suffer; `None` is all.
    pub times: Option<u32>,
    /// What happens to them.
    pub fault: Fault,
}

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        Self { target: None, containing: None, skip: 0, times: Some(1), fault }
    }
}

impl Rule {
    /// Only for this route or call.
    #[must_use]
    pub fn on(self, target: &str) -> Self {
        Self { target: Some(target.to_owned()), ..self }
    }

    /// Only for requests containing this text.
    #[must_use]
    pub fn containing(self, text: &str) -> Self {
        Self { containing: Some(text.to_owned()), ..self }
    }

    /// For this many requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { times: Some(count), ..self }
    }

    /// For all of them.
    #[must_use]
    pub fn always(self) -> Self {
        Self { times: None, ..self }
    }

    /// After letting so many pass.
    #[must_use]
    pub fn skip(self, count: u32) -> Self {
        Self { skip: count, ..self }
    }

    fn matches(&self, label: &str, request: &Request) -> bool {
        let route = label.split_once(' ').map_or(label, |(_, route)| route);
        let here = |target: &String| target.eq_ignore_ascii_case(label) || target.eq_ignore_ascii_case(route);
        self.target.as_ref().is_none_or(here)
            && self.containing.as_ref().is_none_or(|text| request.contains(text))
    }
}

/// The rules in force and the base latency of every request.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    /// Added to every request before it is worked on.
    pub latency: Duration,
}

impl Faults {
    /// Adds a rule; a bare [`Fault`] means "the next request, whatever it is".
    pub fn add(&mut self, rule: impl Into<Rule>) {
        self.rules.push(rule.into());
    }

    /// Removes all rules, keeps the latency.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// Rules that can still strike.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What strikes this request; counts are used up.
    pub(crate) fn strike(&mut self, label: &str, request: &Request) -> Vec<Fault> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut struck = Vec::new();
        for rule in &mut self.rules {
            if rule.times == Some(0) || !rule.matches(label, request) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times = rule.times.map(|left| left - 1);
            struck.push(rule.fault.clone());
        }
        self.rules.retain(|rule| rule.times != Some(0));
        struck
    }
}

/// Time to wait before the work.
pub(crate) fn wait_before(struck: &[Fault]) -> Duration {
    let waits = struck.iter().map(|fault| if let Fault::Slow(wait) = fault { *wait } else { Duration::ZERO });
    waits.sum()
}

/// The list faults among them.
pub(crate) fn list_faults(struck: &[Fault]) -> Vec<ListFault> {
    struck.iter().filter_map(|fault| if let Fault::List(list) = fault { Some(*list) } else { None }).collect()
}

/// What the wire does to an answer after the work; faults that belong elsewhere change nothing.
pub(crate) fn spoil(mut reply: Reply, fault: &Fault) -> Reply {
    if let Fault::SlowReply(wait) = fault {
        reply.delay += *wait;
        return reply;
    }
    if let Fault::CutAfter(bytes) = fault {
        reply.cut = Some(*bytes);
        return reply;
    }
    if *fault == Fault::Truncated {
        let mut half = reply.body.len() / 2;
        while !reply.body.is_char_boundary(half) {
            half -= 1;
        }
        reply.body.truncate(half);
        return reply;
    }
    let spoilt = if *fault == Fault::DropAfter {
        Reply::dropped()
    } else if *fault == Fault::LostGarbage {
        Reply::json(200, "\u{1f}not json at all\u{0}")
    } else if *fault == Fault::LostHtml {
        Reply::html(200)
    } else if *fault == Fault::LostEmpty {
        Reply::json(200, "")
    } else if *fault == Fault::LostNull {
        Reply::json(200, "null")
    } else {
        return reply;
    };
    Reply { delay: reply.delay, ..spoilt }
}
