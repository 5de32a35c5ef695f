//! Which price a subscription has: the one that is held, or the one its rule sets.

use super::{Linked, Planner, live};
use crate::money::Money;
use crate::price::{PriceError, PriceRule, Priced, price_unit};
use crate::record::SyncRecord;
use crate::settings::{PriceHold, PricePer};
use crate::subscription::{ObservedSubscription, SupplierPrices, Term};
use jiff::civil::Date;

impl<'a> Planner<'a> {
    pub(super) fn rule(&self, seen: &ObservedSubscription, linked: &Linked<'_>) -> Option<&'a PriceRule> {
        let day = self.priced_on(seen);
        let (customer, offer) = (&linked.client.customer, &linked.product.offer);
        self.settings.price_rules.find(customer, offer, seen.publisher.as_deref(), day)
    }

    /// The day whose rules set the price: the first of the term where a price is held, otherwise today.
    fn priced_on(&self, seen: &ObservedSubscription) -> Date {
        let held =
            self.organisation.policy.price_hold == PriceHold::UntilRenewal && seen.offer.term != Term::None;
        seen.term_start.filter(|_| held).unwrap_or(self.today)
    }

    pub(super) fn held_price<'r>(
        &self,
        seen: &ObservedSubscription,
        record: Option<&'r SyncRecord>,
        linked: &Linked<'_>,
    ) -> Option<&'r Priced> {
        let record = record?;
        let held =
            self.organisation.policy.price_hold == PriceHold::UntilRenewal && seen.offer.term != Term::None;
        let price = record.price.as_ref().filter(|_| held && live(Some(record)).is_some())?;
        let same_term = price.term_start.is_some() && price.term_start == seen.term_start;
        (same_term && record.offer == seen.offer && price.unit.currency == linked.client.currency)
            .then_some(price)
    }

    pub(super) fn price(
        &self,
        seen: &ObservedSubscription,
        linked: &Linked<'_>,
    ) -> Result<Priced, PriceError> {
        let rule = self.rule(seen, linked).ok_or(PriceError::NoRule)?;
        let prices = self.per_cycle(seen)?;
        price_unit(rule, &prices, linked.client.currency, &self.settings.rates, seen.term_start)
    }

    /// The supplier's prices of one unit for one billing cycle.
    fn per_cycle(&self, seen: &ObservedSubscription) -> Result<SupplierPrices, PriceError> {
        let months = match self.organisation.price_per {
            PricePer::Cycle => 1,
            PricePer::Month => seen.offer.cycle.months().unwrap_or(1),
        };
        let scaled = |price: Option<Money>| price.map(|p| p.times(months)).transpose();
        Ok(SupplierPrices {
            resale: scaled(seen.prices.resale)?,
            cost: scaled(seen.prices.cost)?,
            list: scaled(seen.prices.list)?,
        })
    }
}
