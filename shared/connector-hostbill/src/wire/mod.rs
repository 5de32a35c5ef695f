//! What HostBill sends and takes, exactly as it speaks; tolerant on read.

pub(crate) mod form;
pub(crate) mod json;
pub(crate) mod node;

#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod json_tests;
#[cfg(test)]
mod node_tests;
