//! billbridge: every function in one process on an embedded table.
