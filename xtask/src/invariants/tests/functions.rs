use super::{breaches, file, holds, member, places, with_files, workspace};
use crate::workspace::{TextFile, Workspace};

const TEMPLATE: &str = "Resources:\n  SubscriptionSync:\n    Metadata: { BinaryName: subscription-sync }\n";
const README: &str = "| function | job |\n| --- | --- |\n| `subscription-sync` | copies |\n";
const SAMPLE: &str = "events/subscription-sync/schedule.json";

fn function(files: Vec<TextFile>) -> Workspace {
    workspace(vec![member("functions/subscription-sync", &[])], files, &[])
}

#[test]
fn a_function_with_resource_sample_and_row_is_complete() {
    let files = vec![file("template.yaml", TEMPLATE), file("README.md", README), file(SAMPLE, "{}")];
    holds("functions-complete", &function(files));
}

#[test]
fn everything_a_function_lacks_is_named() {
    let found: Vec<String> =
        breaches("functions-complete", &function(Vec::new())).into_iter().map(|one| one.what).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    for word in ["template.yaml", "README.md", "events/subscription-sync/"] {
        assert!(found.iter().any(|what| what.contains(word)), "{word} in {found:?}");
    }
}

#[test]
fn a_longer_name_or_a_mere_mention_does_not_count() {
    let template = TEMPLATE.replace("subscription-sync", "subscription-sync-role");
    let files = vec![
        file("template.yaml", &template),
        file("README.md", "The function `subscription-sync` copies."),
        file(SAMPLE, "{}"),
    ];
    assert_eq!(breaches("functions-complete", &function(files)).len(), 2);
}

#[test]
fn a_sample_that_does_not_parse_is_named() {
    let files = vec![file("template.yaml", TEMPLATE), file("README.md", README), file(SAMPLE, "{,}")];
    assert_eq!(places("functions-complete", &function(files)), [SAMPLE]);
}

#[test]
fn a_main_of_forty_lines_is_thin_and_one_of_forty_one_is_not() {
    let path = "functions/subscription-sync/src/main.rs";
    holds("thin-mains", &function(vec![file(path, &"//\n".repeat(40))]));
    assert_eq!(places("thin-mains", &function(vec![file(path, &"//\n".repeat(41))])), [path]);
}

#[test]
fn adapters_are_named_in_main_and_in_tests_only() {
    let code = "use connector_crayon::Crayon;\nuse store_dynamodb as store;\n";
    holds(
        "adapters-in-main",
        &with_files(vec![
            file("functions/renewals/src/main.rs", code),
            file("functions/renewals/src/tests.rs", code),
            file("shared/lambda-kit/src/lib.rs", code),
        ]),
    );
    let handler = file("functions/renewals/src/handler.rs", code);
    let expected = ["functions/renewals/src/handler.rs:1", "functions/renewals/src/handler.rs:2"];
    assert_eq!(places("adapters-in-main", &with_files(vec![handler])), expected);
}

#[test]
fn a_path_through_an_adapter_is_found_without_a_use() {
    let code = "fn a() { let x = aws_kit::load(); let y = secrets_manager::Secrets::new(); }\n";
    assert_eq!(
        breaches("adapters-in-main", &with_files(vec![file("functions/renewals/src/lib.rs", code)])).len(),
        2
    );
}

#[test]
fn lambdas_own_shapes_and_variables_of_alike_names_are_no_adapters() {
    let code = "use aws_lambda_events::sqs::SqsEvent;\n// connector_crayon::Crayon\n\
                fn a(aws_request_id: &str) { config::aws_region::get(aws_request_id) }\n";
    holds("adapters-in-main", &with_files(vec![file("functions/renewals/src/handler.rs", code)]));
}
