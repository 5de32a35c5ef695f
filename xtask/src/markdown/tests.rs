use super::{anchors, links};

fn targets(text: &str) -> Vec<String> {
    links(text).into_iter().map(|link| link.target).collect()
}

#[test]
fn inline_images_and_reference_links_are_found() {
    let text = "See [a](docs/a.md) and ![b](b.png \"title\"), [c][c], [d](<with space.md>), [e](f_(g).md).\n\n[c]: ../c.md#part\n";
    assert_eq!(targets(text), ["docs/a.md", "b.png", "with space.md", "f_(g).md", "../c.md#part"]);
}

#[test]
fn code_holds_no_links() {
    assert!(targets("`[a](b)` and\n```md\n[c](d)\n```\n~~~\n[e](f)\n~~~\n").is_empty());
}

#[test]
fn a_link_knows_its_line() {
    assert_eq!(links("one\n\n[a](b)\n")[0].line, 3);
}

#[test]
fn headings_offer_the_anchors_github_gives_them() {
    let found = anchors(
        "# What it is\n## `cargo demo` & friends\n### 3. A function\n## Notes\n## Notes\n#notone\n## See [x](y.md)\n<a id=\"here\"></a>\n",
    );
    for anchor in ["what-it-is", "cargo-demo--friends", "3-a-function", "notes", "notes-1", "see-x", "here"] {
        assert!(found.contains(anchor), "{anchor} in {found:?}");
    }
    assert_eq!(found.len(), 7);
}

#[test]
fn a_comment_in_a_code_block_is_no_heading() {
    assert!(anchors("```sh\n# not a heading\n```\n").is_empty());
}
