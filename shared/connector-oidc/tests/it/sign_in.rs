use crate::world::{ADA, BO, CLEO, DAG, DISCOVERY, KEYS, Started, TOKEN, World, get, location};
use domain::access::{Role, Subject};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::ports::{Identity, IdentityProvider};
use domain::secret::Secret;
use simulators::oidc::{Model, Person, Signing};

#[tokio::test]
async fn whoever_signs_in_is_who_the_provider_says() {
    let world = World::sample().await;
    let ada = world.sign_in(ADA).await.unwrap();
    let issuer = world.provider.url().to_owned();
    let expected = Identity {
        subject: Subject { issuer, subject: ADA.to_owned() },
        name: "Ada Lindqvist".to_owned(),
        email: Some("u-1001@example.com".to_owned()),
        groups: vec!["billing-admins".to_owned(), "everyone".to_owned()],
    };
    assert_eq!(ada, expected);
    assert_eq!(world.provider.with(|model| model.codes()), (1, 1));
}

#[tokio::test]
async fn both_signatures_are_believed() {
    for signing in [Signing::Rs256, Signing::Es256] {
        let mut model = Model::sample();
        model.signing = signing;
        let world = World::of(model, |_| ()).await;
        assert_eq!(world.sign_in(BO).await.unwrap().name, "Bo Nilsen", "{signing:?}");
    }
}

#[tokio::test]
async fn the_highest_role_of_a_persons_groups_counts_and_without_one_nobody_comes_in() {
    let mut model = Model::sample();
    model.people.push(Person::new("u-2001", "Eve", &["interns", "approvers", "sales"]));
    model.people.push(Person::new("u-2002", "Finn", &["Sales", "interns "]));
    let world = World::of(model, |_| ()).await;
    let expected = [
        (ADA, Some(Role::Admin)),
        (BO, Some(Role::Clerk)),
        (CLEO, Some(Role::Approver)),
        (DAG, None),
        ("u-2001", Some(Role::Approver)),
        ("u-2002", None),
    ];
    for (person, role) in expected {
        let identity = world.sign_in(person).await.unwrap();
        assert_eq!(world.oidc.role_of(&identity), role, "{person}");
    }
}

#[tokio::test]
async fn an_address_counts_only_once_the_provider_has_verified_it() {
    let mut model = Model::sample();
    model.people[0].email_verified = false;
    let world = World::of(model, |_| ()).await;
    assert_eq!(world.sign_in(ADA).await.unwrap().email, None);
}

#[tokio::test]
async fn a_name_is_fit_for_a_screen_and_never_empty() {
    let mut model = Model::sample();
    model.people[0].name = "  Ada\r\n\tof\u{1b}[31m House  ".to_owned();
    model.people[1].name = " \u{7} ".to_owned();
    let world = World::of(model, |_| ()).await;
    assert_eq!(world.sign_in(ADA).await.unwrap().name, "Ada of [31m House");
    assert_eq!(world.sign_in(BO).await.unwrap().name, "u-1002@example.com");
    assert_eq!(world.sign_in(CLEO).await.unwrap().name, "Cleo \"CC\" <Marsh> & Sons");

    let bare = World::of(Model::sample(), |config| config.scopes.clear()).await;
    assert_eq!(bare.sign_in(ADA).await.unwrap().name, ADA);
}

#[tokio::test]
async fn groups_are_found_under_another_name_too() {
    let mut model = Model::sample();
    model.groups_claim = "https://company.example/roles".to_owned();
    let world =
        World::of(model, |config| config.groups_claim = "https://company.example/roles".to_owned()).await;
    let ada = world.sign_in(ADA).await.unwrap();
    assert_eq!(world.oidc.role_of(&ada), Some(Role::Admin));
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_the_protocol_wants_and_no_secret() {
    let world = World::sample().await;
    let started = Started::numbered(7);
    let never = Deadline::never();
    let sent = world.oidc.authorise(&started.state, &started.nonce, &started.verifier, never).await.unwrap();
    let url: connector_kit::Url = sent.parse().unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let find = |name: &str| {
        let found: Vec<_> = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect();
        assert_eq!(found.len(), 1, "{name}: {sent}");
        found[0].clone()
    };
    assert!(sent.starts_with(&format!("{}/authorize?", world.provider.url())), "{sent}");
    assert_eq!(find("response_type"), "code");
    assert_eq!(find("client_id"), "billbridge");
    assert_eq!(find("redirect_uri"), "http://127.0.0.1:8080/sign-in/oidc/return");
    assert_eq!(find("scope"), "openid profile email");
    assert_eq!((find("state"), find("nonce")), (started.state, started.nonce));
    assert_eq!(find("code_challenge_method"), "S256");
    // RFC 7636, appendix B: 32 bytes in base64url.
    assert_eq!(find("code_challenge").len(), 43);
    assert!(!sent.contains(started.verifier.expose()) && !sent.contains("s3cret"), "{sent}");
}

#[tokio::test]
async fn the_provider_is_asked_about_itself_once_an_hour() {
    let world = World::sample().await;
    for _ in 0..3 {
        world.sign_in(ADA).await.unwrap();
    }
    assert_eq!([DISCOVERY, KEYS, TOKEN].map(|label| world.count(label)), [1, 1, 3]);
    world.pass(3600);
    world.sign_in(ADA).await.unwrap();
    assert_eq!([DISCOVERY, KEYS, TOKEN].map(|label| world.count(label)), [2, 2, 4]);
}

#[tokio::test]
async fn a_secret_goes_into_the_body_where_the_provider_takes_it_nowhere_else() {
    let mut model = Model::sample();
    model.secret_in_body = true;
    let world = World::of(model, |_| ()).await;
    assert_eq!(world.sign_in(ADA).await.unwrap().subject.subject, ADA);
}

#[tokio::test]
async fn a_code_is_good_once() {
    let world = World::sample().await;
    let started = Started::numbered(1);
    let (code, _) = world.browse(&started, ADA).await;
    assert!(world.exchange(&code, &started).await.is_ok());
    let failure = world.exchange(&code, &started).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(
        failure.to_string(),
        "oidc: POST token: invalid_grant: the code was used before, is too old, or belongs to another sign-in: \
         sign in again (the code is not good any more)"
    );
}

#[tokio::test]
async fn a_code_does_not_outlive_its_minute() {
    let world = World::sample().await;
    let started = Started::numbered(1);
    let (code, _) = world.browse(&started, ADA).await;
    world.pass(60);
    assert_eq!(world.exchange(&code, &started).await.unwrap_err().kind, FailureKind::Refused);
}

#[tokio::test]
async fn a_code_of_another_browser_opens_nothing() {
    let world = World::sample().await;
    let (mine, theirs) = (Started::numbered(1), Started::numbered(2));
    let (code, state) = world.browse(&theirs, ADA).await;
    assert_ne!(state, mine.state);
    let failure = world.exchange(&code, &mine).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
    // Even with their proof the nonce is not this browser's; and the code is spent.
    let (code, _) = world.browse(&theirs, ADA).await;
    let mixed = Started { nonce: mine.nonce, ..theirs.clone() };
    let failure = world.exchange(&code, &mixed).await.unwrap_err();
    assert!(failure.what.ends_with("it belongs to another sign-in"), "{failure}");
    assert_eq!(world.exchange(&code, &theirs).await.unwrap_err().kind, FailureKind::Refused);
}

#[tokio::test]
async fn a_code_that_cannot_be_one_is_not_sent() {
    let world = World::sample().await;
    let started = Started::numbered(1);
    for code in [String::new(), "x".repeat(5000)] {
        assert_eq!(world.exchange(&code, &started).await.unwrap_err().kind, FailureKind::Refused);
    }
    let short = Started { verifier: Secret::new("short"), ..started.clone() };
    let odd = Started { verifier: Secret::new("é".repeat(40)), ..started };
    for started in [short, odd] {
        let sent =
            world.oidc.authorise(&started.state, &started.nonce, &started.verifier, Deadline::never()).await;
        assert_eq!(sent.unwrap_err().kind, FailureKind::NotSent);
        assert_eq!(world.exchange("code", &started).await.unwrap_err().kind, FailureKind::NotSent);
    }
    assert_eq!(world.provider.with(|model| model.requests.total()), 0);
}

#[tokio::test]
async fn whoever_does_not_sign_in_comes_back_without_a_code() {
    let world = World::sample().await;
    let started = Started::numbered(3);
    let never = Deadline::never();
    let sent = world.oidc.authorise(&started.state, &started.nonce, &started.verifier, never).await.unwrap();
    let back = location(&get(&sent.replace("/authorize?", "/choose?deny=yes&")).await);
    let pairs: Vec<_> = back.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("error".to_owned(), "access_denied".to_owned()));
    assert_eq!(pairs[1], ("state".to_owned(), started.state));
    assert_eq!(pairs.len(), 2);
}
