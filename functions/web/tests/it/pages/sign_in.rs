//! Coming in and going out.

use super::browser::Browser;
use crate::world::{SESSION_KEY, World};
use async_trait::async_trait;
use domain::access::{CodeUse, Role, Scope, Subject, User};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::{AccessStore as _, Identity, IdentityProvider};
use domain::secret::Secret;
use http_kit::SigningKey;
use jiff::SignedDuration;
use std::sync::{Arc, Mutex};
use testkit::builders::{self, parsed};
use web::{Adapters, Document, Front, Web};

#[tokio::test]
async fn a_person_signs_in_with_a_token_of_theirs_and_is_where_they_wanted_to_be() {
    let world = World::new().await;
    let (_, token) = world.person("lin", Role::Clerk).await;
    let mut lin = Browser::of_nobody(&world);
    let sent = lin.answer("/sync/parked").await.with(303);
    let page = lin.get(sent.header("location")).await;
    let shown = lin.submit(&page, "/sign-in", &[("token", &token)]).await;
    shown.says("Parked").says("lin");
    let out = lin.submit(&shown, "/sign-out", &[]).await;
    out.says("You are signed out");
    lin.answer("/").await.with(303);
}

#[tokio::test]
async fn whatever_was_wrong_with_a_sign_in_the_page_says_the_same() {
    let world = World::new().await;
    let program = world.token(&[Scope::Read]).await;
    let (user, theirs) = world.person("gone", Role::Clerk).await;
    world.store.put_user(&User { disabled: Some(builders::moment(0)), ..user }).await.unwrap();
    let forged = "bb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut pages = std::collections::BTreeSet::new();
    for token in ["", "nonsense", forged, program.as_str(), theirs.as_str()] {
        let mut nobody = Browser::of_nobody(&world);
        let page = nobody.get("/sign-in").await;
        let failed = nobody.submit(&page, "/sign-in", &[("token", token)]).await;
        assert_eq!(failed.answer.status, 401, "{token}");
        assert!(nobody.cookies.is_empty());
        assert!(token.is_empty() || !failed.answer.text.contains(token), "it is not said again");
        pages.insert(failed.text());
    }
    let mut nobody = Browser::of_nobody(&world);
    let page = nobody.get("/sign-in/code?c=nonsense").await;
    pages.insert(nobody.submit(&page, "/sign-in/code", &[]).await.text());
    assert_eq!(pages.len(), 1, "{pages:?}");
}

#[tokio::test]
async fn a_sign_in_leads_to_pages_of_ours_only() {
    let world = World::new().await;
    let (_, token) = world.person("lin", Role::Clerk).await;
    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example"] {
        let mut lin = Browser::of_nobody(&world);
        let page = lin.get(&format!("/sign-in?next={}", super::browser::coded(next))).await;
        let fields = Browser::filled(&page, "/sign-in", &[("token", &token), ("next", next)]);
        let answer = lin.post_raw("/sign-in", &fields).await.with(303);
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

#[tokio::test]
async fn another_sites_page_signs_nobody_in() {
    let world = World::new().await;
    let (_, token) = world.person("lin", Role::Clerk).await;
    let request = axum::http::Request::post("/sign-in")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(axum::body::Body::from(format!("token={token}&next=/")))
        .unwrap();
    let answer = world.send(request).await.with(403);
    assert!(answer.header("set-cookie").is_empty());
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_a_mistyped_name_costs_no_code() {
    let world = World::new().await;
    let code = world.app.access.issue_code(CodeUse::SetUp, SignedDuration::from_hours(1)).await.unwrap();
    let mut first = Browser::of_nobody(&world);
    let page = first.get(&format!("/setup?c={}", code.expose())).await;
    let wrong = first.submit(&page, "/setup", &[("name", "  ")]).await;
    assert_eq!(wrong.answer.status, 422);
    wrong.says("Enter a name");
    let welcome = first.submit(&wrong, "/setup", &[("name", "Ada Lovelace")]).await;
    welcome.says("You are the first administrator").says("Ada Lovelace");
    first.get("/settings/people").await.says("Ada Lovelace").says("admin");
    let mut second = Browser::of_nobody(&world);
    let refused = second.submit(&page, "/setup", &[("name", "Eve")]).await;
    assert_eq!(refused.answer.status, 401);
    let users = world.store.users().await.unwrap();
    assert_eq!(users.iter().filter(|user| user.role == Role::Admin).count(), 1);
}

#[tokio::test]
async fn a_code_for_one_thing_opens_no_other() {
    let world = World::new().await;
    let (user, _) = world.person("lin", Role::Viewer).await;
    let access = &world.app.access;
    let sign_in = access.issue_code(CodeUse::SignIn(user.id), SignedDuration::from_hours(1)).await.unwrap();
    let mut nobody = Browser::of_nobody(&world);
    let page = nobody.get(&format!("/setup?c={}", sign_in.expose())).await;
    let refused = nobody.submit(&page, "/setup", &[("name", "Eve")]).await;
    assert_eq!(refused.answer.status, 401);
    assert!(nobody.cookies.is_empty());
}

/// An identity provider that vouches for one person.
struct Provider {
    groups: Mutex<Vec<String>>,
}

#[async_trait]
impl IdentityProvider for Provider {
    fn system(&self) -> &SystemId {
        static SYSTEM: std::sync::LazyLock<SystemId> = std::sync::LazyLock::new(|| parsed("oidc"));
        &SYSTEM
    }

    async fn authorise(
        &self,
        state: &str,
        nonce: &str,
        verifier: &Secret,
        _: Deadline,
    ) -> Result<String, Failure> {
        assert!(nonce.len() >= 43 && verifier.expose().len() >= 43, "nobody can guess them");
        Ok(format!("https://id.example/authorise?state={state}&nonce={nonce}"))
    }

    async fn exchange(&self, code: &str, _: &str, _: &Secret, _: Deadline) -> Result<Identity, Failure> {
        if code != "good" {
            return Err(Failure::new(FailureKind::Refused, self.system(), "the code is not good"));
        }
        Ok(Identity {
            subject: Subject { issuer: "https://id.example".into(), subject: "s-1".into() },
            name: "Noor Haddad".into(),
            email: Some("noor@reseller.example".into()),
            groups: self.groups.lock().unwrap().clone(),
        })
    }

    fn role_of(&self, identity: &Identity) -> Option<Role> {
        identity.groups.iter().filter_map(|group| Role::find(group)).max()
    }
}

/// The same world behind an identity provider.
async fn with_provider(groups: &[&str]) -> (World, Arc<Provider>) {
    let groups = Mutex::new(groups.iter().map(|group| (*group).to_owned()).collect());
    let provider = Arc::new(Provider { groups });
    let mut world = World::new().await;
    let adapters = Adapters {
        store: Arc::new(world.store.clone()),
        bus: Arc::new(world.bus.clone()),
        connections: world.app.connections.clone(),
        identity: Some(provider.clone()),
        personal: None,
        clock: Arc::new(world.clock.clone()),
        entropy: || fastrand::u64(..),
    };
    let front = Front {
        url: Some("https://billbridge.example".to_owned()),
        key: SigningKey::new(&Secret::new(SESSION_KEY)).unwrap(),
        secure_cookies: true,
        requests_per_minute: 1_000_000,
    };
    let document = Document::new(&web::openapi()).unwrap();
    world.app = Arc::new(Web::new(adapters, front, document));
    world.router = web::router(&world.app);
    (world, provider)
}

/// Goes to the provider; gives the state it was sent with.
async fn leave(browser: &mut Browser<'_>) -> String {
    let page = browser.get("/sign-in?next=/orders").await;
    let way = page.html.link("Sign in with your identity provider");
    let answer = browser.answer(&way).await.with(303);
    let address = answer.header("location").to_owned();
    assert!(address.starts_with("https://id.example/authorise?"), "{address}");
    address.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_company_account_gets_its_role_from_its_groups_at_each_sign_in() {
    let (world, provider) = with_provider(&["viewer", "approver"]).await;
    let mut noor = Browser::of_nobody(&world);
    let state = leave(&mut noor).await;
    let back = format!("/sign-in/oidc/return?code=good&state={state}");
    let answer = noor.answer(&back).await.with(303);
    assert_eq!(answer.header("location"), "/orders", "where they wanted to be");
    noor.get("/settings/me").await.says("Noor Haddad").says("approver").says("noor@reseller.example");
    *provider.groups.lock().unwrap() = vec!["viewer".into()];
    let mut again = Browser::of_nobody(&world);
    let state = leave(&mut again).await;
    again.answer(&format!("/sign-in/oidc/return?code=good&state={state}")).await.with(303);
    again.get("/settings/me").await.says("viewer");
    noor.get("/settings/me").await.says("viewer");
    assert_eq!(
        world.store.users().await.unwrap().iter().filter(|user| user.name == "Noor Haddad").count(),
        1
    );
}

#[tokio::test]
async fn a_company_account_without_a_role_is_told_what_to_ask_for() {
    let (world, _) = with_provider(&["canteen"]).await;
    let mut noor = Browser::of_nobody(&world);
    let state = leave(&mut noor).await;
    let page = noor.page(&format!("/sign-in/oidc/return?code=good&state={state}"), 403).await;
    page.says("You have no role here yet").says("OIDC_ROLES");
    noor.answer("/").await.with(303);
    assert!(world.store.users().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_way_back_is_good_once_for_the_browser_that_left_and_with_a_code_that_is_good() {
    let (world, _) = with_provider(&["viewer"]).await;
    let mut noor = Browser::of_nobody(&world);
    let state = leave(&mut noor).await;
    let back = format!("/sign-in/oidc/return?code=good&state={state}");
    let mut other = Browser::of_nobody(&world);
    other.page(&back, 401).await.says("That did not work");
    leave(&mut other).await;
    other.page(&back, 401).await.says("That did not work");
    noor.answer(&back).await.with(303);
    let mut replayed = Browser::of_nobody(&world);
    replayed.cookies.clone_from(&noor.cookies);
    replayed.page(&back, 401).await;
    let mut wrong = Browser::of_nobody(&world);
    let state = leave(&mut wrong).await;
    wrong.page(&format!("/sign-in/oidc/return?code=bad&state={state}"), 401).await;
    let mut denied = Browser::of_nobody(&world);
    let state = leave(&mut denied).await;
    denied.page(&format!("/sign-in/oidc/return?error=access_denied&state={state}"), 401).await;
}

#[tokio::test]
async fn without_a_provider_there_is_no_way_to_one() {
    let world = World::new().await;
    let mut nobody = Browser::of_nobody(&world);
    nobody.get("/sign-in").await.does_not_say("identity provider");
    nobody.page("/sign-in/oidc", 404).await.says("No identity provider is configured");
}
