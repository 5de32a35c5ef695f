use super::{file, holds, places, with_files};

const DOMAIN: &str = "shared/domain/src/money.rs";
const DOMAIN_TESTS: &str = "shared/domain/src/money/tests.rs";

/// The lines on which `rule` is broken when a file at `path` holds `text`.
fn lines(rule: &str, path: &str, text: &str) -> Vec<usize> {
    places(rule, &with_files(vec![file(path, text)]))
        .into_iter()
        .map(|place| place.rsplit(':').next().and_then(|line| line.parse().ok()).expect("a line"))
        .collect()
}

#[test]
fn only_lambda_kits_env_reads_the_environment() {
    let text = "let a = std::env::var(\"A\");\nuse std::env::{self, var_os};\nlet b = env!(\"CARGO_PKG_NAME\");\nstd::env::args();\n";
    assert_eq!(lines("environment", DOMAIN, text), [1, 2]);
    assert_eq!(lines("environment", "local/serve/src/main.rs", "env::vars();"), [1]);
    assert!(lines("environment", "shared/lambda-kit/src/env.rs", text).is_empty());
    assert!(lines("environment", "shared/connector-crayon/tests/it/live.rs", text).is_empty());
}

#[test]
fn only_connector_kit_builds_an_http_client() {
    let text = "use reqwest::Client;\nlet c = Client::builder();\n";
    assert_eq!(lines("http-client", "shared/connector-crayon/src/client.rs", text), [2]);
    assert_eq!(lines("http-client", DOMAIN, "reqwest::get(url)"), [1]);
    assert!(lines("http-client", "shared/connector-kit/src/client.rs", text).is_empty());
    assert!(
        lines("http-client", "shared/store-dynamodb/src/lib.rs", "aws_sdk_dynamodb::Client::new(&c)")
            .is_empty()
    );
}

#[test]
fn production_code_has_no_floats() {
    assert_eq!(
        lines("no-floats", DOMAIN, "// f64\nlet a: f64 = 1.0;\nlet b = 2_f32;\nfn c() -> f32 {}"),
        [2, 4]
    );
    assert!(lines("no-floats", DOMAIN_TESTS, "let a: f64;").is_empty());
    assert!(lines("no-floats", "local/simulators/src/lib.rs", "let a: f64;").is_empty());
}

#[test]
fn production_code_does_not_ask_whether_it_is_local() {
    let text = "#[cfg(feature = \"local\")]\nfn a() {}\nif config.is_local {}\nif get(\"AWS_SAM_LOCAL\") {}\nlet localhost = 1;\n";
    assert_eq!(lines("no-if-local", "functions/web/src/lib.rs", text), [1, 3, 4]);
    assert!(lines("no-if-local", "local/serve/src/lib.rs", text).is_empty());
}

#[test]
fn no_test_is_ignored() {
    assert_eq!(
        lines("no-ignored-tests", DOMAIN_TESTS, "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n// #[ignore]\n"),
        [2]
    );
    assert_eq!(lines("no-ignored-tests", DOMAIN_TESTS, "#[cfg_attr(miri, ignore)]"), [1]);
}

#[test]
fn no_test_sleeps_but_a_slow_simulator_may() {
    let text = "std::thread::sleep(a);\ntokio::time::sleep(b).await;\ntokio::time::advance(c).await;\n";
    assert_eq!(lines("no-sleep-in-tests", DOMAIN_TESTS, text), [1, 2]);
    assert_eq!(lines("no-sleep-in-tests", "local/e2e/tests/it/main.rs", text), [1, 2]);
    assert!(lines("no-sleep-in-tests", "shared/connector-kit/src/retry.rs", text).is_empty());
    assert!(lines("no-sleep-in-tests", "local/simulators/tests/it/main.rs", text).is_empty());
    assert_eq!(
        lines("no-sleep-in-tests", DOMAIN, "#[cfg(test)]\nmod tests {\n fn a() { thread::sleep(b) }\n}\n"),
        [3]
    );
}

#[test]
fn nothing_is_left_to_be_done() {
    assert_eq!(
        lines("no-placeholders", DOMAIN, "fn a() { todo!() }\n// todo!()\nunimplemented!();\n"),
        [1, 3]
    );
    assert_eq!(lines("no-placeholders", DOMAIN_TESTS, "dbg!(x);"), [1]);
}

#[test]
fn a_dropped_value_has_its_reason_beside_it() {
    let text = "let _ = a();\n\nlet _ = b(); // the receiver is gone at shutdown\n// nobody waits for it\nlet _ = c();\nlet _guard = d();\n";
    assert_eq!(lines("dropped-results", DOMAIN, text), [1]);
    assert!(lines("dropped-results", DOMAIN_TESTS, text).is_empty());
}

#[test]
fn a_lint_is_expected_not_allowed() {
    let text = "#![allow(unused)]\n#[allow(dead_code)]\n#[cfg_attr(test, allow(dead_code))]\n#[expect(dead_code, reason = \"x\")]\n";
    assert_eq!(lines("no-allow", DOMAIN, text), [1, 2, 3]);
}

#[test]
fn other_folders_are_not_ours_to_judge() {
    holds("no-placeholders", &with_files(vec![file("infra/samples/a.rs", "todo!()")]));
}
