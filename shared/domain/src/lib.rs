//! The words and rules of the business: money, periods, ids, subscriptions, plans and the ports they need.
//!
//! Nothing here talks to anything. `observe → plan → (approve) → apply` has its middle part here:
//! [`planner`] is a pure function from what a supplier says and what we recorded to a [`plan::Plan`].

pub mod access;
pub mod audit;
pub mod brake;
pub mod clock;
pub mod digest;
pub mod failure;
pub mod figures;
pub mod id;
pub mod index;
pub mod journal;
pub mod link;
pub mod money;
pub mod order;
pub mod plan;
pub mod planner;
pub mod ports;
pub mod price;
pub mod record;
pub mod run;
pub mod secret;
pub mod service;
pub mod settings;
pub mod status;
pub mod subscription;
