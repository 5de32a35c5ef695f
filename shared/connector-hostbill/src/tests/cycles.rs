use crate::cycles::{code, from_name, recurring};
use domain::subscription::BillingCycle;

#[test]
fn a_cycle_goes_in_as_a_code_and_comes_out_as_a_name() {
    let table = [
        (BillingCycle::Monthly, "m", "Monthly"),
        (BillingCycle::Quarterly, "q", "Quarterly"),
        (BillingCycle::SemiAnnual, "s", "Semi-Annually"),
        (BillingCycle::Annual, "a", "Annually"),
        (BillingCycle::TwoYears, "b", "Biennially"),
        (BillingCycle::ThreeYears, "t", "Triennially"),
        (BillingCycle::OneTime, "Once", "One Time"),
    ];
    for (cycle, sent, named) in table {
        assert_eq!(code(&cycle), Some(sent));
        assert_eq!(from_name(named), cycle);
        assert_eq!(from_name(&named.to_uppercase()), cycle);
    }
    assert_eq!(recurring().count(), 6);
}

#[test]
fn a_cycle_that_hostbill_does_not_have_has_no_code() {
    assert_eq!(code(&BillingCycle::Other("five-years".into())), None);
}

#[test]
fn a_cycle_we_have_no_rule_for_is_carried() {
    for name in ["Free", "Daily", "Hourly", "Whenever"] {
        assert_eq!(from_name(name), BillingCycle::Other(name.into()));
    }
}
