//! Provide: creates the billing clients and products that a plan finds missing, where the policy says so, and
//! links them. Off by default.

use crate::Store;
use crate::change::Author;
use crate::sync::Work;
use async_trait::async_trait;
use domain::audit::AuditDraft;
use domain::clock::{Clock, Deadline};
use domain::failure::{Failure, FailureKind};
use domain::id::{ClientId, CustomerId, ProductId, TenantId};
use domain::journal::EffectKey;
use domain::link::Link;
use domain::planner::Planner;
use domain::ports::{BillingTarget, SubscriptionSource};
use domain::record::SyncRecord;
use domain::settings::Approval;
use domain::subscription::{ObservedSubscription, OfferKey};
use journal::{Effect, Finding, Journal, Made, Notes, Performed, Receipt};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What billing lacks and the policy has created.
#[derive(Default)]
pub(crate) struct Missing {
    tenants: BTreeSet<TenantId>,
    offers: BTreeMap<OfferKey, String>,
}

impl Missing {
    /// Collects what these subscriptions lack.
    pub(crate) fn of(planner: &Planner<'_>, changed: Vec<ObservedSubscription>) -> Self {
        let mut missing = Self::default();
        for seen in changed {
            let links = planner.missing_links(&seen);
            if links.product {
                missing.offers.entry(seen.offer).or_insert(seen.name);
            }
            if links.client {
                missing.tenants.insert(seen.tenant);
            }
        }
        missing
    }
}

/// What is to be created, and how it is found again.
enum Wanted<'a> {
    Client { tenant: &'a TenantId, source: &'a dyn SubscriptionSource },
    Product { offer: &'a OfferKey, name: &'a str },
}

struct Creation<'a> {
    wanted: Wanted<'a>,
    billing: &'a dyn BillingTarget,
    clock: &'a dyn Clock,
    deadline: Deadline,
    author: Author<'a>,
}

impl Creation<'_> {
    fn failure(&self, kind: FailureKind, what: String) -> Failure {
        Failure::new(kind, self.billing.system(), what)
    }

    fn what(&self) -> String {
        match &self.wanted {
            Wanted::Client { tenant, .. } => format!("client for tenant {tenant}"),
            Wanted::Product { offer, .. } => format!("product for offer {offer}"),
        }
    }

    /// Everything in billing that carries the tenant's id or the offer's key.
    async fn existing(&self) -> Result<Vec<Made>, Failure> {
        match &self.wanted {
            Wanted::Client { tenant, .. } => {
                let clients = self.billing.clients_of_tenant(tenant, self.deadline).await?;
                Ok(clients.into_iter().map(|client| Made::Client(client.id)).collect())
            }
            Wanted::Product { offer, .. } => {
                let mut found = Vec::new();
                for product in self.billing.products(self.deadline).await? {
                    let details = self.billing.find_product(&product.id, self.deadline).await?;
                    if details.is_some_and(|d| d.code.as_deref() == Some(offer.to_string().as_str())) {
                        found.push(Made::Product(product.id));
                    }
                }
                Ok(found)
            }
        }
    }

    async fn create(&self) -> Result<Made, Failure> {
        match &self.wanted {
            Wanted::Client { tenant, source } => {
                let details = source.find_tenant(tenant, self.deadline).await?;
                let details = details.ok_or_else(|| {
                    self.failure(
                        FailureKind::Refused,
                        format!("tenant {tenant} is not known to the supplier"),
                    )
                })?;
                if details.email.is_none() {
                    let what = format!(
                        "tenant {tenant} has no e-mail address at the supplier: create its client by hand"
                    );
                    return Err(self.failure(FailureKind::Refused, what));
                }
                self.billing.create_client(&details, self.deadline).await.map(Made::Client)
            }
            Wanted::Product { offer, name } => {
                let code = offer.to_string();
                self.billing.create_product(name, &code, &offer.cycle, self.deadline).await.map(Made::Product)
            }
        }
    }

    fn audit(&self, what: String) -> AuditDraft {
        AuditDraft {
            at: self.clock.now(),
            actor: self.author.actor.to_owned(),
            run: self.author.run.clone(),
            plan: None,
            subscription: None,
            what,
            why: "the policy creates what is missing".to_owned(),
        }
    }
}

#[async_trait]
impl Effect for Creation<'_> {
    fn key(&self) -> EffectKey {
        match &self.wanted {
            Wanted::Client { tenant, .. } => {
                EffectKey::of_creation(self.author.organisation, "client", tenant.as_str())
            }
            Wanted::Product { offer, .. } => {
                EffectKey::of_creation(self.author.organisation, "product", &offer.to_string())
            }
        }
    }

    fn intent(&self) -> String {
        format!("create a {}", self.what())
    }

    async fn call(&self, _notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let existing = self.existing().await?;
        let (made, adopted) = match existing.as_slice() {
            [] => (self.create().await?, false),
            [one] => (one.clone(), true),
            many => {
                let what = format!("there are {} of the {} already", many.len(), self.what());
                return Err(self.failure(FailureKind::Refused, what));
            }
        };
        Ok(Receipt { text: format!("{}: {}", self.what(), id(&made)), made, adopted })
    }

    async fn look_up(&self, _notes: &mut dyn Notes) -> Result<Finding, Failure> {
        Ok(match self.existing().await?.as_slice() {
            [] => Finding::Absent,
            [one] => {
                let text = format!("{}: {}", self.what(), id(one));
                Finding::Done(Receipt { text, made: one.clone(), adopted: true })
            }
            many => Finding::Unclear(format!("there are {} of the {}", many.len(), self.what())),
        })
    }

    fn done(&self, receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(receipt.text.clone()))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        (None, self.audit(format!("not created, {}: {reason}", self.what())))
    }
}

fn id(made: &Made) -> &str {
    match made {
        Made::Service(id) => id.as_str(),
        Made::Client(id) => id.as_str(),
        Made::Product(id) => id.as_str(),
        Made::Purchase(reference) => reference.as_deref().unwrap_or_default(),
        Made::Nothing => "",
    }
}

impl<S: Store> Work<'_, S> {
    /// Creates and links what is missing; true if anything was linked, so that the plan must be made anew. The
    /// brake's number of changes bounds it.
    pub(crate) async fn provide(&mut self, missing: &Missing) -> Result<bool, Failure> {
        let policy = &self.organisation.policy;
        let wanted = missing.tenants.len() + missing.offers.len();
        if wanted > 0 && policy.approval == Approval::Always {
            // No plan shows what would be created here, so nobody could have approved it.
            self.run.problem(format!(
                "{wanted} clients and products are missing and not created, because every change wants approval: \
                 create them in billing and link them"
            ));
            return Ok(false);
        }
        let limit = usize::try_from(policy.brake.max_changes).unwrap_or(usize::MAX);
        if wanted > limit {
            self.run.problem(format!(
                "{wanted} clients and products are missing, more than {limit} are created at once: none was"
            ));
            return Ok(false);
        }
        let connections = Arc::clone(&self.connections);
        let source = connections.source(&self.organisation.supplier)?.as_ref();
        let mut links = Vec::new();
        for tenant in &missing.tenants {
            if let Some(Made::Client(client)) = self.create(Wanted::Client { tenant, source }).await? {
                links.extend(self.client_links(tenant, client).await?);
            }
        }
        for (offer, name) in &missing.offers {
            if let Some(Made::Product(product)) = self.create(Wanted::Product { offer, name }).await? {
                links.extend(self.product_links(offer, product));
            }
        }
        if !links.is_empty() {
            self.deps.store.change_links(&links, &[]).await?;
        }
        Ok(!links.is_empty())
    }

    async fn create(&mut self, wanted: Wanted<'_>) -> Result<Option<Made>, Failure> {
        let billing = self.connections.billing(&self.organisation.billing)?.as_ref();
        let creation = Creation {
            wanted,
            billing,
            clock: self.deps.clock.as_ref(),
            deadline: self.deadline,
            author: Author {
                organisation: &self.organisation.id,
                run: &self.run.id,
                plan: "",
                actor: &self.run.actor,
            },
        };
        let journal = Journal {
            store: &self.deps.store,
            lease: &self.lease,
            organisation: &self.organisation.id,
            clock: self.deps.clock.as_ref(),
            quiet: self.deps.limits.quiet,
        };
        let what = creation.what();
        match journal.perform(&creation).await? {
            Performed::Done(receipt) => Ok(Some(receipt.made)),
            // Created by an earlier run that ended before it could link it.
            Performed::AlreadyDone => {
                let existing = creation.existing().await?;
                if let [one] = existing.as_slice() {
                    return Ok(Some(one.clone()));
                }
                self.run.problem(format!("{what}: created earlier, no longer found in billing"));
                Ok(None)
            }
            Performed::Refused(reason) | Performed::InDoubt(reason) | Performed::Unclear(reason) => {
                self.run.problem(format!("{what}: {reason}"));
                Ok(None)
            }
        }
    }

    async fn client_links(&mut self, tenant: &TenantId, client: ClientId) -> Result<Vec<Link>, Failure> {
        let billing = self.connections.billing(&self.organisation.billing)?.as_ref();
        let found = billing.find_client(&client, self.deadline).await?;
        let Some(currency) = found.and_then(|client| client.currency) else {
            self.run.problem(format!("client {client}: its currency could not be read; link it by hand"));
            return Ok(Vec::new());
        };
        let supplier = &self.organisation.supplier;
        let known = self.deps.store.links().await?.into_iter().find_map(|link| match link {
            Link::Tenant { customer, system, tenant: id } if system == *supplier && id == *tenant => {
                Some(customer)
            }
            Link::Tenant { .. } | Link::Client { .. } | Link::Offer { .. } | Link::Product { .. } => None,
        });
        let customer = known.unwrap_or_else(|| CustomerId::derived(supplier, tenant));
        let system = self.organisation.billing.clone();
        Ok(vec![
            Link::Tenant { customer: customer.clone(), system: supplier.clone(), tenant: tenant.clone() },
            Link::Client { customer, system, client, currency },
        ])
    }

    fn product_links(&self, key: &OfferKey, product: ProductId) -> Vec<Link> {
        let offer = key.id(&self.organisation.supplier);
        vec![
            Link::Offer {
                offer: offer.clone(),
                system: self.organisation.supplier.clone(),
                key: key.clone(),
            },
            Link::Product { offer, system: self.organisation.billing.clone(), product },
        ]
    }
}
