//! Failures on order: the n-th call fails before or after its effect, once, or the process dies there.

use domain::failure::{Failure, FailureKind};
use std::sync::{Mutex, PoisonError};

/// When, relative to its effect, a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nothing is done.
    Before,
    /// Everything is done; only the answer is lost.
    After,
}

impl Moment {
    /// Both, for tests that try everything.
    pub const BOTH: [Self; 2] = [Self::Before, Self::After];
}

const KILLED: &str = "killed";

/// Whether a failure is the death of the process, as [`crate::Faulty::kill_at`] ordered it.
pub fn is_killed(failure: &Failure) -> bool {
    failure.system.as_str() == KILLED
}

/// Counts calls and fails the one it was told to.
#[derive(Debug, Default)]
pub struct Faults(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    steps: u64,
    order: Option<Order>,
    dead: bool,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    step: u64,
    moment: Moment,
    kill: bool,
}

/// Permission for one call to have its effect.
pub(crate) struct Ticket(Option<Order>);

impl Faults {
    pub(crate) fn steps(&self) -> u64 {
        self.with(|state| state.steps)
    }

    /// The `n`-th call from now (1 is the next) fails once.
    pub(crate) fn fail_after(&self, n: u64, moment: Moment) {
        self.order(n, moment, false);
    }

    /// The `n`-th call from now (1 is the next) fails, and so does everything after it.
    pub(crate) fn kill_after(&self, n: u64, moment: Moment) {
        self.order(n, moment, true);
    }

    pub(crate) fn revive(&self) {
        self.with(|state| {
            state.dead = false;
            state.order = None;
        });
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.with(|state| state.dead)
    }

    /// Before the effect.
    pub(crate) fn enter(&self) -> Result<Ticket, Failure> {
        self.with(|state| {
            state.steps += 1;
            if state.dead {
                return Err(dead());
            }
            match state.order.filter(|order| order.step == state.steps) {
                Some(order) if order.moment == Moment::Before => Err(state.strike(order)),
                due => Ok(Ticket(due)),
            }
        })
    }

    /// After the effect.
    pub(crate) fn leave(&self, ticket: &Ticket) -> Result<(), Failure> {
        self.with(|state| match ticket.0 {
            Some(order) => Err(state.strike(order)),
            None if state.dead => Err(dead()),
            None => Ok(()),
        })
    }

    fn order(&self, n: u64, moment: Moment, kill: bool) {
        self.with(|state| {
            state.order = Some(Order { step: state.steps + n.max(1), moment, kill });
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn strike(&mut self, order: Order) -> Failure {
        self.order = None;
        self.dead |= order.kill;
        match (order.kill, order.moment) {
            (true, _) => dead(),
            (false, Moment::Before) => failure("faulty", FailureKind::NotSent, "the call was not sent"),
            (false, Moment::After) => failure("faulty", FailureKind::Unavailable, "the answer was lost"),
        }
    }
}

fn dead() -> Failure {
    failure(KILLED, FailureKind::Unavailable, "the process was killed here")
}

fn failure(system: &str, kind: FailureKind, what: &str) -> Failure {
    Failure::new(kind, &system.parse().expect("a system"), what)
}
