//! Everything that can be in the way of an order, with a stable code, plain words and what to do.

use domain::failure::Failure;
use domain::id::{OrderId, OrganisationId, SubscriptionId};
use domain::money::Money;
use domain::order::{IllegalStep, NotApproved, QuoteError};
use domain::price::PriceError;
use domain::subscription::{OfferKey, Quantity};

/// What sort of problem it is, for whoever answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// There is no such thing.
    NotFound,
    /// Not for this person.
    Forbidden,
    /// What was asked cannot be.
    Invalid,
    /// It does not fit how things stand.
    Conflict,
    /// Something that is needed does not answer; later it may.
    Unavailable,
}

/// What is in the way of an order. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderProblem {
    /// Nothing is set up.
    #[error("no settings are stored yet")]
    NoSettings,
    /// No such organisation.
    #[error("organisation {0} is not in the settings")]
    UnknownOrganisation(OrganisationId),
    /// No such order.
    #[error("there is no order {0}")]
    NotFound(OrderId),
    /// A field is wrong.
    #[error("{field}: {problem}")]
    Wrong {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Not in the catalogue.
    #[error("offer {0} cannot be bought: the supplier's catalogue does not have it")]
    UnknownOffer(OfferKey),
    /// Never seen.
    #[error("subscription {0} is not known")]
    UnknownSubscription(SubscriptionId),
    /// Its number of seats cannot be relied on.
    #[error("subscription {subscription} is {state}, not in step and active")]
    NotRunning {
        /// Which.
        subscription: SubscriptionId,
        /// How it stands instead.
        state: String,
    },
    /// Seats cannot be given back by an order.
    #[error(
        "subscription {subscription} has {from} seats and {to} would be fewer: Microsoft takes seats back only \
         within seven days of the purchase or renewal, or at the end of the term"
    )]
    FewerSeats {
        /// Which.
        subscription: SubscriptionId,
        /// How many it has.
        from: Quantity,
        /// How many were asked for.
        to: Quantity,
    },
    /// No quote.
    #[error(transparent)]
    Quote(#[from] QuoteError),
    /// No such step.
    #[error(transparent)]
    Illegal(#[from] IllegalStep),
    /// The author may not approve.
    #[error("{0} took this order: someone else has to approve it")]
    OwnOrder(String),
    /// The number is another one now.
    #[error("the order comes to {now} each cycle now, not {seen}")]
    AnotherTotal {
        /// What was approved.
        seen: Money,
        /// What it comes to.
        now: Money,
    },
    /// It may be at the supplier already.
    #[error("order {0} may have reached the supplier: sending it again could buy it twice")]
    LookFirst(OrderId),
    /// It is bought.
    #[error("order {0} is bought already and cannot be cancelled here")]
    Bought(OrderId),
    /// Somebody else was at it.
    #[error("order {0} was changed by somebody else at the same time")]
    Changed(OrderId),
    /// The table took it or did not.
    #[error("whether order {0} was kept is not known")]
    Unclear(OrderId),
    /// The catalogue does not answer.
    #[error("the catalogue cannot be read: {0}")]
    Catalogue(Failure),
    /// The table does not answer.
    #[error("the table cannot be reached: {0}")]
    Store(Failure),
}

impl OrderProblem {
    pub(crate) fn wrong(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Wrong { field, problem: problem.into() }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSettings => "not-set-up",
            Self::UnknownOrganisation(_) => "unknown-organisation",
            Self::NotFound(_) => "order-not-found",
            Self::Wrong { .. } => "invalid-order",
            Self::UnknownOffer(_) => "unknown-offer",
            Self::UnknownSubscription(_) => "unknown-subscription",
            Self::NotRunning { .. } => "subscription-not-ready",
            Self::FewerSeats { .. } => "fewer-seats",
            Self::Quote(QuoteError::Customer(_)) => "customer-not-linked",
            Self::Quote(QuoteError::Offer(_)) => "offer-not-linked",
            Self::Quote(QuoteError::Quantity { .. }) => "quantity-out-of-range",
            Self::Quote(QuoteError::Cycle(_)) => "cycle-unknown",
            Self::Quote(QuoteError::Price(_) | QuoteError::Money(_)) => "no-price",
            Self::Illegal(_) => "illegal-step",
            Self::OwnOrder(_) => "own-order",
            Self::AnotherTotal { .. } => "another-total",
            Self::LookFirst(_) => "look-first",
            Self::Bought(_) => "already-bought",
            Self::Changed(_) => "changed-meanwhile",
            Self::Unclear(_) => "order-unclear",
            Self::Catalogue(_) => "catalogue-unavailable",
            Self::Store(_) => "table-unavailable",
        }
    }

    /// What sort of problem it is.
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::UnknownOrganisation(_) | Self::NotFound(_) => ProblemKind::NotFound,
            Self::OwnOrder(_) => ProblemKind::Forbidden,
            Self::Wrong { .. }
            | Self::UnknownOffer(_)
            | Self::UnknownSubscription(_)
            | Self::FewerSeats { .. }
            | Self::Quote(_) => ProblemKind::Invalid,
            Self::NoSettings
            | Self::NotRunning { .. }
            | Self::Illegal(_)
            | Self::AnotherTotal { .. }
            | Self::LookFirst(_)
            | Self::Bought(_)
            | Self::Changed(_)
            | Self::Unclear(_) => ProblemKind::Conflict,
            Self::Catalogue(_) | Self::Store(_) => ProblemKind::Unavailable,
        }
    }

    /// The failure behind it, where a port failed.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Catalogue(failure) | Self::Store(failure) => Some(failure),
            Self::NoSettings
            | Self::UnknownOrganisation(_)
            | Self::NotFound(_)
            | Self::Wrong { .. }
            | Self::UnknownOffer(_)
            | Self::UnknownSubscription(_)
            | Self::NotRunning { .. }
            | Self::FewerSeats { .. }
            | Self::Quote(_)
            | Self::Illegal(_)
            | Self::OwnOrder(_)
            | Self::AnotherTotal { .. }
            | Self::LookFirst(_)
            | Self::Bought(_)
            | Self::Changed(_)
            | Self::Unclear(_) => None,
        }
    }

    /// The field of the form or body that it is about, where it is about one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Wrong { field, .. } => Some(field),
            Self::UnknownOrganisation(_) => Some("organisation"),
            Self::UnknownOffer(_) | Self::Quote(QuoteError::Offer(_) | QuoteError::Cycle(_)) => Some("offer"),
            Self::UnknownSubscription(_) | Self::NotRunning { .. } => Some("subscription"),
            Self::FewerSeats { .. } | Self::Quote(QuoteError::Quantity { .. }) => Some("quantity"),
            Self::Quote(QuoteError::Customer(_)) => Some("tenant"),
            Self::AnotherTotal { .. } => Some("total"),
            Self::LookFirst(_) => Some("send_again"),
            Self::NoSettings
            | Self::NotFound(_)
            | Self::Quote(QuoteError::Price(_) | QuoteError::Money(_))
            | Self::Illegal(_)
            | Self::OwnOrder(_)
            | Self::Bought(_)
            | Self::Changed(_)
            | Self::Unclear(_)
            | Self::Catalogue(_)
            | Self::Store(_) => None,
        }
    }

    /// What to do about it.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::NoSettings => "store the settings first: billbridge settings apply FILE",
            Self::UnknownOrganisation(_) => "choose one of the organisations in the settings",
            Self::NotFound(_) => "look in the list of orders",
            Self::Wrong { .. } => "correct the field",
            Self::UnknownOffer(_) => {
                "search the catalogue again: part number, term and cycle belong together"
            }
            Self::UnknownSubscription(_) => "run a sync, then look in the sync records",
            Self::NotRunning { .. } => "cure the subscription on the sync page first",
            Self::FewerSeats { .. } => {
                "within the window change it in Cloud-iQ; otherwise set the number for the next term"
            }
            Self::Quote(QuoteError::Customer(_)) => "link the customer to exactly one billing client",
            Self::Quote(QuoteError::Offer(_)) => "link the offer to exactly one billing product",
            Self::Quote(QuoteError::Quantity { .. }) => "choose a number within the offer's limits",
            Self::Quote(QuoteError::Cycle(_)) => "choose another billing cycle",
            Self::Quote(QuoteError::Price(PriceError::NoRate(..))) => "add the exchange rate to the settings",
            Self::Quote(QuoteError::Price(_) | QuoteError::Money(_)) => {
                "add or correct a price rule in the settings"
            }
            Self::Illegal(_) => "look at the order again: it has moved on",
            Self::OwnOrder(_) => "ask somebody else who may approve orders",
            Self::AnotherTotal { .. } => "read the order again and approve the sum it shows",
            Self::LookFirst(_) => {
                "look for the order in Cloud-iQ; only if it certainly is not there, retry and say send again"
            }
            Self::Bought(_) => "end the subscription at the supplier; the next sync ends its service",
            Self::Changed(_) => "read the order again, then decide",
            Self::Unclear(_) => "look in the list of orders; only if it is not there, send it as a new one",
            Self::Catalogue(_) | Self::Store(_) => "try again in a moment",
        }
    }
}

impl From<NotApproved> for OrderProblem {
    fn from(refused: NotApproved) -> Self {
        match refused {
            NotApproved::Illegal(step) => Self::Illegal(step),
            NotApproved::OwnOrder(by) => Self::OwnOrder(by.to_string()),
            NotApproved::AnotherTotal { seen, now } => Self::AnotherTotal { seen, now },
        }
    }
}
