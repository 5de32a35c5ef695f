use super::{Confidence, clients_of, products_of, same_registration};
use connections::ClientFields;
use domain::id::ProductId;
use domain::ports::{BillingClient, BillingProduct, Tenant};
use domain::subscription::{BillingCycle, OfferKey};

fn tenant(id: &str, name: &str) -> Tenant {
    Tenant {
        id: id.parse().unwrap(),
        name: name.into(),
        publisher_id: None,
        domain: None,
        registration: None,
        reference: None,
        email: None,
    }
}

fn client(id: &str, name: &str) -> BillingClient {
    BillingClient {
        id: id.parse().unwrap(),
        name: name.into(),
        email_domain: None,
        currency: None,
        fields: Vec::new(),
    }
}

fn ids(found: &[(&BillingProduct, String)]) -> Vec<ProductId> {
    found.iter().map(|(product, _)| product.id.clone()).collect()
}

fn judged(tenants: &[Tenant], clients: &[BillingClient]) -> Vec<(Confidence, Vec<String>)> {
    let fields = ClientFields { tenant: "crayontenant".into(), registration: "companyregno".into() };
    let found = clients_of(tenants, clients, &fields);
    let ids = |found: Vec<(&BillingClient, String)>| found.iter().map(|(c, _)| c.id.to_string()).collect();
    found.into_iter().map(|(confidence, found)| (confidence, ids(found))).collect()
}

#[test]
fn an_equal_name_proves_nothing() {
    let found =
        judged(&[tenant("1", "Fjord Kaffe")], &[client("7", "Fjord Kaffe"), client("8", "Fjord Kaffe AB")]);
    assert_eq!(found, [(Confidence::None, vec![])]);
}

#[test]
fn the_tenant_field_leads_by_the_publishers_id_or_our_suppliers() {
    let by = |value: &str| {
        let one = Tenant { publisher_id: Some("0A1B-guid".into()), ..tenant("5312", "A") };
        let mut other = client("7", "B");
        other.fields.push(("crayontenant".into(), value.into()));
        judged(&[one], &[other]).remove(0).0
    };
    assert_eq!(by("0a1b-GUID"), Confidence::Unique);
    assert_eq!(by("5312"), Confidence::Unique);
    assert_eq!(by("53120"), Confidence::None);
    assert_eq!(by(""), Confidence::None);
}

#[test]
fn an_e_mail_domain_must_be_one_sides_and_the_others_alone() {
    let mail = |id: &str, address: &str| Tenant { email: Some(address.into()), ..tenant(id, "A") };
    let with =
        |id: &str, domain: &str| BillingClient { email_domain: Some(domain.into()), ..client(id, "B") };
    let one = judged(&[mail("1", "ada@Fjord.example")], &[with("7", "fjord.example")]);
    assert_eq!(one, [(Confidence::Unique, vec!["7".into()])]);
    let two_clients =
        judged(&[mail("1", "ada@fjord.example")], &[with("7", "fjord.example"), with("8", "fjord.example")]);
    assert_eq!(two_clients, [(Confidence::Ambiguous, vec!["7".into(), "8".into()])]);
    let two_tenants =
        judged(&[mail("1", "a@fjord.example"), mail("2", "b@fjord.example")], &[with("7", "fjord.example")]);
    assert!(two_tenants.iter().all(|(confidence, _)| *confidence == Confidence::Ambiguous));
    let public = judged(&[mail("1", "ada@gmail.com")], &[with("7", "gmail.com")]);
    assert_eq!(public, [(Confidence::None, vec![])]);
    let contained = judged(&[mail("1", "ada@fjord.example")], &[with("7", "nordfjord.example")]);
    assert_eq!(contained, [(Confidence::None, vec![])]);
}

#[test]
fn evidence_that_contradicts_itself_is_ambiguous() {
    let mut by_field = client("7", "B");
    by_field.fields.push(("crayontenant".into(), "1".into()));
    let by_mail = BillingClient { email_domain: Some("fjord.example".into()), ..client("8", "C") };
    let one = Tenant { email: Some("ada@fjord.example".into()), ..tenant("1", "A") };
    assert_eq!(judged(&[one], &[by_field, by_mail])[0].0, Confidence::Ambiguous);
}

#[test]
fn a_registration_number_counts_without_its_dress() {
    for (a, b, same) in [
        ("556000-0000", "5560000000", true),
        ("NO 912 345 678", "912345678", true),
        ("DE123456789", "DE 123 456 789", true),
        ("912345678", "912345679", false),
        ("NO912345678", "SE912345678", false),
        ("1234", "1234", false),
        ("", "", false),
        ("912345678MVA", "912345678", false),
    ] {
        assert_eq!(same_registration(a, b), same, "{a:?} and {b:?}");
    }
}

#[test]
fn a_product_is_found_by_its_code_and_cycle_the_most_exact_first() {
    let product = |id: &str, code: &str, cycles: &[BillingCycle]| BillingProduct {
        id: id.parse().unwrap(),
        name: "Exchange Online (Plan 1)".into(),
        code: (!code.is_empty()).then(|| code.into()),
        cycles: cycles.to_vec(),
    };
    let offer: OfferKey = "CFQ7TTC0LH16:0001/P1Y/monthly".parse().unwrap();
    let monthly = [BillingCycle::Monthly];
    let exact = product("1", "CFQ7TTC0LH16:0001/P1Y/monthly", &monthly);
    let term = product("2", "CFQ7TTC0LH16:0001/P1Y", &monthly);
    let bare = product("3", "CFQ7TTC0LH16:0001", &monthly);
    let named = product("4", "", &monthly);
    let yearly = product("5", "CFQ7TTC0LH16:0001", &[BillingCycle::Annual]);
    let all = [exact.clone(), term.clone(), bare.clone(), named.clone(), yearly.clone()];
    let (confidence, found) = products_of(&offer, &all);
    assert_eq!((confidence, ids(&found)), (Confidence::Unique, vec![exact.id]));
    let some = [term.clone(), bare.clone(), named.clone()];
    let (confidence, found) = products_of(&offer, &some);
    assert_eq!((confidence, ids(&found)), (Confidence::Unique, vec![term.id]));
    let twice = [bare.clone(), product("6", "CFQ7TTC0LH16:0001", &monthly)];
    assert_eq!(products_of(&offer, &twice).0, Confidence::Ambiguous);
    let none = [named, yearly];
    assert_eq!(products_of(&offer, &none).0, Confidence::None);
}
