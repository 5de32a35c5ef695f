use super::*;

fn system(text: &str) -> SystemId {
    text.parse().unwrap()
}

fn tenant(customer: &str, tenant: &str) -> Link {
    Link::Tenant {
        customer: customer.parse().unwrap(),
        system: system("crayon"),
        tenant: tenant.parse().unwrap(),
    }
}

fn client(customer: &str, client: &str, billing: &str) -> Link {
    Link::Client {
        customer: customer.parse().unwrap(),
        system: system(billing),
        client: client.parse().unwrap(),
        currency: "EUR".parse().unwrap(),
    }
}

fn found<'a>(book: &'a LinkBook, id: &str) -> Resolved<'a, ClientLink> {
    book.client(&id.parse().unwrap())
}

#[test]
fn a_tenant_reaches_its_client_through_our_customer() {
    let links = [tenant("cus_a", "5312"), client("cus_a", "12", "hostbill")];
    let book = LinkBook::new(&links, &system("crayon"), &system("hostbill"));
    assert!(matches!(found(&book, "5312"), Resolved::One(link) if link.client.as_str() == "12"));
    assert_eq!(found(&book, "9999"), Resolved::Missing);
}

#[test]
fn a_customer_with_two_clients_is_ambiguous_and_never_guessed() {
    let links =
        [tenant("cus_a", "5312"), client("cus_a", "12", "hostbill"), client("cus_a", "13", "hostbill")];
    let book = LinkBook::new(&links, &system("crayon"), &system("hostbill"));
    assert_eq!(found(&book, "5312"), Resolved::Ambiguous);
}

#[test]
fn a_tenant_claimed_by_two_customers_is_ambiguous() {
    let links = [
        tenant("cus_a", "5312"),
        tenant("cus_b", "5312"),
        client("cus_a", "12", "hostbill"),
        client("cus_b", "13", "hostbill"),
    ];
    let book = LinkBook::new(&links, &system("crayon"), &system("hostbill"));
    assert_eq!(found(&book, "5312"), Resolved::Ambiguous);
}

#[test]
fn a_client_on_another_billing_host_does_not_count() {
    let links = [tenant("cus_a", "5312"), client("cus_a", "12", "hostbill-eu")];
    let book = LinkBook::new(&links, &system("crayon"), &system("hostbill"));
    assert_eq!(found(&book, "5312"), Resolved::Missing);
}

#[test]
fn the_same_link_written_twice_is_one_link() {
    let links = [tenant("cus_a", "5312"), tenant("cus_a", "5312"), client("cus_a", "12", "hostbill")];
    let book = LinkBook::new(&links, &system("crayon"), &system("hostbill"));
    assert!(matches!(found(&book, "5312"), Resolved::One(_)));
}
