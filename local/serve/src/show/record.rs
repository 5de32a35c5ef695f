//! Sync records as people read them.

use super::plan::plain;
use super::{Look, Sheet, name};
use domain::audit::AuditEntry;
use domain::record::{SyncRecord, SyncState};

/// Several records, one a row.
pub fn sheet(look: Look, records: &[SyncRecord]) -> String {
    let mut sheet =
        Sheet::new(&["organisation", "subscription", "name", "state", "service", ">charged", "~why"]);
    for record in records {
        let applied = record.applied.as_ref();
        let charged = applied.map(|state| format!("{} {}", plain(state.amount), state.cycle.as_str()));
        let service = record.service.as_ref().map(ToString::to_string);
        sheet.row([
            record.organisation.to_string(),
            record.subscription.to_string(),
            name(&record.name),
            state(look, &record.state),
            service.unwrap_or_default(),
            charged.unwrap_or_default(),
            why(&record.state),
        ]);
    }
    sheet.text(look)
}

fn state(look: Look, state: &SyncState) -> String {
    let word = state.word();
    match state {
        SyncState::Synced => look.good(word),
        SyncState::Parked { .. } | SyncState::Pending(_) => look.warn(word),
        SyncState::Error { .. } => look.bad(word),
        SyncState::Ended => look.dim(word),
    }
}

fn why(state: &SyncState) -> String {
    match state {
        SyncState::Pending(reason) => reason.code().to_owned(),
        SyncState::Parked { reason, detail } => format!("{}: {detail}", reason.code()),
        SyncState::Error { message, .. } => message.clone(),
        SyncState::Synced | SyncState::Ended => String::new(),
    }
}

/// A whole page about one record: how it stands, where each number came from, what was done.
pub fn page(look: Look, record: &SyncRecord, history: &[AuditEntry]) -> Vec<String> {
    let mut lines = vec![
        look.bold(&format!("Subscription {} of {}", record.subscription, record.organisation)),
        format!("  name       {}", name(&record.name)),
        format!("  offer      {}", record.offer),
        format!("  tenant     {}", record.tenant),
    ];
    let mut say = |what: &str, text: String| lines.push(format!("  {what:<10} {text}"));
    if let Some(customer) = &record.customer {
        say("customer", customer.to_string());
    }
    say("state", format!("{} {}", state(look, &record.state), why(&record.state)));
    if let SyncState::Parked { reason, .. } = &record.state {
        say("cure", reason.cure().to_owned());
    }
    if let Some(service) = &record.service {
        say("service", service.to_string());
    }
    if let Some(applied) = &record.applied {
        let (unit, amount) = (plain(applied.unit_price), plain(applied.amount));
        say(
            "charged",
            format!(
                "{} × {unit} = {amount} {}, {}",
                applied.quantity,
                applied.cycle.as_str(),
                applied.status.as_str()
            ),
        );
        say("client", format!("{}, product {}", applied.client, applied.product));
    }
    if let Some(price) = &record.price {
        say("price", format!("{} by rule {}: {}", plain(price.unit), price.rule, price.explanation));
        if let Some(day) = price.term_start {
            say("", format!("held for the term that began on {day}"));
        }
    }
    if let Some(day) = record.ended_on {
        say("ended", format!("first seen on {day}"));
    }
    say("last", format!("revision {}, {}", record.revision, record.run));
    lines.push(String::new());
    lines.push(look.bold("History"));
    if history.is_empty() {
        lines.push("  nothing was done yet".to_owned());
    }
    for entry in history {
        let at = entry.at.strftime("%F %H:%M:%SZ");
        lines.push(format!("  {at}  {}  ({})", entry.what, entry.actor));
        lines.push(look.dim(&format!("      because: {}", entry.why)));
    }
    lines
}
