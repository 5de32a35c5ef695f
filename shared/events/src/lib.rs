//! The shapes Billbridge publishes, versioned, and what a function may be handed.
//!
//! An event is `{source: "billbridge", detail-type: "sync.requested", detail: {"version": 1, …}}`. Details
//! carry ids and no data: the reader looks the rest up. A field that is added later is optional and leaves
//! the version alone; anything else raises it, and the old form stays readable. `golden/` holds one file for
//! every form there ever was.

mod event;
mod incoming;

pub use event::{Event, EventError, SOURCE};
pub use incoming::{Incoming, IncomingError};
