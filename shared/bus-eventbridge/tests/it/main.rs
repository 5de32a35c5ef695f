//! The bus against a server that speaks the wire of `PutEvents`.

#[cfg(test)]
mod put_events;
