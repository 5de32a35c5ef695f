use super::{ALL, Outcome, STEPS, outcome};
use crate::workspace::{TextFile, Workspace};

#[test]
fn no_two_steps_or_invariants_share_a_name() {
    let mut names: Vec<&str> =
        STEPS.iter().map(|step| step.name).chain(ALL.iter().map(|one| one.name)).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_failure_names_the_rule_the_place_and_the_cure() {
    let rule = ALL.iter().find(|one| one.name == "no-floats").expect("the rule");
    let path = "shared/domain/src/money.rs".to_owned();
    let files = vec![TextFile { path, text: "type Price = f64;\n".to_owned() }];
    let Outcome::Failed { reason, .. } = outcome(&Workspace { files, ..Workspace::default() }, &[rule])
    else {
        panic!("the rule is not broken");
    };
    assert!(reason.contains(rule.rule) && reason.contains(rule.cure), "{reason}");
    assert!(reason.contains("shared/domain/src/money.rs:1"), "{reason}");
}

#[test]
fn rules_that_hold_are_counted() {
    let rules: Vec<_> = ALL.iter().filter(|one| one.name.starts_with("no-")).collect();
    let Outcome::Ok(what) = outcome(&Workspace::default(), &rules) else { panic!("a rule is broken") };
    assert_eq!(what, format!("{} rules hold", rules.len()));
}
