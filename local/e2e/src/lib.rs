//! Stories told through the whole stack, and benchmarks.
//!
//! What is told and measured here is the function's real binary, started as Lambda starts it: a process of its
//! own that asks the Lambda runtime API for work. [`Function`] is that process together with the runtime API it
//! talks to; [`EventBus`] is the EventBridge it publishes on; `testkit::dynamo::Embedded` is its table;
//! [`Simulators`] are the outside systems, in another process where their cost must not be counted.
//! Everything binds a free port of 127.0.0.1 and stops by its own handle.

mod built;
mod checkout;
mod estate;
mod event_bus;
mod filter;
mod function;
mod process;
mod runtime_api;
mod secret_store;
mod simulators;
mod surroundings;
mod tap;
mod throttled;
mod trouble;
mod wait;

pub use built::{Build, build_function};
pub use checkout::{Sample, functions, samples};
pub use estate::{OrganisationSetup, links, settings_json};
pub use event_bus::{EventBus, Published};
pub use filter::counts;
pub use function::{Environment, Function, Invoked};
pub use process::Usage;
pub use runtime_api::Answer;
pub use secret_store::SecretStore;
pub use simulators::{Announced, Simulators};
pub use surroundings::{ORGANISATIONS, Surroundings};
pub use tap::{Tap, Turn};
pub use throttled::ThrottledTable;
pub use trouble::Trouble;
pub use wait::{eventually, until};
