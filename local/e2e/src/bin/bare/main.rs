//! The least that a function can be: Lambda's runtime client, our way of running a handler, and an answer that is the
//! question. `bench cold` and `cargo xtask size` put the functions' start beside this one's.

use lambda_kit::{Error, Outcome};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_kit::run(|invocation| async move { Outcome::Done(invocation.payload) }).await
}
