use super::{
    Basis, CatalogueOffer, Link, LinkBook, Method, Organisation, Policy, PricePer, PriceRule, PriceRules,
    Priced, Quote, QuoteError, Quoted, Quoting, Scope, Settings, SupplierPrices, at, parsed, priced,
};
use crate::money::{Money, RoundingMode};
use crate::plan::Verdict;
use crate::planner::Planner;
use crate::subscription::{BillingCycle, ObservedSubscription, OfferKey, SupplierStatus};
use proptest::prelude::*;
use rust_decimal::Decimal;

const OFFER: &str = "CFQ7TTC0LH16:0001/P1Y/monthly";

struct House {
    organisation: Organisation,
    settings: Settings,
    links: Vec<Link>,
}

impl House {
    fn new(offer: &OfferKey, method: Method, decimals: Option<u32>) -> Self {
        let organisation = Organisation {
            id: parsed("nordic"),
            supplier: parsed("crayon"),
            supplier_organisation: "1001".into(),
            billing: parsed("hostbill"),
            currency: parsed("EUR"),
            price_per: PricePer::Cycle,
            policy: Policy::default(),
        };
        let rule = PriceRule {
            id: parsed("standard"),
            scope: Scope::default(),
            valid_from: None,
            valid_until: None,
            method,
            rounding: RoundingMode::HalfUp,
            decimals,
        };
        let settings = Settings {
            organisations: vec![organisation.clone()],
            price_rules: PriceRules::new(vec![rule]),
            ..Settings::default()
        };
        let links = vec![
            Link::Tenant { customer: parsed("cus_0"), system: parsed("crayon"), tenant: parsed("5312") },
            Link::Client {
                customer: parsed("cus_0"),
                system: parsed("hostbill"),
                client: parsed("900"),
                currency: parsed("EUR"),
            },
            Link::Offer { offer: parsed("ofr_0"), system: parsed("crayon"), key: offer.clone() },
            Link::Product { offer: parsed("ofr_0"), system: parsed("hostbill"), product: parsed("33") },
        ];
        Self { organisation, settings, links }
    }

    fn quote(
        &self,
        offer: &CatalogueOffer,
        quantity: u32,
        held: Option<&Priced>,
    ) -> Result<Quoted, QuoteError> {
        let links = LinkBook::new(&self.links, &self.organisation.supplier, &self.organisation.billing);
        let (organisation, settings) = (&self.organisation, &self.settings);
        let quoting =
            Quoting { organisation, settings, links: &links, today: parsed("2026-03-02"), now: at(0) };
        quoting.quote(&parsed("5312"), offer, quantity, held)
    }

    /// What the planner charges for the subscription that the order becomes.
    fn planned(&self, offer: &CatalogueOffer, quantity: u32) -> Option<Money> {
        let links = LinkBook::new(&self.links, &self.organisation.supplier, &self.organisation.billing);
        let today = parsed("2026-03-02");
        let planner = Planner::new(&self.organisation, &self.settings, &links, today);
        let seen = ObservedSubscription {
            id: parsed("120045"),
            name: offer.name.clone(),
            tenant: parsed("5312"),
            publisher: offer.publisher.clone(),
            offer: offer.key.clone(),
            quantity,
            status: SupplierStatus::Active,
            prices: offer.prices,
            term_start: Some(today),
            term_end: None,
        };
        let line = planner.plan_seen(&seen, None)?;
        if let Verdict::Change(change) = line.verdict { Some(change.to.amount) } else { None }
    }
}

fn offered(key: &str, price: Money) -> CatalogueOffer {
    CatalogueOffer {
        key: parsed(key),
        name: "Exchange Online (Plan 1)".into(),
        publisher: Some("Microsoft".into()),
        prices: SupplierPrices { resale: Some(price), cost: Some(price), list: None },
        minimum: 1,
        maximum: Some(300),
    }
}

fn usual() -> (House, CatalogueOffer) {
    let offer = offered(OFFER, parsed("3.28 EUR"));
    (House::new(&offer.key, Method::Markup { percent: Decimal::TEN, basis: Basis::Cost }, None), offer)
}

#[test]
fn a_quote_says_what_is_charged_each_cycle_and_what_is_kept() {
    let (house, offer) = usual();
    let Quoted { customer, offer: id, quote } = house.quote(&offer, 12, None).unwrap();
    assert_eq!((customer.as_str(), id.as_str()), ("cus_0", "ofr_0"));
    assert_eq!((quote.unit.unit, quote.total), (parsed("3.61 EUR"), parsed("43.32 EUR")));
    assert_eq!((quote.cost, quote.margin()), (Some(parsed("39.36 EUR")), Some(parsed("3.96 EUR"))));
    assert_eq!((quote.client.as_str(), quote.product.as_str()), ("900", "33"));
}

#[test]
fn a_price_that_is_held_stays_unless_the_client_is_charged_in_another_currency() {
    let (house, offer) = usual();
    let held = house.quote(&offer, 12, Some(&priced("3.00 EUR", None))).unwrap().quote;
    assert_eq!((held.total, held.margin()), (parsed("36.00 EUR"), None));
    let other = house.quote(&offer, 12, Some(&priced("3.00 SEK", None))).unwrap().quote;
    assert_eq!(other.total, parsed("43.32 EUR"));
}

#[test]
fn a_unit_price_finer_than_the_currency_comes_to_a_total_that_can_be_charged() {
    let quote = Quote::new(priced("0.3335 EUR", None), 3, parsed("900"), parsed("33"), at(0)).unwrap();
    assert_eq!(quote.total.plain(), "1.00");
    let yen = Quote::new(priced("33.35 JPY", None), 1, parsed("900"), parsed("33"), at(0)).unwrap();
    assert_eq!(yen.total.plain(), "33");
}

#[test]
fn whatever_is_missing_is_named() {
    let (mut house, offer) = usual();
    for quantity in [0, 301] {
        assert!(
            matches!(house.quote(&offer, quantity, None), Err(QuoteError::Quantity { .. })),
            "{quantity}"
        );
    }
    let mut odd = offer.clone();
    odd.key.cycle = BillingCycle::Other("fortnightly".into());
    house.links.push(Link::Offer { offer: parsed("ofr_0"), system: parsed("crayon"), key: odd.key.clone() });
    assert_eq!(house.quote(&odd, 1, None), Err(QuoteError::Cycle("fortnightly".into())));
    let mut unpriced = offer.clone();
    unpriced.prices = SupplierPrices::default();
    assert!(matches!(house.quote(&unpriced, 1, None), Err(QuoteError::Price(_))));
    let whole = house.links.clone();
    let second = parsed("34");
    house.links.push(Link::Product { offer: parsed("ofr_0"), system: parsed("hostbill"), product: second });
    assert_eq!(house.quote(&offer, 1, None), Err(QuoteError::Offer("several")));
    house.links = whole.iter().filter(|link| !matches!(link, Link::Product { .. })).cloned().collect();
    assert_eq!(house.quote(&offer, 1, None), Err(QuoteError::Offer("no")));
    house.links = whole.iter().filter(|link| !matches!(link, Link::Client { .. })).cloned().collect();
    assert_eq!(house.quote(&offer, 1, None), Err(QuoteError::Customer("no")));
}

proptest! {
    /// The number that is approved is the number that is billed: else no order would be billed by itself.
    #[test]
    fn a_quote_is_what_the_planner_charges(
        cents in 0_i64..100_000_000,
        quantity in 1_u32..=300,
        percent in -50_i64..300,
        decimals in prop::option::of(0_u32..=6),
        key in prop::sample::select(vec![OFFER, "CFQ7TTC0LH16:0001/P1Y/annual", "CFQ7TTC0LH16:0001/P3Y/three-years"]),
    ) {
        let offer = offered(key, Money::new(Decimal::new(cents, 4), parsed("EUR")));
        let method = Method::Markup { percent: Decimal::new(percent, 0), basis: Basis::Cost };
        let house = House::new(&offer.key, method, decimals);
        let total = house.quote(&offer, quantity, None).unwrap().quote.total;
        prop_assert_eq!(house.planned(&offer, quantity), Some(total));
        prop_assert!(total.amount.scale() <= 2);
    }
}
