//! One writer, clear refusals, and the table's own failures.

use crate::world::{World, connected};
use domain::clock::Deadline;
use domain::run::{RunMode, RunState};
use domain::settings::Approval;
use lambda_kit::{Invocation, Outcome};
use serde_json::{Value, json};
use std::sync::Arc;
use subscription_sync::{Command, handle, sync};
use testkit::Moment;

#[tokio::test]
async fn of_two_runs_at_once_one_works_and_one_says_so() {
    let world = World::new(6).await;
    let (a, b) = (world.process(), world.process());
    let (first, second) = tokio::join!(world.try_run(&a, RunMode::Sync), world.try_run(&b, RunMode::Sync));
    let states = [first.unwrap().state, second.unwrap().state];
    assert_eq!(states.iter().filter(|s| **s == RunState::Finished).count(), 1, "{states:?}");
    let refused = states.iter().find_map(|s| if let RunState::Refused(why) = s { Some(why) } else { None });
    assert!(refused.is_some_and(|why| why.contains("is at work until")), "{states:?}");
    world.assert_one_service_each();
}

#[tokio::test]
async fn every_plan_waits_where_the_policy_wants_approval_always() {
    let mut world = World::new(2).await;
    world.organisation.policy.approval = Approval::Always;
    world.save_settings();
    let run = world.sync().await;
    assert_eq!((run.state, world.hostbill_calls()), (RunState::AwaitingApproval, 0));
    let applied = world.run(RunMode::Apply(run.plan.unwrap())).await;
    assert_eq!(applied.state, RunState::Finished);
    world.assert_one_service_each();
    assert_eq!(world.sync().await.state, RunState::Finished, "nothing to approve");
}

#[tokio::test]
async fn an_approved_plan_passes_the_brake_in_a_later_scheduled_run() {
    use domain::ports::PlanStore as _;
    let mut world = World::new(4).await;
    world.organisation.policy.brake.max_changes = 1;
    world.save_settings();
    let run = world.sync().await;
    assert_eq!(run.brake, ["4 changes, more than the 1 allowed without approval"]);
    let now = domain::clock::Clock::now(&world.clock);
    world.store.approve_plan(&run.plan.unwrap(), "bea", now).await.unwrap();
    assert_eq!(world.sync().await.counts.created, 4);
    world.assert_one_service_each();
}

#[tokio::test]
async fn an_unknown_organisation_or_missing_settings_change_nothing_and_say_what_to_do() {
    let world = World::new(1).await;
    let command = Command::Start {
        organisation: "elsewhere".parse().unwrap(),
        mode: RunMode::Sync,
        actor: "ada".into(),
        run: None,
    };
    let failure = sync(&world.process(), &command, Deadline::never()).await.unwrap_err();
    assert_eq!(failure.to_string(), "billbridge: organisation elsewhere is not in the settings");
    let empty = testkit::Faulty::new(testkit::MemoryStore::default());
    let mut process = world.process();
    process.store = empty;
    let failure = sync(&process, &world.command(RunMode::Sync), Deadline::never()).await.unwrap_err();
    assert!(failure.to_string().contains("billbridge settings apply"), "{failure}");
    assert_eq!(world.crayon.with(|m| m.requests.total()), 0);
}

#[tokio::test]
async fn a_connection_that_the_settings_name_but_nobody_configured_is_named() {
    let mut world = World::new(1).await;
    let configured = world.process().connections;
    world.organisation.billing = "hostbill-eu".parse().unwrap();
    for link in &mut world.links {
        match link {
            domain::link::Link::Client { system, .. } | domain::link::Link::Product { system, .. } => {
                *system = world.organisation.billing.clone();
            }
            domain::link::Link::Tenant { .. } | domain::link::Link::Offer { .. } => {}
        }
    }
    world.save().await;
    let mut process = world.process();
    process.connections = configured;
    let failure = world.try_run(&process, RunMode::Sync).await.unwrap_err();
    assert!(failure.to_string().contains("hostbill-eu"), "{failure}");
}

#[tokio::test]
async fn an_unreachable_table_fails_the_run_at_whatever_step_and_the_next_run_finishes() {
    let steps = {
        let world = World::new(2).await;
        let process = world.process();
        world.try_run(&process, RunMode::Sync).await.unwrap();
        process.store.steps()
    };
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let world = World::new(2).await;
            let process = world.process();
            process.store.fail_after(step, moment);
            let _first = world.try_run(&process, RunMode::Sync).await;
            for _ in 0..2 {
                world.clock.advance(jiff::SignedDuration::from_mins(40));
                world.sync().await;
            }
            world.assert_one_service_each();
            assert_eq!(world.hostbill.with(|m| m.orders.len()), 2, "step {step} {moment:?}");
        }
    }
}

async fn invoke(world: &World, payload: Value) -> Outcome {
    let deadline = Deadline::never();
    handle(&world.process(), Invocation { payload, deadline, request: "r-1".into() }).await
}

#[tokio::test]
async fn every_sample_event_is_handled() {
    let world = World::new(2).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/subscription-sync");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let payload: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let outcome = invoke(&world, payload).await;
        let understood = match &outcome {
            Outcome::Done(_) => true,
            // The samples name an organisation and a run that this world does not have.
            Outcome::Terminal(why) => {
                why.starts_with("billbridge: organisation") || why.contains("there is no run")
            }
            Outcome::Retry(_) => false,
        };
        assert!(understood, "{}: {outcome:?}", path.display());
        seen += 1;
    }
    assert!(seen >= 5);
}

#[tokio::test]
async fn a_schedule_with_one_organisation_syncs_it_and_with_several_asks_for_one_run_each() {
    let mut world = World::new(2).await;
    let scheduled = json!({"source": "aws.events", "detail-type": "Scheduled Event"});
    assert!(
        matches!(invoke(&world, scheduled.clone()).await, Outcome::Done(answer) if answer["created"] == 2)
    );
    world.store.edit_settings(|settings| {
        let mut second = settings.organisations[0].clone();
        second.id = "baltic".parse().unwrap();
        settings.organisations.push(second);
    });
    world.bus = crate::world::Published::default();
    invoke(&world, scheduled).await;
    let asked: Vec<_> = world.bus.all().iter().map(|n| format!("{n:?}")).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[0].contains("nordic") && asked[1].contains("baltic"));
}

#[tokio::test]
async fn nonsense_is_refused_once_and_for_all_and_changes_nothing() {
    let world = World::new(1).await;
    let nonsense = [
        json!(null),
        json!([]),
        json!("sync"),
        json!({}),
        json!({"organisation": ""}),
        json!({"organisation": "nordic", "dryrun": true}),
        json!({"organisation": "nordic", "plan": "abc"}),
        json!({"source": "billbridge", "detail-type": "sync.requested", "detail": {"version": 99}}),
        json!({"source": "billbridge", "detail-type": "sync.continued", "detail": {"version": 1, "organisation": "nordic"}}),
        json!({"source": "someone", "detail-type": "else", "detail": {}}),
    ];
    for payload in nonsense {
        let outcome = invoke(&world, payload.clone()).await;
        assert!(matches!(outcome, Outcome::Terminal(_)), "{payload}: {outcome:?}");
    }
    assert_eq!((world.hostbill_calls(), world.store.writes() > 0), (0, true));
    assert!(world.store.all_records(&world.organisation.id).is_empty());
}

#[tokio::test]
async fn two_organisations_on_two_billing_hosts_never_touch_each_other() {
    use domain::ports::LinkStore as _;
    let (nordic, mut baltic) = (World::new(3).await, World::new(4).await);
    baltic.organisation.id = "baltic".parse().unwrap();
    baltic.organisation.supplier = "crayon-eu".parse().unwrap();
    baltic.organisation.billing = "hostbill-eu".parse().unwrap();
    baltic.links.clear();
    baltic.link(0);
    baltic.link(1);
    baltic.link_product(&crate::world::offer_key());
    nordic.store.change_links(&baltic.links, &[]).await.unwrap();
    nordic.store.edit_settings(|settings| settings.organisations.push(baltic.organisation.clone()));
    let mut process = nordic.process();
    process.connections = connected(
        vec![Arc::new(nordic.source()), Arc::new(baltic.source())],
        vec![Arc::new(nordic.target()), Arc::new(baltic.target())],
    );
    for world in [&nordic, &baltic] {
        let run = sync(&process, &world.command(RunMode::Sync), Deadline::never()).await.unwrap();
        assert_eq!((run.state, run.problems), (RunState::Finished, Vec::new()));
        world.assert_one_service_each();
    }
    nordic.assert_one_service_each();
}

/// A supplier so slow that the lease runs out, and another run comes and goes meanwhile.
struct Outlasting {
    inner: connector_crayon::Crayon,
    clock: testkit::FixedClock,
    store: testkit::MemoryStore,
}

#[async_trait::async_trait]
impl domain::ports::SubscriptionSource for Outlasting {
    fn system(&self) -> &domain::id::SystemId {
        self.inner.system()
    }

    fn page_size(&self) -> u32 {
        self.inner.page_size()
    }

    async fn page(
        &self,
        organisation: &domain::settings::Organisation,
        page: u32,
        deadline: Deadline,
    ) -> Result<domain::ports::SubscriptionPage, domain::failure::Failure> {
        use domain::clock::Clock as _;
        use domain::ports::LeaseStore as _;
        self.clock.advance(jiff::SignedDuration::from_mins(25));
        let (now, other) = (self.clock.now(), "run_other".parse().unwrap());
        let until = now + jiff::SignedDuration::from_mins(1);
        let lease = self.store.acquire("sync/nordic", &other, now, until).await.unwrap().unwrap();
        self.store.release(&lease).await.unwrap();
        self.inner.page(organisation, page, deadline).await
    }

    async fn find_details(
        &self,
        organisation: &domain::settings::Organisation,
        id: &domain::id::SubscriptionId,
        deadline: Deadline,
    ) -> Result<Option<domain::subscription::ObservedSubscription>, domain::failure::Failure> {
        self.inner.find_details(organisation, id, deadline).await
    }

    async fn tenants(
        &self,
        organisation: &domain::settings::Organisation,
        deadline: Deadline,
    ) -> Result<Vec<domain::ports::Tenant>, domain::failure::Failure> {
        self.inner.tenants(organisation, deadline).await
    }

    async fn find_tenant(
        &self,
        id: &domain::id::TenantId,
        deadline: Deadline,
    ) -> Result<Option<domain::ports::Tenant>, domain::failure::Failure> {
        self.inner.find_tenant(id, deadline).await
    }

    async fn probe(
        &self,
        organisations: &[&domain::settings::Organisation],
        deadline: Deadline,
    ) -> Vec<domain::ports::Probe> {
        self.inner.probe(organisations, deadline).await
    }
}

#[tokio::test]
async fn a_plan_that_outlasted_its_lease_while_another_run_worked_is_not_applied() {
    let world = World::new(2).await;
    let mut process = world.process();
    let (inner, clock, store) = (world.source(), world.clock.clone(), world.store.clone());
    let source = Arc::new(Outlasting { inner, clock, store });
    process.connections = connected(vec![source], vec![Arc::new(world.target())]);
    let failure = world.try_run(&process, RunMode::Sync).await.unwrap_err();
    assert_eq!((failure.kind, world.hostbill_calls()), (domain::failure::FailureKind::Conflict, 0));
    world.sync().await;
    world.assert_one_service_each();
}

#[tokio::test]
async fn nothing_is_created_unseen_where_every_change_wants_approval() {
    let mut world = World::new(2).await;
    world.links.clear();
    world.organisation.policy.approval = Approval::Always;
    world.organisation.policy.create_clients = true;
    world.save().await;
    let run = world.sync().await;
    assert_eq!(world.hostbill_calls(), 0);
    assert!(run.problems[0].contains("wants approval"), "{:?}", run.problems);
}
