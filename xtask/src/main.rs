//! The gatehouse: checks, benchmarks, sizes.
fn main() {}
