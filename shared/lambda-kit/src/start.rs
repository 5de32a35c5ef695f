//! From the process's beginning to its end.

use crate::env::Env;
use crate::{Error, init_tracing};
use std::process::ExitCode;
use tokio::runtime::Builder;
use tracing::error;

/// What a function's `main` does: starts logging, then works with the process's environment, on one thread. Why it
/// cannot start, with everything that is wrong, is one line of level `ERROR` like any other; the process ends with it, and
/// Lambda calls the invocation failed.
pub fn start<W: Future<Output = Result<(), Error>>>(work: impl FnOnce(Env) -> W) -> ExitCode {
    init_tracing();
    let runtime = Builder::new_current_thread().enable_all().build();
    match runtime.map_err(Error::from).and_then(|runtime| runtime.block_on(work(Env::from_process()))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!("the function cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
