use simulators::crayon::{Crayon, Model, Profile, Status};
use simulators::estate;

use crate::wire::{Caller, ids};

async fn sample() -> (Crayon, Caller) {
    let crayon = Crayon::start(Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    (crayon, caller)
}

#[tokio::test]
async fn a_list_page_is_pascal_case_with_crlf_and_total_hits() {
    let (_crayon, caller) = sample().await;
    let answer = caller.get("subscriptions?PageSize=1&Statuses=511").await;
    assert!(
        answer.body.starts_with("{\r\n  \"Items\": [\r\n    {\r\n      \"Id\": 120045,\r\n"),
        "{}",
        answer.body
    );
    assert!(answer.body.ends_with("  ],\r\n  \"TotalHits\": 5\r\n}"));
    assert!(!answer.body.replace("\r\n", "").contains('\n'));
    assert!(answer.header("etag").is_none());
    let row = &answer.json()["Items"][0];
    assert_eq!(row["Status"], 1);
    assert_eq!(row["BillingCycle"], 1);
    assert_eq!(row["TermDuration"], "P1Y");
    assert_eq!(row["StartDate"], "2026-02-02T00:00:00");
    assert_eq!(row["EndDate"], "2027-02-01T23:59:59");
    assert_eq!(row["CreationDate"], "2026-02-02T09:14:11.53+00:00");
    assert_eq!(row["CancellationAllowedUntilDate"], "2026-02-09T09:14:11.53Z");
    assert!(row.as_object().unwrap().contains_key("ScheduledNextTermInstructions"));
    assert!(row["SubscriptionTags"].is_null());
    assert_eq!(row["CustomerTenant"]["Id"], 5312);
}

#[tokio::test]
async fn pages_cover_the_list_once_and_an_empty_page_ends_it() {
    let crayon = Crayon::start(estate::synthetic(130, 7).crayon).await.unwrap();
    let caller = Caller::of(&crayon).await;
    let mut all = Vec::new();
    for page in 1..=4 {
        all.extend(caller.ids(&format!("Page={page}&PageSize=50&Statuses=511")).await);
    }
    assert_eq!(all.len(), 130);
    assert!(all.is_sorted());
    assert_eq!(caller.ids("Statuses=511").await.len(), 50);
}

#[tokio::test]
async fn the_open_api_profile_is_camel_case_with_bare_arrays() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| model.profile = Profile::OpenApi);
    let page = caller.get("subscriptions?statuses=511").await.json();
    assert_eq!(page.as_array().unwrap().len(), 5);
    assert_eq!(page[0]["customerTenant"]["publisherCustomerId"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn filters_narrow_and_sort_the_list() {
    let (crayon, caller) = sample().await;
    assert_eq!(caller.ids("OrganizationId=4013281&Statuses=511").await, [120_049]);
    assert_eq!(caller.ids("customertenantid=5312&statuses=511").await, [120_045, 120_046, 120_047]);
    assert_eq!(caller.ids("Statuses=2").await, [120_048]);
    assert_eq!(caller.ids("Statuses=Suspended,Active").await.len(), 5);
    assert_eq!(caller.ids("Search=legacy&Statuses=511").await, [120_047]);
    assert_eq!(caller.ids("Statuses=511&OrganizationId=0").await.len(), 5);
    let by_end = caller.ids("SortBy=3&SortOrder=0&Statuses=511").await;
    assert_eq!((by_end[0], by_end[4]), (120_046, 120_047));
    let newest = caller.ids("SortBy=EndDate&SortOrder=Descending&Statuses=511").await;
    assert_eq!(newest[0], 120_047);
    crayon.with(|model| model.subscription_mut(120_045).unwrap().status = Status::EXPIRED);
    assert_eq!(caller.ids("Statuses=32").await, [120_045]);
}

#[tokio::test]
async fn a_hidden_cap_and_an_ignored_page_are_knobs() {
    let (crayon, caller) = sample().await;
    crayon.with(|model| model.paging.cap = Some(2));
    assert_eq!(caller.ids("PageSize=100&Page=2&Statuses=511").await, [120_047, 120_048]);
    crayon.with(|model| model.paging.ignore_page = true);
    assert_eq!(caller.ids("PageSize=100&Page=2&Statuses=511").await, [120_045, 120_046]);
}

#[tokio::test]
async fn a_change_shows_on_the_next_page_read() {
    let (crayon, caller) = sample().await;
    let before = caller.get("subscriptions?Statuses=511").await.json();
    crayon.with(|model| assert_eq!(model.change_percent(20), 1));
    let after = caller.get("subscriptions?Statuses=511").await.json();
    assert_eq!(before["Items"][0]["Quantity"], 25);
    assert_eq!(after["Items"][0]["Quantity"], 26);
    assert_eq!(ids(&before), ids(&after));
}
