use super::*;

#[test]
fn every_supplier_state_has_one_meaning_in_billing() {
    let rows = [
        (SupplierStatus::Active, StatusRule::Is(ServiceStatus::Active)),
        (SupplierStatus::Suspended, StatusRule::Is(ServiceStatus::Suspended)),
        (SupplierStatus::Pending, StatusRule::Waits),
        (SupplierStatus::Cancelled, StatusRule::Ends),
        (SupplierStatus::Expired, StatusRule::Ends),
        (SupplierStatus::Deleted, StatusRule::Ends),
        (SupplierStatus::Converted, StatusRule::Ends),
        (SupplierStatus::Unknown("512".into()), StatusRule::Parked),
    ];
    for (status, expected) in rows {
        assert_eq!(rule_for(&status), expected, "{}", status.as_str());
    }
}

#[test]
fn an_ended_subscription_is_terminated_only_when_its_grace_is_over() {
    let policy = GracePolicy { days: 30, suspend: true };
    let ended = "2026-01-10".parse().unwrap();
    let on = |day: &str, before| policy.state_on(day.parse().unwrap(), ended, before);
    assert_eq!(on("2026-01-10", ServiceStatus::Active), ServiceStatus::Suspended);
    assert_eq!(on("2026-02-08", ServiceStatus::Suspended), ServiceStatus::Suspended);
    assert_eq!(on("2026-02-09", ServiceStatus::Suspended), ServiceStatus::Terminated);
    assert_eq!(on("2026-01-11", ServiceStatus::Terminated), ServiceStatus::Terminated);
}

#[test]
fn a_policy_may_leave_the_service_running_during_grace_or_end_it_at_once() {
    let ended = "2026-01-10".parse().unwrap();
    let keep = GracePolicy { days: 5, suspend: false };
    assert_eq!(keep.state_on(ended, ended, ServiceStatus::Active), ServiceStatus::Active);
    let none = GracePolicy { days: 0, suspend: true };
    assert_eq!(none.state_on(ended, ended, ServiceStatus::Active), ServiceStatus::Terminated);
}
