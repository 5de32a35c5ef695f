//! How values are written on screens. Templates call these; the words are the glossary's.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand over references")]

use super::html::{Html, escaped};
use domain::figures::Age;
use domain::money::{Currency, Money};
use domain::order::OrderState;
use domain::record::{SyncState, WaitReason};
use domain::run::{Run, RunMode, RunState};
use domain::service::ServiceStatus;
use domain::subscription::{BillingCycle, Term};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// Splits groups of three digits: narrow, and never broken over lines.
const GROUP: char = '\u{202f}';

/// A moment in UTC; the script writes it in the viewer's zone. The ISO form is there on hover.
pub(crate) fn when(at: &Timestamp) -> Html {
    let whole = at.round(jiff::Unit::Second).unwrap_or(*at);
    let shown = at.strftime("%Y-%m-%d %H:%M UTC");
    Html::of_ours(format!(r#"<time datetime="{whole}" title="{whole}" data-zone="utc">{shown}</time>"#))
}

/// A number with its digits in groups, from ten thousand on.
pub(crate) fn grouped(plain: &str) -> String {
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain), |rest| ("−", rest));
    let (whole, places) = rest.split_once('.').map_or((rest, None), |(whole, places)| (whole, Some(places)));
    let mut text = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len() > 4 && (whole.len() - at).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    if let Some(places) = places {
        text.push('.');
        text.push_str(places);
    }
    text
}

/// An amount with its currency.
pub(crate) fn money(money: &Money) -> String {
    format!("{}\u{a0}{}", grouped(&money.plain()), money.currency)
}

/// An amount of a currency that stands beside it in a map.
pub(crate) fn amount(amount: &Decimal, currency: &Currency) -> String {
    money(&Money::new(*amount, *currency))
}

/// By how much a sum changes: with its sign.
pub(crate) fn change(by: &Decimal, currency: &Currency) -> String {
    let sign = if *by > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{}", amount(by, currency))
}

/// A whole number.
pub(crate) fn number(number: &u64) -> String {
    grouped(&number.to_string())
}

/// How long a customer is bound.
pub(crate) fn term(term: &Term) -> String {
    match term {
        Term::OneMonth => "1 month".into(),
        Term::OneYear => "1 year".into(),
        Term::ThreeYears => "3 years".into(),
        Term::None => "no term".into(),
        Term::Other(text) => text.to_string(),
    }
}

/// How often something is paid: `39.36 EUR each month`.
pub(crate) fn each(cycle: &BillingCycle) -> String {
    match cycle {
        BillingCycle::Monthly => "each month".into(),
        BillingCycle::Quarterly => "each quarter".into(),
        BillingCycle::SemiAnnual => "each half-year".into(),
        BillingCycle::Annual => "each year".into(),
        BillingCycle::TwoYears => "every two years".into(),
        BillingCycle::ThreeYears => "every three years".into(),
        BillingCycle::OneTime => "once".into(),
        BillingCycle::Other(text) => format!("each {text}"),
    }
}

/// A fragment as the beginning of a sentence.
pub(crate) fn capital(fragment: &str) -> String {
    let mut letters = fragment.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A fragment as a whole sentence.
pub(crate) fn sentence(fragment: &str) -> String {
    let end = if fragment.ends_with(['.', '!', '?']) || fragment.is_empty() { "" } else { "." };
    format!("{}{end}", capital(fragment))
}

/// How long a run has taken so far.
pub(crate) fn duration(run: &Run) -> String {
    millis(took(run))
}

/// How many milliseconds a run has taken so far.
pub(crate) fn took(run: &Run) -> i64 {
    i64::try_from(run.updated.duration_since(run.started).as_millis()).unwrap_or(i64::MAX).max(0)
}

/// Milliseconds as people say them.
pub(crate) fn millis(millis: i64) -> String {
    let seconds = millis / 1_000;
    match seconds {
        ..10 => format!("{seconds}.{} s", millis % 1_000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600.. => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// What a run was asked to do.
pub(crate) fn mode(mode: &RunMode) -> &'static str {
    match mode {
        RunMode::Sync => "Sync",
        RunMode::DryRun => "Dry run",
        RunMode::Apply(_) => "Apply a plan",
        RunMode::Order(_) => "Bill an order",
    }
}

/// How long something has differed.
pub(crate) fn age(age: Age) -> &'static str {
    match age {
        Age::Day => "less than a day",
        Age::Week => "less than a week",
        Age::Month => "less than 30 days",
        Age::Older => "30 days or longer",
    }
}

/// A state as a word, a colour and a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Good,
    Wait,
    Warn,
    Bad,
    None,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::None => "none",
        }
    }

    /// The word with this mark.
    pub(crate) fn on(self, word: &str) -> Html {
        Html::of_ours(format!(r#"<span class="state {}">{}</span>"#, self.class(), escaped(word)))
    }
}

/// How many services a run has created, found or changed.
pub(crate) fn done(run: &Run) -> String {
    number(&(run.counts.created + run.counts.adopted + run.counts.changed))
}

/// How a sync record stands.
pub(crate) fn record_state(state: &SyncState) -> Html {
    match state {
        SyncState::Synced => Mark::Good.on("Synced"),
        SyncState::Pending(reason) => Mark::Wait.on(match reason {
            WaitReason::SupplierPending => "Pending: not started yet",
            WaitReason::NoSeats => "Pending: no seats",
            WaitReason::NeverBilled => "Never billed",
        }),
        SyncState::Parked { .. } => Mark::Warn.on("Parked"),
        SyncState::Error { .. } => Mark::Bad.on("Error"),
        SyncState::Ended => Mark::None.on("Ended"),
    }
}

/// How a run stands.
pub(crate) fn run_state(state: &RunState) -> Html {
    match state {
        RunState::Requested => Mark::Wait.on("Requested"),
        RunState::Running => Mark::Wait.on("Running"),
        RunState::Continued { .. } => Mark::Wait.on("Continues"),
        RunState::AwaitingApproval => Mark::Warn.on("Awaiting approval"),
        RunState::Finished => Mark::Good.on("Finished"),
        RunState::Refused(_) => Mark::Warn.on("Refused"),
        RunState::Failed(_) => Mark::Bad.on("Failed"),
    }
}

/// The words for how an order stands.
pub(crate) fn order_words(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "Draft",
        OrderState::PendingApproval => "Waiting for approval",
        OrderState::Approved => "Approved",
        OrderState::Placing => "Placing",
        OrderState::PlacedAtSupplier => "Placed at supplier",
        OrderState::Billed => "Billed",
        OrderState::Active => "Active",
        OrderState::Rejected => "Rejected",
        OrderState::Cancelled => "Cancelled",
        OrderState::Held => "Held",
        OrderState::Failed => "Failed",
    }
}

/// How an order stands.
pub(crate) fn order_state(state: &OrderState) -> Html {
    let mark = match state {
        OrderState::Active => Mark::Good,
        OrderState::PendingApproval | OrderState::Held => Mark::Warn,
        OrderState::Failed => Mark::Bad,
        OrderState::Draft
        | OrderState::Approved
        | OrderState::Placing
        | OrderState::PlacedAtSupplier
        | OrderState::Billed => Mark::Wait,
        OrderState::Rejected | OrderState::Cancelled => Mark::None,
    };
    mark.on(order_words(*state))
}

/// Everything that was tried works.
pub(crate) fn well() -> Html {
    Mark::Good.on("Well")
}

/// Something that was tried does not work.
pub(crate) fn down() -> Html {
    Mark::Bad.on("Down")
}

/// There could be something, and nobody has set it up.
pub(crate) fn not_configured() -> Html {
    Mark::None.on("Not configured")
}

/// A sign-in of somebody's own is kept.
pub(crate) fn kept() -> Html {
    Mark::Good.on("Kept")
}

/// How a service in billing stands.
pub(crate) fn service_state(status: &ServiceStatus) -> Html {
    match status {
        ServiceStatus::Active => Mark::Good.on("Active"),
        ServiceStatus::Suspended => Mark::Warn.on("Suspended"),
        ServiceStatus::Terminated => Mark::None.on("Terminated"),
    }
}

#[cfg(test)]
mod tests;
