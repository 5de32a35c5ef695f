//! How a HostBill is reached, and what differs from one installation to the next.

use connector_kit::{RetryPolicy, Url, shown_url};
use domain::id::SystemId;
use domain::money::Currency;
use domain::secret::Secret;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

/// Where a service carries our mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MarkField {
    /// The account's `domain`: the only free text that the Admin API can set on an account and that its lists
    /// show.
    #[default]
    Domain,
}

/// What a product gets that Billbridge creates. No public source describes `addProduct`; these are the
/// parameters of `editProduct`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProducts {
    /// The order page they are put on; nothing means the only one there is.
    pub order_page: Option<String>,
    /// The product type's id, from `getProductTypes`; not sent without.
    pub product_type: Option<String>,
    /// HostBill's visibility code: `0` hidden, `1` visible, `-2` for administrators only.
    pub visible: String,
}

impl Default for NewProducts {
    fn default() -> Self {
        Self { order_page: None, product_type: None, visible: "0".to_owned() }
    }
}

/// A password that the web server asks for in front of HostBill.
#[derive(Debug, Clone)]
pub struct HttpBasic {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// How a HostBill is reached and treated. Its `Debug` shows no credential, not even one in the address.
#[derive(Clone)]
pub struct HostBillConfig {
    /// The connection's name.
    pub system: SystemId,
    /// The whole address of `api.php`: the admin directory's name differs between installations.
    pub url: Url,
    /// The API key's id.
    pub api_id: Secret,
    /// The API key.
    pub api_key: Secret,
    /// A password of the web server, where there is one.
    pub http_basic: Option<HttpBasic>,
    /// Requests per second in the long run. HostBill documents no limit.
    pub requests_per_second: NonZeroU32,
    /// Requests that may be unanswered at the same time.
    pub in_flight: NonZeroU16,
    /// How long a read may take.
    pub read_timeout: Duration,
    /// How long a change of HostBill's own records may take.
    pub mutation_timeout: Duration,
    /// How long a call may take that runs a provisioning module: activate, suspend, unsuspend, terminate.
    pub module_timeout: Duration,
    /// A mutation is not begun with less time than this left.
    pub least_time_for_mutation: Duration,
    /// How reads are repeated.
    pub retry: RetryPolicy,
    /// Where a service carries our mark.
    pub mark_field: MarkField,
    /// The variable of the client's custom field that carries the supplier's tenant id. It must be marked
    /// searchable in HostBill.
    pub tenant_field: String,
    /// Currencies by HostBill's own ids, for installations whose key may not call `getCurrencies`. Empty
    /// means: ask HostBill.
    pub currencies: Vec<(String, Currency)>,
    /// What created products get.
    pub new_products: NewProducts,
}

impl HostBillConfig {
    /// A configuration with the defaults: 5 requests per second, 4 at once, 30 s for reads, 60 s for
    /// mutations, 180 s for module actions, tenant field `crayontenant`.
    pub fn new(system: SystemId, url: Url, api_id: Secret, api_key: Secret) -> Self {
        Self {
            system,
            url,
            api_id,
            api_key,
            http_basic: None,
            requests_per_second: NonZeroU32::MIN.saturating_add(4),
            in_flight: NonZeroU16::MIN.saturating_add(3),
            read_timeout: Duration::from_secs(30),
            mutation_timeout: Duration::from_mins(1),
            module_timeout: Duration::from_mins(3),
            least_time_for_mutation: Duration::from_secs(5),
            retry: RetryPolicy::default(),
            mark_field: MarkField::Domain,
            tenant_field: "crayontenant".to_owned(),
            currencies: Vec::new(),
            new_products: NewProducts::default(),
        }
    }
}

impl fmt::Debug for HostBillConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBillConfig")
            .field("system", &self.system)
            .field("url", &shown_url(&self.url))
            .field("tenant_field", &self.tenant_field)
            .finish_non_exhaustive()
    }
}
