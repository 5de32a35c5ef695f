//! Fakes with behaviour, builders, a fixed clock and the port contract suites.
