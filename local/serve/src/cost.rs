//! What an installation on AWS costs in a month: measured work, times what the template deploys, times dated prices.
//!
//! Three things are kept apart, so that each can be looked at by itself. [`measured`] is what `cargo xtask bench cost`
//! wrote: units, calls, processor time and bytes of each piece of work. [`stack`] is what `template.yaml` makes of it,
//! held against the template by a test. [`prices`] is a dated file with a source for every price. [`model`] multiplies.
//! `docs/cost.md` says how, and what is left out.

pub mod measured;
pub mod model;
pub mod prices;
pub mod stack;
pub mod work;

pub use measured::Measured;
pub use model::{Estimate, Load, Row, estimate};
pub use prices::Prices;
pub use work::Work;
