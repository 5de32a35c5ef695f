use crate::estates::{NORDIC, nordic};
use crate::house::{House, LONG, tell};
use domain::ports::RunStore as _;
use serde_json::{Value, json};

#[tokio::test]
async fn a_payload_that_nobody_knows_is_terminal_and_changes_nothing() {
    let house = House::open(nordic(5, 1, 100)).await;
    let mut function = house.function().await;
    let unknown = [
        json!({"hello": "world"}),
        json!({"organisation": NORDIC, "dryrun": true}),
        json!({"source": "billbridge", "detail-type": "sync.requested", "detail": {"version": 99}}),
        Value::Null,
        json!([1, 2, 3]),
    ];
    for payload in &unknown {
        let answer = tell(&mut function, payload, LONG).await;
        assert_eq!(answer["outcome"], "terminal", "{payload}: {answer}");
        assert!(!answer["problem"].as_str().unwrap().is_empty());
    }
    let errors = function.log().iter().filter(|line| line.contains(r#""level":"ERROR""#)).count();
    assert_eq!(errors, unknown.len(), "each wakes someone");
    let asked = house.crayon.with(|model| model.requests.total()) + house.hostbill_calls();
    assert_eq!(asked, 0);
    let runs = house.table.store().runs(&NORDIC.parse().unwrap(), 10).await.unwrap();
    assert!(runs.is_empty(), "{runs:?}");
    house.close([function]).await;
}

const REQUIRED: [&str; 9] = [
    "BILLBRIDGE_TABLE",
    "BILLBRIDGE_BUS",
    "CRAYON_URL",
    "CRAYON_CLIENT_ID",
    "CRAYON_USERNAME",
    "CRAYON_PASSWORD",
    "HOSTBILL_URL",
    "HOSTBILL_API_ID",
    "HOSTBILL_API_KEY",
];

#[tokio::test]
async fn what_is_missing_of_the_configuration_is_named_all_at_once_before_the_first_event() {
    let house = House::open(nordic(5, 1, 100)).await;
    // One secret is there, so that it can be seen not to be shown.
    let incomplete = house.environment.clone().without(&REQUIRED);
    let mut function = house.function_with(&incomplete).await;

    let status = function.exit().await.unwrap();

    assert!(!status.success());
    let log = function.log().join("\n");
    let line: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(line["level"], "ERROR", "one line, which wakes somebody:\n{log}");
    assert!(line["message"].as_str().unwrap().starts_with("the function cannot start: "), "{log}");
    let unnamed: Vec<_> = REQUIRED.iter().filter(|name| !log.contains(**name)).collect();
    assert!(unnamed.is_empty(), "not named: {unnamed:?} in\n{log}");
    assert!(!log.contains("CRAYON_CLIENT_SECRET"), "what is there is not complained about:\n{log}");
    house.close([function]).await;
}
