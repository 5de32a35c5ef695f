use super::{OidcConfig, RolesError, is_safe, roles};
use domain::access::Role;
use domain::secret::Secret;

fn config() -> OidcConfig {
    let redirect = "https://billbridge.example/sign-in/oidc/return".parse().unwrap();
    let roles = vec![("admins".to_owned(), Role::Admin)];
    OidcConfig::new("https://idp.example", "billbridge", Secret::new("hunter2"), redirect, roles)
}

#[test]
fn a_mapping_is_read_as_it_is_written() {
    let read = roles(" a=viewer,b = clerk ,, ou=sales=approver,a=viewer,").unwrap();
    let expected = [("a", Role::Viewer), ("b", Role::Clerk), ("ou=sales", Role::Approver)]
        .map(|(g, r)| (g.to_owned(), r));
    assert_eq!(read, expected);
    assert_eq!(roles("").unwrap(), []);
}

#[test]
fn a_mapping_that_says_nothing_clear_is_refused() {
    assert_eq!(roles("admins"), Err(RolesError::NoPair("admins".to_owned())));
    assert_eq!(roles("=admin"), Err(RolesError::NoPair("=admin".to_owned())));
    assert_eq!(roles("a=root"), Err(RolesError::NoRole("root".to_owned())));
    assert_eq!(roles("a=admin,a=viewer"), Err(RolesError::Twice("a".to_owned())));
}

#[test]
fn credentials_go_over_https_or_stay_on_this_machine() {
    let safe = |address: &str, plain| is_safe(&address.parse().unwrap(), plain);
    for address in ["https://idp.example/", "https://10.0.0.1:8443/x"] {
        assert!(safe(address, false), "{address}");
    }
    for address in ["http://127.0.0.1:8080/", "http://localhost/", "http://[::1]:1/"] {
        assert!(safe(address, true) && !safe(address, false), "{address}");
    }
    for address in [
        "http://idp.example/",
        "http://localhost.example/",
        "http://127.0.0.1.example/",
        "https://me:secret@idp.example/",
        "http://localhost@idp.example/",
        "ftp://127.0.0.1/",
        "mailto:me@idp.example",
    ] {
        assert!(!safe(address, true), "{address}");
    }
}

#[test]
fn a_configuration_that_no_sign_in_can_work_with_says_what_is_wrong() {
    let wrong = |change: fn(&mut OidcConfig)| {
        let mut config = config();
        change(&mut config);
        let said = config.checked().unwrap_err().to_string();
        assert!(!said.contains("hunter2") && !said.contains("idp.example"), "{said}");
        said
    };
    assert!(config().checked().is_ok());
    assert!(wrong(|config| config.issuer = "idp".to_owned()).starts_with("the issuer of"));
    assert!(wrong(|config| config.issuer = "http://idp.example".to_owned()).contains("expected an https"));
    assert!(wrong(|config| config.issuer += "?tenant=1").starts_with("the issuer of"));
    assert!(
        wrong(|config| config.redirect = "http://billbridge.example/".parse().unwrap())
            .starts_with("the address to come back to")
    );
    assert!(wrong(|config| config.client_id = " ".to_owned()).starts_with("the client id"));
    assert!(wrong(|config| config.client_secret = Secret::new("")).starts_with("the client secret"));
    assert!(wrong(|config| config.groups_claim.clear()).starts_with("the claim with the groups"));
    assert!(wrong(|config| config.roles.clear()).contains("nobody could sign in"));
}

#[test]
fn a_configuration_shows_no_secret() {
    let shown = format!("{:?}", config());
    assert!(shown.contains("billbridge.example"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
