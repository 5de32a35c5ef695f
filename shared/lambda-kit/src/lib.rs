//! What every function needs around its handler: logging, the environment, the clock, and the translation
//! of an outcome into what Lambda does next.
//!
//! ```no_run
//! use lambda_kit::{Error, Invocation, Outcome};
//!
//! # async fn handle(invocation: Invocation) -> Outcome { Outcome::Done(invocation.payload) }
//! # async fn main_() -> Result<(), Error> {
//! lambda_kit::init_tracing();
//! lambda_kit::run(|invocation| handle(invocation)).await
//! # }
//! ```

pub mod env;

mod clock;
mod invocation;
mod logging;

pub use clock::SystemClock;
pub use invocation::{Invocation, Outcome, run};
pub use lambda_runtime::Error;
pub use logging::init_tracing;
