use super::*;
use domain::id::RunId;
use domain::ports::LeaseStore as _;
use std::collections::VecDeque;
use std::sync::Mutex;
use testkit::{Faulty, FixedClock, MemoryStore, Moment};

/// Another system with one counter, whose calls end as scripted.
struct Counter {
    count: Mutex<u32>,
    script: Mutex<VecDeque<Reply>>,
}

#[derive(Clone, Copy)]
enum Reply {
    /// Done and said so.
    Done,
    /// Done, and the reply is lost.
    Lost,
    /// Never arrived.
    Dropped,
    /// No.
    Refused,
}

impl Counter {
    fn new(script: &[Reply]) -> Self {
        Self { count: Mutex::new(0), script: Mutex::new(script.iter().copied().collect()) }
    }

    fn count(&self) -> u32 {
        *self.count.lock().unwrap()
    }
}

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, &"counter".parse().unwrap(), "count: scripted")
}

fn receipt() -> Receipt {
    Receipt { text: "counted".into(), made: Made::Service("1".parse().unwrap()), adopted: false }
}

#[async_trait]
impl Effect for Counter {
    fn key(&self) -> EffectKey {
        EffectKey::of_subscription(&"acme".parse().unwrap(), &"7".parse().unwrap(), 1)
    }

    fn intent(&self) -> String {
        "count once".into()
    }

    async fn call(&self, notes: &mut dyn Notes) -> Result<Receipt, Failure> {
        let reply = self.script.lock().unwrap().pop_front().unwrap_or(Reply::Done);
        if matches!(reply, Reply::Done | Reply::Lost) {
            *self.count.lock().unwrap() += 1;
        }
        match reply {
            Reply::Done => {
                notes.set("counted", "yes").await?;
                Ok(receipt())
            }
            Reply::Lost | Reply::Dropped => Err(failure(FailureKind::Unavailable)),
            Reply::Refused => Err(failure(FailureKind::Refused)),
        }
    }

    async fn look_up(&self, _notes: &mut dyn Notes) -> Result<Finding, Failure> {
        Ok(match self.count() {
            0 => Finding::Absent,
            1 => Finding::Done(receipt()),
            many => Finding::Unclear(format!("counted {many} times")),
        })
    }

    fn done(&self, _receipt: &Receipt) -> (Option<SyncRecord>, AuditDraft) {
        (None, audit("counted"))
    }

    fn refused(&self, reason: &str) -> (Option<SyncRecord>, AuditDraft) {
        (None, audit(reason))
    }
}

fn audit(what: &str) -> AuditDraft {
    AuditDraft {
        at: "2026-11-21T00:00:00Z".parse().unwrap(),
        actor: "test".into(),
        run: "run_1".parse().unwrap(),
        plan: None,
        subscription: None,
        what: what.into(),
        why: "because".into(),
    }
}

struct House {
    memory: MemoryStore,
    store: Faulty<MemoryStore>,
    clock: FixedClock,
    organisation: OrganisationId,
}

impl House {
    fn new() -> Self {
        let memory = MemoryStore::default();
        let store = Faulty::new(memory.clone());
        Self { memory, store, clock: FixedClock::default(), organisation: "acme".parse().unwrap() }
    }

    async fn lease(&self, holder: &str) -> Lease {
        let (now, holder) = (self.clock.now(), holder.parse::<RunId>().unwrap());
        let until = now + SignedDuration::from_hours(9);
        self.memory.acquire("sync/acme", &holder, now, until).await.unwrap().unwrap()
    }

    async fn perform(&self, lease: &Lease, effect: &Counter) -> Result<Performed, Failure> {
        let quiet = SignedDuration::from_mins(15);
        let (store, organisation, clock) = (&self.store, &self.organisation, &self.clock);
        Journal { store, lease, organisation, clock, quiet }.perform(effect).await
    }
}

#[tokio::test]
async fn an_effect_that_is_done_is_never_called_again() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[]);
    assert_eq!(house.perform(&lease, &effect).await.unwrap(), Performed::Done(receipt()));
    assert_eq!(house.perform(&lease, &effect).await.unwrap(), Performed::AlreadyDone);
    assert_eq!(effect.count(), 1);
}

#[tokio::test]
async fn a_lost_reply_is_looked_up_and_not_repeated() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[Reply::Lost]);
    assert_eq!(house.perform(&lease, &effect).await.unwrap(), Performed::Done(receipt()));
    assert_eq!(effect.count(), 1);
}

#[tokio::test]
async fn a_call_without_trace_is_repeated_only_after_the_quiet_period() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[Reply::Dropped]);
    assert!(matches!(house.perform(&lease, &effect).await.unwrap(), Performed::InDoubt(_)));
    house.clock.advance(SignedDuration::from_mins(14));
    assert!(matches!(house.perform(&lease, &effect).await.unwrap(), Performed::InDoubt(_)));
    assert_eq!(effect.count(), 0);
    house.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(house.perform(&lease, &effect).await.unwrap(), Performed::Done(receipt()));
    assert_eq!(effect.count(), 1);
}

#[tokio::test]
async fn a_no_is_recorded_and_may_be_asked_again() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[Reply::Refused]);
    assert!(matches!(house.perform(&lease, &effect).await.unwrap(), Performed::Refused(_)));
    assert_eq!(house.perform(&lease, &effect).await.unwrap(), Performed::Done(receipt()));
    let log = house.memory.all_audit(&house.organisation);
    assert_eq!(log.len(), 2);
    domain::audit::verify(&log).unwrap();
}

#[tokio::test]
async fn more_than_one_trace_is_for_a_person() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[Reply::Lost]);
    *effect.count.lock().unwrap() = 1;
    let performed = house.perform(&lease, &effect).await.unwrap();
    assert_eq!(performed, Performed::Unclear("counted 2 times".into()));
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_after_the_call_leaves_the_effect_in_doubt() {
    for moment in Moment::BOTH {
        for step in 1..=3 {
            let house = House::new();
            let lease = house.lease("run_1").await;
            let effect = Counter::new(&[]);
            house.store.fail_after(step, moment);
            let first = house.perform(&lease, &effect).await;
            assert!(first.is_err(), "step {step} {moment:?}: {first:?}");
            house.clock.advance(SignedDuration::from_mins(20));
            house.perform(&lease, &effect).await.unwrap();
            assert_eq!(effect.count(), 1, "step {step} {moment:?}");
        }
    }
}

#[tokio::test]
async fn a_run_whose_lease_was_taken_writes_nothing_more() {
    let house = House::new();
    let old = house.lease("run_1").await;
    house.clock.advance(SignedDuration::from_hours(10));
    let new = house.lease("run_2").await;
    let effect = Counter::new(&[]);
    let stopped = house.perform(&old, &effect).await.unwrap_err();
    assert_eq!((stopped.kind, effect.count()), (FailureKind::LeaseLost, 0));
    assert_eq!(house.perform(&new, &effect).await.unwrap(), Performed::Done(receipt()));
}

#[tokio::test]
async fn whoever_was_killed_before_they_could_use_a_receipt_reads_its_notes() {
    let house = House::new();
    let lease = house.lease("run_1").await;
    let effect = Counter::new(&[]);
    house.perform(&lease, &effect).await.unwrap();
    let quiet = SignedDuration::from_mins(15);
    let (store, organisation, clock) = (&house.store, &house.organisation, &house.clock);
    let again =
        Journal { store, lease: &lease, organisation, clock, quiet }.carry_out(&effect).await.unwrap();
    assert_eq!(again.performed, Performed::AlreadyDone);
    assert_eq!(again.notes.get("counted").map(String::as_str), Some("yes"));
    assert_eq!(effect.count(), 1);
}
