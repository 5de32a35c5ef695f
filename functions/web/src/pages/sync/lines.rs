//! A plan's lines as people read them: customer, subscription, from, to, money, why.

use crate::pages::asked::Names;
use crate::pages::text;
use domain::id::TenantId;
use domain::plan::{Change, Line, Verdict, Why};
use domain::service::{ServiceState, ServiceStatus};
use rust_decimal::Decimal;

/// What changes for one customer.
pub(super) struct Customer {
    pub(super) name: String,
    pub(super) lines: Vec<ChangeLine>,
}

/// What changes for one subscription.
pub(super) struct ChangeLine {
    pub(super) subscription: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) by: String,
    pub(super) why: String,
    pub(super) because: String,
}

/// A subscription that is set aside.
pub(super) struct SetAside {
    pub(super) subscription: String,
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) cure: &'static str,
}

/// The changes among these lines, by customer, in the order in which customers first appear.
pub(super) fn change_lines(lines: &[&Line], names: &Names) -> Vec<Customer> {
    let mut customers: Vec<(&TenantId, Customer)> = Vec::new();
    for line in lines {
        let Some(change) = line.change() else { continue };
        let shown = change_line(line, change);
        if let Some((_, customer)) = customers.iter_mut().find(|(tenant, _)| *tenant == &line.tenant) {
            customer.lines.push(shown);
        } else {
            let customer = Customer { name: names.of(&line.tenant), lines: vec![shown] };
            customers.push((&line.tenant, customer));
        }
    }
    customers.into_iter().map(|(_, customer)| customer).collect()
}

fn change_line(line: &Line, change: &Change) -> ChangeLine {
    let reasons: Vec<&str> = change.why.iter().map(|why| reason(*why)).collect();
    let before = change.from.as_ref().map_or(Decimal::ZERO, charged);
    ChangeLine {
        subscription: line.subscription.to_string(),
        name: line.name.clone(),
        from: change.from.as_ref().map_or_else(|| "no service".into(), state),
        to: state(&change.to),
        by: text::change(&(charged(&change.to) - before), &change.to.amount.currency),
        why: reasons.join("; "),
        because: line.price.as_ref().map(|price| price.explanation.clone()).unwrap_or_default(),
    }
}

/// What is charged in a state: nothing unless the service runs.
fn charged(state: &ServiceState) -> Decimal {
    if state.status == ServiceStatus::Active { state.amount.amount } else { Decimal::ZERO }
}

fn state(state: &ServiceState) -> String {
    let sum = format!(
        "{} × {} = {} {}",
        state.quantity,
        text::money(&state.unit_price),
        text::money(&state.amount),
        text::each(&state.cycle)
    );
    let due = state.next_due.map(|day| format!(", due {day}")).unwrap_or_default();
    match state.status {
        ServiceStatus::Active => format!("{sum}{due}"),
        ServiceStatus::Suspended => format!("suspended ({sum})"),
        ServiceStatus::Terminated => "terminated".into(),
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::New => "new subscription",
        Why::Returned => "it came back after its service was terminated",
        Why::Quantity => "another number of seats",
        Why::RenewalPrice => "a new term began, and with it a new price",
        Why::Price => "another price, where the term allows it",
        Why::Product => "another product of the same cycle",
        Why::Suspended => "suspended at the supplier",
        Why::Resumed => "active again at the supplier",
        Why::Ended => "ended at the supplier; the grace began",
        Why::Vanished => "no longer in the supplier's whole list; the grace began",
        Why::GraceOver => "ended, and the grace is over",
        Why::DueDate => "the due date follows the term",
        Why::Settle => {
            "an earlier attempt ended without a known outcome; it is brought to where it should be"
        }
    }
}

/// What is set aside among these lines.
pub(super) fn set_aside(lines: &[&Line]) -> Vec<SetAside> {
    let aside = |line: &&Line| match &line.verdict {
        Verdict::Park { reason, detail } => Some(SetAside {
            subscription: line.subscription.to_string(),
            name: line.name.clone(),
            detail: detail.clone(),
            cure: reason.cure(),
        }),
        Verdict::Change(_) | Verdict::Wait(_) | Verdict::Note => None,
    };
    lines.iter().filter_map(aside).collect()
}
