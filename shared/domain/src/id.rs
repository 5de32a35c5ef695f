//! Identifiers. A bare `String` id does not cross a function boundary.

use std::fmt;
use std::str::FromStr;

/// An identifier's text was not of the promised form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {text:?} is not valid: {expected}")]
pub struct InvalidId {
    /// Which kind of identifier was expected.
    pub kind: &'static str,
    /// What was given, shortened.
    pub text: String,
    /// What would have been right.
    pub expected: &'static str,
}

fn invalid(kind: &'static str, text: &str, expected: &'static str) -> InvalidId {
    InvalidId { kind, text: text.chars().take(80).collect(), expected }
}

/// The longest identifier accepted anywhere, in bytes: keys and reference fields must hold it whole.
pub const MAX_ID_BYTES: usize = 200;

fn is_id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if text.is_empty() || text.len() > MAX_ID_BYTES || !valid(text) {
                    return Err(invalid($kind, text, $expected));
                }
                Ok(Self(text.into()))
            }
        }
    };
}

text_id!(
    /// One connection to an outside program, for example `crayon` or `hostbill-eu`. Open on purpose: a new
    /// system is a new connector, not a new variant.
    SystemId, "system", "lower-case letters, digits and '-'",
    |t| t.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
);
text_id!(
    /// One organisation whose subscriptions are kept in step: our own short name for it.
    OrganisationId, "organisation", "lower-case letters, digits and '-'",
    |t| t.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
);
text_id!(
    /// The end customer, ours; foreign ids are links to it. Text form `cus_…`.
    CustomerId, "customer id", "cus_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("cus_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// Something that can be bought with its terms, ours. Text form `ofr_…`.
    OfferId, "offer id", "ofr_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("ofr_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// One execution of a scheduled function. Text form `run_…`; sorts by start time.
    RunId, "run id", "run_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("run_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// A customer's request to buy or change. Text form `ord_…`; sorts by when it was made.
    OrderId, "order id", "ord_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("ord_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// A person who signs in. Text form `usr_…`.
    UserId, "user id", "usr_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("usr_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// An API token, not its secret. Text form `tok_…`.
    TokenId, "token id", "tok_ followed by letters, digits, '-' or '_'",
    |t| t.strip_prefix("tok_").is_some_and(|r| !r.is_empty() && r.chars().all(is_id_char))
);
text_id!(
    /// A price rule's own name, as finance people know it.
    PriceRuleId, "price rule", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// A subscription's id at its supplier, exactly as the supplier writes it.
    SubscriptionId, "subscription id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// A customer's id at a supplier (Crayon: customer tenant).
    TenantId, "tenant id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// A client's id in billing.
    ClientId, "billing client id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// A product's id in billing.
    ProductId, "billing product id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// A service's id in billing (HostBill: account).
    ServiceId, "billing service id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);
text_id!(
    /// An order's id in billing.
    BillingOrderId, "billing order id", "letters, digits, '-', '_', '.' or ':'",
    |t| t.chars().all(is_id_char)
);

impl SystemId {
    /// Ourselves, where a failure is nobody else's.
    pub fn billbridge() -> Self {
        Self("billbridge".into())
    }
}

impl CustomerId {
    /// The id a customer gets when first linked: derived from the supplier's own id, so that importing the
    /// same links twice names the same customer.
    pub fn derived(supplier: &SystemId, tenant: &TenantId) -> Self {
        Self(format!("cus_{}", short_hash(&["customer", supplier.as_str(), tenant.as_str()])).into())
    }
}

impl OfferId {
    /// The id an offer gets when first linked, derived like [`CustomerId::derived`].
    pub fn derived(supplier: &SystemId, offer_key: &str) -> Self {
        Self(format!("ofr_{}", short_hash(&["offer", supplier.as_str(), offer_key])).into())
    }
}

impl RunId {
    /// A run's id from its start and an entropy word, so that two runs in one millisecond still differ.
    pub fn new(started: jiff::Timestamp, entropy: u64) -> Self {
        Self(moment_id("run_", started, entropy))
    }
}

impl OrderId {
    /// An order's id, made like [`RunId::new`]: the same moment and word make the same id, so that a request
    /// that is repeated with its key makes no second order.
    pub fn new(made: jiff::Timestamp, entropy: u64) -> Self {
        Self(moment_id("ord_", made, entropy))
    }
}

impl UserId {
    /// A person's id, made like [`RunId::new`].
    pub fn new(made: jiff::Timestamp, entropy: u64) -> Self {
        Self(moment_id("usr_", made, entropy))
    }
}

impl TokenId {
    /// A token's id, made like [`RunId::new`].
    pub fn new(made: jiff::Timestamp, entropy: u64) -> Self {
        Self(moment_id("tok_", made, entropy))
    }
}

fn moment_id(prefix: &str, moment: jiff::Timestamp, entropy: u64) -> Box<str> {
    let millis = moment.as_millisecond().max(0).unsigned_abs();
    format!("{prefix}{millis:013}{:06x}", entropy & 0x00ff_ffff).into()
}

fn short_hash(parts: &[&str]) -> String {
    crate::digest::hex(&crate::digest::sha256_of_parts(parts)[..8])
}

#[cfg(test)]
mod tests;
