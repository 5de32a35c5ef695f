//! Settings in the table.

use domain::ports::SettingsStore;
use store_dynamodb::settings::settings_to_json;
use testkit::builders::{moment, organisation, parsed, settings};
use testkit::dynamo::Embedded;

#[tokio::test]
async fn every_version_is_kept_and_the_last_one_counts() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    assert!(store.find_settings().await.unwrap().is_none());

    let mut wanted = settings();
    let first = store.put_settings(&settings_to_json(&wanted), "ada", moment(0)).await.unwrap();
    assert_eq!(first, Ok(1));
    wanted.organisations[0].currency = parsed("SEK");
    let second = store.put_settings(&settings_to_json(&wanted), "bob", moment(1)).await.unwrap();
    assert_eq!(second, Ok(2));

    let found = store.find_settings().await.unwrap().unwrap();
    assert_eq!(found.organisations, wanted.organisations);
    let mut lines = Vec::new();
    assert_eq!(store.export(&mut lines).await.unwrap(), 3, "two versions and the current one");
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.contains(r#""SK":{"S":"V#000001"}"#) && lines.contains("ada"));
}

#[tokio::test]
async fn settings_with_problems_are_not_kept() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let problems = store.put_settings(r#"{"organisation": []}"#, "ada", moment(0)).await.unwrap();
    assert_eq!(problems.unwrap_err().len(), 1);
    assert!(store.find_settings().await.unwrap().is_none());
    assert_eq!(store.put_settings("{}", "ada", moment(0)).await.unwrap(), Ok(1));
    assert!(store.find_settings().await.unwrap().unwrap().find(&organisation().id).is_none());
}
