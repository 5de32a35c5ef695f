//! Plans.

use super::kind;
use crate::builders::{digest, moment, observed, offer, organisation, run_id, service_state};
use domain::failure::FailureKind;
use domain::plan::{Change, Line, Plan, Verdict, Why};
use domain::ports::PlanStore;
use domain::record::ParkReason;

/// Plans come back whole, once kept they stay, and the first approval stands.
pub async fn plans<S: PlanStore>(store: &S) {
    a_plan_comes_back_whole(store).await;
    the_first_approval_stands(store).await;
    a_plan_is_found_by_the_beginning_of_its_hash(store).await;
    plans_larger_than_an_item_survive(store).await;
    nothing_is_kept_under_another_plans_hash(store).await;
}

/// A plan of so many lines, about 600 bytes each.
pub fn large_plan(lines: u32) -> Plan {
    Plan::new(organisation().id, (0..lines).map(line).collect())
}

fn line(n: u32) -> Line {
    let id = format!("sub-{n:06}");
    let seen = observed(&id);
    let verdict = if n.is_multiple_of(3) {
        let detail = format!("tenant {n} has\tno client\n{}", "ü".repeat(200));
        Verdict::Park { reason: ParkReason::CustomerUnlinked, detail }
    } else {
        let to = service_state();
        Verdict::Change(Box::new(Change { service: None, from: None, to, why: vec![Why::New] }))
    };
    Line {
        subscription: seen.id,
        name: format!("{} {}", seen.name, "x".repeat(200)),
        tenant: seen.tenant,
        customer: None,
        offer: offer(),
        base: 0,
        generation: 1,
        digest: digest(&id),
        price: None,
        ended: false,
        verdict,
    }
}

async fn a_plan_comes_back_whole<S: PlanStore>(store: &S) {
    let plan = large_plan(3);
    let hash = plan.hash();
    assert_eq!(store.find_plan(&hash).await.unwrap(), None);
    store.put_plan(&hash, &plan, &run_id(1), moment(1)).await.unwrap();
    store.put_plan(&hash, &plan, &run_id(2), moment(2)).await.unwrap();
    let stored = store.find_plan(&hash).await.unwrap().unwrap();
    assert_eq!((stored.run, stored.made, stored.approved), (run_id(1), moment(1), None));
    assert_eq!(stored.plan, plan);

    let empty = large_plan(0);
    store.put_plan(&empty.hash(), &empty, &run_id(1), moment(1)).await.unwrap();
    assert_eq!(store.find_plan(&empty.hash()).await.unwrap().unwrap().plan, empty);
}

async fn the_first_approval_stands<S: PlanStore>(store: &S) {
    let plan = large_plan(4);
    let hash = plan.hash();
    assert_eq!(kind(store.approve_plan(&hash, "ada", moment(5)).await), FailureKind::NotFound);
    store.put_plan(&hash, &plan, &run_id(1), moment(1)).await.unwrap();
    store.approve_plan(&hash, "ada", moment(5)).await.unwrap();
    store.approve_plan(&hash, "bob", moment(6)).await.unwrap();
    store.put_plan(&hash, &plan, &run_id(3), moment(7)).await.unwrap();
    let stored = store.find_plan(&hash).await.unwrap().unwrap();
    assert_eq!(stored.approved, Some(("ada".to_owned(), moment(5))));
}

async fn a_plan_is_found_by_the_beginning_of_its_hash<S: PlanStore>(store: &S) {
    let plan = large_plan(5);
    let hash = plan.hash();
    let prefix = &hash.as_str()[..8];
    assert!(store.find_hashes(prefix).await.unwrap().is_empty());
    store.put_plan(&hash, &plan, &run_id(1), moment(1)).await.unwrap();
    assert_eq!(store.find_hashes(prefix).await.unwrap(), std::slice::from_ref(&hash));
    assert_eq!(store.find_hashes(hash.as_str()).await.unwrap(), std::slice::from_ref(&hash));
    assert_eq!(kind(store.find_hashes(&prefix[..7]).await), FailureKind::Refused);
}

async fn plans_larger_than_an_item_survive<S: PlanStore>(store: &S) {
    let plan = large_plan(2_000);
    assert!(plan.to_text().len() > 1_000_000, "more than two items of 400 KB");
    let hash = plan.hash();
    store.put_plan(&hash, &plan, &run_id(1), moment(1)).await.unwrap();
    let stored = store.find_plan(&hash).await.unwrap().unwrap();
    assert!(stored.plan == plan);

    let mut long = line(0);
    long.name = "é".repeat(400_000);
    let plan = Plan::new(organisation().id, vec![long]);
    store.put_plan(&plan.hash(), &plan, &run_id(1), moment(1)).await.unwrap();
    let stored = store.find_plan(&plan.hash()).await.unwrap().unwrap();
    assert!(stored.plan == plan, "even a line larger than an item");
}

async fn nothing_is_kept_under_another_plans_hash<S: PlanStore>(store: &S) {
    let (plan, other) = (large_plan(6), large_plan(7).hash());
    let refused = store.put_plan(&other, &plan, &run_id(1), moment(1)).await;
    assert_eq!(kind(refused), FailureKind::Refused);
    assert_eq!(store.find_plan(&other).await.unwrap(), None);
}
