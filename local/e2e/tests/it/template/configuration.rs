use super::{GIVEN, functions, stack, template, text};
use crate::template::reading::{Function, Stack};
use connections::Connections;
use lambda_kit::SystemClock;
use lambda_kit::env::{ConfigProblems, Env};
use std::collections::BTreeSet;
use std::sync::Arc;

const OIDC: [(&str, &str); 3] = [
    ("OidcIssuer", "https://login.example.com"),
    ("OidcClientId", "billbridge"),
    ("OidcRoles", "billing=clerk"),
];

/// Reads the function's configuration from its environment, and the same with its secrets, as its `main` does.
fn config(function: &str, env: &Env, whole: &Env) -> Result<(), ConfigProblems> {
    let connected = || Connections::from_env(whole, Arc::new(SystemClock)).map(drop);
    match function {
        "subscription-sync" => {
            ConfigProblems::both(subscription_sync::Config::from_env(env), connected()).map(drop)
        }
        "order-intake" => ConfigProblems::both(order_intake::Config::from_env(whole), connected()).map(drop),
        "web" => ConfigProblems::both(web::Config::from_env(whole), connected()).map(drop),
        other => panic!("it is not told here how {other} reads its configuration"),
    }
}

/// What is required, found out by giving nothing.
fn required(function: &str) -> BTreeSet<String> {
    let nothing = Env::default();
    let problems = config(function, &nothing, &nothing).unwrap_err();
    problems.iter().map(|problem| problem.name.clone()).collect()
}

/// What the secrets hold that this function is told to read.
fn secrets(stack: &Stack, function: &Function) -> Vec<(String, String)> {
    let mut held = Vec::new();
    for secret in function.list("BILLBRIDGE_SECRETS") {
        if secret == GIVEN.1 {
            let problems = Connections::from_env(&Env::default(), Arc::new(SystemClock)).unwrap_err();
            held.extend(problems.iter().map(|p| (p.name.clone(), "https://example.com".to_owned())));
            if function.variables.contains_key("OIDC_ISSUER") {
                held.push(("OIDC_CLIENT_SECRET".to_owned(), "x".repeat(32)));
            }
            continue;
        }
        let resource = &stack.resources()[secret.trim_matches(['<', '>'])];
        let made = &resource["Properties"]["GenerateSecretString"];
        let length = usize::try_from(made["PasswordLength"].as_u64().unwrap()).unwrap();
        held.push((made["GenerateStringKey"].as_str().unwrap().to_owned(), "x".repeat(length)));
    }
    held
}

fn start(stack: &Stack, function: &Function) -> Result<(), ConfigProblems> {
    let env = Env::from_pairs(function.variables.clone());
    let secret = Env::from_pairs(function.variables.clone().into_iter().chain(secrets(stack, function)));
    config(&function.name, &env, &secret)
}

#[test]
fn a_function_starts_with_what_its_resource_and_its_secrets_give_it() {
    let address = ("PublicUrl", "https://billing.example.com");
    let domain = ("DomainName", "billing.example.com");
    let all = |more: &[(&'static str, &'static str)]| [&[GIVEN], more].concat();
    let ways = [
        all(&[]),
        all(&[address]),
        all(&[domain]),
        all(&[&[address], OIDC.as_slice()].concat()),
        all(&[&[domain], OIDC.as_slice()].concat()),
    ];
    for way in ways {
        let stack = template().stack(&way);
        for function in stack.functions() {
            if let Err(problems) = start(&stack, &function) {
                panic!("{} with {way:?}: {problems}", function.name);
            }
        }
    }
}

#[test]
fn whatever_a_function_requires_comes_from_its_resource_or_from_a_secret_it_reads() {
    let stack = stack();
    for mut function in functions() {
        let mut given: BTreeSet<String> = function.variables.keys().cloned().collect();
        given.extend(secrets(&stack, &function).into_iter().map(|(name, _)| name));
        let required = required(&function.name);
        assert!(required.contains("BILLBRIDGE_TABLE"), "{}: {required:?}", function.name);
        let missing: Vec<_> = required.difference(&given).collect();
        assert!(missing.is_empty(), "{} misses {missing:?}", function.name);
        // And without one of them it would not start: the reading above is not taken for granted.
        function.variables.remove("BILLBRIDGE_TABLE");
        assert!(start(&stack, &function).is_err(), "{}", function.name);
        function.variables.remove("BILLBRIDGE_SECRETS");
        let problems = start(&stack, &function).unwrap_err();
        assert!(problems.iter().any(|problem| problem.name == "CRAYON_URL"), "{}: {problems}", function.name);
    }
}

#[test]
fn an_identity_provider_without_an_address_to_come_back_to_is_refused_at_the_start() {
    let stack = template().stack(&[&[GIVEN], OIDC.as_slice()].concat());
    let functions = stack.functions();
    let web = functions.iter().find(|function| function.name == "web").unwrap();
    let problems = start(&stack, web).unwrap_err();
    assert!(problems.iter().all(|problem| problem.name == "BILLBRIDGE_URL"), "{problems}");
}

#[test]
fn no_variable_is_set_that_the_function_does_not_read() {
    let way = [&[GIVEN, ("DomainName", "billing.example.com")], OIDC.as_slice()].concat();
    for function in template().stack(&way).functions() {
        let mut sources =
            ["config", "main"].map(|file| format!("functions/{}/src/{file}.rs", function.name)).to_vec();
        sources.push("shared/connections/src/oidc.rs".to_owned());
        sources.push("shared/lambda-kit/src/logging.rs".to_owned());
        let sources: String = sources.iter().map(|path| text(path)).collect();
        for name in function.variables.keys() {
            assert!(sources.contains(&format!("\"{name}\"")), "{} does not read {name}", function.name);
        }
    }
}

#[test]
fn the_address_shown_is_the_one_that_people_come_under() {
    let url = |way: &[(&str, &str)]| template().stack(way).outputs()["Url"].as_str().unwrap().to_owned();
    assert!(url(&[GIVEN]).ends_with(".execute-api.eu-west-1.amazonaws.com"));
    let domain = ("DomainName", "billing.example.com");
    assert_eq!(url(&[GIVEN, domain]), "https://billing.example.com");
    assert_eq!(
        url(&[GIVEN, domain, ("PublicUrl", "https://front.example.com")]),
        "https://front.example.com"
    );
}
