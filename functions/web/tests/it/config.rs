//! The environment is complete before the first event, or says everything that is wrong with it.

use lambda_kit::env::Env;
use web::Config;

const WHOLE: [(&str, &str); 4] = [
    ("BILLBRIDGE_TABLE", "table"),
    ("BILLBRIDGE_BUS", "bus"),
    ("BILLBRIDGE_SESSION_KEY", "HUSH-0123456789-0123456789-0123456789"),
    ("BILLBRIDGE_URL", "https://billbridge.example/"),
];

const PROVIDER: [(&str, &str); 4] = [
    ("OIDC_ISSUER", "https://id.example"),
    ("OIDC_CLIENT_ID", "billbridge"),
    ("OIDC_CLIENT_SECRET", "HUSH-OF-THE-CLIENT"),
    ("OIDC_ROLES", "admins=admin"),
];

fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let env = Env::from_pairs(pairs.iter().copied());
    Config::from_env(&env).map_err(|problems| {
        assert!(!problems.to_string().contains("HUSH"), "{problems}");
        problems.iter().map(|problem| problem.name.clone()).collect()
    })
}

fn but(
    pairs: &[(&'static str, &'static str)],
    name: &str,
    value: &'static str,
) -> Vec<(&'static str, &'static str)> {
    let name_of = |pair: &(&'static str, &'static str)| if pair.0 == name { (pair.0, value) } else { *pair };
    pairs.iter().map(name_of).collect()
}

#[test]
fn a_whole_environment_is_a_configuration_and_shows_no_secret() {
    let config = read(&WHOLE).unwrap();
    assert_eq!(config.front.url.as_deref(), Some("https://billbridge.example"));
    assert!(config.front.secure_cookies);
    assert!(config.identity.is_none() && config.personal.is_none());
    assert!(!format!("{config:?}").contains("HUSH"), "{config:?}");
}

#[test]
fn an_empty_environment_names_every_variable_that_is_missing() {
    let missing = read(&[]).unwrap_err();
    assert_eq!(missing, ["BILLBRIDGE_TABLE", "BILLBRIDGE_BUS", "BILLBRIDGE_SESSION_KEY"]);
}

#[test]
fn cookies_are_for_tls_unless_the_address_says_otherwise() {
    assert!(read(&WHOLE[..3]).unwrap().front.secure_cookies, "the gateway's own address is https");
    assert!(!read(&but(&WHOLE, "BILLBRIDGE_URL", "http://127.0.0.1:8080")).unwrap().front.secure_cookies);
}

#[test]
fn a_short_session_key_is_refused() {
    assert_eq!(read(&but(&WHOLE, "BILLBRIDGE_SESSION_KEY", "HUSH")).unwrap_err(), ["BILLBRIDGE_SESSION_KEY"]);
}

#[test]
fn an_identity_provider_is_configured_whole_or_not_at_all() {
    let all: Vec<_> = WHOLE.into_iter().chain(PROVIDER).collect();
    let config = read(&all).unwrap();
    let provider = config.identity.unwrap();
    assert_eq!(provider.redirect.as_str(), "https://billbridge.example/sign-in/oidc/return");
    for (name, _) in PROVIDER {
        let without: Vec<_> = all.iter().copied().filter(|pair| pair.0 != name).collect();
        assert_eq!(read(&without).unwrap_err(), [name]);
    }
    let homeless: Vec<_> = all.iter().copied().filter(|pair| pair.0 != "BILLBRIDGE_URL").collect();
    assert_eq!(read(&homeless).unwrap_err(), ["BILLBRIDGE_URL"]);
    assert_eq!(read(&but(&all, "OIDC_ROLES", "admins=owner")).unwrap_err(), ["OIDC_ROLES"]);
}
