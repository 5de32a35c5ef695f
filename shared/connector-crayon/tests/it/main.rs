//! The connector against the simulated Cloud-iQ.

#[cfg(test)]
mod auth;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod odd_bodies;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod people;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod retry;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod update;
#[cfg(test)]
mod world;
