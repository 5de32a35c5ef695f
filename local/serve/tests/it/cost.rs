//! What a month on AWS costs, as the command prints it and the README repeats it.

use crate::world::{run, surroundings};
use lambda_kit::SystemClock;
use lambda_kit::env::Env;
use rust_decimal::Decimal;
use serde_json::Value;
use serve::cost::work::{PROCESSOR, READS, WRITES};
use serve::cost::{Measured, Prices};
use serve::exit::Exit;
use serve::out::Captured;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// What ten thousand subscriptions may cost in a month, in US dollars, in an account that does nothing else.
const TARGET: &str = "2.70";

async fn cost(more: &[&str]) -> (Exit, Captured) {
    let line: Vec<_> = ["cost", "--subscriptions"].iter().chain(more).copied().collect();
    // No table, no connections, no variables: it asks nobody.
    let nothing: [(&str, &str); 0] = [];
    run(&line, surroundings(Env::from_pairs(nothing), Arc::new(SystemClock))).await
}

async fn estimate(more: &[&str]) -> Value {
    let (exit, captured) = cost(&[more, &["--json"]].concat()).await;
    assert_eq!(exit, Exit::Done, "{}", captured.all());
    serde_json::from_str(&captured.results()).unwrap()
}

fn amount(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn ten_thousand_subscriptions_stay_below_the_target() {
    let bill = estimate(&["10000"]).await;
    assert!(amount(&bill["afterFreeUsd"]) <= TARGET.parse().unwrap(), "{bill:#}");
}

#[tokio::test]
async fn the_readme_says_what_the_command_prints() {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap();
    for (subscriptions, shown) in [("1000", "1,000"), ("10000", "10,000"), ("100000", "100,000")] {
        let bill = estimate(&[subscriptions]).await;
        let (all, after) = (amount(&bill["totalUsd"]), amount(&bill["afterFreeUsd"]));
        let row = format!("| {shown} | {all} USD | {after} USD |");
        assert!(readme.contains(&row), "README.md has no {row}");
    }
    let bill = estimate(&["10000"]).await;
    let items = bill["items"].as_array().unwrap();
    let of = |item: &str| {
        let row =
            items.iter().find(|row| row["item"] == item).unwrap_or_else(|| panic!("there is no {item}"));
        amount(&row["amountUsd"]).round_dp(2)
    };
    let [board, metrics, alarms, secrets] = [
        of("CloudWatch: dashboard"),
        of("CloudWatch: metrics"),
        of("CloudWatch: alarms"),
        of("Secrets Manager: secrets"),
    ];
    let idle = format!(
        "Of the list price {} USD are there while nothing happens: dashboard {board}, metrics {metrics}, alarms {alarms}, \
         two secrets {secrets}.",
        board + metrics + alarms + secrets
    );
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&idle), "README.md does not say: {idle}");
}

#[tokio::test]
async fn every_row_is_its_quantity_times_its_price_and_the_total_is_their_sum() {
    for more in [&["10000"][..], &["100000", "--tracing", "--runs-a-day", "96", "--changed-percent", "2.5"]] {
        let bill = estimate(more).await;
        let rows = bill["items"].as_array().unwrap();
        let close = |one: Decimal, other: Decimal| (one - other).abs() <= Decimal::new(1, 5);
        for row in rows {
            let product = amount(&row["quantity"]) * amount(&row["priceUsd"]);
            assert!(close(product, amount(&row["amountUsd"])), "{row}");
            assert!(amount(&row["afterFreeUsd"]) <= amount(&row["amountUsd"]), "{row}");
            assert!(!row["from"].as_str().unwrap().is_empty(), "{row}");
        }
        for (total, part) in [("totalUsd", "amountUsd"), ("afterFreeUsd", "afterFreeUsd")] {
            let sum: Decimal = rows.iter().map(|row| amount(&row[part])).sum();
            assert!((sum - amount(&bill[total])).abs() <= Decimal::new(1, 2), "{total}: {sum}");
        }
        let items: BTreeSet<_> = rows.iter().map(|row| row["item"].as_str().unwrap()).collect();
        assert_eq!(items.len(), rows.len(), "each item has one row");
        assert_eq!(items.contains("X-Ray"), more.contains(&"--tracing"));
    }
}

#[tokio::test]
async fn a_person_sees_both_totals_the_date_of_the_prices_and_the_commit_that_was_measured() {
    let (exit, captured) = cost(&["10000"]).await;
    assert_eq!(exit, Exit::Done, "{}", captured.all());
    let told = captured.results();
    let (prices, measured) = (Prices::built_in().unwrap(), Measured::built_in().unwrap());
    let bill = estimate(&["10000"]).await;
    let total = bill["totalUsd"].as_str().unwrap();
    for text in
        [total, bill["afterFreeUsd"].as_str().unwrap(), &prices.date, "eu-west-1", measured.fact("commit")]
    {
        assert!(told.contains(text), "{text:?} is not in:\n{told}");
    }
}

#[tokio::test]
async fn more_of_anything_never_costs_less() {
    let least = amount(&estimate(&["10000"]).await["totalUsd"]);
    for more in [
        &["--runs-a-day", "96"][..],
        &["--changed-percent", "10"],
        &["--orders", "100000"],
        &["--page-views", "1000000"],
        &["--months", "120"],
        &["--call-ms", "2000"],
        &["--secrets", "9"],
        &["--tracing"],
    ] {
        let bill = estimate(&[&["10000"], more].concat()).await;
        assert!(amount(&bill["totalUsd"]) > least, "{more:?}: {}", bill["totalUsd"]);
    }
}

#[tokio::test]
async fn another_region_needs_its_own_prices_and_a_list_that_is_not_whole_is_refused() {
    let (exit, captured) = cost(&["10000", "--region", "eu-central-1"]).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    assert!(captured.notes().contains("--prices FILE"), "{}", captured.notes());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.json");
    let path = file.to_str().unwrap();
    let ours =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cost/prices.json")).unwrap();
    let mut theirs: Value = serde_json::from_str(&ours).unwrap();
    theirs["region"] = "eu-central-1".into();
    theirs["prices"]["cloudwatch.alarm"]["usd"] = "1000".into();
    std::fs::write(&file, theirs.to_string()).unwrap();
    let line = ["10000", "--region", "eu-central-1", "--prices", path];
    assert!(amount(&estimate(&line).await["totalUsd"]) > Decimal::ONE_THOUSAND);

    theirs["prices"].as_object_mut().unwrap().remove("kms.request");
    std::fs::write(&file, theirs.to_string()).unwrap();
    let (exit, captured) = cost(&line).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    assert!(captured.notes().contains("kms.request"), "{}", captured.notes());
}

#[test]
fn between_the_smallest_and_the_largest_estate_the_line_is_what_was_measured() {
    let measured = Measured::built_in().unwrap();
    let [_, (size, work), _] = measured.unchanged.as_slice() else { panic!("three sizes are measured") };
    let line = measured.run(Decimal::from(*size));
    let sync = |quantity: &str| format!("subscription-sync.{quantity}");
    for (quantity, percent) in [(READS.to_owned(), 10), (WRITES.to_owned(), 10), (sync(PROCESSOR), 40)] {
        let (reckoned, seen) = (line.get(&quantity), work.get(&quantity));
        let most = seen * Decimal::from(percent) / Decimal::ONE_HUNDRED;
        assert!(
            (reckoned - seen).abs() <= most,
            "{quantity} at {size}: {reckoned} is reckoned, {seen} was measured"
        );
    }
}

#[test]
fn what_was_measured_reads_back_as_it_is_written() {
    let measured = Measured::built_in().unwrap();
    assert_eq!(Measured::from_json(&measured.to_json()).unwrap(), measured);
    for fact in ["taken", "machine", "profile", "commit"] {
        assert_ne!(measured.fact(fact), "unknown", "{fact}");
    }
}
