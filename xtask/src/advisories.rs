//! `cargo xtask advisories`: whether anything we are built with has a known hole.

use crate::process::{answers, show};
use crate::workspace::place;

const CURE: &str = "cargo install cargo-deny --version 0.20.2 --locked";

pub(crate) fn run() -> Result<bool, String> {
    let root = place()?.root;
    if !answers(&root, "cargo", &["deny", "--version"]) {
        return Err(format!("cargo-deny is not installed (cure: {CURE})"));
    }
    // Apart from the look: not to reach the database is no finding, and no clean bill either.
    if !show(&root, "cargo", &["deny", "fetch", "db"])? {
        return Err(
            "the advisory database cannot be fetched, so nothing was looked at (cure: see above; it comes \
                    from github.com/RustSec/advisory-db)"
                .to_owned(),
        );
    }
    show(&root, "cargo", &["deny", "check", "--disable-fetch", "advisories"])
}
