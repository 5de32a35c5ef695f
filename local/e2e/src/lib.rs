//! Stories told through the whole stack, and benchmarks.
