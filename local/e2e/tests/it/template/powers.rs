use super::{functions, text};
use crate::template::reading::{Function, texts};
use serde_json::Value;
use std::collections::BTreeSet;

const READ_SECRET: &str = "secretsmanager:GetSecretValue";

/// What a function may ask of AWS, by its own manifest.
fn manifest(function: &str) -> BTreeSet<String> {
    let text = text(&format!("functions/{function}/Cargo.toml"));
    let section = text.split("[package.metadata.billbridge]").nth(1);
    let section = section.unwrap_or_else(|| panic!("the manifest of {function} lists no powers"));
    let list = section.split_once("aws = [").unwrap().1.split_once(']').unwrap().0;
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every action with everything it may be done to.
fn grants(function: &Function) -> BTreeSet<(String, String)> {
    let mut grants = BTreeSet::new();
    for statement in function.statements() {
        assert_eq!(statement["Effect"], "Allow", "{}: {statement}", function.name);
        for field in ["NotAction", "NotResource", "Condition"] {
            assert!(statement.get(field).is_none(), "{}: {field} is not understood here", function.name);
        }
        for action in texts(&statement["Action"]) {
            grants.extend(texts(&statement["Resource"]).into_iter().map(|to| (action.clone(), to)));
        }
    }
    grants
}

/// What an action of this function has to reach to do its work, and so may reach.
fn reach(function: &Function, action: &str) -> BTreeSet<String> {
    let personal = function.variables.get("BILLBRIDGE_PERSONAL_SECRETS");
    let personal =
        personal.map(|name| format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}/*"));
    let mut reach = BTreeSet::new();
    match action {
        "events:PutEvents" => reach.extend(["<Bus.Arn>".to_owned()]),
        READ_SECRET => {
            reach.extend(function.list("BILLBRIDGE_SECRETS"));
            reach.extend(personal);
        }
        _ if action.starts_with("secretsmanager:") => reach.extend(personal),
        _ if action.starts_with("dynamodb:") => reach.extend(["<Table.Arn>".to_owned()]),
        other => panic!("it is not told here what {other} may be done to"),
    }
    if action == "dynamodb:Query" {
        let table: Value = serde_json::from_str(&text("infra/table.json")).unwrap();
        let indexes = table["GlobalSecondaryIndexes"].as_array().unwrap().iter();
        reach.extend(
            indexes.map(|index| format!("<Table.Arn>/index/{}", index["IndexName"].as_str().unwrap())),
        );
    }
    reach
}

#[test]
fn a_policy_grants_what_the_functions_manifest_lists_and_nothing_else() {
    for function in functions() {
        let granted: BTreeSet<String> = grants(&function).into_iter().map(|(action, _)| action).collect();
        assert_eq!(granted, manifest(&function.name), "{}", function.name);
    }
}

#[test]
fn every_power_reaches_what_the_function_works_with_and_nothing_else() {
    for function in functions() {
        let wanted: BTreeSet<_> = manifest(&function.name)
            .into_iter()
            .flat_map(|action| reach(&function, &action).into_iter().map(move |to| (action.clone(), to)))
            .collect();
        assert_eq!(grants(&function), wanted, "{}", function.name);
    }
}

#[test]
fn no_power_is_as_wide_as_a_service_or_an_account() {
    for function in functions() {
        for (action, to) in grants(&function) {
            assert!(!action.contains('*') && to != "*", "{} may {action} on {to}", function.name);
            let within = to.strip_suffix("/personal/*").unwrap_or(&to);
            assert!(!within.contains('*'), "{} may {action} on {to}", function.name);
        }
        assert!(function.properties.get("Role").is_none(), "{} brings rights of its own", function.name);
    }
}
