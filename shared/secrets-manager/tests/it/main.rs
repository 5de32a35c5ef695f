//! Secrets from a server that speaks the wire of Secrets Manager.

#[cfg(test)]
mod get_secret_value;
#[cfg(test)]
mod personal;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod wire;
