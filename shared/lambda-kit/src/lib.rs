//! What every function needs around its handler: logging, the environment, the clock, and the translation
//! of an outcome into what Lambda does next.
//!
//! ```no_run
//! use lambda_kit::{Invocation, Outcome};
//! use std::process::ExitCode;
//!
//! # async fn handle(invocation: Invocation) -> Outcome { Outcome::Done(invocation.payload) }
//! # fn main_() -> ExitCode {
//! lambda_kit::start(async |env| {
//!     // What it works with, read out of its environment and built; then:
//!     lambda_kit::run(|invocation| handle(invocation)).await
//! })
//! # }
//! ```

pub mod env;

mod clock;
mod invocation;
mod logging;
mod start;

pub use clock::SystemClock;
pub use invocation::{Invocation, Outcome, run};
pub use lambda_runtime::Error;
pub use logging::init_tracing;
pub use start::start;
