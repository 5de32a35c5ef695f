use super::*;

#[test]
fn an_id_with_a_foreign_prefix_is_refused_with_the_expected_form() {
    let error = "ofr_12".parse::<CustomerId>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "customer id \"ofr_12\" is not valid: cus_ followed by letters, digits, '-' or '_'"
    );
}

#[test]
fn empty_spaced_and_overlong_ids_are_refused() {
    assert!("".parse::<SubscriptionId>().is_err());
    assert!("12 45".parse::<SubscriptionId>().is_err());
    assert!("9".repeat(201).parse::<SubscriptionId>().is_err());
    assert!("12045".parse::<SubscriptionId>().is_ok());
}

#[test]
fn linking_the_same_tenant_twice_names_the_same_customer() {
    let system: SystemId = "crayon".parse().unwrap();
    let tenant: TenantId = "5312".parse().unwrap();
    assert_eq!(CustomerId::derived(&system, &tenant), CustomerId::derived(&system, &tenant));
    assert!(CustomerId::derived(&system, &tenant).as_str().parse::<CustomerId>().is_ok());
}

#[test]
fn run_ids_sort_by_their_start() {
    let early = RunId::new("2026-01-01T00:00:00Z".parse().unwrap(), 0xff_ffff);
    let late = RunId::new("2026-01-01T00:00:01Z".parse().unwrap(), 0);
    assert!(early < late);
    assert_eq!(early.as_str().parse::<RunId>().unwrap(), early);
}
