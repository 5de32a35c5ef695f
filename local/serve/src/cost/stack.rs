//! What of `template.yaml` makes the bill. `local/e2e/tests/it/template/cost.rs` holds every line of it against the
//! template: who changes the one changes the other.

/// The functions and their memory in MB.
pub const FUNCTIONS: [(&str, u64); 3] = [("subscription-sync", 256), ("order-intake", 256), ("web", 512)];
/// Minutes between two runs, unless it is said.
pub const RUN_MINUTES: u64 = 60;
/// Minutes between two looks after open orders.
pub const LOOK_AFTER_MINUTES: u64 = 5;
/// Alarms, each on one metric, of standard resolution.
pub const ALARMS: u64 = 11;
/// Metrics that are counted from log lines.
pub const METRICS: u64 = 4;
/// Dashboards.
pub const DASHBOARDS: u64 = 1;
/// Secrets that the stack makes: the key of sessions.
pub const OWN_SECRETS: u64 = 1;
/// Days that log lines are kept, unless it is said.
pub const LOG_DAYS: u64 = 90;

/// Resource types that are in a row of the estimate.
pub const PRICED: [&str; 10] = [
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::SecretsManager::Secret",
    "AWS::Serverless::Function",
    "AWS::Serverless::HttpApi",
    "AWS::SQS::Queue",
];
/// Resource types that cost nothing by being there, nor by what is done with them here.
pub const FREE: [&str; 2] = ["AWS::SNS::Topic", "AWS::SQS::QueuePolicy"];
