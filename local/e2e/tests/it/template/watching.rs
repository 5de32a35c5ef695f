use super::{functions, stack, template, text};
use crate::estates::nordic;
use crate::house::{House, LONG, apply, scheduled, tell};
use crate::template::reading::Function;
use domain::order::OrderState;
use e2e::counts;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const OURS: &str = "Billbridge/billbridge";
const QUEUE: &str = "<DeadLetters.Arn>";

fn properties(kind: &str) -> Vec<(String, Value)> {
    stack().of_type(kind).into_iter().map(|(name, one)| (name, one["Properties"].clone())).collect()
}

fn alarms() -> Vec<(String, Value)> {
    properties("AWS::CloudWatch::Alarm")
}

/// Name and pattern of every metric that is counted from the lines of a log.
fn counted(log_group: &str) -> Vec<(String, String)> {
    let filters = properties("AWS::Logs::MetricFilter").into_iter();
    let filters = filters.filter(|(_, filter)| filter["LogGroupName"] == log_group);
    let counted = filters.map(|(_, filter)| {
        let [metric] = filter["MetricTransformations"].as_array().unwrap().as_slice() else {
            panic!("{filter} counts more than one metric");
        };
        assert_eq!(metric["MetricNamespace"], OURS);
        (
            metric["MetricName"].as_str().unwrap().to_owned(),
            filter["FilterPattern"].as_str().unwrap().to_owned(),
        )
    });
    counted.collect()
}

fn log_group(function: &Function) -> String {
    function.properties["LoggingConfig"]["LogGroup"].as_str().unwrap().to_owned()
}

#[test]
fn every_function_has_a_log_group_of_its_own_that_forgets() {
    let groups = stack().of_type("AWS::Logs::LogGroup");
    let mut used = BTreeSet::new();
    for function in functions() {
        let group = log_group(&function);
        let properties = &groups[group.trim_matches(['<', '>'])]["Properties"];
        let name = function.properties["FunctionName"].as_str().unwrap();
        assert_eq!(properties["LogGroupName"], format!("/aws/lambda/{name}"), "{}", function.name);
        assert!(used.insert(group), "{} logs where another one does", function.name);
    }
    for (name, group) in groups {
        assert!(group["Properties"]["RetentionInDays"].is_number(), "{name} never forgets");
    }
}

#[test]
fn whatever_arrives_without_a_caller_is_tried_again_and_then_kept_for_a_person() {
    for function in functions() {
        let alone: Vec<_> = function.triggers().into_iter().filter(|one| one.kind != "HttpApi").collect();
        for trigger in &alone {
            let at = format!("{} {}", function.name, trigger.name);
            assert_eq!(trigger.properties["DeadLetterConfig"]["Arn"], QUEUE, "{at}");
            let retries = &trigger.properties["RetryPolicy"];
            assert!(retries["MaximumRetryAttempts"].as_u64() > Some(0), "{at}");
            assert!(retries["MaximumEventAgeInSeconds"].as_u64() > Some(0), "{at}");
        }
        if !alone.is_empty() {
            let invoked = &function.properties["EventInvokeConfig"];
            assert_eq!(
                invoked["DestinationConfig"]["OnFailure"],
                json!({"Type": "SQS", "Destination": QUEUE}),
                "{}",
                function.name
            );
        }
    }
}

#[test]
fn the_dead_letter_queue_takes_what_the_rules_of_our_bus_could_not_deliver() {
    let policies = properties("AWS::SQS::QueuePolicy");
    let [(_, policy)] = policies.as_slice() else { panic!("{policies:?}") };
    assert_eq!(policy["Queues"], json!(["<DeadLetters>"]));
    let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
    let [allowed] = statements.as_slice() else { panic!("{statements:?}") };
    let rules = "arn:aws:events:eu-west-1:123456789012:rule/<Bus>/*";
    let wanted = json!({
        "Sid": allowed["Sid"],
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": {"ArnLike": {"aws:SourceArn": rules}},
    });
    assert_eq!(*allowed, wanted);
}

#[test]
fn every_function_is_watched_for_errors_throttles_and_lines_that_wake_someone() {
    for function in functions() {
        let of_function = json!([{"Name": "FunctionName", "Value": format!("<{}>", function.resource)}]);
        for metric in ["Errors", "Throttles"] {
            let found = alarms().into_iter().filter(|(_, alarm)| {
                alarm["Namespace"] == "AWS/Lambda"
                    && alarm["MetricName"] == metric
                    && alarm["Dimensions"] == of_function
            });
            assert_eq!(found.count(), 1, "{} and {metric}", function.name);
        }
        let lines = counted(&log_group(&function));
        assert_eq!(lines.iter().filter(|(metric, _)| metric == "ErrorLines").count(), 1, "{}", function.name);
    }
    for queue in stack().of_type("AWS::SQS::Queue").keys() {
        let depth = json!([{"Name": "QueueName", "Value": format!("<{queue}.QueueName>")}]);
        assert!(alarms().iter().any(|(_, alarm)| alarm["Dimensions"] == depth), "{queue} fills unseen");
    }
}

#[test]
fn every_alarm_listens_to_something_that_is_measured_and_tells_somebody() {
    let measured: BTreeSet<String> = functions()
        .iter()
        .flat_map(|function| counted(&log_group(function)))
        .map(|(metric, _)| metric)
        .collect();
    let mut listened = BTreeSet::new();
    for (name, alarm) in alarms() {
        assert_eq!(alarm["AlarmActions"], json!(["<Alarms>"]), "{name}");
        assert!(alarm["AlarmDescription"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        match alarm["Namespace"].as_str().unwrap() {
            "AWS/Lambda" | "AWS/SQS" => {}
            OURS => {
                let metric = alarm["MetricName"].as_str().unwrap().to_owned();
                assert!(measured.contains(&metric), "{name} waits for {metric}, which nothing counts");
                listened.insert(metric);
            }
            other => panic!("{name}: nothing is known of {other}"),
        }
    }
    assert_eq!(measured, listened, "whatever is counted is listened to");
}

#[test]
fn the_dashboard_shows_every_alarm_and_nothing_that_is_not_measured() {
    let dashboards = properties("AWS::CloudWatch::Dashboard");
    let body = dashboards[0].1["DashboardBody"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let widgets = body["widgets"].as_array().unwrap();
    let shown: BTreeSet<String> = widgets
        .iter()
        .flat_map(|widget| widget["properties"]["alarms"].as_array().into_iter().flatten())
        .map(|alarm| alarm.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, alarms().into_iter().map(|(name, _)| format!("<{name}.Arn>")).collect());
    let measured: BTreeSet<String> = functions()
        .iter()
        .flat_map(|function| counted(&log_group(function)))
        .map(|(metric, _)| metric)
        .collect();
    let metrics =
        widgets.iter().flat_map(|widget| widget["properties"]["metrics"].as_array().into_iter().flatten());
    let ours =
        metrics.filter(|metric| metric[0] == OURS).map(|metric| metric[1].as_str().unwrap().to_owned());
    assert_eq!(ours.collect::<BTreeSet<_>>(), measured);
    for function in functions() {
        let named = format!("<{}>", function.resource);
        assert!(body.to_string().contains(&named), "the dashboard says nothing of {}", function.name);
    }
}

/// The fields of a run's last line that the dashboard shows.
fn shown_of_runs() -> Vec<String> {
    let dashboards = properties("AWS::CloudWatch::Dashboard");
    let body: Value = serde_json::from_str(dashboards[0].1["DashboardBody"].as_str().unwrap()).unwrap();
    let widgets = body["widgets"].as_array().unwrap();
    let runs = widgets.iter().find(|widget| widget["properties"]["title"] == "Runs").unwrap();
    let query = runs["properties"]["query"].as_str().unwrap();
    let fields = query.split(" | ").find_map(|step| step.strip_prefix("fields @timestamp, ")).unwrap();
    fields.split(", ").map(|field| field.trim_matches('`').to_owned()).collect()
}

#[tokio::test]
async fn the_lines_that_alarms_count_are_the_lines_that_a_run_writes() {
    let patterns = counted("<SubscriptionSyncLogs>");
    let pattern = |metric: &str| &patterns.iter().find(|(name, _)| name == metric).unwrap().1;
    let house = House::open(nordic(24, 3, 10)).await;
    let mut function = house.function().await;

    let planned = tell(&mut function, &scheduled(), LONG).await;
    assert_eq!(planned["state"], "awaiting-approval", "{planned}");
    tell(&mut function, &apply(&planned["plan"]), LONG).await;
    tell(&mut function, &scheduled(), LONG).await;
    tell(&mut function, &json!({"hello": "world"}), LONG).await;

    let lines: Vec<Value> =
        function.log().iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let count = |metric: &str| lines.iter().filter(|line| counts(pattern(metric), line)).count();
    assert_eq!(
        count("RunsEnded"),
        2,
        "one that waits for approval, one that found nothing to do; what was approved is no scheduled run"
    );
    assert_eq!(count("ErrorLines"), 1, "what nobody understands");
    assert_eq!(count("ChangesParked"), 0);
    let run = lines.iter().find(|line| counts(pattern("RunsEnded"), line)).unwrap();
    let unwritten: Vec<_> = shown_of_runs().into_iter().filter(|field| run[field].is_null()).collect();
    assert!(unwritten.is_empty(), "the dashboard shows {unwritten:?}, which no run writes: {run}");
    let mut parked = run.clone();
    assert!(parked["parked"].is_u64(), "{run}");
    parked["parked"] = json!(2);
    assert!(counts(pattern("ChangesParked"), &parked));
    let mut failed = run.clone();
    failed["run.state"] = json!("failed");
    assert!(!counts(pattern("RunsEnded"), &failed), "a run that failed did not come to its end");
    house.close([function]).await;
}

#[test]
fn no_deployment_can_silence_the_lines_that_alarms_count() {
    assert_eq!(template().parameters()["LogLevel"]["AllowedValues"], json!(["info", "debug"]));
}

#[test]
fn an_order_that_waits_for_a_person_is_counted_by_the_words_it_is_logged_with() {
    let source = text("functions/order-intake/src/work.rs");
    assert!(source.contains("order.state = %order.state"), "how an order's state is logged has changed");
    let patterns = counted("<OrderIntakeLogs>");
    let (_, pattern) = patterns.iter().find(|(metric, _)| metric == "OrdersHeld").unwrap();
    let counted: Vec<OrderState> = OrderState::ALL
        .into_iter()
        .filter(|state| counts(pattern, &json!({"order.state": state.to_string()})))
        .collect();
    assert_eq!(counted, [OrderState::Held, OrderState::Failed]);
}
