use super::{actor, at, draft};
use crate::order::{IllegalStep, OrderState};
use proptest::prelude::*;
use proptest::sample::select;

/// From each state (first column) the states it may become, written down a second time.
const MAY_BECOME: [(&str, &str); 11] = [
    ("draft", "pending_approval cancelled"),
    ("pending_approval", "approved rejected cancelled"),
    ("approved", "pending_approval placing held cancelled failed"),
    ("placing", "approved placed_at_supplier failed held"),
    ("placed_at_supplier", "billed held cancelled failed"),
    ("billed", "active held"),
    ("active", ""),
    ("rejected", ""),
    ("cancelled", ""),
    ("held", "approved placing placed_at_supplier billed active cancelled"),
    ("failed", "approved cancelled"),
];

#[test]
fn every_step_is_legal_or_refused_as_the_table_says_and_a_refused_one_changes_nothing() {
    for (from, allowed) in MAY_BECOME {
        let from = OrderState::find(from).unwrap();
        for to in OrderState::ALL {
            let legal = allowed.split(' ').any(|word| word == to.as_str());
            let mut order = draft();
            order.state = from;
            let before = order.clone();
            let taken = order.step(to, &actor("bo"), "because", at(1));
            if legal {
                assert_eq!((taken, order.state), (Ok(()), to), "{from} → {to}");
                assert_eq!((order.steps.len(), order.updated), (2, at(1)), "{from} → {to}");
            } else {
                assert_eq!(taken, Err(IllegalStep { from, to }), "{from} → {to}");
                assert_eq!(order, before, "{from} → {to}");
            }
        }
    }
}

#[test]
fn words_are_read_back_and_states_are_open_or_over() {
    for state in OrderState::ALL {
        assert_eq!(OrderState::find(state.as_str()), Some(state));
        assert!(!state.is_ours_to_do() || state.is_open(), "{state}");
    }
    let over: Vec<_> = OrderState::ALL.into_iter().filter(|state| !state.is_open()).collect();
    assert_eq!(over, [OrderState::Active, OrderState::Rejected, OrderState::Cancelled, OrderState::Failed]);
    assert_eq!(OrderState::find("placed"), None);
}

#[test]
fn every_state_is_reached_from_a_draft_and_leads_to_an_end() {
    let reach = |from: OrderState| {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(state) = seen.get(at).copied() {
            let next = OrderState::ALL.into_iter().filter(|to| state.step(*to).is_ok());
            let new: Vec<_> = next.filter(|to| !seen.contains(to)).collect();
            seen.extend(new);
            at += 1;
        }
        seen
    };
    assert_eq!(reach(OrderState::Draft).len(), OrderState::ALL.len());
    for state in OrderState::ALL {
        let ends = reach(state);
        assert!(ends.iter().any(|end| !end.is_open()), "{state} never ends");
    }
}

proptest! {
    #[test]
    fn whatever_is_tried_the_timeline_is_a_walk_through_the_table(
        tried in prop::collection::vec(select(OrderState::ALL.to_vec()), 0..60)
    ) {
        let mut order = draft();
        for (minute, to) in tried.into_iter().enumerate() {
            let minute = i64::try_from(minute).unwrap();
            let before = order.clone();
            if order.step(to, &actor("bo"), "tried", at(minute)).is_err() {
                prop_assert_eq!(&order, &before);
            }
        }
        let states: Vec<_> = order.steps.iter().map(|step| step.to).collect();
        prop_assert_eq!(states[0], OrderState::Draft);
        for two in states.windows(2) {
            prop_assert!(OrderState::STEPS.contains(&(two[0], two[1])), "{} → {}", two[0], two[1]);
        }
        prop_assert_eq!(states.last().copied(), Some(order.state));
        if let Some(end) = states.iter().position(|s| matches!(s, OrderState::Rejected | OrderState::Cancelled | OrderState::Active)) {
            prop_assert_eq!(end, states.len() - 1, "what is over stays over");
        }
        if let Some(bought) = states.iter().position(|state| *state == OrderState::PlacedAtSupplier) {
            prop_assert!(states[..bought].contains(&OrderState::Approved), "nothing is bought without approval");
        }
    }
}
