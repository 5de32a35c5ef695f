//! Runs.

use crate::builders::{euro, moment, order_id, organisation, parsed, run_id};
use crate::suites::large_plan;
use domain::ports::RunStore;
use domain::run::{Counts, OrderedBilling, Run, RunMode, RunState};
use std::collections::BTreeMap;

/// Runs come back as last written, newest first, and a checkpoint has one taker.
pub async fn runs<S: RunStore>(store: &S) {
    every_state_comes_back_as_written(store).await;
    the_newest_run_comes_first(store).await;
    a_checkpoint_has_one_taker(store).await;
    a_run_that_was_asked_for_has_one_taker(store).await;
}

fn run(organisation: &str, n: u32, state: RunState) -> Run {
    let (organisation, asked) = (parsed(organisation), moment(i64::from(n)));
    let run = Run::requested(run_id(n), organisation, RunMode::Sync, "schedule".into(), asked);
    Run { updated: moment(i64::from(n) + 9), state, ..run }
}

fn full() -> Run {
    let hash = large_plan(1).hash();
    Run {
        mode: RunMode::Apply(hash.clone()),
        plan: Some(hash),
        unproven: Some("9 of 10 subscriptions arrived".into()),
        brake: vec!["600 changes".into(), "too much".into()],
        amounts: BTreeMap::from([(parsed("EUR"), parsed("-12.50")), (parsed("JPY"), parsed("980"))]),
        counts: Counts { pages: 1, observed: 2, unchanged: 3, left: u64::MAX, ..Counts::default() },
        problems: vec!["a problem".into()],
        ..run("acme", 1, RunState::Refused("the world moved".into()))
    }
}

async fn every_state_comes_back_as_written<S: RunStore>(store: &S) {
    let acme = organisation().id;
    assert_eq!(store.find_run(&acme, &run_id(1)).await.unwrap(), None);
    let states = [
        RunState::Requested,
        RunState::Running,
        RunState::Continued { checkpoint: 3 },
        RunState::AwaitingApproval,
        RunState::Failed("Crayon does not answer".into()),
        RunState::Finished,
    ];
    let mut written = vec![full()];
    written.extend(states.into_iter().map(|state| run("acme", 1, state)));
    let ordered =
        OrderedBilling { order: order_id(1), subscription: parsed("120045"), approved: euro("48.125") };
    written.push(Run { mode: RunMode::Order(ordered), ..run("acme", 1, RunState::Requested) });
    written.push(Run { mode: RunMode::DryRun, ..run("acme", 1, RunState::Running) });
    for run in written {
        store.put_run(&run).await.unwrap();
        assert_eq!(store.find_run(&acme, &run.id).await.unwrap(), Some(run));
    }
}

async fn the_newest_run_comes_first<S: RunStore>(store: &S) {
    for n in [4, 2, 9] {
        store.put_run(&run("newest", n, RunState::Finished)).await.unwrap();
    }
    let runs = store.runs(&parsed("newest"), 2).await.unwrap();
    assert_eq!(runs.iter().map(|r| &r.id).collect::<Vec<_>>(), [&run_id(9), &run_id(4)]);
    assert_eq!(store.runs(&parsed("newest"), 100).await.unwrap().len(), 3);
}

async fn a_checkpoint_has_one_taker<S: RunStore>(store: &S) {
    let taken = parsed("taken");
    let id = run_id(1);
    assert!(!store.claim_run(&taken, &id, 1).await.unwrap(), "there is no such run");
    store.put_run(&run("taken", 1, RunState::Running)).await.unwrap();
    assert!(!store.claim_run(&taken, &id, 1).await.unwrap(), "it has not stopped");

    let stopped = run("taken", 1, RunState::Continued { checkpoint: 1 });
    store.put_run(&stopped).await.unwrap();
    assert!(!store.claim_run(&taken, &id, 2).await.unwrap(), "not at this checkpoint");
    assert!(store.claim_run(&taken, &id, 1).await.unwrap());
    assert!(!store.claim_run(&taken, &id, 1).await.unwrap(), "the notice came twice");
    store.put_run(&stopped).await.unwrap();
    assert!(!store.claim_run(&taken, &id, 1).await.unwrap(), "nor when the report is written again");

    store.put_run(&run("taken", 1, RunState::Continued { checkpoint: 2 })).await.unwrap();
    assert!(!store.claim_run(&taken, &id, 1).await.unwrap(), "the notice came late");
    assert!(store.claim_run(&taken, &id, 2).await.unwrap());
}

async fn a_run_that_was_asked_for_has_one_taker<S: RunStore>(store: &S) {
    let asked = parsed("asked");
    let id = run_id(1);
    assert!(!store.claim_run(&asked, &id, 0).await.unwrap(), "nobody asked");
    assert_eq!(store.find_run(&asked, &id).await.unwrap(), None, "asking leaves nothing behind");

    store.put_run(&run("asked", 1, RunState::Requested)).await.unwrap();
    assert!(!store.claim_run(&asked, &id, 1).await.unwrap(), "it has not stopped");
    assert!(store.claim_run(&asked, &id, 0).await.unwrap());
    let taken = store.find_run(&asked, &id).await.unwrap();
    assert_eq!(taken, Some(run("asked", 1, RunState::Running)), "whoever looks sees that it was taken");
    assert!(!store.claim_run(&asked, &id, 0).await.unwrap(), "the notice came twice");

    store.put_run(&run("asked", 1, RunState::Continued { checkpoint: 1 })).await.unwrap();
    assert!(!store.claim_run(&asked, &id, 0).await.unwrap(), "nor later");
    assert!(store.claim_run(&asked, &id, 1).await.unwrap(), "and its checkpoints are claimed as ever");
    for state in [RunState::Finished, RunState::Refused("another run".into())] {
        store.put_run(&run("asked", 1, state)).await.unwrap();
        assert!(!store.claim_run(&asked, &id, 0).await.unwrap());
    }
}
