//! The crate from outside.

#[cfg(test)]
mod runtime_api;
