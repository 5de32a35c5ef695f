use super::{breaches, holds, member, places, with_members, workspace};

const TABLE: &str = "dependency-table";

/// The house as it should be.
fn house() -> Vec<crate::workspace::Member> {
    vec![
        member("shared/domain", &["jiff", "rust_decimal", "thiserror", "dev:proptest"]),
        member("shared/events", &["domain", "serde"]),
        member("shared/journal", &["domain", "dev:testkit"]),
        member("shared/aws-kit", &["aws-config"]),
        member("shared/store-dynamodb", &["domain", "aws-kit", "aws-sdk-dynamodb", "tokio", "dev:testkit"]),
        member("shared/bus-eventbridge", &["domain", "aws-kit", "events", "aws-sdk-eventbridge"]),
        member("shared/connector-kit", &["domain", "reqwest", "tokio"]),
        member("shared/connector-crayon", &["domain", "connector-kit", "dev:simulators"]),
        member("shared/lambda-kit", &["domain", "lambda_runtime"]),
        member("shared/connections", &["domain", "lambda-kit", "connector-kit", "connector-crayon"]),
        member("functions/subscription-sync", &["domain", "journal", "connector-crayon", "dev:testkit"]),
        member("local/simulators", &["axum", "domain"]),
        member("local/testkit", &["domain", "journal"]),
        member("local/serve", &["subscription-sync", "simulators", "dynoxide-rs"]),
        member("xtask", &["serde_json"]),
    ]
}

/// The house with one more dependency of one crate.
fn house_with(folder: &str, dependency: &str) -> crate::workspace::Workspace {
    let mut members = house();
    if !members.iter().any(|one| one.folder == folder) {
        members.push(member(folder, &[]));
    }
    let more = member(folder, &[dependency]).dependencies;
    for one in members.iter_mut().filter(|one| one.folder == folder) {
        one.dependencies.extend(more.clone());
    }
    with_members(members)
}

#[test]
fn the_house_as_designed_keeps_the_table() {
    holds(TABLE, &with_members(house()));
    holds("one-home", &with_members(house()));
}

#[test]
fn domain_knows_no_io_no_serde_and_no_crate_of_ours() {
    for bad in ["tokio", "reqwest", "serde", "serde_json", "aws-config", "events", "lambda_runtime"] {
        assert_eq!(places(TABLE, &house_with("shared/domain", bad)), ["shared/domain"], "{bad}");
    }
    holds(TABLE, &house_with("shared/domain", "dev:serde_json"));
}

#[test]
fn a_connector_knows_no_other_connector_no_aws_and_no_function() {
    for bad in ["connector-hostbill", "aws-sdk-s3", "subscription-sync", "journal", "dev:connector-hostbill"]
    {
        let mut house = house_with("shared/connector-crayon", bad);
        house.members.push(member("shared/connector-hostbill", &["domain", "connector-kit"]));
        assert_eq!(places(TABLE, &house), ["shared/connector-crayon"], "{bad}");
    }
}

#[test]
fn adapters_of_aws_do_not_know_each_other() {
    assert_eq!(places(TABLE, &house_with("shared/store-dynamodb", "bus-eventbridge")).len(), 1);
    assert_eq!(places(TABLE, &house_with("shared/store-dynamodb", "events")).len(), 1);
    assert_eq!(places(TABLE, &house_with("shared/bus-eventbridge", "connector-crayon")).len(), 1);
}

#[test]
fn the_journal_performs_no_effect() {
    for bad in ["connector-crayon", "aws-sdk-dynamodb", "reqwest"] {
        assert_eq!(places(TABLE, &house_with("shared/journal", bad)), ["shared/journal"], "{bad}");
    }
}

#[test]
fn lambda_kit_and_http_kit_bring_no_client() {
    for kit in ["shared/lambda-kit", "shared/http-kit"] {
        for bad in ["aws-sdk-dynamodb", "connector-crayon", "reqwest"] {
            assert_eq!(places(TABLE, &house_with(kit, bad)), [kit], "{bad}");
        }
    }
}

#[test]
fn connections_joins_variables_and_connectors_and_nothing_else() {
    for bad in ["aws-config", "reqwest", "journal", "subscription-sync", "aws-kit"] {
        assert_eq!(places(TABLE, &house_with("shared/connections", bad)), ["shared/connections"], "{bad}");
    }
}

#[test]
fn a_function_never_depends_on_another_function_not_even_in_tests() {
    for bad in ["renewals", "dev:renewals"] {
        let mut house = house_with("functions/subscription-sync", bad);
        house.members.push(member("functions/renewals", &["domain"]));
        assert_eq!(places(TABLE, &house), ["functions/subscription-sync"], "{bad}");
    }
}

#[test]
fn local_crates_are_for_tests_outside_local() {
    for folder in ["functions/subscription-sync", "shared/store-dynamodb", "shared/domain"] {
        assert_eq!(places(TABLE, &house_with(folder, "testkit")), [folder]);
        holds(TABLE, &house_with(folder, "dev:testkit"));
    }
}

#[test]
fn simulators_share_no_reading_with_a_connector() {
    for bad in ["connector-crayon", "dev:connector-crayon", "connector-kit", "subscription-sync"] {
        assert_eq!(places(TABLE, &house_with("local/simulators", bad)), ["local/simulators"], "{bad}");
    }
}

#[test]
fn xtask_knows_no_crate_of_ours() {
    assert_eq!(places(TABLE, &house_with("xtask", "domain")), ["xtask"]);
    assert_eq!(places(TABLE, &house_with("local/e2e", "xtask")), ["local/e2e"]);
}

#[test]
fn a_crate_outside_the_neighbourhoods_has_no_row() {
    assert_eq!(places(TABLE, &house_with("tools/helper", "serde")), ["tools/helper"]);
}

#[test]
fn a_breach_says_what_and_why() {
    let what = &breaches(TABLE, &house_with("shared/domain", "tokio"))[0].what;
    assert!(what.starts_with("depends on tokio, which it never may: domain is words and rules"), "{what}");
}

#[test]
fn a_boundary_crate_has_one_home() {
    let rule = "one-home";
    assert_eq!(places(rule, &house_with("shared/journal", "aws-sdk-dynamodb")), ["shared/journal"]);
    assert_eq!(places(rule, &house_with("local/serve", "aws-config")), ["local/serve"]);
    assert_eq!(places(rule, &house_with("shared/domain", "lambda_runtime")), ["shared/domain"]);
    assert_eq!(places(rule, &house_with("shared/store-dynamodb", "dev:dynoxide-rs")).len(), 1);
}

#[test]
fn an_aws_adapter_speaks_to_exactly_one_service() {
    assert_eq!(places("one-home", &house_with("shared/store-dynamodb", "aws-sdk-s3")).len(), 1);
    let none = with_members(vec![member("shared/secrets-manager", &["domain", "aws-kit"])]);
    assert_eq!(places("one-home", &none), ["shared/secrets-manager"]);
}

#[test]
fn a_forbidden_crate_is_found_through_a_third_and_the_way_is_shown() {
    let packages: &[(&str, &[&str])] =
        &[("domain", &["calendar"]), ("calendar", &["tokio"]), ("tokio", &[]), ("jiff", &[])];
    let house = workspace(vec![member("shared/domain", &["calendar"])], Vec::new(), packages);
    let found = breaches("dependency-trees", &house);
    assert_eq!(found.len(), 1);
    assert!(found[0].what.contains("domain -> calendar -> tokio"), "{}", found[0].what);

    let pure = workspace(
        vec![member("shared/domain", &["jiff"])],
        Vec::new(),
        &[("domain", &["jiff"]), ("jiff", &[])],
    );
    holds("dependency-trees", &pure);
}

#[test]
fn a_connectors_own_tls_is_not_aws() {
    let packages: &[(&str, &[&str])] = &[("connector-crayon", &["aws-lc-rs"]), ("aws-lc-rs", &[])];
    holds("dependency-trees", &workspace(vec![member("shared/connector-crayon", &[])], Vec::new(), packages));
}

#[test]
fn a_function_without_a_connector_has_no_second_http_client() {
    let renewals = || vec![member("functions/renewals", &[])];
    let without: &[(&str, &[&str])] = &[("renewals", &["kit"]), ("kit", &["reqwest"]), ("reqwest", &[])];
    assert_eq!(
        places("dependency-trees", &workspace(renewals(), Vec::new(), without)),
        ["functions/renewals"]
    );
    let with: &[(&str, &[&str])] =
        &[("renewals", &["connector-crayon"]), ("connector-crayon", &["reqwest"]), ("reqwest", &[])];
    holds("dependency-trees", &workspace(renewals(), Vec::new(), with));
}

#[test]
fn a_second_crypto_provider_is_found_wherever_it_comes_in() {
    let packages: &[(&str, &[&str])] =
        &[("serve", &["rustls"]), ("rustls", &["ring"]), ("ring", &[]), ("aws-lc-rs", &[])];
    let house = workspace(vec![member("local/serve", &[])], Vec::new(), packages);
    assert_eq!(places("one-tls", &house), ["local/serve"]);

    let packages: &[(&str, &[&str])] =
        &[("serve", &["rustls"]), ("rustls", &["aws-lc-rs"]), ("aws-lc-rs", &[])];
    holds("one-tls", &workspace(vec![member("local/serve", &[])], Vec::new(), packages));
}
