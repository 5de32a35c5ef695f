//! Knobs of a Cloud-iQ, and what is needed to sign in.

use super::words::Status;

/// How collections and names look on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// `PascalCase` and `{Items, TotalHits}` (*observed*, crayon §2.3).
    #[default]
    Documented,
    /// camelCase and bare arrays, as Crayon's own `OpenAPI` document claims (crayon §2.3).
    OpenApi,
}

/// How lists are cut.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    /// Rows when `PageSize` is missing or 0: 50 (*documented* for invoices, *assumed* elsewhere, crayon §2.6).
    pub default_size: usize,
    /// A hidden cap on `PageSize` (*assumed*; the real maximum is unknown).
    pub cap: Option<usize>,
    /// Every page is the first (*assumed* fault).
    pub ignore_page: bool,
    /// What `Statuses` means when missing (unknown in reality; *assumed* all).
    pub default_statuses: Status,
}

impl Default for Paging {
    fn default() -> Self {
        Self { default_size: 50, cap: None, ignore_page: false, default_statuses: Status::ALL }
    }
}

/// How tokens live.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    /// `ExpiresIn`: 3600 (*documented*, crayon §3.1), measured on the virtual clock.
    pub lifetime_seconds: u32,
    /// A token is refused after so many uses (*assumed*; forces a 401 in mid-run).
    pub requests_per_token: Option<u32>,
    /// 401 comes without a body (*observed* once, crayon §2.8).
    pub empty_401: bool,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { lifetime_seconds: 3600, requests_per_token: None, empty_401: false }
    }
}

/// Behaviour that no source settles, and our choice.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// A created subscription starts `Pending` until [`tick`](super::Model::tick) (*assumed*, crayon §16).
    pub create_pending: bool,
    /// Looks at an order that still answer `[]` (*documented* that there are some, crayon §9.5; number ours).
    pub order_polls: u32,
    /// Prices on a subscription are those of a month, whatever its cycle (unknown in reality; *assumed* those of
    /// a cycle). The price list is monthly either way (*assumed*, crayon §7.3).
    pub prices_per_month: bool,
}

impl Default for Choices {
    fn default() -> Self {
        Self { create_pending: false, order_polls: 1, prices_per_month: false }
    }
}

/// What a program needs to sign in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// API client id.
    pub client_id: String,
    /// API client secret.
    pub client_secret: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
}
