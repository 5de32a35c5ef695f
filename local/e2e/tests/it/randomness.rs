use crate::house::binary;

/// Whether a name stands among the symbols of a binary, which tests' are built with.
fn names(binary: &[u8], name: &str) -> bool {
    binary.windows(name.len()).any(|window| window == name.as_bytes())
}

#[test]
fn randomness_comes_from_the_kernel_without_waiting_for_the_processors_jitter() {
    let binary = std::fs::read(binary()).unwrap();
    assert!(names(&binary, "RAND_bytes"), "aws-lc is in it");
    assert!(!names(&binary, "jent_read_entropy"), "docs/adr/0013: what .cargo/config.toml sets was not seen");
}
