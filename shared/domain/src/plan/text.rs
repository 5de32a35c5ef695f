//! The one canonical text form of a plan: a heading, then one line a subscription, fields separated by tabs
//! as `name=value`. Tabs, line ends and backslashes inside values are escaped with a backslash.

use super::{Change, Line, Plan, Verdict, Why};
use crate::price::Priced;
use crate::record::{ParkReason, WaitReason};
use crate::service::{ServiceState, ServiceStatus};
use crate::subscription::BillingCycle;
use std::str::FromStr;

const HEADING: &str = "billbridge plan ";
/// The form that is written, and read.
const FORM: &str = "1";

/// A text is not a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the plan cannot be read: {problem}")]
pub struct InvalidPlan {
    /// Counted from 1, the heading first.
    pub line: usize,
    /// What was wrong.
    pub problem: String,
}

impl Plan {
    /// The canonical text. Two equal plans have equal texts and hashes.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADING}{FORM} {}\n", self.organisation);
        for line in &self.lines {
            write_line(&mut text, line);
            text.push('\n');
        }
        text
    }

    /// Reads the canonical text back.
    pub fn from_text(text: &str) -> Result<Self, InvalidPlan> {
        let fail = |line: usize, problem: &str| InvalidPlan { line, problem: problem.into() };
        let mut rows = text.lines();
        let heading = rows.next().and_then(|heading| heading.strip_prefix(HEADING)?.split_once(' '));
        let (form, organisation) = heading.ok_or_else(|| fail(1, "the heading is missing"))?;
        if form != FORM {
            let problem = format!("it is of form {form}, and this version reads form {FORM}: update it");
            return Err(InvalidPlan { line: 1, problem });
        }
        let organisation = organisation.parse().map_err(|_| fail(1, "the heading names no organisation"))?;
        let lines = rows
            .enumerate()
            .map(|(at, row)| read_line(row).map_err(|problem| InvalidPlan { line: at + 2, problem }))
            .collect::<Result<_, _>>()?;
        Ok(Self::new(organisation, lines))
    }
}

fn write_line(text: &mut String, line: &Line) {
    let verdict = match &line.verdict {
        Verdict::Change(change) if change.from.is_none() => "create",
        Verdict::Change(_) => "change",
        Verdict::Park { .. } => "park",
        Verdict::Wait(_) => "wait",
        Verdict::Note => "note",
    };
    text.push_str(verdict);
    field(text, "id", line.subscription.as_str());
    field(text, "name", &line.name);
    field(text, "tenant", line.tenant.as_str());
    optional(text, "customer", line.customer.as_ref().map(ToString::to_string));
    field(text, "offer", &line.offer.to_string());
    field(text, "base", &line.base.to_string());
    field(text, "generation", &line.generation.to_string());
    field(text, "digest", &line.digest.to_string());
    if let Some(price) = &line.price {
        field(text, "price", &price.unit.to_string());
        field(text, "rule", price.rule.as_str());
        field(text, "because", &price.explanation);
        optional(text, "term", price.term_start.map(|d| d.to_string()));
    }
    if line.ended {
        field(text, "ended", "yes");
    }
    match &line.verdict {
        Verdict::Change(change) => {
            let Change { service, from, to, why } = change.as_ref();
            optional(text, "service", service.as_ref().map(ToString::to_string));
            if let Some(from) = from {
                field(text, "from", &state_text(from));
            }
            field(text, "to", &state_text(to));
            let why: Vec<_> = why.iter().map(|w| w.as_str()).collect();
            field(text, "why", &why.join(","));
        }
        Verdict::Park { reason, detail } => {
            field(text, "reason", reason.code());
            field(text, "detail", detail);
        }
        Verdict::Wait(reason) => field(text, "reason", reason.code()),
        Verdict::Note => {}
    }
}

fn field(text: &mut String, name: &str, value: &str) {
    text.push('\t');
    text.push_str(name);
    text.push('=');
    for c in value.chars() {
        match c {
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\\' => text.push_str("\\\\"),
            other => text.push(other),
        }
    }
}

fn optional(text: &mut String, name: &str, value: Option<String>) {
    if let Some(value) = value {
        field(text, name, &value);
    }
}

/// A state in one value: `client product cycle quantity unit amount currency status next-due`.
pub(crate) fn state_text(state: &ServiceState) -> String {
    let mut text = format!(
        "{} {} {} {} {} {} {} {}",
        state.client,
        state.product,
        state.cycle.as_str().replace(' ', "_"),
        state.quantity,
        state.unit_price.plain(),
        state.amount.plain(),
        state.amount.currency,
        state.status.as_str(),
    );
    if let Some(date) = state.next_due {
        text.push(' ');
        text.push_str(&date.to_string());
    }
    text
}

/// Reads [`state_text`] back.
pub(crate) fn read_state(text: &str) -> Result<ServiceState, String> {
    let mut words = text.split(' ');
    let mut next = |what: &str| words.next().ok_or_else(|| format!("a service state lacks its {what}"));
    let (client, product) = (parse(next("client")?)?, parse(next("product")?)?);
    let cycle = BillingCycle::from_text(next("cycle")?);
    let quantity = parse(next("quantity")?)?;
    let (unit, amount, currency) = (next("unit price")?, next("amount")?, next("currency")?);
    let status = next("status")?;
    Ok(ServiceState {
        client,
        product,
        cycle,
        quantity,
        unit_price: parse(&format!("{unit} {currency}"))?,
        amount: parse(&format!("{amount} {currency}"))?,
        status: ServiceStatus::find(status).ok_or_else(|| format!("unknown service status {status:?}"))?,
        next_due: words.next().map(parse).transpose()?,
    })
}

fn parse<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(row: &str) -> Result<(String, Self), String> {
        let mut parts = row.split('\t');
        let verdict = parts.next().unwrap_or_default().to_owned();
        let fields = parts
            .map(|part| {
                let (name, value) =
                    part.split_once('=').ok_or_else(|| format!("{part:?} is not name=value"))?;
                Ok((name.to_owned(), unescape(value)))
            })
            .collect::<Result<_, String>>()?;
        Ok((verdict, Self(fields)))
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn get(&self, name: &str) -> Result<&str, String> {
        self.find(name).ok_or_else(|| format!("field {name} is missing"))
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T, String> {
        parse(self.get(name)?).map_err(|problem| format!("field {name}: {problem}"))
    }

    fn optional<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<Option<T>, String> {
        self.find(name).map(|_| self.parsed(name)).transpose()
    }
}

fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('t')) => text.push('\t'),
            ('\\', Some('n')) => text.push('\n'),
            ('\\', Some('r')) => text.push('\r'),
            (_, Some(other)) | (other, None) => text.push(other),
        }
    }
    text
}

fn read_line(row: &str) -> Result<Line, String> {
    let (verdict, fields) = Fields::read(row)?;
    let price = match fields.find("price") {
        None => None,
        Some(_) => Some(Priced {
            unit: fields.parsed("price")?,
            rule: fields.parsed("rule")?,
            explanation: fields.get("because")?.to_owned(),
            term_start: fields.optional("term")?,
            cost: None,
        }),
    };
    Ok(Line {
        subscription: fields.parsed("id")?,
        name: fields.get("name")?.to_owned(),
        tenant: fields.parsed("tenant")?,
        customer: fields.optional("customer")?,
        offer: fields.parsed("offer")?,
        base: fields.parsed("base")?,
        generation: fields.parsed("generation")?,
        digest: fields.parsed("digest")?,
        price,
        ended: fields.find("ended").is_some(),
        verdict: read_verdict(&verdict, &fields)?,
    })
}

fn read_verdict(verdict: &str, fields: &Fields) -> Result<Verdict, String> {
    match verdict {
        "create" | "change" => {
            let why = fields
                .get("why")?
                .split(',')
                .map(|why| Why::find(why).ok_or_else(|| format!("unknown reason {why:?}")))
                .collect::<Result<_, _>>()?;
            Ok(Verdict::Change(Box::new(Change {
                service: fields.optional("service")?,
                from: fields.find("from").map(read_state).transpose()?,
                to: read_state(fields.get("to")?)?,
                why,
            })))
        }
        "park" => {
            let code = fields.get("reason")?;
            let reason = ParkReason::find(code).ok_or_else(|| format!("unknown reason {code:?}"))?;
            Ok(Verdict::Park { reason, detail: fields.get("detail")?.to_owned() })
        }
        "wait" => {
            let code = fields.get("reason")?;
            WaitReason::find(code).map(Verdict::Wait).ok_or_else(|| format!("unknown reason {code:?}"))
        }
        "note" => Ok(Verdict::Note),
        other => Err(format!("unknown verdict {other:?}")),
    }
}
