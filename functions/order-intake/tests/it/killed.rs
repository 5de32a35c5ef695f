//! A process that dies between any two of its steps: the order is bought once, billed as approved, and nothing is
//! forgotten.

use crate::world::{Process, World, held, last};
use domain::order::{HoldReason, Order, OrderState};
use jiff::SignedDuration;
use simulators::Fault;
use testkit::Moment;

const PLACE: &str = "POST /subscriptions/new-commerce-orders";

/// Longer than the lease, shorter than the quiet period.
const SOON: SignedDuration = SignedDuration::from_mins(4);

/// What happens before the process begins, and how the supplier behaves.
type Prepare = fn(&World);

async fn begun(prepare: Prepare) -> (World, Order) {
    let world = World::new().await;
    let order = world.approved(world.new_order(12)).await;
    prepare(&world);
    (world, order)
}

async fn work(world: &World, process: &Process, order: &Order) {
    world.handled(process, world.event(order)).await;
}

/// How many steps the whole way has.
async fn steps(prepare: Prepare) -> u64 {
    let (world, order) = begun(prepare).await;
    let process = world.process();
    work(&world, &process, &order).await;
    let order = world.order(&order.id).await;
    assert_eq!(order.state, OrderState::PlacedAtSupplier, "{:?}", last(&order));
    process.store.steps()
}

/// Kills a process at each of its steps in turn, before and after the step's effect; others look at it afterwards.
async fn kill_at_every_step(prepare: Prepare) {
    let steps = steps(prepare).await;
    assert!(steps > 15, "only {steps} steps: the injection does not reach the work");
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let (world, order) = begun(prepare).await;
            let process = world.process();
            process.store.kill_at(step, moment);
            work(&world, &process, &order).await;
            assert!(process.store.is_dead(), "step {step} was not reached");
            drop(process);
            for _ in 0..2 {
                world.clock.advance(SOON);
                world.scheduled().await;
            }
            check(&world, &order, &format!("after death at step {step} {moment:?}")).await;
        }
    }
}

async fn check(world: &World, order: &Order, when: &str) {
    let order = world.order(&order.id).await;
    assert!(world.bought() <= 1, "{} were bought {when}", world.bought());
    if world.bought() == 0 {
        // It died after it had written down that it sends and before it did: nobody can know, so a person is asked.
        assert_eq!(order.state, OrderState::Placing, "{when}: {:?}", last(&order));
        world.clock.advance(SignedDuration::from_mins(16));
        world.scheduled().await;
        let order = world.order(&order.id).await;
        assert_eq!(held(&order).0, HoldReason::SupplierUnclear, "{when}");
        let desk = world.desk();
        desk.retry(&order.organisation, &order.id, &crate::world::anna(), true).await.unwrap();
        world.told(&order).await;
    }
    let order = world.order(&order.id).await;
    assert_eq!(
        (order.state, world.bought()),
        (OrderState::PlacedAtSupplier, 1),
        "{when}: {:?}",
        last(&order)
    );
    let bought = world.crayon.with(|model| {
        model.subscriptions_of(world.tenants[0]).map(|row| row.id.to_string()).collect::<Vec<_>>()
    });
    assert_eq!(
        order.subscription.iter().map(domain::id::SubscriptionId::as_str).collect::<Vec<_>>(),
        bought,
        "{when}"
    );
    let (billing, run) = world.asked(&order).unwrap();
    assert_eq!((billing.approved, billing.subscription.as_str()), (order.quote.total, bought[0].as_str()));
    assert!(world.asked_for().await.iter().any(|kept| kept.id == run), "its report is kept {when}");
    world.record(&order, |_| {}).await;
    world.sync_finished().await;
    assert_eq!(world.order(&order.id).await.state, OrderState::Active, "{when}");
    world.assert_audit_holds().await;
}

#[tokio::test]
async fn killed_between_any_two_steps_the_order_is_bought_once() {
    kill_at_every_step(|_| {}).await;
}

#[tokio::test]
async fn killed_while_the_answer_was_lost_the_order_is_bought_once() {
    kill_at_every_step(|world| world.crayon.with(|model| model.faults.add(Fault::DropAfter.on(PLACE)))).await;
}

#[tokio::test]
async fn a_table_that_fails_at_any_step_leaves_nothing_half_done() {
    let steps = steps(|_| {}).await;
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let (world, order) = begun(|_| {}).await;
            let process = world.process();
            process.store.fail_after(step, moment);
            work(&world, &process, &order).await;
            for _ in 0..2 {
                world.clock.advance(SOON);
                world.scheduled().await;
            }
            check(&world, &order, &format!("after a failure at step {step} {moment:?}")).await;
        }
    }
}

/// Kills a process at each of its steps in one way of working; others look at it afterwards.
async fn kill_at_every_step_of(
    prepare: impl AsyncFn() -> (World, Order),
    check: impl AsyncFn(&World, &Order, &str),
) {
    let steps = {
        let (world, order) = prepare().await;
        let process = world.process();
        work(&world, &process, &order).await;
        process.store.steps()
    };
    assert!(steps >= 8, "only {steps} steps: the injection does not reach the work");
    for step in 1..=steps {
        for moment in Moment::BOTH {
            let (world, order) = prepare().await;
            let process = world.process();
            process.store.kill_at(step, moment);
            work(&world, &process, &order).await;
            assert!(process.store.is_dead(), "step {step} was not reached");
            for _ in 0..2 {
                world.clock.advance(SOON);
                world.scheduled().await;
            }
            check(&world, &world.order(&order.id).await, &format!("after death at step {step} {moment:?}"))
                .await;
            world.assert_audit_holds().await;
        }
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_of_adding_seats_the_number_is_right() {
    let prepare = async || {
        let world = World::new().await;
        let id = crate::seats::running(&world).await;
        let order = world.approved(crate::seats::seats(&world, id, 8)).await;
        (world, order)
    };
    let check = async |world: &World, order: &Order, when: &str| {
        assert_eq!(order.state, OrderState::PlacedAtSupplier, "{when}: {:?}", last(order));
        let seats = world.crayon.with(|model| {
            model.subscriptions_of(world.tenants[0]).map(|row| row.quantity).collect::<Vec<_>>()
        });
        assert_eq!(seats, [8], "{when}");
        assert!(world.asked(order).is_some(), "{when}");
    };
    kill_at_every_step_of(prepare, check).await;
}

#[tokio::test]
async fn killed_between_any_two_steps_of_calling_off_it_is_called_off_and_cancelled() {
    let prepare = async || {
        let world = World::new().await;
        let order = crate::scheduled::waiting(&world, 6).await;
        let desk = world.desk();
        desk.cancel(&order.organisation, &order.id, &crate::world::anna(), "not needed").await.unwrap();
        (world, order)
    };
    let check = async |world: &World, order: &Order, when: &str| {
        assert_eq!(order.state, OrderState::Cancelled, "{when}: {:?}", last(order));
        let cancelled = simulators::crayon::OrderState::Cancelled;
        assert_eq!(crate::scheduled::at_crayon(world), [cancelled], "{when}");
    };
    kill_at_every_step_of(prepare, check).await;
}
