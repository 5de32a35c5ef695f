//! The promises of `CatalogueSource`, kept by the connector against the simulated price list.

use crate::shop::{PART, shop, shop_with};
use crate::world::World;
use connector_crayon::{PriceList, TermFrom};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::money::Money;
use domain::order::CatalogueOffer;
use domain::ports::{CatalogueSource, SubscriptionSource};
use domain::settings::PricePer;
use domain::subscription::{ObservedSubscription, SupplierPrices};
use simulators::crayon::{Profile, Term};
use simulators::{Decimal, Fault, ListFault};

const PRICES: &str = "GET /agreementproducts";

async fn offer(world: &World, terms: &str) -> Result<Option<CatalogueOffer>, Failure> {
    let key = format!("{PART}/{terms}").parse().unwrap();
    world.crayon.find_offer(&world.organisation, &key, Deadline::never()).await
}

fn euros(text: &str) -> Money {
    Money::new(text.parse().unwrap(), "EUR".parse().unwrap())
}

#[tokio::test]
async fn a_search_finds_every_term_and_cycle_that_can_be_ordered() {
    for profile in [Profile::Documented, Profile::OpenApi] {
        let world = shop_with(|model| model.profile = profile, |_| ()).await;
        let expected =
            ["P1M/monthly", "P1Y/monthly", "P1Y/annual", "P3Y/monthly", "P3Y/annual", "P3Y/three-years"]
                .map(|terms| format!("{PART}/{terms}"));
        assert_eq!(world.search("exchange").await.unwrap(), expected);
        assert_eq!(world.search(" plan EXCHANGE ").await.unwrap(), [""; 0], "words as Cloud-iQ has them");
        assert_eq!(world.search(PART).await.unwrap(), expected);
        assert_eq!(world.search("Business").await.unwrap().len(), 6);
        assert_eq!(world.search("").await.unwrap().len(), 12);
        assert_eq!(world.search("no such thing").await.unwrap(), [""; 0]);
    }
}

#[tokio::test]
async fn a_search_gives_no_more_than_was_asked_for() {
    let world = shop().await;
    let found = world.crayon.search(&world.organisation, "", 4, Deadline::never()).await.unwrap();
    assert_eq!(found.len(), 4);
}

#[tokio::test]
async fn a_price_list_of_many_pages_is_read_on() {
    let world = shop_with(
        |model| {
            model.paging.cap = Some(3);
            for at in 0..12 {
                model.add_product(&format!("CFQ7TTC0AAAA:{at:04}"), "Teams", Decimal::ONE, Decimal::TWO);
            }
        },
        |_| (),
    )
    .await;
    let found = world.crayon.search(&world.organisation, "teams", 72, Deadline::never()).await.unwrap();
    // Ten pages of three lines; a line is six offers, less those that are longer than their term.
    assert_eq!(found.len(), 60);
    assert!(offer(&world, "P3Y/three-years").await.unwrap().is_some());
}

#[tokio::test]
async fn an_offer_says_what_a_cycle_costs_and_how_many_may_be_bought() {
    let world =
        shop_with(|model| model.products.values_mut().for_each(|known| known.minimum = 2), |_| ()).await;
    let found = offer(&world, "P1Y/annual").await.unwrap().unwrap();
    assert_eq!(found.key.to_string(), format!("{PART}/P1Y/annual"));
    assert_eq!(found.name, "Exchange Online (Plan 1)");
    assert_eq!(found.publisher.as_deref(), Some("Microsoft"));
    assert_eq!((found.minimum, found.maximum), (2, Some(300)));
    let prices = SupplierPrices {
        resale: Some(euros("39.36")),
        cost: Some(euros("39.36")),
        list: Some(euros("48.00")),
    };
    assert_eq!(found.prices, prices);
    world.cloud.with(|model| model.products.values_mut().for_each(|known| known.maximum = None));
    assert_eq!(offer(&world, "P1Y/annual").await.unwrap().unwrap().maximum, None);
}

#[tokio::test]
async fn an_offer_that_cannot_be_bought_is_none() {
    let world = shop().await;
    world.cloud.with(|model| model.products.values_mut().for_each(|known| known.terms = vec![Term::Year]));
    for terms in ["P1M/monthly", "P3Y/annual", "P1Y/three-years", "P1Y/quarterly", "none/monthly"] {
        assert_eq!(offer(&world, terms).await, Ok(None), "{terms}");
    }
    let other = "CFQ7TTC0XXXX:0001/P1Y/monthly".parse().unwrap();
    let found = world.crayon.find_offer(&world.organisation, &other, Deadline::never()).await;
    assert_eq!(found, Ok(None));
    let mut elsewhere = world.organisation.clone();
    elsewhere.supplier_organisation = "17".to_owned();
    let key = format!("{PART}/P1Y/monthly").parse().unwrap();
    assert_eq!(world.crayon.find_offer(&elsewhere, &key, Deadline::never()).await, Ok(None));
}

/// What a subscription's stated prices come to in one cycle, as the planner has it.
fn of_cycle(bought: &ObservedSubscription, per: PricePer) -> SupplierPrices {
    let months = match per {
        PricePer::Cycle => 1,
        PricePer::Month => bought.offer.cycle.months().unwrap(),
    };
    let times = |price: Option<Money>| price.map(|price| price.times(months).unwrap());
    let SupplierPrices { resale, cost, list } = bought.prices;
    SupplierPrices { resale: times(resale), cost: times(cost), list: times(list) }
}

#[tokio::test]
async fn what_an_offer_costs_is_what_its_subscription_is_charged() {
    for per in [PricePer::Cycle, PricePer::Month] {
        for terms in
            ["P1M/monthly", "P1Y/monthly", "P1Y/annual", "P3Y/monthly", "P3Y/annual", "P3Y/three-years"]
        {
            let mut world =
                shop_with(|model| model.choices.prices_per_month = per == PricePer::Month, |_| ()).await;
            world.organisation.price_per = per;
            let quoted = offer(&world, terms).await.unwrap().unwrap();
            let purchased = world.buy(&world.purchase(terms, 7)).await.unwrap();
            let id = world.delivered(&purchased).await.remove(0);
            let bought = world.crayon.find_details(&world.organisation, &id, Deadline::never()).await;
            let bought = bought.unwrap().unwrap();
            assert_eq!(bought.offer, quoted.key);
            assert_eq!(of_cycle(&bought, per), quoted.prices, "{terms}, {per:?}");
        }
    }
}

#[tokio::test]
async fn a_price_list_of_cycles_is_read_as_such_where_that_is_configured() {
    let per_cycle = PriceList { per: PricePer::Cycle, ..PriceList::default() };
    let world = shop_with(|_| (), |config| config.price_list = per_cycle).await;
    let found = offer(&world, "P1Y/annual").await.unwrap().unwrap();
    assert_eq!(found.prices.resale, Some(euros("3.28")));
}

#[tokio::test]
async fn a_term_that_stands_elsewhere_is_read_there_or_not_at_all() {
    let term = TermFrom::Attribute("TermDuration".into());
    let elsewhere = PriceList { term, ..PriceList::default() };
    let world = shop_with(|_| (), |config| config.price_list = elsewhere).await;
    assert_eq!(world.search("exchange").await.unwrap(), [""; 0]);
    assert_eq!(offer(&world, "P1Y/monthly").await, Ok(None));
}

#[tokio::test]
async fn an_offer_with_two_prices_has_none_until_somebody_says_which() {
    let world = shop().await;
    let other = world.cloud.with(|model| {
        // A second agreement of the same kind, in another currency.
        let mut agreement = model.agreements.values().find(|known| known.kind == 13).unwrap().clone();
        agreement.id += 1_000;
        agreement.currency = "NOK".to_owned();
        for product in model.products.values_mut() {
            product.purchase.insert("NOK".to_owned(), Decimal::new(3_700, 2));
            product.retail.insert("NOK".to_owned(), Decimal::new(4_500, 2));
        }
        let id = agreement.id;
        model.agreements.insert(id, agreement);
        id
    });
    let found = offer(&world, "P1Y/monthly").await.unwrap().unwrap();
    assert_eq!(found.prices.resale, Some(euros("3.28")), "the organisation's own currency counts");
    let mut abroad = world.organisation.clone();
    abroad.currency = "NOK".parse().unwrap();
    let key = format!("{PART}/P1Y/monthly").parse().unwrap();
    let found = world.crayon.find_offer(&abroad, &key, Deadline::never()).await.unwrap().unwrap();
    assert_eq!(found.prices.resale.unwrap().to_string(), "37.00 NOK");
    abroad.currency = "SEK".parse().unwrap();
    let failure = world.crayon.find_offer(&abroad, &key, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.contains("several prices"), "{failure}");
    world.cloud.with(|model| model.agreements.get_mut(&other).unwrap().currency = "EUR".to_owned());
    assert!(offer(&world, "P1Y/monthly").await.unwrap().is_some(), "the same price twice is one price");
}

#[tokio::test]
async fn an_odd_price_list_is_no_price_list() {
    for fault in [Fault::Html, Fault::Truncated, Fault::Null, Fault::Empty] {
        let world = shop().await;
        world.cloud.with(|model| model.faults.add(fault.clone().on(PRICES).always()));
        assert_eq!(offer(&world, "P1Y/monthly").await.unwrap_err().kind, FailureKind::Malformed, "{fault:?}");
        assert_eq!(world.search("exchange").await.unwrap_err().kind, FailureKind::Malformed, "{fault:?}");
    }
}

#[tokio::test]
async fn a_price_list_that_never_ends_is_given_up() {
    let world = shop().await;
    let endless = [Fault::List(ListFault::TotalHits(10_000)), Fault::List(ListFault::IgnorePage)];
    world
        .cloud
        .with(|model| endless.into_iter().for_each(|fault| model.faults.add(fault.on(PRICES).always())));
    let failure = offer(&world, "P1Y/monthly").await.unwrap_err();
    assert_eq!((failure.kind, world.count(PRICES)), (FailureKind::Malformed, 10));
}
