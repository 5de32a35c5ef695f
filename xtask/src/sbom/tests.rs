use std::fs;
use std::path::Path;

use super::moved;
use crate::workspace::{Member, Package, Tree, Workspace};

/// A binary `web` that is built with `serde`.
fn workspace() -> Workspace {
    let web = Package { name: "web".into(), member: true, built_with: vec!["serde 1.0.0".into()] };
    let serde = Package { name: "serde".into(), ..Package::default() };
    let packages = [("web 0.1.0".into(), web), ("serde 1.0.0".into(), serde)].into();
    Workspace { tree: Tree { packages }, ..Workspace::default() }
}

fn moved_list(list: &str) -> (Result<usize, String>, Option<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, list).expect("written");
    let web = Member { name: "web".into(), folder: "functions/web".into(), ..Member::default() };
    let outcome = moved(&from, &to, Path::new("/somewhere/else"), &workspace(), &web);
    (outcome, fs::read_to_string(to).ok())
}

#[test]
fn a_list_names_all_that_is_built_in_and_no_path_of_the_machine() {
    let list = r#"{"components":[{"name":"serde"},{"name":"domain","bom-ref":"path+file:///somewhere/else/shared"}]}"#;
    let (outcome, kept) = moved_list(list);
    assert_eq!(outcome, Ok(2));
    assert_eq!(
        kept.as_deref(),
        Some(
            r#"{"components":[{"name":"serde"},{"name":"domain","bom-ref":"path+file:///billbridge/shared"}]}"#
        )
    );
}

#[test]
fn a_list_that_leaves_something_out_is_refused_and_says_what() {
    let (outcome, kept) = moved_list(r#"{"components":[{"name":"domain"}]}"#);
    assert_eq!(outcome, Err("its list leaves out serde".to_owned()));
    assert_eq!(kept, None);
    assert!(moved_list("{}").0.is_err());
    assert!(moved_list("nothing of the kind").0.is_err());
}
