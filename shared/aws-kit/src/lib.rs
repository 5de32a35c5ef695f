//! Loads the AWS configuration, once.
