//! The estates that the stories are about.

use e2e::OrganisationSetup;
use simulators::Decimal;
use simulators::crayon::{self, Cycle, Term};
use simulators::estate::{self, CustomerLink, Estate, EstateLink, FoundBy, OfferLink, Truth};
use simulators::hostbill;

const NOK: u32 = 2;
const PART_NUMBER: &str = "CFQ7TTC0LH16:0001";

/// The organisation of the sample events.
pub(crate) const NORDIC: &str = "nordic";

/// One organisation, `nordic`, everything active and linked.
pub(crate) fn nordic(
    subscriptions: usize,
    customers: usize,
    max_changes: u32,
) -> (Estate, Vec<OrganisationSetup>) {
    let estate = estate::synthetic(subscriptions, customers);
    let number = *estate.crayon.organisations.keys().next().unwrap();
    (estate, vec![setup(NORDIC, number, "EUR", max_changes)])
}

/// `nordic` in euro with three subscriptions and `norge` in kroner with two, on one HostBill.
pub(crate) fn two_organisations() -> (Estate, Vec<OrganisationSetup>) {
    let (mut crayon, mut hostbill) = (crayon::Model::empty(), hostbill::Model::empty());
    hostbill.add_currency(NOK, "NOK", Decimal::new(115, 1));
    let numbers =
        [crayon.add_organisation("Reseller [EUR]", "EUR"), crayon.add_organisation("Reseller [NOK]", "NOK")];
    crayon.add_product(PART_NUMBER, "Exchange Online (Plan 1)", Decimal::new(328, 2), Decimal::new(400, 2));
    let product = hostbill.add_product("Exchange Online, 1 year", &[("m", Decimal::new(400, 2))]);
    let mut links = vec![EstateLink::Offer(OfferLink {
        part_number: PART_NUMBER.to_owned(),
        term: Some(Term::Year),
        cycle: Cycle::Monthly,
        product: Truth::Is(product),
        cycle_code: "m".to_owned(),
    })];
    for (organisation, slug, currency, seats) in
        [(numbers[0], "fjordkaffe", 0, [25, 10, 5].as_slice()), (numbers[1], "nordlys", NOK, &[12, 7])]
    {
        let tenant = crayon.add_tenant(organisation, slug, slug);
        let client = hostbill.add_client(&format!("office@{slug}.example"), slug);
        hostbill.clients.get_mut(&client).unwrap().currency_id = currency;
        for quantity in seats {
            crayon.add_subscription(tenant, PART_NUMBER, *quantity, Some(Term::Year), Cycle::Monthly);
        }
        links.push(EstateLink::Customer(CustomerLink {
            organisation,
            tenant,
            tenant_guid: String::new(),
            tenant_name: slug.to_owned(),
            client: Truth::Is(client),
            found_by: FoundBy::Nothing,
        }));
    }
    let setups = vec![setup(NORDIC, numbers[0], "EUR", 100), setup("norge", numbers[1], "NOK", 100)];
    (Estate { crayon, hostbill, links, notes: Vec::new() }, setups)
}

fn setup(id: &str, number: u32, currency: &str, max_changes: u32) -> OrganisationSetup {
    OrganisationSetup { id: id.to_owned(), number: number.into(), currency: currency.to_owned(), max_changes }
}
