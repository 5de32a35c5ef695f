use std::collections::BTreeMap;

use super::{Budget, Budgets, counts, parse, record, verdict, written, zipped};

fn budget(budget: u64, recorded: u64) -> Budget {
    Budget { budget: Some(budget), recorded: Some(recorded) }
}

fn only_size(size: Budget) -> Budgets {
    Budgets { size, ..Budgets::default() }
}

#[test]
fn a_function_within_its_budget_passes() {
    assert!(verdict(1_000, "bytes", budget(2_000, 1_000)).is_ok());
    assert!(verdict(1_000, "bytes", Budget { budget: Some(1_000), recorded: None }).is_ok());
}

#[test]
fn a_function_over_its_budget_fails_and_says_by_how_much() {
    let line = verdict(2_005, "bytes", budget(2_000, 2_000)).expect_err("over budget");
    assert!(line.contains("5 over its budget of 2000"), "{line}");
}

#[test]
fn growth_by_more_than_a_tenth_fails_even_within_budget() {
    assert!(verdict(1_100, "bytes", budget(5_000, 1_000)).is_ok());
    assert!(verdict(1_101, "bytes", budget(5_000, 1_000)).is_err());
    let slower = verdict(1_101, "instructions to start", budget(5_000, 1_000)).expect_err("a slower start");
    assert!(slower.starts_with("1101 instructions to start, more than a tenth above"), "{slower}");
}

#[test]
fn a_function_without_a_budget_fails() {
    assert!(verdict(1, "bytes", Budget::default()).is_err());
}

#[test]
fn an_update_keeps_budgets_gives_new_ones_and_forgets_what_is_gone() {
    let kept = Budgets { size: budget(5_000, 1_000), start: budget(7_000, 2_000) };
    let mut budgets =
        BTreeMap::from([("old".to_owned(), only_size(budget(9, 9))), ("kept".to_owned(), kept)]);
    let sizes = BTreeMap::from([("kept".to_owned(), 3_000), ("new".to_owned(), 4_000_000)]);
    record(&mut budgets, &sizes, &BTreeMap::from([("new".to_owned(), 8_000_000)]));
    assert_eq!(budgets.len(), 2);
    assert_eq!(budgets["kept"], Budgets { size: budget(5_000, 3_000), ..kept }, "its start was not measured");
    let new = Budgets { size: budget(5_000_000, 4_000_000), start: budget(10_000_000, 8_000_000) };
    assert_eq!(budgets["new"], new);
}

#[test]
fn what_is_written_is_read_back() {
    let both = Budgets { size: budget(5_000_000, 4_000_000), start: budget(9, 8) };
    let sync = only_size(budget(5, 4));
    let budgets = BTreeMap::from([("web".to_owned(), both), ("sync".to_owned(), sync)]);
    assert_eq!(parse(&written(&budgets)), Ok(budgets));
    assert!(parse("[web]\nbudget = \"much\"\n").is_err());
}

#[test]
fn counts_are_read_and_anything_else_is_an_error() {
    let expected = BTreeMap::from([("order-intake".to_owned(), 7_000_000), ("web".to_owned(), 12)]);
    assert_eq!(counts("order-intake 7000000\nweb 12\n"), Ok(expected));
    assert!(counts("web many\n").is_err());
}

#[test]
fn the_archive_is_smaller_than_what_it_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = folder.path().join("web");
    std::fs::write(&binary, "the same again and again ".repeat(10_000)).expect("a file");
    let bytes = zipped(&binary, &folder.path().join("out")).expect("an archive");
    assert!(bytes > 100 && bytes < 10_000, "{bytes}");
}
