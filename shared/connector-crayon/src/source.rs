//! The adapter: Cloud-iQ as a source of subscriptions.

use crate::client::Client;
use crate::tokens::TokenCache;
use crate::{CrayonConfig, PriceList, map, probe, tenants, wire};
use async_trait::async_trait;
use connector_kit::HttpClient;
use domain::clock::{Clock, Deadline};
use domain::failure::Failure;
use domain::id::{SubscriptionId, SystemId, TenantId};
use domain::ports::{PersonalCredentials, Probe, SubscriptionPage, SubscriptionSource, Tenant};
use domain::settings::Organisation;
use domain::subscription::ObservedSubscription;
use std::fmt;
use std::sync::Arc;

pub(crate) const LIST: &str = "GET subscriptions";
pub(crate) const DETAILS: &str = "GET subscriptions/{id}";

/// One connection to Cloud-iQ. Cheap to share by reference: its pace and its token hold for all calls.
pub struct Crayon {
    pub(crate) client: Client,
    pub(crate) page_size: u32,
    pub(crate) price_list: PriceList,
}

impl Crayon {
    /// A connection. Nothing is sent before the first call.
    pub fn new(http: HttpClient, clock: Arc<dyn Clock>, config: &CrayonConfig) -> Self {
        Self::sharing(http, clock, config, &TokenCache::default())
    }

    /// A connection that shares its tokens with others of the same credentials.
    pub fn sharing(
        http: HttpClient,
        clock: Arc<dyn Clock>,
        config: &CrayonConfig,
        tokens: &TokenCache,
    ) -> Self {
        Self {
            client: Client::new(http, clock, config, tokens),
            page_size: config.page_size.get(),
            price_list: config.price_list.clone(),
        }
    }

    /// The same connection, its pace included, signed in as a person: the same API client, their own user.
    /// Nothing is sent before the first call, and what is wrong with their password concerns them alone.
    #[must_use]
    pub fn signed_in_as(&self, person: &PersonalCredentials) -> Self {
        Self {
            client: self.client.signed_in_as(person),
            page_size: self.page_size,
            price_list: self.price_list.clone(),
        }
    }

    /// How many requests were sent so far, sign-ins and repetitions included.
    pub fn sent(&self) -> u64 {
        self.client.transport.sent()
    }
}

impl fmt::Debug for Crayon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crayon").field("transport", &self.client.transport).finish_non_exhaustive()
    }
}

#[async_trait]
impl SubscriptionSource for Crayon {
    fn system(&self) -> &SystemId {
        self.client.transport.system()
    }

    fn page_size(&self) -> u32 {
        self.page_size
    }

    async fn page(
        &self,
        organisation: &Organisation,
        page: u32,
        deadline: Deadline,
    ) -> Result<SubscriptionPage, Failure> {
        self.page_of(organisation, None, page, deadline).await
    }

    async fn find_details(
        &self,
        organisation: &Organisation,
        id: &SubscriptionId,
        deadline: Deadline,
    ) -> Result<Option<ObservedSubscription>, Failure> {
        let Some(path) = path_of("subscriptions", id.as_str()) else {
            return Ok(None);
        };
        let Some(reply) = self.client.find(DETAILS, &path, deadline).await? else {
            return Ok(None);
        };
        let members = self.client.object(DETAILS, &reply, map::DETAILED)?;
        let details = map::details(&members, organisation);
        match details {
            Ok(details) if details.id == *id => Ok(Some(details)),
            Ok(_) => {
                Err(self.client.transport.malformed(DETAILS, &reply, "Id is not the one that was asked for"))
            }
            Err(problem) => Err(self.client.transport.malformed(DETAILS, &reply, problem)),
        }
    }

    async fn tenants(&self, organisation: &Organisation, deadline: Deadline) -> Result<Vec<Tenant>, Failure> {
        tenants::all(&self.client, organisation, self.page_size, deadline).await
    }

    async fn find_tenant(&self, id: &TenantId, deadline: Deadline) -> Result<Option<Tenant>, Failure> {
        tenants::find(&self.client, id, deadline).await
    }

    async fn probe(&self, organisations: &[&Organisation], deadline: Deadline) -> Vec<Probe> {
        probe::all(self, organisations, deadline).await
    }
}

impl Crayon {
    /// A page of an organisation's subscriptions, or of one customer's in it.
    pub(crate) async fn page_of(
        &self,
        organisation: &Organisation,
        tenant: Option<&TenantId>,
        page: u32,
        deadline: Deadline,
    ) -> Result<SubscriptionPage, Failure> {
        let (page, size) = (page.to_string(), self.page_size.to_string());
        let statuses = map::StatusFlags::ALL.0.to_string();
        // Oldest first: the one order in which a new subscription joins at the end and nothing that changes
        // in a running one (name, end) moves a row across a page's edge.
        let mut query = vec![
            ("OrganizationId", organisation.supplier_organisation.as_str()),
            ("Statuses", &statuses),
            ("SortBy", "2"),
            ("SortOrder", "0"),
            ("Page", &page),
            ("PageSize", &size),
        ];
        query.extend(tenant.map(|id| ("CustomerTenantId", id.as_str())));
        let reply = self.client.get(LIST, "subscriptions/", &query, deadline).await?;
        read_page(&reply.body, organisation)
            .map_err(|problem| self.client.transport.malformed(LIST, &reply, problem))
    }
}

/// A page out of a body; the error names what was not as promised.
fn read_page(body: &[u8], organisation: &Organisation) -> Result<SubscriptionPage, String> {
    let list = wire::read_list(body, map::DETAILED).map_err(|problem| problem.to_string())?;
    let rows = list.rows.iter().map(|row| map::row(row.as_ref(), organisation)).collect();
    Ok(SubscriptionPage { rows, total: list.total })
}

/// The path of one thing. Cloud-iQ's ids are numbers; anything else it cannot have, and as part of an address
/// it could mean something quite different.
pub(crate) fn path_of(kind: &str, id: &str) -> Option<String> {
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{kind}/{id}"))
}
