//! The planner: a pure function from what the supplier says and what we recorded to what is to be done.
