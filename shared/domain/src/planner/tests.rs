use super::*;
use crate::id::OrganisationId;
use crate::link::Link;
use crate::money::Money;
use crate::price::{Basis, Method, PriceRule, PriceRules, Scope};
use crate::settings::{Policy, PriceHold, PricePer};
use crate::status::GracePolicy;
use crate::subscription::{OfferKey, SupplierPrices, SupplierStatus};

mod cases;
mod properties;

/// One organisation, four linked tenants, two offers with products, a pass-through price.
pub(super) struct World {
    pub(super) organisation: Organisation,
    pub(super) settings: Settings,
    pub(super) links: Vec<Link>,
    pub(super) today: Date,
}

pub(super) const MONTHLY: &str = "CFQ7TTC0LH16:0001/P1Y/monthly";
pub(super) const ANNUAL: &str = "CFQ7TTC0LH16:0001/P1Y/annual";

impl World {
    pub(super) fn new() -> Self {
        let system = |text: &str| text.parse().unwrap();
        let mut links = Vec::new();
        for tenant in 1..=4 {
            let customer: CustomerId = format!("cus_{tenant}").parse().unwrap();
            links.push(Link::Tenant {
                customer: customer.clone(),
                system: system("crayon"),
                tenant: tenant.to_string().parse().unwrap(),
            });
            links.push(Link::Client {
                customer,
                system: system("hostbill"),
                client: format!("1{tenant}").parse().unwrap(),
                currency: "EUR".parse().unwrap(),
            });
        }
        for (at, offer) in [MONTHLY, ANNUAL].into_iter().enumerate() {
            let key: OfferKey = offer.parse().unwrap();
            let id = key.id(&system("crayon"));
            links.push(Link::Offer { offer: id.clone(), system: system("crayon"), key });
            let product = format!("9{at}").parse().unwrap();
            links.push(Link::Product { offer: id, system: system("hostbill"), product });
        }
        let organisation = Organisation {
            id: "nordic".parse().unwrap(),
            supplier: system("crayon"),
            supplier_organisation: "4013280".into(),
            billing: system("hostbill"),
            currency: "EUR".parse().unwrap(),
            price_per: PricePer::Cycle,
            policy: Policy { grace: GracePolicy { days: 30, suspend: true }, ..Policy::default() },
        };
        let settings = Settings {
            organisations: vec![organisation.clone()],
            price_rules: PriceRules::new(vec![rule("all", Method::PassThrough(Basis::Resale))]),
            rates: Vec::new(),
            orders: crate::order::OrderPolicy::default(),
        };
        Self { organisation, settings, links, today: "2026-11-21".parse().unwrap() }
    }

    pub(super) fn book(&self) -> LinkBook {
        LinkBook::new(&self.links, &self.organisation.supplier, &self.organisation.billing)
    }

    pub(super) fn plan_on(
        &self,
        today: Date,
        seen: &[ObservedSubscription],
        records: &[SyncRecord],
        proven: bool,
    ) -> Plan {
        let book = self.book();
        plan(&Planner::new(&self.organisation, &self.settings, &book, today), seen, records, proven)
    }

    pub(super) fn plan(&self, seen: &[ObservedSubscription], records: &[SyncRecord]) -> Plan {
        self.plan_on(self.today, seen, records, true)
    }
}

pub(super) fn rule(id: &str, method: Method) -> PriceRule {
    PriceRule {
        id: id.parse().unwrap(),
        scope: Scope::default(),
        valid_from: None,
        valid_until: None,
        method,
        rounding: RoundingMode::HalfUp,
        decimals: None,
    }
}

pub(super) fn seen(id: u32) -> ObservedSubscription {
    ObservedSubscription {
        id: id.to_string().parse().unwrap(),
        name: format!("Subscription {id}"),
        tenant: "1".parse().unwrap(),
        publisher: Some("Microsoft".into()),
        offer: MONTHLY.parse().unwrap(),
        quantity: 25,
        status: SupplierStatus::Active,
        prices: SupplierPrices { resale: Some(money("3.28 EUR")), ..SupplierPrices::default() },
        term_start: Some("2026-03-02".parse().unwrap()),
        term_end: Some("2027-03-01".parse().unwrap()),
    }
}

pub(super) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// What apply would leave behind: every line done, new services numbered by their subscription.
pub(super) fn applied(plan: &Plan, records: &[SyncRecord]) -> Vec<SyncRecord> {
    applied_on(plan, records, "2026-11-21")
}

/// The same on another day.
pub(super) fn applied_on(plan: &Plan, records: &[SyncRecord], day: &str) -> Vec<SyncRecord> {
    let mut after: HashMap<SubscriptionId, SyncRecord> =
        records.iter().map(|r| (r.subscription.clone(), r.clone())).collect();
    for line in plan.lines() {
        let created = line.change().filter(|c| c.from.is_none());
        let service = created.map(|_| format!("s{}-{}", line.subscription, line.generation).parse().unwrap());
        let organisation: &OrganisationId = &plan.organisation;
        let record = line.record_after(
            organisation,
            after.get(&line.subscription),
            service,
            &"run_1".parse().unwrap(),
            format!("{day}T12:00:00Z").parse().unwrap(),
        );
        after.insert(line.subscription.clone(), record);
    }
    let mut records: Vec<_> = after.into_values().collect();
    records.sort_by(|a, b| a.subscription.cmp(&b.subscription));
    records
}

/// The record of one subscription that was synced as it is.
pub(super) fn synced(world: &World, subscription: &ObservedSubscription) -> SyncRecord {
    applied(&world.plan(std::slice::from_ref(subscription), &[]), &[]).remove(0)
}

/// The only change of a plan.
pub(super) fn only_change(plan: &Plan) -> &Change {
    assert_eq!(plan.lines().len(), 1, "{}", plan.to_text());
    plan.lines()[0].change().unwrap_or_else(|| panic!("no change: {}", plan.to_text()))
}

/// The only park reason of a plan.
pub(super) fn only_park(plan: &Plan) -> ParkReason {
    match plan.lines() {
        [Line { verdict: Verdict::Park { reason, .. }, .. }] => *reason,
        other => panic!("not parked: {other:?}"),
    }
}
