use super::{stack, template, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The rows of the table below a heading of the deployment page: first cell, without its backticks, and the rest.
fn rows(heading: &str) -> BTreeMap<String, String> {
    let page = text("docs/deploy.md");
    let section = page.split(&format!("\n## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect()
}

#[test]
fn every_parameter_is_explained_with_its_default() {
    let rows = rows("Parameters");
    let template = template();
    let parameters = template.parameters();
    assert_eq!(rows.keys().collect::<BTreeSet<_>>(), parameters.keys().collect());
    for (name, parameter) in parameters {
        let default = match parameter.get("Default") {
            None => "required".to_owned(),
            Some(Value::String(text)) if text.is_empty() => String::new(),
            Some(Value::String(text)) => format!("`{text}`"),
            Some(number) => format!("`{number}`"),
        };
        let said = rows[name].split('|').next().unwrap().trim().to_owned();
        assert_eq!(said, default, "{name}");
    }
}

#[test]
fn every_alarm_is_explained() {
    let alarms = stack().of_type("AWS::CloudWatch::Alarm");
    let explained = rows("Alarms");
    assert_eq!(explained.keys().collect::<BTreeSet<_>>(), alarms.keys().collect());
}

#[test]
fn the_runbook_has_a_chapter_for_every_alarm_that_says_whether_it_was_tried() {
    let page = text("docs/runbook.md");
    let chapters: BTreeMap<_, _> =
        page.split("\n## ").skip(1).filter_map(|one| one.split_once('\n')).collect();
    for alarm in stack().of_type("AWS::CloudWatch::Alarm").keys() {
        let chapter = chapters.get(alarm.as_str()).unwrap_or_else(|| panic!("no chapter about {alarm}"));
        assert!(chapter.contains("*Tried*: "), "{alarm}");
    }
}

#[test]
fn both_installations_name_only_parameters_that_there_are() {
    let config = text("samconfig.toml");
    let template = template();
    let mut seen = 0;
    for line in config.lines().filter_map(|line| line.strip_prefix("parameter_overrides = \"")) {
        for pair in line.trim_end_matches('"').split(' ') {
            let (name, value) = pair.split_once('=').unwrap();
            let parameter = template.parameters().get(name).unwrap_or_else(|| panic!("there is no {name}"));
            let allowed = parameter["AllowedValues"].as_array();
            let is_value = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned) == value;
            assert!(allowed.is_none_or(|values| values.iter().any(is_value)), "{name} may not be {value}");
            seen += 1;
        }
    }
    assert!(
        seen > 0 && config.contains("[dev.deploy.parameters]") && config.contains("[prod.deploy.parameters]")
    );
}
