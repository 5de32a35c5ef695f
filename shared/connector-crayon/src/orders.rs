//! The adapter: Cloud-iQ as a system that takes orders.

use crate::map::{self, OrderCycle, Placed};
use crate::source::{Crayon, LIST};
use crate::{SubscriptionChange, SubscriptionCycle, wire};
use async_trait::async_trait;
use connector_kit::{Body, Idempotence, Method, Request};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{SubscriptionId, SystemId, TenantId};
use domain::ports::{CustomerAgreement, OrderTarget, Purchase, Purchased, ScheduledPurchase};
use domain::settings::Organisation;
use domain::subscription::{BillingCycle, ObservedSubscription, Quantity, Term};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const AGREEMENTS: &str = "GET customertenants/{id}/agreements";
const PLACE: &str = "POST subscriptions/new-commerce-orders";
const FOLLOW: &str = "GET subscriptions/new-commerce-orders/{id}";
const SCHEDULED: &str = "GET scheduledpurchaserequest";
const CALL_OFF: &str = "PUT scheduledpurchaserequest/cancel-order/{id}/{number}";
/// A list that changed while it was read is read once more; one that never adds up is not whole.
const LOOKS: u32 = 2;

/// An order as Cloud-iQ takes it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewCommerceOrder<'a> {
    customer_tenant_id: u64,
    part_number: &'a str,
    billing_cycle: u32,
    term_duration: &'a str,
    quantity: Quantity,
    custom_term_end_date: Option<&'a str>,
    scheduled_date: Option<String>,
}

#[async_trait]
impl OrderTarget for Crayon {
    fn system(&self) -> &SystemId {
        self.client.transport.system()
    }

    async fn customer_agreement(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<CustomerAgreement, Failure> {
        let id = self.number_of(tenant, AGREEMENTS)?;
        let query = [("AgreementTypeConsent", "1"), ("Page", "1"), ("PageSize", "50")];
        let path = format!("customertenants/{id}/agreements/");
        let reply = self.client.get(AGREEMENTS, &path, &query, deadline).await?;
        let list = self.client.list(AGREEMENTS, &reply, map::AGREEMENT)?;
        let accepted = list.rows.iter().flatten().any(map::is_accepted);
        Ok(if accepted { CustomerAgreement::Accepted } else { CustomerAgreement::Missing })
    }

    async fn purchase(&self, purchase: &Purchase, deadline: Deadline) -> Result<Purchased, Failure> {
        let body = self.order(purchase)?;
        let url = self.client.url("subscriptions/new-commerce-orders/", &[]);
        let request = Request::new(PLACE, Method::POST, url, Idempotence::Mutation).body(Body::Json(body));
        let reply = self.client.send(request, deadline).await?;
        let members = self.client.object(PLACE, &reply, map::PLACED)?;
        let transport = &self.client.transport;
        match map::placed(&members).map_err(|problem| transport.malformed(PLACE, &reply, problem))? {
            Placed::Accepted(reference) => Ok(Purchased { reference }),
            Placed::Refused(reason) => {
                let refused = transport.failure(FailureKind::Refused, format!("{PLACE}: refused: {reason}"));
                Err(Failure { request: reply.request, ..refused })
            }
        }
    }

    async fn purchased(&self, reference: &str, deadline: Deadline) -> Result<Vec<SubscriptionId>, Failure> {
        let name = segment(reference).ok_or_else(|| self.not_ours(FailureKind::NotFound, FOLLOW))?;
        let path = format!("subscriptions/new-commerce-orders/{name}");
        let reply = self.client.get(FOLLOW, &path, &[], deadline).await?;
        let malformed =
            |problem: &dyn std::fmt::Display| self.client.transport.malformed(FOLLOW, &reply, problem);
        let values = wire::read_values(&reply.body).map_err(|problem| malformed(&problem))?;
        values.into_iter().map(|id| map::subscription_id(id).map_err(|problem| malformed(&problem))).collect()
    }

    async fn subscriptions_of(
        &self,
        organisation: &Organisation,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<ObservedSubscription>, Failure> {
        self.number_of(tenant, LIST)?;
        let mut counted = (0, 0);
        for _ in 0..LOOKS {
            let (found, total) = self.look(organisation, tenant, deadline).await?;
            let total = total.unwrap_or(found.len() as u64);
            if found.len() as u64 == total {
                return Ok(found.into_values().filter(|row| row.tenant == *tenant).collect());
            }
            counted = (found.len(), total);
        }
        let (distinct, total) = counted;
        let text =
            format!("{LIST}: {distinct} distinct subscriptions were listed where TotalHits says {total}");
        Err(self.client.transport.failure(FailureKind::Malformed, text))
    }

    async fn scheduled(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<ScheduledPurchase>, Failure> {
        self.number_of(tenant, SCHEDULED)?;
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        let size = self.page_size.to_string();
        for page in 1_u32.. {
            let number = page.to_string();
            let query =
                [("resellerCustomerId", tenant.as_str()), ("page", number.as_str()), ("pageSize", &size)];
            let reply = self.client.get(SCHEDULED, "scheduledpurchaserequest/", &query, deadline).await?;
            let list = self.client.list(SCHEDULED, &reply, map::SCHEDULED)?;
            let before = known.len();
            for row in &list.rows {
                let purchases = map::scheduled(row.as_ref())
                    .map_err(|problem| self.client.transport.malformed(SCHEDULED, &reply, problem))?;
                let unknown =
                    |one: &ScheduledPurchase| known.insert((one.reference.clone(), one.number.clone()));
                all.extend(purchases.into_iter().filter(unknown));
            }
            // A page without anything new is past the end, or comes from a system that ignores the page's number.
            if known.len() == before {
                break;
            }
        }
        Ok(all)
    }

    async fn call_off(&self, purchase: &ScheduledPurchase, deadline: Deadline) -> Result<(), Failure> {
        let named = segment(&purchase.reference).zip(segment(&purchase.number));
        let (reference, number) = named.ok_or_else(|| self.not_ours(FailureKind::Refused, CALL_OFF))?;
        let url =
            self.client.url(&format!("scheduledpurchaserequest/cancel-order/{reference}/{number}"), &[]);
        let request = Request::new(CALL_OFF, Method::PUT, url, Idempotence::Mutation);
        self.client.send(request, deadline).await.map(drop)
    }

    async fn set_quantity(
        &self,
        subscription: &SubscriptionId,
        quantity: Quantity,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        if quantity == 0 {
            let text = "0 seats cannot be set: a subscription is ended by cancelling it";
            return Err(self.client.transport.failure(FailureKind::Refused, text));
        }
        let change = SubscriptionChange { quantity: Some(quantity), ..SubscriptionChange::default() };
        self.update_subscription(subscription, &change, deadline).await
    }
}

impl Crayon {
    /// The order, or why Cloud-iQ cannot be asked for it.
    fn order(&self, purchase: &Purchase) -> Result<Vec<u8>, Failure> {
        let refused =
            |what: String| self.client.transport.failure(FailureKind::Refused, format!("{PLACE}: {what}"));
        let Purchase { tenant, offer, quantity, scheduled } = purchase;
        let customer_tenant_id = self.number_of(tenant, PLACE)?;
        let cycle = ordered_cycle(&offer.cycle)
            .ok_or_else(|| refused(format!("the cycle {} cannot be ordered", offer.cycle.as_str())))?;
        if offer.term == Term::None {
            return Err(refused("an offer without a term cannot be ordered".to_owned()));
        }
        if *quantity == 0 {
            return Err(refused("0 seats cannot be ordered".to_owned()));
        }
        let order = NewCommerceOrder {
            customer_tenant_id,
            part_number: &offer.part_number,
            billing_cycle: cycle.number(),
            term_duration: offer.term.as_str(),
            quantity: *quantity,
            custom_term_end_date: None,
            scheduled_date: scheduled.map(|day| day.to_string()),
        };
        serde_json::to_vec(&order).map_err(|_| refused("it cannot be written as JSON".to_owned()))
    }

    /// Every subscription that is listed for a tenant, once.
    async fn look(
        &self,
        organisation: &Organisation,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<(BTreeMap<SubscriptionId, ObservedSubscription>, Option<u64>), Failure> {
        let mut found = BTreeMap::new();
        let mut number = 1;
        loop {
            let page = self.page_of(organisation, Some(tenant), number, deadline).await?;
            let known = found.len();
            for row in page.rows {
                // Whatever cannot be read might be what is looked for.
                let row = row.map_err(|row| {
                    let id = row.id.as_deref().unwrap_or("without a readable id");
                    let text = format!("{LIST}: subscription {id}: {}", row.problem);
                    self.client.transport.failure(FailureKind::Malformed, text)
                })?;
                found.insert(row.id.clone(), row);
            }
            let complete = page.total.is_some_and(|total| found.len() as u64 >= total);
            if complete || found.len() == known {
                return Ok((found, page.total));
            }
            number += 1;
        }
    }

    /// A tenant's id as Cloud-iQ has it. 0 would be no filter, which is every tenant.
    fn number_of(&self, tenant: &TenantId, what: &str) -> Result<u64, Failure> {
        let digits = tenant.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let number = tenant.as_str().parse().ok().filter(|number| digits && *number != 0);
        let text = || format!("{what}: customer tenant {tenant} is no number of Cloud-iQ's");
        number.ok_or_else(|| self.client.transport.failure(FailureKind::NotFound, text()))
    }

    fn not_ours(&self, kind: FailureKind, what: &str) -> Failure {
        self.client.transport.failure(kind, format!("{what}: this is no reference of Cloud-iQ's"))
    }
}

/// A cycle as an order names it.
fn ordered_cycle(cycle: &BillingCycle) -> Option<OrderCycle> {
    let cycle = match cycle {
        BillingCycle::Monthly => SubscriptionCycle::Monthly,
        BillingCycle::Annual => SubscriptionCycle::Annual,
        BillingCycle::ThreeYears => SubscriptionCycle::ThreeYears,
        BillingCycle::Quarterly
        | BillingCycle::SemiAnnual
        | BillingCycle::TwoYears
        | BillingCycle::OneTime
        | BillingCycle::Other(_) => return None,
    };
    OrderCycle::try_from(cycle).ok()
}

/// Part of an address: anything but letters, digits and `-` could mean something quite different there.
fn segment(text: &str) -> Option<&str> {
    let valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    valid.then_some(text)
}
