use serde_json::json;

use super::{Dependency, Kind, TextFile, joined, load};

fn metadata() -> serde_json::Value {
    json!({
        "workspace_root": "/repo",
        "workspace_members": ["a", "b"],
        "packages": [
            {"id": "a", "name": "domain", "manifest_path": "/repo/shared/domain/Cargo.toml", "targets": [],
             "dependencies": [{"name": "jiff", "kind": null}, {"name": "proptest", "kind": "dev"}]},
            {"id": "b", "name": "renewals", "manifest_path": "/repo/functions/renewals/Cargo.toml",
             "targets": [{"name": "renewals", "kind": ["bin"]}, {"name": "renewals", "kind": ["lib"]}],
             "dependencies": [{"name": "domain", "kind": null}]},
        ],
    })
}

#[test]
fn members_know_their_folder_dependencies_and_binaries() {
    let members = load::members(&metadata()).expect("members");
    assert_eq!(members.len(), 2);
    assert_eq!(members[0].folder, "shared/domain");
    assert_eq!(members[0].dependencies[1], Dependency { package: "proptest".into(), kind: Kind::Dev });
    assert_eq!(members[1].binaries, ["renewals"]);
    assert!(members[1].is_in("functions"));
}

#[test]
fn the_tree_shows_the_way_to_a_package_wherever_its_branches_were_printed() {
    let members = load::members(&metadata()).expect("members");
    let printed = "0domain v0.1.0 (/repo/shared/domain)\n1jiff v0.2.1\n2jiff-core v0.1.0\n\n\
                   0renewals v0.1.0 (/repo/functions/renewals)\n1async-trait v0.1.0 (proc-macro)\n1domain v0.1.0 (/repo/shared/domain) (*)\n";
    let tree = load::tree(printed, &members);
    let under = tree.under("renewals");
    assert_eq!(under["jiff-core"], ["renewals", "domain", "jiff", "jiff-core"]);
    assert_eq!(under.len(), 4);
    assert!(!tree.under("domain").contains_key("async-trait"));
}

#[test]
fn metadata_of_another_shape_is_an_error_that_names_the_key() {
    let problem = load::members(&json!({})).expect_err("no members");
    assert!(problem.contains("workspace_root"), "{problem}");
}

#[test]
fn test_code_is_known_by_its_place() {
    let is_test = |path: &str| TextFile { path: path.into(), text: String::new() }.is_test();
    assert!(is_test("shared/domain/src/money/tests.rs"));
    assert!(is_test("shared/connector-crayon/tests/it/paging.rs"));
    assert!(is_test("functions/renewals/src/tests/twice.rs"));
    assert!(!is_test("local/testkit/src/lib.rs"));
    assert!(!is_test("shared/domain/src/contests.rs"));
}

#[test]
fn a_relative_path_may_not_leave_the_root() {
    assert_eq!(joined("docs/adr", "../data-model.md").as_deref(), Some("docs/data-model.md"));
    assert_eq!(joined("", "./a//b").as_deref(), Some("a/b"));
    assert_eq!(joined("docs", "../../other"), None);
}
