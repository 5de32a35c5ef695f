//! Secrets from a server that speaks the wire of `GetSecretValue`.

#[cfg(test)]
mod get_secret_value;
