//! One module a command: arguments, what is done, what is shown. Each can be called in-process.

pub mod audit;
pub mod backup;
pub mod check;
pub mod cost;
pub mod health;
pub mod links;
pub mod openapi;
pub mod plan;
pub mod records;
pub mod runs;
pub mod serve;
pub mod settings;
pub mod sync;
pub mod tokens;
pub mod transfer;
pub mod users;
