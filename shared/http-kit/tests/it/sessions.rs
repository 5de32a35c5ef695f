//! Browsers that have signed in, their cookies and their forms.

use crate::house::{Ask, Browser, House, house, house_with};
use domain::access::{Role, Scope};
use domain::ports::AccessStore as _;
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;

async fn me(house: &House, browser: &Browser) -> StatusCode {
    house.ask(browser.sends(Ask::get("/api/me"))).await.status
}

fn thing() -> &'static str {
    r#"{"name":"a","lines":[]}"#
}

#[tokio::test]
async fn a_person_signs_in_with_a_token_of_theirs_and_is_known_by_the_cookie() {
    let house = house();
    let ada = house.person("ada", Role::Clerk).await;
    let (_, secret) = house.token(&[Scope::Read], Some(&ada.id)).await;
    let answer = house.ask(Ask::form("/sign-in", &format!("name={}", secret.expose()))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, Some("/orders")));
    let set = answer.header("set-cookie").unwrap();
    for part in ["__Host-billbridge=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    assert!(!set.contains("Domain"));
    let cookie = set.split(';').next().unwrap();
    assert_eq!(house.ask(Ask::get("/api/me").header("cookie", cookie)).await.body, ada.id.to_string());
    // The session has what the token had, not all that the role has.
    let ask = Ask::json("/api/things", thing()).header("cookie", cookie);
    assert_eq!(house.ask(ask).await.problem(), (403, "missing-scope".into()));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    house.clock.advance(SignedDuration::from_secs(12 * 3600 - 1));
    assert_eq!(me(&house, &browser).await, StatusCode::OK);
    house.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(me(&house, &browser).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_signs_out_is_out_wherever_the_cookie_is() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let mut headers = HeaderMap::new();
    headers.insert("cookie", browser.cookie.parse().unwrap());
    let principal = house.access.find_principal(&headers).await.unwrap().unwrap();
    let set = house.access.sign_out(&principal).await.unwrap();
    assert!(set.header().to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(me(&house, &browser).await, StatusCode::UNAUTHORIZED);
    assert_eq!(house.access.find_principal(&headers).await.unwrap(), None);
}

#[tokio::test]
async fn a_disabled_person_is_out_with_the_next_request_and_cannot_sign_in() {
    let house = house();
    let mut ada = house.person("ada", Role::Admin).await;
    let browser = house.browser(&ada).await;
    assert_eq!(me(&house, &browser).await, StatusCode::OK);
    ada.disabled = Some("2026-11-05T08:00:00Z".parse().unwrap());
    house.store.put_user(&ada).await.unwrap();
    assert_eq!(me(&house, &browser).await, StatusCode::UNAUTHORIZED);
    assert!(house.access.sign_in(&ada, &ada.role.scopes()).await.is_err());
}

#[tokio::test]
async fn a_lowered_role_counts_with_the_next_request() {
    let house = house();
    let mut ada = house.person("ada", Role::Admin).await;
    let browser = house.browser(&ada).await;
    assert_eq!(house.ask(browser.sends(Ask::get("/settings"))).await.status, StatusCode::OK);
    ada.role = Role::Viewer;
    house.store.put_user(&ada).await.unwrap();
    assert_eq!(house.ask(browser.sends(Ask::get("/settings"))).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_cookie_that_we_have_not_signed_is_nobody_and_nothing_is_looked_up() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let (name, value) = browser.cookie.split_once('=').unwrap();
    let (id, mac) = value.split_once('.').unwrap();
    let steps = house.store.steps();
    for forged in [
        format!("{name}={id}"),
        format!("{name}={id}."),
        format!("{name}={id}.{}", "A".repeat(43)),
        format!("{name}={}.{mac}", "A".repeat(43)),
        format!("{name}={id}.{mac}x"),
        format!("billbridge={value}"),
    ] {
        let answer = house.ask(Ask::get("/api/me").header("cookie", &forged)).await;
        assert_eq!(answer.problem(), (401, "not-signed-in".into()), "{forged}");
    }
    assert_eq!(house.store.steps(), steps);
}

#[tokio::test]
async fn what_changes_something_needs_the_token_of_its_own_session() {
    let house = house();
    let ada = house.person("ada", Role::Clerk).await;
    let (browser, other) = (house.browser(&ada).await, house.browser(&ada).await);
    assert_ne!(browser.csrf, other.csrf);
    let ask = || browser.sends(Ask::json("/api/things", thing()));
    let form = |fields: &str| browser.sends(Ask::form("/orders", fields));

    assert_eq!(house.ask(ask()).await.problem(), (403, "form-token".into()));
    for wrong in ["", "wrong", &other.csrf] {
        let answer = house.ask(ask().header("x-csrf-token", wrong)).await;
        assert_eq!(answer.problem(), (403, "form-token".into()), "{wrong}");
        let fields = format!("name=a&csrf={wrong}");
        assert_eq!(house.ask(form(&fields)).await.status, StatusCode::FORBIDDEN, "{wrong}");
    }
    assert_eq!(house.ask(form("name=a")).await.status, StatusCode::FORBIDDEN);
    let twice = format!("name=a&csrf={0}&csrf={0}", browser.csrf);
    assert_eq!(house.ask(form(&twice)).await.status, StatusCode::FORBIDDEN);
    let in_query = Ask::form(&format!("/orders?csrf={}", browser.csrf), "name=a");
    assert_eq!(house.ask(browser.sends(in_query)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(house.made(), Vec::<String>::new());

    assert_eq!(house.ask(ask().header("x-csrf-token", &browser.csrf)).await.status, StatusCode::CREATED);
    let right = format!("name=a&csrf={}", browser.csrf);
    assert_eq!(house.ask(form(&right)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.made().len(), 2);
}

#[tokio::test]
async fn another_sites_page_cannot_send_our_forms_even_with_the_token() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Clerk).await).await;
    let fields = format!("name=a&csrf={}", browser.csrf);
    let form = || browser.sends(Ask::form("/orders", &fields)).header("host", "bill.example");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        assert_eq!(house.ask(form().header(name, value)).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(house.made(), Vec::<String>::new());
    let own = form().header("sec-fetch-site", "same-origin").header("origin", "null");
    assert_eq!(house.ask(own).await.status, StatusCode::SEE_OTHER);

    let (_, secret) = house.token(&[Scope::Read], None).await;
    let sign_in = Ask::form("/sign-in", &format!("name={}", secret.expose()));
    let answer = house.ask(sign_in.header("sec-fetch-site", "cross-site")).await;
    assert_eq!(answer.problem(), (403, "cross-site".into()));
}

#[tokio::test]
async fn a_program_needs_no_form_token() {
    let house = house();
    let (_, secret) = house.token(&[Scope::OrdersWrite], None).await;
    let answer = house.ask(Ask::json("/api/things", thing()).token(&secret)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_the_sign_in_and_back() {
    let house = house();
    let answer = house.ask(Ask::get("/orders?state=open")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), Some("/sign-in?next=/orders%3Fstate%3Dopen"));
    let answer = house.ask(Ask::form("/orders", "name=a")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, Some("/sign-in")));
    let answer = house.ask(Ask::get("/orders").header("hx-request", "true")).await;
    assert_eq!((answer.status, answer.header("hx-redirect")), (StatusCode::UNAUTHORIZED, Some("/sign-in")));
}

#[tokio::test]
async fn who_may_not_see_a_page_gets_the_page_that_says_so() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let ask = browser.sends(Ask::get("/settings")).header("x-request-id", "request-0001");
    let answer = house.ask(ask).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(answer.body, "<h1>You may not do this</h1> for ada, request-0001");
}

#[tokio::test]
async fn on_plain_http_the_cookie_has_the_plain_name() {
    let house = house_with(100, false);
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    assert!(browser.cookie.starts_with("billbridge="));
    assert_eq!(me(&house, &browser).await, StatusCode::OK);
}

#[tokio::test]
async fn nothing_that_is_printed_shows_a_cookie_or_a_form_token() {
    let house = house();
    let ada = house.person("ada", Role::Viewer).await;
    let set = house.access.sign_in(&ada, &ada.role.scopes()).await.unwrap();
    assert_eq!(format!("{set:?}"), "SetCookie(Sensitive)");
    let browser = house.browser(&ada).await;
    let mut headers = HeaderMap::new();
    headers.insert("cookie", browser.cookie.parse().unwrap());
    let principal = house.access.find_principal(&headers).await.unwrap().unwrap();
    assert!(!format!("{principal:?}").contains(&browser.csrf));
}

#[tokio::test]
async fn behind_two_guards_both_scopes_count_and_nobody_is_looked_up_twice() {
    let house = house();
    let (admin, viewer) = (house.person("ada", Role::Admin).await, house.person("bob", Role::Viewer).await);
    let (admin, viewer) = (house.browser(&admin).await, house.browser(&viewer).await);
    let before = house.store.steps();
    assert_eq!(house.ask(admin.sends(Ask::get("/api/twice"))).await.status, StatusCode::OK);
    // The session and its person.
    assert_eq!(house.store.steps() - before, 2);
    let refused = house.ask(viewer.sends(Ask::get("/api/twice"))).await;
    assert_eq!(refused.problem(), (403, "missing-scope".into()));
}

#[tokio::test]
async fn a_route_without_a_guard_looks_nobody_up_for_a_browser() {
    let house = house();
    let browser = house.browser(&house.person("ada", Role::Viewer).await).await;
    let before = house.store.steps();
    assert_eq!(house.ask(browser.sends(Ask::get("/health"))).await.status, StatusCode::OK);
    assert_eq!(house.store.steps(), before);
}
