//! As many subscriptions as wanted, all active, all linked: for benchmarks.

use rust_decimal::Decimal;

use super::names::OFFERS;
use super::{CustomerLink, Estate, EstateLink, FoundBy, OfferLink, Truth};
use crate::crayon::{self, Cycle, Term};
use crate::hostbill::{self, Matching};

/// One organisation, `customers` tenants with their clients, `subscriptions` active yearly subscriptions
/// billed monthly, spread evenly. `HostBill` compares filters exactly and honours `perpage`, so that a
/// million accounts stay quick.
pub fn synthetic(subscriptions: usize, customers: usize) -> Estate {
    let mut crayon = crayon::Model::empty();
    let mut hostbill = hostbill::Model::empty();
    hostbill.settings.matching = Matching::Exact;
    hostbill.settings.honour_perpage = true;
    hostbill.settings.perpage = 100;
    let organisation = crayon.add_organisation("Bench [T2/EUR]", "EUR");
    let mut links = Vec::new();
    let mut products = Vec::new();
    for (part_number, name, purchase, retail) in OFFERS {
        let product =
            crayon.add_product(part_number, name, Decimal::new(purchase, 2), Decimal::new(retail, 2));
        let known = hostbill.add_product(&format!("{name}, 1 year"), &[("m", Decimal::new(retail, 2))]);
        products.push(product);
        links.push(EstateLink::Offer(OfferLink {
            part_number: part_number.to_owned(),
            term: Some(Term::Year),
            cycle: Cycle::Monthly,
            product: Truth::Is(known),
            cycle_code: "m".to_owned(),
        }));
    }
    let mut tenants = Vec::with_capacity(customers);
    for at in 0..customers.max(1) {
        let name = format!("Bench customer {at:06}");
        let tenant = crayon.add_tenant(organisation, &name, &format!("bench{at:06}"));
        let client = hostbill.add_client(&format!("office@bench{at:06}.example"), &name);
        let guid = crayon.tenants.get(&tenant).map(|row| row.guid.clone()).unwrap_or_default();
        if let Some(client) = hostbill.clients.get_mut(&client) {
            client.fields.insert("crayontenant".to_owned(), guid.clone());
        }
        tenants.push(tenant);
        links.push(EstateLink::Customer(CustomerLink {
            organisation,
            tenant,
            tenant_guid: guid,
            tenant_name: name,
            client: Truth::Is(client),
            found_by: FoundBy::ClientField,
        }));
    }
    crayon.subscriptions.reserve(subscriptions);
    let today = crayon.clock.now().midnight();
    for (at, day) in (0..subscriptions).zip((1_i64..300).cycle()) {
        let (tenant, product) = (tenants[at % tenants.len()], products[at % products.len()]);
        let quantity = u32::try_from(at % 50).unwrap_or(0) + 1;
        let start = today.plus_days(-day);
        crayon.place_subscription(tenant, product, quantity, (Some(Term::Year), Cycle::Monthly), start);
    }
    Estate { crayon, hostbill, links, notes: Vec::new() }
}
