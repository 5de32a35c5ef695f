//! Crayon Cloud-iQ and HostBill as stateful models with an HTTP face.
//!
//! Written from the two contracts alone (`crayon-cloudiq.md`, `hostbill.md`), never from our own client,
//! so that a misreading cannot cancel itself out. Change the model, let the program run, assert on the
//! model:
//!
//! ```
//! # async fn story() -> std::io::Result<()> {
//! use simulators::{Fault, crayon, hostbill};
//! let crayon = crayon::Crayon::start(crayon::Model::sample()).await?;
//! let hostbill = hostbill::HostBill::start(hostbill::Model::sample()).await?;
//! hostbill.with(|model| model.faults.add(Fault::DropAfter.on("addOrder")));
//! // … run the program against crayon.url() and hostbill.url() …
//! assert_eq!(hostbill.with(|model| model.accounts.len()), 0);
//! # Ok(()) }
//! ```
//!
//! Behaviour is marked *documented* (first-party text), *observed* (seen by someone against the real
//! system) or *assumed* (ours), with the contract's section.

mod clock;
mod control;
pub mod crayon;
pub mod estate;
mod faults;
pub mod hostbill;
mod http;
mod json;
mod listing;
pub mod oidc;
mod requests;
mod server;

pub use clock::{Clock, Moment};
pub use faults::{Fault, Faults, ListFault, Rule};
pub use requests::{RequestLog, Seen};
pub use rust_decimal::Decimal;
