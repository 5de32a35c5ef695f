//! The connector against the simulated identity provider, over HTTP.

#[cfg(test)]
mod distrust;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod world;
