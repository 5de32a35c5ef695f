use super::routes::served_by;
use super::{at, functions};
use crate::template::reading::{Function, Trigger, texts};
use events::{Event, Incoming};
use http_kit::gateway;
use serde_json::Value;
use std::collections::BTreeSet;

fn samples(function: &str) -> Vec<(String, Value)> {
    let folder = at(&format!("events/{function}"));
    let mut samples: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|file| {
            let path = file.unwrap().path();
            let value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), value)
        })
        .collect();
    samples.sort_by(|one, other| one.0.cmp(&other.0));
    samples
}

/// Whether a rule of the bus lets an event through.
fn lets_through(rule: &Trigger, event: &Value) -> bool {
    let pattern = rule.properties["Pattern"].as_object().unwrap();
    pattern.iter().all(|(field, values)| values.as_array().unwrap().contains(&event[field]))
}

/// What brings a sample to its function: a rule, a schedule, a route, or a person.
fn brought_by(all: &[Function], function: &Function, sample: &Value) -> Vec<String> {
    if gateway::is_http(sample) {
        let path = sample["rawPath"].as_str().unwrap();
        let method = sample["requestContext"]["http"]["method"].as_str().unwrap();
        let reached = served_by(all, method, path).filter(|(reached, _)| *reached == function.name);
        return reached.into_iter().map(|(_, route)| route).collect();
    }
    if sample.get("detail-type").is_none() {
        return vec!["a person".to_owned()];
    }
    let rules =
        function.triggered_by("EventBridgeRule").into_iter().filter(|rule| lets_through(rule, sample));
    let schedules = function.triggered_by("ScheduleV2").into_iter().filter(|schedule| {
        let input: Value = serde_json::from_str(schedule.properties["Input"].as_str().unwrap()).unwrap();
        ["source", "detail-type"].iter().all(|field| input[field] == sample[field])
    });
    rules.chain(schedules).map(|trigger| trigger.name).collect()
}

#[test]
fn every_sample_is_read_by_its_function_and_comes_to_it_by_one_way() {
    let all = functions();
    for function in &all {
        let samples = samples(&function.name);
        assert!(!samples.is_empty(), "{}", function.name);
        for (name, sample) in samples {
            let read = gateway::is_http(&sample) || Incoming::parse(&sample).is_ok();
            assert!(read, "events/{}/{name} is not read", function.name);
            let ways = brought_by(&all, function, &sample);
            assert_eq!(ways.len(), 1, "events/{}/{name} comes by {ways:?}", function.name);
        }
    }
}

#[test]
fn every_schedule_and_every_rule_has_a_sample() {
    let all = functions();
    for function in &all {
        let shown: BTreeSet<String> = samples(&function.name)
            .iter()
            .flat_map(|(_, sample)| brought_by(&all, function, sample))
            .collect();
        for trigger in function.triggers().into_iter().filter(|trigger| trigger.kind != "HttpApi") {
            assert!(shown.contains(&trigger.name), "{}: no sample shows {}", function.name, trigger.name);
        }
    }
}

#[test]
fn what_a_schedule_sends_is_read_as_a_schedule() {
    for function in functions() {
        for schedule in function.triggered_by("ScheduleV2") {
            let input = serde_json::from_str(schedule.properties["Input"].as_str().unwrap()).unwrap();
            assert_eq!(Incoming::parse(&input), Ok(Incoming::Scheduled), "{}", function.name);
        }
    }
}

#[test]
fn every_event_that_is_published_is_heard_and_nothing_else_is_listened_for() {
    let published =
        [Event::SYNC_REQUESTED, Event::SYNC_CONTINUED, Event::SYNC_FINISHED, Event::ORDER_APPROVED];
    let mut heard = BTreeSet::new();
    for function in functions() {
        for rule in function.triggered_by("EventBridgeRule") {
            assert_eq!(rule.properties["EventBusName"], "<Bus>", "{}", rule.name);
            assert_eq!(texts(&rule.properties["Pattern"]["source"]), [events::SOURCE], "{}", rule.name);
            heard.extend(texts(&rule.properties["Pattern"]["detail-type"]));
        }
    }
    assert_eq!(heard, published.map(str::to_owned).into());
}
