//! How an emulated DynamoDB is reached. Which one is used, an emulator or AWS, is decided in a `main`.

use aws_kit::SdkConfig;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};

/// The house's limits, an emulator's endpoint, and credentials that open nothing.
pub async fn emulated(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "emulated");
    aws_kit::loader()
        .endpoint_url(endpoint)
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .load()
        .await
}
