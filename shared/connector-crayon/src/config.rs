//! What a connection needs.

use connector_kit::{RetryPolicy, Url};
use domain::id::SystemId;
use domain::secret::Secret;
use domain::settings::PricePer;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

/// What is needed to sign in: an API client of the resource-owner flow, and a user of its own.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The API client's id.
    pub client_id: String,
    /// The API client's secret.
    pub client_secret: Secret,
    /// The user's name.
    pub username: String,
    /// The user's password.
    pub password: Secret,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A connection to Cloud-iQ.
#[derive(Clone)]
pub struct CrayonConfig {
    /// The connection's name.
    pub system: SystemId,
    /// Where the API is, without `/api/v1`; `https://api.crayon.com/` for the live system.
    pub base_url: Url,
    /// Who signs in.
    pub credentials: Credentials,
    /// Rows per page. No maximum is documented; 100 to 200 is known to work.
    pub page_size: NonZeroU32,
    /// Requests per second in the long run. No limit is documented.
    pub requests_per_second: NonZeroU32,
    /// Requests at the same time.
    pub in_flight: NonZeroU16,
    /// How long a read may take.
    pub read_timeout: Duration,
    /// How long a mutation may take. Long: an order whose answer is not waited for is in doubt.
    pub mutation_timeout: Duration,
    /// How reads are repeated.
    pub retry: RetryPolicy,
    /// How the price list is read.
    pub price_list: PriceList,
}

/// How the price list is read, where no public source says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// What a price in it covers.
    pub per: PricePer,
    /// Where the term of an offer stands.
    pub term: TermFrom,
}

impl Default for PriceList {
    /// Prices of a month, and the term as the minimum commitment.
    fn default() -> Self {
        Self { per: PricePer::Month, term: TermFrom::MinimumCommitment }
    }
}

/// Where the term of an offer stands in the price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermFrom {
    /// In `ProductVariant.MinimumCommitment.Months`.
    MinimumCommitment,
    /// In `ProductVariant.Attributes`, under this name, as `P1M`, `P1Y` or `P3Y`.
    Attribute(Box<str>),
}

impl CrayonConfig {
    /// A connection with what is known to work: 200 rows a page, 5 requests a second, 4 at a time.
    pub fn new(system: SystemId, base_url: Url, credentials: Credentials) -> Self {
        Self {
            system,
            base_url,
            credentials,
            page_size: NonZeroU32::MIN.saturating_add(199),
            requests_per_second: NonZeroU32::MIN.saturating_add(4),
            in_flight: NonZeroU16::MIN.saturating_add(3),
            read_timeout: Duration::from_secs(30),
            mutation_timeout: Duration::from_mins(2),
            retry: RetryPolicy::default(),
            price_list: PriceList::default(),
        }
    }
}

impl fmt::Debug for CrayonConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrayonConfig")
            .field("system", &self.system)
            .field("base_url", &connector_kit::shown_url(&self.base_url))
            .field("page_size", &self.page_size)
            .finish_non_exhaustive()
    }
}
