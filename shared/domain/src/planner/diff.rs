//! Why two states of a service differ, in words people use.

use crate::plan::Why;
use crate::price::Priced;
use crate::record::{SyncRecord, SyncState};
use crate::service::{ServiceState, ServiceStatus};

/// The reasons for a change, or none where the states are equal and the last attempt was settled.
pub(super) fn reasons(
    from: &ServiceState,
    to: &ServiceState,
    record: Option<&SyncRecord>,
    price: Option<&Priced>,
) -> Vec<Why> {
    let mut why = Vec::new();
    if from.quantity != to.quantity {
        why.push(Why::Quantity);
    }
    if from.unit_price != to.unit_price {
        let before = record.and_then(|r| r.price.as_ref()).and_then(|p| p.term_start);
        let renewed = before.is_some() && price.is_some_and(|p| p.term_start != before);
        why.push(if renewed { Why::RenewalPrice } else { Why::Price });
    }
    if from.product != to.product {
        why.push(Why::Product);
    }
    match (from.status, to.status) {
        (ServiceStatus::Active, ServiceStatus::Suspended) => why.push(Why::Suspended),
        (ServiceStatus::Suspended, ServiceStatus::Active) => why.push(Why::Resumed),
        (ServiceStatus::Active | ServiceStatus::Suspended | ServiceStatus::Terminated, _) => {}
    }
    if from.next_due != to.next_due {
        why.push(Why::DueDate);
    }
    if why.is_empty() && record.is_some_and(|r| matches!(r.state, SyncState::Error { .. })) {
        why.push(Why::Settle);
    }
    why
}
