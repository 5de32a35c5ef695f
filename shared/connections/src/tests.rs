use super::Connections;
use domain::clock::Clock;
use domain::failure::FailureKind;
use domain::id::SystemId;
use lambda_kit::SystemClock;
use lambda_kit::env::{ConfigProblems, Env};
use std::sync::Arc;

const WHOLE: [(&str, &str); 8] = [
    ("CRAYON_URL", "https://crayon.example"),
    ("CRAYON_CLIENT_ID", "client"),
    ("CRAYON_CLIENT_SECRET", "SECRET-ONE"),
    ("CRAYON_USERNAME", "user@reseller.example"),
    ("CRAYON_PASSWORD", "SECRET-TWO"),
    ("HOSTBILL_URL", "https://billing.example"),
    ("HOSTBILL_API_ID", "SECRET-THREE"),
    ("HOSTBILL_API_KEY", "SECRET-FOUR"),
];

fn connections(pairs: &[(&str, &str)]) -> Result<Connections, ConfigProblems> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Connections::from_env(&Env::from_pairs(pairs.iter().copied()), clock)
}

fn with(more: &[(&'static str, &'static str)]) -> Result<Connections, ConfigProblems> {
    let mut pairs: Vec<_> =
        WHOLE.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).collect();
    pairs.extend(more);
    connections(&pairs)
}

fn names(problems: &ConfigProblems) -> Vec<&str> {
    problems.iter().map(|problem| problem.name.as_str()).collect()
}

#[test]
fn eight_variables_make_both_connections() {
    let made = connections(&WHOLE).unwrap();
    assert_eq!(format!("{made:?}"), r#"Connections { sources: ["crayon"], billing: ["hostbill"], .. }"#);
    let hostbill: SystemId = "hostbill".parse().unwrap();
    assert_eq!(made.fields[&hostbill].tenant, "crayontenant");
    assert_eq!(made.fields[&hostbill].registration, "companyregno");
}

#[test]
fn an_empty_environment_names_every_variable_that_is_missing() {
    let problems = connections(&[]).unwrap_err();
    let missing: Vec<_> = WHOLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(names(&problems), missing);
}

#[test]
fn every_problem_of_every_connection_is_reported_at_once_and_never_with_its_value() {
    let problems = with(&[
        ("CRAYON_URL", "crayon SECRET-URL"),
        ("CRAYON_PAGE_SIZE", "0"),
        ("HOSTBILL_REQUESTS_PER_SECOND", "SECRET-RATE"),
        ("HOSTBILL_TENANT_FIELD", "SECRET FIELD"),
        ("HOSTBILL_HTTP_USER", "someone"),
        ("HOSTBILL_API_KEY__EU", "SECRET-KEY"),
    ])
    .unwrap_err();
    assert_eq!(
        names(&problems),
        [
            "CRAYON_URL",
            "CRAYON_PAGE_SIZE",
            "HOSTBILL_REQUESTS_PER_SECOND",
            "HOSTBILL_TENANT_FIELD",
            "HOSTBILL_HTTP_PASSWORD",
            "HOSTBILL_URL__EU",
            "HOSTBILL_API_ID__EU",
        ]
    );
    assert!(!problems.to_string().contains("SECRET"), "{problems}");
}

#[test]
fn a_missing_or_odd_address_never_selects_the_live_system() {
    for odd in ["", "live", "production", "ftp://api.crayon.com"] {
        let problems = with(&[("CRAYON_URL", odd)]).unwrap_err();
        assert_eq!(names(&problems), ["CRAYON_URL"], "{odd:?}");
        assert!(problems.to_string().contains("https://api.crayon.com"), "the cure tells the live address");
    }
}

#[test]
fn a_suffix_makes_a_connection_of_its_own() {
    let made = with(&[
        ("HOSTBILL_URL__EU", "https://eu.billing.example/backend/api.php"),
        ("HOSTBILL_API_ID__EU", "id"),
        ("HOSTBILL_API_KEY__EU", "key"),
        ("HOSTBILL_TENANT_FIELD__EU", "MsTenant"),
    ])
    .unwrap();
    let ids: Vec<_> = made.billing.iter().map(|billing| billing.system().to_string()).collect();
    assert_eq!(ids, ["hostbill", "hostbill-eu"]);
    assert_eq!(made.fields[&"hostbill-eu".parse::<SystemId>().unwrap()].tenant, "mstenant");
}

#[test]
fn only_suffixed_connections_need_no_plain_one() {
    let pairs: Vec<_> = WHOLE.iter().map(|(name, value)| (format!("{name}__NO"), *value)).collect();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let made = Connections::from_env(&Env::from_pairs(pairs), clock).unwrap();
    assert_eq!(
        format!("{made:?}"),
        r#"Connections { sources: ["crayon-no"], billing: ["hostbill-no"], .. }"#
    );
}

#[test]
fn two_suffixes_that_mean_one_connection_are_a_problem() {
    let problems = with(&[("CRAYON_PAGE_SIZE__EU", "50"), ("CRAYON_PAGE_SIZE__eu", "50")]).unwrap_err();
    assert!(problems.to_string().contains("there already"), "{problems}");
}

#[test]
fn a_connection_that_is_not_configured_is_refused_by_name() {
    let made = connections(&WHOLE).unwrap();
    let crayon: SystemId = "crayon".parse().unwrap();
    let hostbill: SystemId = "hostbill".parse().unwrap();
    assert_eq!(made.source(&crayon).unwrap().system(), &crayon);
    assert_eq!(made.order_target(&crayon).unwrap().system(), &crayon);
    assert_eq!(made.catalogue(&crayon).unwrap().system(), &crayon);
    assert_eq!(made.billing(&hostbill).unwrap().system(), &hostbill);
    let failures = [
        made.source(&hostbill).err(),
        made.order_target(&hostbill).err(),
        made.catalogue(&hostbill).err(),
        made.billing(&crayon).err(),
    ];
    for failure in failures {
        let failure = failure.unwrap();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(failure.what.contains("not configured"), "{failure}");
    }
}

#[test]
fn each_billing_has_a_web_hook_secret_of_its_own() {
    let made = with(&[
        ("HOSTBILL_HOOK_SECRET", "SECRET-HOOK"),
        ("HOSTBILL_URL__EU", "https://eu.billing.example/backend/api.php"),
        ("HOSTBILL_API_ID__EU", "id"),
        ("HOSTBILL_API_KEY__EU", "key"),
        ("HOSTBILL_HOOK_SECRET__EU", "SECRET-EU"),
    ])
    .unwrap();
    let secret = |system: &str| made.hook_secret(&system.parse().unwrap()).map(|s| s.expose().to_owned());
    assert_eq!(secret("hostbill").as_deref(), Some("SECRET-HOOK"));
    assert_eq!(secret("hostbill-eu").as_deref(), Some("SECRET-EU"));
    assert_eq!(secret("crayon"), None);
    assert!(!format!("{made:?}").contains("SECRET"));
}

#[test]
fn what_a_price_list_covers_is_a_month_or_a_cycle() {
    for good in ["", "month", "cycle"] {
        assert!(with(&[("CRAYON_PRICE_LIST_PER", good), ("CRAYON_TERM_ATTRIBUTE", "TermDuration")]).is_ok());
    }
    let problems = with(&[("CRAYON_PRICE_LIST_PER", "SECRET year")]).unwrap_err();
    assert_eq!(names(&problems), ["CRAYON_PRICE_LIST_PER"]);
    assert!(!problems.to_string().contains("SECRET"), "{problems}");
}
