//! Reads credentials from AWS Secrets Manager.
