use super::{dependencies, entries, get, is_inherited};

const MANIFEST: &str = r#"
[package]
name = "usage-import"   # the folder's name
version.workspace = true
edition = { workspace = true }

[lints]
workspace = true

[dependencies]
serde.workspace = true
tokio = { workspace = true, features = [
  "rt", # one thread
  "time",
] }
rand = "0.9"

[dependencies.axum]
workspace = true

[target.'cfg(unix)'.dev-dependencies]
nix = { version = "1" }
"#;

#[test]
fn a_value_is_read_without_quotes_and_comment() {
    assert_eq!(get(&entries(MANIFEST), "package", "name").as_deref(), Some("usage-import"));
    assert_eq!(get(&entries("a = \"x # y\""), "", "a").as_deref(), Some("x # y"));
}

#[test]
fn inheritance_is_seen_in_every_way_of_writing_it() {
    let entries = entries(MANIFEST);
    assert!(is_inherited(&entries, "package", "version"));
    assert!(is_inherited(&entries, "package", "edition"));
    assert!(is_inherited(&entries, "", "lints"));
    assert!(!is_inherited(&entries, "package", "name"));
}

#[test]
fn dependencies_are_found_in_every_table() {
    let found: Vec<(String, bool)> =
        dependencies(&entries(MANIFEST)).into_iter().map(|one| (one.name, one.inherited)).collect();
    let expected = [("serde", true), ("tokio", true), ("rand", false), ("axum", true), ("nix", false)];
    assert_eq!(found, expected.map(|(name, inherited)| (name.to_owned(), inherited)));
}

#[test]
fn a_value_over_several_lines_is_one_value() {
    let entries = entries("[workspace]\nmembers = [\n  \"a\", # first\n  \"b\",\n]\nresolver = \"3\"\n");
    assert_eq!(entries[0].value, r#"[ "a", "b", ]"#);
    assert_eq!(get(&entries, "workspace", "resolver").as_deref(), Some("3"));
}
