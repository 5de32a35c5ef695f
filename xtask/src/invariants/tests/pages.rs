//! Outline, links, machine paths, credentials, long files.

use super::super::long_files;
use super::{breaches, file, holds, places, with_files};

#[test]
fn what_the_owner_asked_for_at_the_top_must_be_there() {
    let all = [
        "Cargo.toml",
        "README.md",
        "template.yaml",
        "functions/web/Cargo.toml",
        "shared/domain/Cargo.toml",
        "infra/table.json",
        "events/web/get.json",
    ];
    holds("outline", &with_files(all.iter().map(|path| file(path, "")).collect()));
    let some = with_files(all.iter().skip(2).map(|path| file(path, "")).collect());
    assert_eq!(places("outline", &some), ["Cargo.toml", "README.md"]);
}

#[test]
fn a_link_leads_to_a_file_a_folder_or_a_heading() {
    let readme = "# Billbridge\n[map](ARCHITECTURE.md#the-way) [adr](docs/adr) [here](#billbridge) \
                  [root](/docs/adr/0001-a.md) [out](https://example.com/x.md) [code](src/lib.rs#L3) [rust](crate::Money)\n";
    holds(
        "links",
        &with_files(vec![
            file("README.md", readme),
            file("ARCHITECTURE.md", "## The way\n"),
            file("docs/adr/0001-a.md", "[up](../../README.md)\n"),
            file("src/lib.rs", ""),
        ]),
    );
}

#[test]
fn a_dead_link_is_named_with_its_line() {
    let pages = vec![
        file("docs/a.md", "ok\n[b](b.md)\n[heading](../README.md#gone)\n[out](../../x.md)\n"),
        file("README.md", "# Here\n"),
    ];
    assert_eq!(places("links", &with_files(pages)), ["docs/a.md:2", "docs/a.md:3", "docs/a.md:4"]);
}

#[test]
fn a_path_of_somebodys_machine_is_found() {
    for (path, text) in [
        ("a.md", concat!("see /wo", "rk/main")),
        ("b.toml", concat!("dir = \"/ro", "ot/.cargo\"")),
        ("c.rs", concat!("let p = \"/ho", "me/ann/src\";")),
        ("d.sh", concat!("cd /Us", "ers/ann/src")),
        ("e.md", concat!("file:///wo", "rk/main")),
    ] {
        assert_eq!(places("machine-paths", &with_files(vec![file(path, text)])), [format!("{path}:1")]);
    }
}

#[test]
fn addresses_and_placeholders_are_no_machine_paths() {
    for text in [
        concat!("https://example.com/wo", "rk/main"),
        concat!("shared/wo", "rk/x"),
        concat!("/ho", "me/<name>/src"),
        concat!("$HOME/wo", "rk/x"),
        concat!("the folder /ho", "me"),
        concat!("GET /api/home/ and ${ROOT}/ro", "ot/x"),
    ] {
        holds("machine-paths", &with_files(vec![file("a.md", text)]));
    }
}

#[test]
fn credentials_are_found_and_amazons_sample_is_not_one() {
    let key = concat!("-----BE", "GIN RSA PRIVATE", " KEY-----");
    let aws = concat!("id = AK", "IAABCDEFGHIJKLMNOP");
    for text in [key, aws] {
        assert_eq!(places("secrets", &with_files(vec![file("a.txt", text)])), ["a.txt:1"], "{text}");
    }
    for text in [
        concat!("AK", "IAIOSFODNN7EXAMPLE"),
        concat!("AK", "IA is how they begin"),
        "-----BEGIN CERTIFICATE-----",
    ] {
        holds("secrets", &with_files(vec![file("a.txt", text)]));
    }
}

#[test]
fn a_credential_is_not_repeated_in_the_message() {
    let found = breaches("secrets", &with_files(vec![file("a", concat!("AK", "IAABCDEFGHIJKLMNOP"))]));
    assert!(!found[0].what.contains("ABCDEF"), "{found:?}");
}

#[test]
fn a_long_file_is_remarked_upon() {
    let files = vec![
        file("a.rs", &"//\n".repeat(451)),
        file("b.rs", &"//\n".repeat(450)),
        file("c.md", &"-\n".repeat(900)),
    ];
    let places: Vec<String> = long_files(&with_files(files)).into_iter().map(|one| one.place).collect();
    assert_eq!(places, ["a.rs"]);
}
