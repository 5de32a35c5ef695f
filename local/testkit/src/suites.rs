//! What every store promises, said once and asked of each: the in-memory fake and the table.
//!
//! Each suite wants a store of its own, empty at first.

use crate::builders::{moment, run_id};
use domain::failure::{Failure, FailureKind};
use domain::journal::Lease;
use domain::ports::LeaseStore;

mod access;
mod answers;
mod audit;
mod effects;
mod figures;
mod index;
mod leases;
mod links;
mod orders;
mod plans;
mod records;
mod runs;

pub use access::access;
pub use answers::answers;
pub use audit::audit;
pub use effects::{effects, settlement};
pub use figures::figures;
pub use index::index;
pub use leases::leases;
pub use links::links;
pub use orders::orders;
pub use plans::{large_plan, plans};
pub use records::records;
pub use runs::runs;

/// The lease `sync/acme`, taken by run 1 for ten minutes.
pub async fn lease<S: LeaseStore>(store: &S) -> Lease {
    let taken = store.acquire("sync/acme", &run_id(1), moment(0), moment(600)).await;
    taken.expect("an answer").expect("a lease nobody holds")
}

/// A lease that was ours until run 2 took it after its end.
pub async fn lost_lease<S: LeaseStore>(store: &S) -> Lease {
    let lost = store.acquire("sync/lost", &run_id(1), moment(0), moment(10)).await;
    let lost = lost.expect("an answer").expect("a lease nobody holds");
    let next = store.acquire("sync/lost", &run_id(2), moment(10), moment(600)).await;
    next.expect("an answer").expect("a lease that has ended");
    lost
}

fn kind<T: std::fmt::Debug>(answer: Result<T, Failure>) -> FailureKind {
    answer.expect_err("a failure").kind
}
