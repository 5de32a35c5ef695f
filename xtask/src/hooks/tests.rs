use super::{COMMAND, HookWish, apply};

#[test]
fn an_offer_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pre-commit");
    assert!(apply(&file, HookWish::Offer).expect("an offer").contains("--install"));
    assert!(!file.exists());
}

#[test]
fn a_hook_can_be_installed_twice_and_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hooks/pre-commit");
    for _ in 0..2 {
        apply(&file, HookWish::Install).expect("installed");
    }
    assert!(std::fs::read_to_string(&file).expect("the hook").ends_with(&format!("{COMMAND}\n")));
    apply(&file, HookWish::Remove).expect("removed");
    assert!(!file.exists());
    assert_eq!(apply(&file, HookWish::Remove), Ok("There is no hook to remove.".to_owned()));
}

#[test]
fn somebody_elses_hook_is_neither_replaced_nor_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pre-commit");
    std::fs::write(&file, "#!/bin/sh\nmake lint\n").expect("their hook");
    assert!(apply(&file, HookWish::Install).is_err());
    assert!(apply(&file, HookWish::Remove).is_err());
    assert_eq!(std::fs::read_to_string(&file).expect("their hook"), "#!/bin/sh\nmake lint\n");
}

#[cfg(unix)]
#[test]
fn an_installed_hook_is_executable() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pre-commit");
    apply(&file, HookWish::Install).expect("installed");
    let mode = std::fs::metadata(&file).expect("the hook").permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
}
