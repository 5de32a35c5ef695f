use super::*;

#[test]
fn a_reference_names_organisation_and_subscription() {
    let reference = ServiceReference::new(&"nordic".parse().unwrap(), &"120045".parse().unwrap(), 1);
    assert_eq!(reference.as_str(), "bb-nordic-120045");
}

#[test]
fn very_long_ids_keep_distinct_references_within_the_field() {
    let long = |tail: char| -> SubscriptionId { format!("{}{tail}", "9".repeat(199)).parse().unwrap() };
    let organisation: OrganisationId = "nordic".parse().unwrap();
    let (a, b) = (
        ServiceReference::new(&organisation, &long('1'), 1),
        ServiceReference::new(&organisation, &long('2'), 1),
    );
    assert_ne!(a, b);
    assert!(a.as_str().len() <= 120 && a.as_str().starts_with("bb-nordic-999"));
}

#[test]
fn a_second_service_of_one_subscription_has_a_reference_of_its_own() {
    let organisation: OrganisationId = "nordic".parse().unwrap();
    let subscription: SubscriptionId = "7".parse().unwrap();
    assert_eq!(ServiceReference::new(&organisation, &subscription, 2).as_str(), "bb-nordic-7.g2");
}

#[test]
fn a_state_has_one_text_form() {
    for text in
        ["c500 33 monthly 10 4.00 40.00 EUR active", "c500 33 annual 1 980 980 JPY suspended 2027-01-01"]
    {
        let state: ServiceState = text.parse().unwrap();
        assert_eq!(state.to_string(), text);
    }
    assert!("c500 33 monthly".parse::<ServiceState>().is_err());
}
