use super::{at, functions, stack, template};
use crate::template::GIVEN;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_function_that_is_built_is_deployed_and_no_other() {
    let folders = std::fs::read_dir(at("functions")).unwrap();
    let built: BTreeSet<String> =
        folders.map(|folder| folder.unwrap().file_name().to_string_lossy().into_owned()).collect();
    let deployed: Vec<String> = functions().into_iter().map(|function| function.name).collect();
    assert_eq!(deployed.len(), built.len(), "one is deployed twice: {deployed:?}");
    assert_eq!(deployed.into_iter().collect::<BTreeSet<_>>(), built);
}

#[test]
fn every_function_is_built_by_cargo_and_runs_without_a_runtime_of_its_own() {
    for (name, resource) in stack().of_type("AWS::Serverless::Function") {
        assert_eq!(resource["Metadata"]["BuildMethod"], "rust-cargolambda", "{name}");
    }
    for (architecture, way) in [("arm64", vec![GIVEN]), ("x86_64", vec![GIVEN, ("Architecture", "x86_64")])] {
        for function in template().stack(&way).functions() {
            assert_eq!(function.properties["Runtime"], "provided.al2023", "{}", function.name);
            assert_eq!(function.properties["Architectures"], json!([architecture]), "{}", function.name);
        }
    }
}

#[test]
fn what_only_people_wait_for_ends_before_the_gateway_gives_up() {
    for function in functions() {
        let seconds = function.properties["Timeout"].as_u64().unwrap();
        if function.triggers().iter().all(|trigger| trigger.kind == "HttpApi") {
            assert!(seconds < 30, "{} may run for {seconds} s, the gateway waits for 30", function.name);
        } else {
            assert!(seconds <= 900, "{}", function.name);
        }
    }
}

#[test]
fn a_schedule_goes_by_its_interval_or_by_the_clock_of_its_time_zone() {
    let by = |way: &[(&str, &str)]| {
        let functions = template().stack(way).functions();
        let sync = functions.into_iter().find(|function| function.name == "subscription-sync").unwrap();
        let schedule = sync.triggered_by("ScheduleV2").remove(0).properties;
        assert_eq!(schedule["FlexibleTimeWindow"]["Mode"], "FLEXIBLE");
        ["ScheduleExpression", "ScheduleExpressionTimezone"]
            .map(|field| schedule[field].as_str().unwrap().to_owned())
    };
    assert_eq!(by(&[GIVEN]), ["rate(60 minutes)", "UTC"]);
    let cron = "cron(0 6-20 ? * MON-FRI *)";
    let clock = [GIVEN, ("SyncSchedule", cron), ("TimeZone", "Europe/Copenhagen")];
    assert_eq!(by(&clock), [cron, "Europe/Copenhagen"]);
}

#[test]
fn concurrency_is_reserved_unless_the_account_is_too_small_for_it() {
    let reserved = |way: &[(&str, &str)]| {
        let functions = template().stack(way).functions();
        let sync = functions.into_iter().find(|function| function.name == "subscription-sync").unwrap();
        sync.properties.get("ReservedConcurrentExecutions").cloned()
    };
    assert_eq!(reserved(&[GIVEN]), Some(json!(2)));
    assert_eq!(reserved(&[GIVEN, ("SyncConcurrency", "0")]), None);
}
