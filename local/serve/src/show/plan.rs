//! A plan as people read it: customer by customer, from → to, what it costs and why; then what is set aside,
//! with the cure; then the sums.

use super::{Look, amount, name, of};
use domain::brake::Reach;
use domain::id::TenantId;
use domain::money::{Currency, Money};
use domain::plan::{Change, Line, Plan, PlanHash, Verdict, Why};
use domain::record::ParkReason;
use domain::run::StoredPlan;
use domain::service::{ServiceState, ServiceStatus};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How much of a plan is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// How many changes, and how many parked lines for each reason.
    pub limit: usize,
    /// Whether each price is explained.
    pub prices: bool,
}

/// The whole page about a stored plan.
pub fn page(look: Look, hash: &PlanHash, stored: &StoredPlan, extent: Extent) -> Vec<String> {
    let plan = &stored.plan;
    let mut lines = vec![
        look.bold(&format!("Plan {} of {}", hash.short(), plan.organisation)),
        look.dim(&format!("  {hash}")),
        format!("  made {} by {}", stored.made.strftime("%F %H:%M:%SZ"), stored.run),
    ];
    if let Some((by, at)) = &stored.approved {
        let text = format!("  approved by {by}, {}", at.strftime("%F %H:%M:%SZ"));
        lines.push(look.good(&text));
    }
    lines.push(String::new());
    lines.extend(changes(look, plan, extent, |tenant| format!("tenant {tenant}")));
    lines.extend(parked(look, plan, extent.limit.min(5)));
    lines.extend(waiting(look, plan));
    lines.push(String::new());
    lines.extend(totals(look, plan));
    lines
}

/// The changes, customer by customer.
pub fn changes(look: Look, plan: &Plan, extent: Extent, who: impl Fn(&TenantId) -> String) -> Vec<String> {
    let mut groups: BTreeMap<&TenantId, Vec<(&Line, &Change)>> = BTreeMap::new();
    for line in plan.lines() {
        if let Some(change) = line.change() {
            groups.entry(&line.tenant).or_default().push((line, change));
        }
    }
    let (mut lines, mut shown) = (Vec::new(), 0);
    let all: usize = groups.values().map(Vec::len).sum();
    for (tenant, group) in groups {
        if shown >= extent.limit {
            break;
        }
        let client = group.first().map_or("", |(_, change)| change.to.client.as_str());
        lines.push(format!("{} → client {client}", look.bold(&name(&who(tenant)))));
        for (line, change) in group {
            if shown >= extent.limit {
                break;
            }
            shown += 1;
            lines.push(one(look, line, change));
            if let Some(price) = line.price.as_ref().filter(|_| extent.prices) {
                lines.push(look.dim(&format!("      price by rule {}: {}", price.rule, price.explanation)));
            }
        }
    }
    if all > shown {
        lines.push(look.dim(&format!("  … and {} more", of((all - shown) as u64, "change", "changes"))));
    }
    lines
}

/// One change on one line.
pub fn one(look: Look, line: &Line, change: &Change) -> String {
    let why: Vec<_> = change.why.iter().map(|why| words(*why)).collect();
    let mark = match (&change.from, change.to.status) {
        (None, _) => look.good("+"),
        (Some(_), ServiceStatus::Terminated) => look.bad("−"),
        (Some(_), ServiceStatus::Active | ServiceStatus::Suspended) => look.warn("~"),
    };
    let title = format!("{} {}", line.subscription, name(&line.name));
    let delta = delta(change);
    format!("  {mark} {title:<42}  {}   {}  {}", what(change), signed(look, delta), look.dim(&why.join(", ")))
}

/// What changes, without what stays.
pub fn what(change: &Change) -> String {
    let to = &change.to;
    let Some(from) = &change.from else {
        return format!("{}{}", charge(to), state_words(to.status));
    };
    let mut parts = Vec::new();
    if from.quantity != to.quantity {
        parts.push(format!("{} → {} seats", from.quantity, to.quantity));
    }
    if from.unit_price != to.unit_price {
        parts.push(format!("{} → {} each", from.unit_price, to.unit_price));
    }
    if from.amount != to.amount {
        parts.push(format!("{} → {}", plain(from.amount), plain(to.amount)));
    }
    if from.product != to.product {
        parts.push(format!("product {} → {}", from.product, to.product));
    }
    if from.status != to.status {
        parts.push(format!("{} → {}", from.status.as_str(), to.status.as_str()));
    }
    if let Some(due) = to.next_due.filter(|due| from.next_due != Some(*due)) {
        parts.push(format!("due {due}"));
    }
    if parts.is_empty() { "looked at and settled".to_owned() } else { parts.join(", ") }
}

fn charge(state: &ServiceState) -> String {
    let (unit, amount) = (state.unit_price.plain(), plain(state.amount));
    format!("{} × {unit} = {amount} {}", state.quantity, state.cycle.as_str())
}

fn state_words(status: ServiceStatus) -> &'static str {
    match status {
        ServiceStatus::Active => "",
        ServiceStatus::Suspended => ", suspended",
        ServiceStatus::Terminated => ", terminated",
    }
}

/// By how much a change moves what is charged each cycle; what is suspended is not charged.
pub fn delta(change: &Change) -> Money {
    let charged = |state: &ServiceState| match state.status {
        ServiceStatus::Active => state.amount.amount,
        ServiceStatus::Suspended | ServiceStatus::Terminated => Decimal::ZERO,
    };
    let before = change.from.as_ref().map_or(Decimal::ZERO, charged);
    Money::new(charged(&change.to) - before, change.to.amount.currency)
}

/// An amount with its sign, coloured by it.
pub fn signed(look: Look, money: Money) -> String {
    let text = plain(money);
    if money.amount.is_zero() {
        look.dim(&format!("±{text}"))
    } else if money.amount.is_sign_negative() {
        look.bad(&text)
    } else {
        look.good(&format!("+{text}"))
    }
}

/// An amount for people.
pub fn plain(money: Money) -> String {
    format!("{} {}", amount(&money.plain()), money.currency)
}

/// What a person decides, by reason, with the cure and the first few.
pub fn parked(look: Look, plan: &Plan, each: usize) -> Vec<String> {
    let mut reasons: BTreeMap<ParkReason, Vec<(&Line, &str)>> = BTreeMap::new();
    for line in plan.lines() {
        if let Verdict::Park { reason, detail } = &line.verdict {
            reasons.entry(*reason).or_default().push((line, detail));
        }
    }
    let mut lines = Vec::new();
    for (reason, group) in reasons {
        let count = group.len();
        lines.push(format!("{} {}", look.warn("parked"), look.bold(&format!("{count} {}", reason.code()))));
        for (line, detail) in group.iter().take(each) {
            lines.push(format!("  ! {} {}: {detail}", line.subscription, name(&line.name)));
        }
        if count > each && each > 0 {
            lines.push(look.dim(&format!("  … and {} more", count - each)));
        }
        lines.push(format!("  → {}", reason.cure()));
    }
    lines
}

fn waiting(look: Look, plan: &Plan) -> Vec<String> {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for line in plan.lines() {
        if let Verdict::Wait(reason) = &line.verdict {
            *reasons.entry(reason.code()).or_default() += 1;
        }
    }
    let each = reasons.into_iter().map(|(code, count)| format!("{count} {code}"));
    let text = each.collect::<Vec<_>>().join(", ");
    if text.is_empty() { Vec::new() } else { vec![look.dim(&format!("nothing to bill yet: {text}"))] }
}

/// What the plan comes to.
pub fn totals(look: Look, plan: &Plan) -> Vec<String> {
    let reach = Reach::of(plan);
    let ended = plan
        .changes()
        .filter(|line| line.change().is_some_and(|change| change.to.status == ServiceStatus::Terminated));
    let mut lines = vec![format!(
        "{}: {} to create, {} to change, {} of them reduced ({} ended), {} parked",
        look.bold(&of(reach.changes, "change", "changes")),
        reach.created,
        reach.changes - reach.created,
        reach.reduced,
        ended.count(),
        plan.parked().count()
    )];
    lines.extend(sums(look, &reach.amounts));
    lines
}

/// By how much the sum charged each cycle moves, by currency.
pub fn sums(look: Look, amounts: &BTreeMap<Currency, Decimal>) -> Vec<String> {
    let moved = amounts.iter().filter(|(_, amount)| !amount.is_zero());
    let each = moved.map(|(currency, amount)| {
        let text = signed(look, Money::new(*amount, *currency));
        format!("  charged each cycle: {text}")
    });
    each.collect()
}

/// A reason in words.
pub fn words(why: Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Returned => "came back",
        Why::Quantity => "seats",
        Why::RenewalPrice => "new term, new price",
        Why::Price => "price",
        Why::Product => "product",
        Why::Suspended => "suspended at the supplier",
        Why::Resumed => "active again at the supplier",
        Why::Ended => "ended at the supplier, in grace",
        Why::Vanished => "gone from the supplier's list, in grace",
        Why::GraceOver => "ended, grace over",
        Why::DueDate => "due date",
        Why::Settle => "outcome of the last attempt unknown",
    }
}
