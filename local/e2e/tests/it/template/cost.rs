//! What `billbridge cost` reckons with, held against what is deployed: a change of the bill is a change of the model.

use super::{functions, stack, template};
use crate::template::reading::Function;
use serde_json::Value;
use serve::cost::stack::{
    ALARMS, DASHBOARDS, FREE, FUNCTIONS, LOG_DAYS, LOOK_AFTER_MINUTES, METRICS, OWN_SECRETS, PRICED,
    RUN_MINUTES,
};
use std::collections::BTreeSet;

fn count(kind: &str) -> u64 {
    stack().of_type(kind).len() as u64
}

fn schedule(function: &Function) -> Option<String> {
    let schedules = function.triggered_by("ScheduleV2");
    assert!(schedules.len() <= 1, "{} has more than one schedule", function.name);
    schedules.first().map(|one| one.properties["ScheduleExpression"].as_str().unwrap().to_owned())
}

#[test]
fn memory_schedules_and_architecture_are_those_that_are_deployed() {
    let deployed: BTreeSet<(String, u64)> = functions()
        .iter()
        .map(|function| (function.name.clone(), function.properties["MemorySize"].as_u64().unwrap()))
        .collect();
    let reckoned = FUNCTIONS.iter().map(|(name, memory)| ((*name).to_owned(), *memory)).collect();
    assert_eq!(deployed, reckoned);
    for function in functions() {
        let expected = match function.name.as_str() {
            "subscription-sync" => Some(format!("rate({RUN_MINUTES} minutes)")),
            "order-intake" => Some(format!("rate({LOOK_AFTER_MINUTES} minutes)")),
            _ => None,
        };
        assert_eq!(schedule(&function), expected, "{}", function.name);
        assert_eq!(
            function.properties["Architectures"],
            serde_json::json!(["arm64"]),
            "the price is arm64's"
        );
        assert!(function.properties.get("EphemeralStorage").is_none(), "more than 512 MB have a price");
        assert!(function.properties.get("ProvisionedConcurrencyConfig").is_none(), "so has being held ready");
        assert!(function.properties.get("VpcConfig").is_none(), "so has a way out of a network");
    }
}

#[test]
fn whatever_is_paid_for_being_there_is_counted() {
    assert_eq!(count("AWS::CloudWatch::Alarm"), ALARMS);
    assert_eq!(count("AWS::CloudWatch::Dashboard"), DASHBOARDS);
    assert_eq!(count("AWS::SecretsManager::Secret"), OWN_SECRETS);
    let filters = stack().of_type("AWS::Logs::MetricFilter");
    let names: BTreeSet<String> = filters
        .values()
        .flat_map(|filter| filter["Properties"]["MetricTransformations"].as_array().unwrap())
        .map(|metric| {
            assert!(metric.get("Dimensions").is_none(), "each value of a dimension is a metric: {metric}");
            metric["MetricName"].to_string()
        })
        .collect();
    assert_eq!(names.len() as u64, METRICS, "{names:?}");
    for (name, group) in stack().of_type("AWS::Logs::LogGroup") {
        assert_eq!(group["Properties"]["RetentionInDays"], LOG_DAYS, "{name}");
    }
}

#[test]
fn an_alarm_is_one_metric_of_standard_resolution() {
    for (name, alarm) in stack().of_type("AWS::CloudWatch::Alarm") {
        let properties = &alarm["Properties"];
        assert!(properties["MetricName"].is_string() && properties.get("Metrics").is_none(), "{name}");
        assert_eq!(properties["Period"].as_u64().unwrap() % 60, 0, "{name} is of high resolution");
    }
}

#[test]
fn the_dashboard_is_small_enough_to_be_one_of_those_that_are_free() {
    for (name, dashboard) in stack().of_type("AWS::CloudWatch::Dashboard") {
        let body = dashboard["Properties"]["DashboardBody"].as_str().unwrap();
        let metrics = body.matches("[\"AWS/").count() + body.matches("[\"Billbridge/").count();
        assert!((1..=50).contains(&metrics), "{name} shows {metrics} metrics");
    }
}

#[test]
fn the_table_is_paid_by_request_with_recovery_and_a_key_that_aws_manages() {
    let tables = stack().of_type("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 1);
    let table = &tables["Table"]["Properties"];
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["SSESpecification"], serde_json::json!({"SSEEnabled": true}));
    assert!(table.get("TableClass").is_none() && table.get("StreamSpecification").is_none());
}

#[test]
fn every_type_of_resource_is_in_the_model_or_known_to_be_free() {
    let known: BTreeSet<&str> = PRICED.into_iter().chain(FREE).collect();
    let deployed: BTreeSet<String> =
        stack().resources().values().map(|one: &Value| one["Type"].as_str().unwrap().to_owned()).collect();
    for kind in &deployed {
        assert!(known.contains(kind.as_str()), "{kind} has no row in `billbridge cost`");
    }
    assert_eq!(deployed.len(), known.len(), "the model has a type that is not deployed: {deployed:?}");
    assert_eq!(
        template().parameters()["Tracing"]["Default"],
        "Disabled",
        "tracing is an option of the command"
    );
}
