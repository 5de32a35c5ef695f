//! The simulators over the wire: every test is named after the promise it checks.

#[cfg(test)]
mod binary;
#[cfg(test)]
mod crayon_lists;
#[cfg(test)]
mod crayon_orders;
#[cfg(test)]
mod crayon_sign_in;
#[cfg(test)]
mod crayon_subscriptions;
#[cfg(test)]
mod crayon_things;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod hostbill_accounts;
#[cfg(test)]
mod hostbill_clients;
#[cfg(test)]
mod hostbill_hooks;
#[cfg(test)]
mod hostbill_invoices;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod wire;
