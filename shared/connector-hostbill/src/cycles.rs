//! Billing cycles: HostBill takes a code and answers with a name.

use domain::subscription::BillingCycle;

/// Our cycle, the code that goes in, the names that come out.
const CYCLES: [(BillingCycle, &str, &[&str]); 7] = [
    (BillingCycle::Monthly, "m", &["monthly"]),
    (BillingCycle::Quarterly, "q", &["quarterly"]),
    (BillingCycle::SemiAnnual, "s", &["semi-annually", "semiannually"]),
    (BillingCycle::Annual, "a", &["annually"]),
    (BillingCycle::TwoYears, "b", &["biennially"]),
    (BillingCycle::ThreeYears, "t", &["triennially"]),
    // The one-time name is in no public source.
    (BillingCycle::OneTime, "Once", &["once", "one time", "one-time", "onetime"]),
];

/// The recurring cycles with their codes, which are also the names of a product's price columns.
pub(crate) fn recurring() -> impl Iterator<Item = (&'static BillingCycle, &'static str)> {
    CYCLES.iter().filter(|(cycle, ..)| cycle.months().is_some()).map(|(cycle, code, _)| (cycle, *code))
}

/// The code that `addOrder` takes; nothing for a cycle that HostBill does not have.
pub(crate) fn code(cycle: &BillingCycle) -> Option<&'static str> {
    CYCLES.iter().find(|(known, ..)| known == cycle).map(|(_, code, _)| *code)
}

/// Reads a name. Anything else, `Free` and `Daily` included, is carried as it is.
pub(crate) fn from_name(name: &str) -> BillingCycle {
    let lower = name.trim().to_ascii_lowercase();
    CYCLES
        .iter()
        .find(|(_, _, names)| names.contains(&lower.as_str()))
        .map_or_else(|| BillingCycle::Other(name.trim().into()), |(cycle, ..)| cycle.clone())
}
