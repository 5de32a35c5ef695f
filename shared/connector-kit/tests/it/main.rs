//! The transport against a server that does exactly as told.

#[cfg(test)]
mod addresses;
mod answers;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod server;
