//! Customer tenants: all of an organisation, proven whole, or one with its details.

use crate::client::Client;
use crate::map;
use crate::source::path_of;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::TenantId;
use domain::ports::Tenant;
use domain::settings::Organisation;
use std::collections::BTreeMap;

const LIST: &str = "GET customertenants";
const DETAILS: &str = "GET customertenants/{id}/detailed";
/// A list that changed while it was read is read once more; one that never adds up is not whole.
const LOOKS: u32 = 2;

/// Every tenant of an organisation, ordered by id as text. A list that does not add up to the total that
/// Cloud-iQ states fails: what is not in it might be taken for gone.
pub(crate) async fn all(
    client: &Client,
    organisation: &Organisation,
    page_size: u32,
    deadline: Deadline,
) -> Result<Vec<Tenant>, Failure> {
    let mut counted = (0, 0);
    for _ in 0..LOOKS {
        let (tenants, total) = look(client, organisation, page_size, deadline).await?;
        let total = total.unwrap_or(tenants.len() as u64);
        if tenants.len() as u64 == total {
            return Ok(tenants.into_values().collect());
        }
        counted = (tenants.len(), total);
    }
    let (distinct, total) = counted;
    let text = format!("{LIST}: {distinct} distinct tenants were listed where TotalHits says {total}");
    Err(client.transport.failure(FailureKind::Malformed, text))
}

async fn look(
    client: &Client,
    organisation: &Organisation,
    page_size: u32,
    deadline: Deadline,
) -> Result<(BTreeMap<TenantId, Tenant>, Option<u64>), Failure> {
    let mut tenants = BTreeMap::new();
    let size = page_size.to_string();
    let mut page = 1_u32;
    loop {
        let number = page.to_string();
        let query = [
            ("OrganizationId", organisation.supplier_organisation.as_str()),
            ("Page", &number),
            ("PageSize", &size),
        ];
        let reply = client.get(LIST, "customertenants/", &query, deadline).await?;
        let list = client.list(LIST, &reply, map::TENANT)?;
        let known = tenants.len();
        for row in &list.rows {
            let tenant = map::tenant(row.as_ref())
                .map_err(|problem| client.transport.malformed(LIST, &reply, problem))?;
            tenants.insert(tenant.id.clone(), tenant);
        }
        let complete = list.total.is_some_and(|total| tenants.len() as u64 >= total);
        // A page without anything new is past the end, or comes from a system that ignores the page's number.
        if complete || tenants.len() == known {
            return Ok((tenants, list.total));
        }
        page += 1;
    }
}

/// One tenant with the evidence that lists leave out.
pub(crate) async fn find(
    client: &Client,
    id: &TenantId,
    deadline: Deadline,
) -> Result<Option<Tenant>, Failure> {
    let Some(path) = path_of("customertenants", id.as_str()) else {
        return Ok(None);
    };
    let Some(reply) = client.find(DETAILS, &format!("{path}/detailed/"), deadline).await? else {
        return Ok(None);
    };
    let members = client.object(DETAILS, &reply, map::DETAILED_TENANT)?;
    match map::detailed_tenant(&members) {
        Ok(tenant) if tenant.id == *id => Ok(Some(tenant)),
        Ok(_) => {
            Err(client.transport.malformed(DETAILS, &reply, "Tenant.Id is not the one that was asked for"))
        }
        Err(problem) => Err(client.transport.malformed(DETAILS, &reply, problem)),
    }
}
