//! The table: the only crate that knows DynamoDB and its keys.
