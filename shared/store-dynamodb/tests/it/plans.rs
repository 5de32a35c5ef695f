//! Plans that someone has laid hands on.

use domain::failure::FailureKind;
use domain::ports::PlanStore;
use store_dynamodb::Onto;
use testkit::builders::{moment, run_id};
use testkit::dynamo::Embedded;
use testkit::suites::large_plan;

/// A kept plan's items, one changed on the way by `tamper`, found broken?
async fn is_found_broken(tamper: impl Fn(&str) -> Option<String>) -> bool {
    let (before, after) = (Embedded::start().await, Embedded::start().await);
    let plan = large_plan(1_000);
    before.store().put_plan(&plan.hash(), &plan, &run_id(1), moment(1)).await.unwrap();
    let mut lines = Vec::new();
    before.store().export(&mut lines).await.unwrap();
    let lines: Vec<_> = String::from_utf8(lines).unwrap().lines().filter_map(tamper).collect();
    after.store().import(&mut lines.join("\n").as_bytes(), Onto::Empty).await.unwrap();
    match after.store().find_plan(&plan.hash()).await {
        Ok(stored) => stored.unwrap().plan != plan,
        Err(failure) => failure.kind == FailureKind::Malformed,
    }
}

#[tokio::test]
async fn an_untouched_plan_is_whole() {
    assert!(!is_found_broken(|line| Some(line.to_owned())).await);
}

#[tokio::test]
async fn a_tampered_plan_chunk_is_found() {
    assert!(is_found_broken(|line| Some(line.replacen("40.00 EUR", "40.01 EUR", 1))).await);
}

#[tokio::test]
async fn a_missing_plan_chunk_is_found() {
    let is_second = |line: &str| line.contains(r#""SK":{"S":"C#00002"}"#);
    assert!(is_found_broken(|line| (!is_second(line)).then(|| line.to_owned())).await);
}
