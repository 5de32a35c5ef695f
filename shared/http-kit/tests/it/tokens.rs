//! API tokens.

use crate::house::{Ask, House, house};
use domain::access::{CodeUse, Role, Scope};
use domain::failure::FailureKind;
use domain::id::TokenId;
use domain::ports::AccessStore as _;
use domain::secret::Secret;
use http::StatusCode;
use http_kit::NewToken;
use jiff::SignedDuration;
use testkit::Moment;

async fn who(house: &House, token: &Secret) -> (StatusCode, String) {
    let answer = house.ask(Ask::get("/api/me").token(token)).await;
    if answer.status == StatusCode::UNAUTHORIZED {
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.problem().1, "not-signed-in");
    }
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_programs_token_acts_as_itself_and_a_persons_as_the_person() {
    let house = house();
    let ada = house.person("ada", Role::Clerk).await;
    let (program, secret) = house.token(&[Scope::Read], None).await;
    assert_eq!(who(&house, &secret).await, (StatusCode::OK, program.id.to_string()));
    let (_, secret) = house.token(&[Scope::Read], Some(&ada.id)).await;
    assert_eq!(who(&house, &secret).await, (StatusCode::OK, ada.id.to_string()));
}

#[tokio::test]
async fn of_a_token_only_the_hash_is_kept() {
    let house = house();
    let (token, secret) = house.token(&[Scope::Read], None).await;
    assert!(secret.expose().starts_with("bb_") && secret.expose().len() == 46);
    let kept = house.store.tokens().await.unwrap();
    assert_eq!(kept, [token]);
    assert!(!format!("{kept:?}").contains(&secret.expose()[3..]));
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_the_same_way_whatever_is_wrong_with_it() {
    let house = house();
    let (revoked, revoked_secret) = house.token(&[Scope::Read], None).await;
    house.store.revoke_token(&revoked.id, "2026-11-05T08:00:00Z".parse().unwrap()).await.unwrap();
    let expires = Some("2026-11-05T09:00:00Z".parse().unwrap());
    let new = NewToken {
        name: "short".into(),
        owner: None,
        scopes: [Scope::Read].into_iter().collect(),
        expires,
        created_by: "usr_admin".into(),
    };
    let (_, past) = house.access.create_token(new).await.unwrap();
    assert_eq!(who(&house, &past).await.0, StatusCode::OK);
    house.clock.advance(SignedDuration::from_hours(1));

    let unknown = Secret::new(format!("bb_{}", "A".repeat(43)));
    let mut bodies = Vec::new();
    for bad in [revoked_secret, past, unknown, Secret::new("bb_short"), Secret::new("hunter2")] {
        let (status, body) = who(&house, &bad).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(!body.contains(bad.expose()));
        bodies.push(body.split("\"request\"").next().unwrap().to_owned());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
}

#[tokio::test]
async fn what_is_no_bearer_token_is_refused() {
    let house = house();
    let (_, secret) = house.token(&[Scope::Read], None).await;
    let good = format!("Bearer {}", secret.expose());
    for bad in ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", secret.expose(), "Bearer bb_ü"] {
        let ask = Ask::get("/api/me").header("authorization", bad);
        assert_eq!(house.ask(ask).await.problem(), (401, "not-signed-in".into()), "{bad}");
    }
    let twice = Ask::get("/api/me").header("authorization", &good).header("authorization", &good);
    assert_eq!(house.ask(twice).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.ask(Ask::get("/api/me")).await.status, StatusCode::UNAUTHORIZED);
    let lower = good.replace("Bearer", "bearer");
    assert_eq!(house.ask(Ask::get("/api/me").header("authorization", &lower)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_which_one_is_missing() {
    let house = house();
    let (_, secret) = house.token(&[Scope::Read, Scope::OrdersWrite], None).await;
    let answer = house.ask(Ask::new("POST", "/api/approve").token(&secret)).await;
    assert_eq!(answer.problem(), (403, "missing-scope".into()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("orders:approve"));
    let (_, admin) = house.token(&[Scope::Admin], None).await;
    assert_eq!(house.ask(Ask::new("POST", "/api/approve").token(&admin)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_persons_token_never_has_more_than_their_role_and_ends_with_them() {
    let house = house();
    let mut ada = house.person("ada", Role::Approver).await;
    let (_, secret) = house.token(&[Scope::Read, Scope::OrdersApprove], Some(&ada.id)).await;
    let approve = || Ask::new("POST", "/api/approve").token(&secret);
    assert_eq!(house.ask(approve()).await.status, StatusCode::OK);

    ada.role = Role::Clerk;
    house.store.put_user(&ada).await.unwrap();
    assert_eq!(house.ask(approve()).await.problem(), (403, "missing-scope".into()));

    ada.role = Role::Admin;
    ada.disabled = Some("2026-11-05T08:00:00Z".parse().unwrap());
    house.store.put_user(&ada).await.unwrap();
    assert_eq!(house.ask(approve()).await.status, StatusCode::UNAUTHORIZED);

    let (_, orphan) = house.token(&[Scope::Read], Some(&"usr_gone".parse().unwrap())).await;
    assert_eq!(who(&house, &orphan).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_last_use_of_a_token_is_written_once_an_hour() {
    let house = house();
    let (token, secret) = house.token(&[Scope::Read], None).await;
    let last_used = async || house.store.find_token(&token.hash).await.unwrap().unwrap().last_used;
    assert_eq!(last_used().await, None);
    who(&house, &secret).await;
    let first = last_used().await.unwrap();
    let writes = house.store.inner().writes();
    house.clock.advance(SignedDuration::from_mins(59));
    who(&house, &secret).await;
    assert_eq!((last_used().await, house.store.inner().writes()), (Some(first), writes));
    house.clock.advance(SignedDuration::from_mins(1));
    who(&house, &secret).await;
    assert!(last_used().await.unwrap() > first);
}

#[tokio::test]
async fn that_the_last_use_could_not_be_written_keeps_nobody_out() {
    let house = house();
    let (_, secret) = house.token(&[Scope::Read], None).await;
    // Finding the token is the first call, noting its use the second.
    house.store.fail_after(2, Moment::Before);
    assert_eq!(who(&house, &secret).await.0, StatusCode::OK);
}

#[tokio::test]
async fn nobody_is_let_in_while_it_cannot_be_looked_up_who_they_are() {
    let house = house();
    let ada = house.person("ada", Role::Admin).await;
    let (_, secret) = house.token(&[Scope::Read], Some(&ada.id)).await;
    let browser = house.browser(&ada).await;
    for call in [1, 2] {
        house.store.fail_after(call, Moment::Before);
        let answer = house.ask(Ask::get("/api/me").token(&secret)).await;
        assert_eq!(answer.problem(), (503, "unavailable".into()), "call {call}");
        assert!(!answer.body.contains(ada.id.as_str()));
        house.store.fail_after(call, Moment::Before);
        assert_eq!(
            house.ask(browser.sends(Ask::get("/api/me"))).await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        house.store.fail_after(call, Moment::Before);
        assert_eq!(
            house.ask(browser.sends(Ask::get("/orders"))).await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
    assert_eq!(who(&house, &secret).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_makes_no_sense_is_not_made() {
    let house = house();
    let good = NewToken {
        name: "export".into(),
        owner: None,
        scopes: [Scope::Read].into_iter().collect(),
        expires: None,
        created_by: "usr_admin".into(),
    };
    let past = Some("2026-11-05T08:00:00Z".parse().unwrap());
    for bad in [
        NewToken { name: "  ".into(), ..good.clone() },
        NewToken { scopes: [].into_iter().collect(), ..good.clone() },
        NewToken { expires: past, ..good.clone() },
    ] {
        assert_eq!(house.access.create_token(bad).await.unwrap_err().kind, FailureKind::Refused);
    }
    assert_eq!(house.store.tokens().await.unwrap(), []);
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_time() {
    let house = house();
    let opens = CodeUse::SignIn("usr_1".parse().unwrap());
    let issue = async || house.access.issue_code(opens.clone(), SignedDuration::from_mins(10)).await.unwrap();
    let redeem = async |code: &str| house.access.redeem_code(code).await.unwrap();

    let code = issue().await;
    assert_eq!(redeem(code.expose()).await, Some(opens.clone()));
    assert_eq!(redeem(code.expose()).await, None);

    let late = issue().await;
    house.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(redeem(late.expose()).await, None);
    assert_eq!(redeem("no code at all").await, None);
    assert_eq!(redeem(&"A".repeat(43)).await, None);
}

#[tokio::test]
async fn the_ids_of_tokens_sort_by_when_they_were_made() {
    let house = house();
    let (first, _) = house.token(&[Scope::Read], None).await;
    house.clock.advance(SignedDuration::from_secs(1));
    let (second, _) = house.token(&[Scope::Read], None).await;
    let ids: Vec<TokenId> = house.store.tokens().await.unwrap().into_iter().map(|token| token.id).collect();
    assert_eq!(ids, [second.id, first.id]);
}
