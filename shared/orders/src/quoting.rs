//! What an order comes to, before anybody approves it and again before it is placed.

use crate::{Desk, NewOrder, NewWanted, OrderProblem};
use domain::access::Actor;
use domain::clock::Deadline;
use domain::digest::SubscriptionKey;
use domain::id::{OrderId, OrganisationId, SubscriptionId};
use domain::link::LinkBook;
use domain::order::{CatalogueOffer, Order, OrderState, OrderStep, Quoted, Quoting, Wanted};
use domain::ports::CatalogueSource;
use domain::price::Priced;
use domain::record::{SyncRecord, SyncState};
use domain::service::ServiceStatus;
use domain::settings::{Organisation, PriceHold, Settings};
use domain::subscription::{OfferKey, SupplierPrices, Term};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What is to be had at which price, as far as it is known without the catalogue.
struct Subject {
    wanted: Wanted,
    offer: OfferKey,
    /// Its name, where a record knows it.
    name: Option<String>,
    /// The price of a running term.
    held: Option<Priced>,
}

impl Desk {
    /// A draft with what it comes to; nothing is kept.
    ///
    /// # Errors
    /// What is missing or wrong, with its cure.
    pub async fn quote(
        &self,
        new: &NewOrder,
        catalogue: &dyn CatalogueSource,
        actor: &Actor,
        deadline: Deadline,
    ) -> Result<Order, OrderProblem> {
        let now = self.clock.now();
        let settings = self.settings().await?;
        self.draft(&settings, new, catalogue, actor, OrderId::new(now, 0), now, deadline).await
    }

    #[expect(clippy::too_many_arguments, reason = "a draft is made of all of these and of nothing else")]
    pub(crate) async fn draft(
        &self,
        settings: &Settings,
        new: &NewOrder,
        catalogue: &dyn CatalogueSource,
        actor: &Actor,
        id: OrderId,
        made: Timestamp,
        deadline: Deadline,
    ) -> Result<Order, OrderProblem> {
        let organisation = settings
            .find(&new.organisation)
            .ok_or_else(|| OrderProblem::UnknownOrganisation(new.organisation.clone()))?;
        new.check(today(self.clock.now()))?;
        let subject = self.subject(new, organisation).await?;
        if let Wanted::Seats { from, to, .. } = &subject.wanted
            && from == to
        {
            return Err(OrderProblem::wrong("quantity", format!("it has {from} seats already")));
        }
        let look = Look { settings, organisation, catalogue, deadline };
        let (offer, quoted) = self.price(&look, new, &subject).await?;
        Ok(Order {
            id,
            organisation: organisation.id.clone(),
            version: 1,
            customer: quoted.customer,
            customer_name: new.customer_name.trim().to_owned(),
            tenant: new.tenant.clone(),
            offer: offer.key,
            offer_id: quoted.offer,
            offer_name: offer.name,
            wanted: subject.wanted,
            scheduled: new.scheduled,
            reference: new.reference.as_ref().map(|text| text.trim().to_owned()),
            author: actor.clone(),
            state: OrderState::Draft,
            hold: None,
            quote: quoted.quote,
            approval: None,
            accepted: None,
            subscription: None,
            service: None,
            send_again: false,
            steps: vec![OrderStep {
                at: made,
                by: actor.clone(),
                to: OrderState::Draft,
                why: "taken".to_owned(),
            }],
            created: made,
            updated: made,
        })
    }

    /// What an order that is kept comes to now, by the catalogue, links, rules and records of now.
    ///
    /// # Errors
    /// What is missing or wrong by now, with its cure.
    pub async fn requote(
        &self,
        order: &Order,
        catalogue: &dyn CatalogueSource,
        deadline: Deadline,
    ) -> Result<Quoted, OrderProblem> {
        let settings = self.settings().await?;
        let organisation = settings
            .find(&order.organisation)
            .ok_or_else(|| OrderProblem::UnknownOrganisation(order.organisation.clone()))?;
        let what = match &order.wanted {
            Wanted::Subscription { quantity } => {
                NewWanted::Subscription { offer: order.offer.clone(), quantity: *quantity }
            }
            Wanted::Seats { subscription, to, .. } => {
                NewWanted::Seats { subscription: subscription.clone(), quantity: *to }
            }
        };
        let new = NewOrder {
            organisation: order.organisation.clone(),
            tenant: order.tenant.clone(),
            customer_name: order.customer_name.clone(),
            what,
            scheduled: order.scheduled,
            reference: order.reference.clone(),
        };
        new.check(today(self.clock.now()))?;
        let subject = self.subject(&new, organisation).await?;
        let look = Look { settings: &settings, organisation, catalogue, deadline };
        self.price(&look, &new, &subject).await.map(|(_, quoted)| quoted)
    }

    async fn subject(&self, new: &NewOrder, organisation: &Organisation) -> Result<Subject, OrderProblem> {
        let (subscription, to) = match &new.what {
            NewWanted::Subscription { offer, quantity } => {
                let wanted = Wanted::Subscription { quantity: *quantity };
                return Ok(Subject { wanted, offer: offer.clone(), name: None, held: None });
            }
            NewWanted::Seats { subscription, quantity } => (subscription, *quantity),
        };
        let record = self.record(&organisation.id, subscription).await?;
        let record = record.ok_or_else(|| OrderProblem::UnknownSubscription(subscription.clone()))?;
        if record.tenant != new.tenant {
            let problem = format!("subscription {subscription} is another customer's");
            return Err(OrderProblem::wrong("subscription", problem));
        }
        let running = record.applied.as_ref().filter(|state| {
            record.state == SyncState::Synced
                && record.service.is_some()
                && state.status == ServiceStatus::Active
        });
        let Some(running) = running else {
            let state = match &record.applied {
                Some(state) if record.state == SyncState::Synced => state.status.as_str(),
                Some(_) | None => record.state.word(),
            };
            let state = state.to_owned();
            return Err(OrderProblem::NotRunning { subscription: subscription.clone(), state });
        };
        let from = running.quantity;
        if to < from {
            return Err(OrderProblem::FewerSeats { subscription: subscription.clone(), from, to });
        }
        let held = record.price.as_ref().filter(|price| {
            organisation.policy.price_hold == PriceHold::UntilRenewal
                && record.offer.term != Term::None
                && price.term_start.is_some()
        });
        Ok(Subject {
            held: held.cloned(),
            wanted: Wanted::Seats { subscription: subscription.clone(), from, to },
            offer: record.offer,
            name: Some(record.name),
        })
    }

    async fn record(
        &self,
        organisation: &OrganisationId,
        subscription: &SubscriptionId,
    ) -> Result<Option<SyncRecord>, OrderProblem> {
        let keys = [SubscriptionKey::of(subscription.as_str())];
        let found = self.store.records(organisation, &keys).await.map_err(OrderProblem::Store)?;
        Ok(found.into_iter().find(|record| record.subscription == *subscription))
    }

    async fn price(
        &self,
        look: &Look<'_>,
        new: &NewOrder,
        subject: &Subject,
    ) -> Result<(CatalogueOffer, Quoted), OrderProblem> {
        let links = self.store.links().await.map_err(OrderProblem::Store)?;
        let links = LinkBook::new(&links, &look.organisation.supplier, &look.organisation.billing);
        let offer = look.offer(subject).await?;
        let now = self.clock.now();
        let day = new.scheduled.unwrap_or_else(|| today(now));
        let quoting = Quoting {
            organisation: look.organisation,
            settings: look.settings,
            links: &links,
            today: day,
            now,
        };
        let quantity = subject.wanted.quantity();
        let quoted = quoting.quote(&new.tenant, &offer, quantity, subject.held.as_ref())?;
        Ok((offer, quoted))
    }
}

/// Where prices come from.
struct Look<'a> {
    settings: &'a Settings,
    organisation: &'a Organisation,
    catalogue: &'a dyn CatalogueSource,
    deadline: Deadline,
}

impl Look<'_> {
    /// The offer with its prices. The catalogue is not asked where the price is held.
    async fn offer(&self, subject: &Subject) -> Result<CatalogueOffer, OrderProblem> {
        if let (Some(name), Some(_)) = (&subject.name, &subject.held) {
            return Ok(CatalogueOffer {
                key: subject.offer.clone(),
                name: name.clone(),
                publisher: None,
                prices: SupplierPrices::default(),
                minimum: 1,
                maximum: None,
            });
        }
        let found = self.catalogue.find_offer(self.organisation, &subject.offer, self.deadline).await;
        let found = found.map_err(OrderProblem::Catalogue)?;
        let mut offer = found.ok_or_else(|| OrderProblem::UnknownOffer(subject.offer.clone()))?;
        if let Some(name) = &subject.name {
            offer.name.clone_from(name);
        }
        Ok(offer)
    }
}

/// The day, UTC.
pub(crate) fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
