//! People, tokens, codes and own sign-ins.

use crate::world::{World, nothing};
use domain::access::{CodeUse, Role, Scope, Scopes};
use domain::ports::AccessStore as _;
use serde_json::{Value, json};
use testkit::builders;

#[tokio::test]
async fn a_new_token_works_and_its_secret_is_shown_once() {
    let world = World::new().await;
    let admin = world.admin().await;
    let wanted = json!({"name": "month-end reports", "scopes": ["read"], "expires": "2027-11-05T00:00:00Z"});
    let made = world.post_once(&admin, "/api/tokens", &wanted, "one").await.with(201).json();
    let secret = made["secret"].as_str().unwrap();
    let me = world.get(secret, "/api/me").await.with(200).json();
    assert_eq!(
        me,
        json!({
            "id": made["token"], "name": "month-end reports", "person": false, "email": null, "role": null,
            "scopes": ["read"],
        })
    );
    world.post(secret, "/api/sync/manual", &json!({"organisation": "acme"})).await.with(403);
    let again = world.post_once(&admin, "/api/tokens", &wanted, "one").await.with(409);
    assert_eq!(again.code(), "shown-once");
    let listed = world.get(&admin, "/api/tokens").await.with(200);
    assert!(!listed.text.contains(secret), "a secret is never listed");
    let of_it = listed.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["name"] == "month-end reports")
        .count();
    assert_eq!(of_it, 1, "asked twice under one key, it was made once");
}

#[tokio::test]
async fn a_revoked_token_is_good_no_longer_from_the_next_request_on() {
    let world = World::new().await;
    let admin = world.admin().await;
    let made =
        world.post(&admin, "/api/tokens", &json!({"name": "x", "scopes": ["read"]})).await.with(201).json();
    let (id, secret) = (made["token"].as_str().unwrap(), made["secret"].as_str().unwrap());
    world.get(secret, "/api/me").await.with(200);
    world.delete(&admin, &format!("/api/tokens/{id}")).await.with(204);
    world.get(secret, "/api/me").await.with(401);
    world.delete(&admin, &format!("/api/tokens/{id}")).await.with(204);
    world.delete(&admin, "/api/tokens/tok_nobody").await.with(404);
    world.delete(&admin, "/api/tokens/no-id").await.with(404);
}

#[tokio::test]
async fn nobody_gives_away_more_than_they_have() {
    let world = World::new().await;
    let admin = world.admin().await;
    let tokens = world.store.tokens().await.unwrap().len();
    let (clerk, _) = world.person("ada", Role::Clerk).await;
    let for_clerk = json!({"name": "x", "scopes": ["read", "orders:approve"], "owner": clerk.id.as_str()});
    let answer = world.post(&admin, "/api/tokens", &for_clerk).await.with(422);
    assert!(answer.text.contains("orders:approve"), "{}", answer.text);
    // Whoever calls as a program with everything but one scope is no administrator and may not even ask.
    let most: Vec<_> = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Admin).collect();
    let most = world.token(&most).await;
    world.post(&most, "/api/tokens", &json!({"name": "x", "scopes": ["read"]})).await.with(403);
    assert_eq!(world.store.tokens().await.unwrap().len(), tokens + 2, "only those of this test's own making");
}

#[tokio::test]
async fn the_maker_of_a_token_is_asked_for_every_scope_of_it() {
    let world = World::new().await;
    let token = world.token(&[Scope::Read, Scope::Sync]).await;
    let by = world.app.access.find_token_principal(&token).await.unwrap().unwrap();
    let new = |scopes: &[Scope]| http_kit::NewToken {
        name: "x".into(),
        owner: None,
        scopes: scopes.iter().copied().collect(),
        expires: None,
        created_by: "test".into(),
    };
    let beyond: Scopes = [Scope::OrdersApprove].into_iter().collect();
    let refused = world.app.make_token(new(&[Scope::Read, Scope::OrdersApprove]), &by).await.unwrap_err();
    assert_eq!(refused, web::people::Refusal::MoreThanMaker(beyond));
    world.app.make_token(new(&[Scope::Read, Scope::Sync]), &by).await.unwrap();
}

#[tokio::test]
async fn a_token_that_makes_no_sense_is_refused_with_the_field_that_is_wrong() {
    let world = World::new().await;
    let admin = world.admin().await;
    let tokens = world.store.tokens().await.unwrap().len();
    for (field, wanted) in [
        ("name", json!({"name": " ", "scopes": ["read"]})),
        ("name", json!({"name": "x".repeat(101), "scopes": ["read"]})),
        ("scopes", json!({"name": "x", "scopes": []})),
        ("scopes", json!({"name": "x", "scopes": ["read", "sync", "read"]})),
        ("scopes[0]", json!({"name": "x", "scopes": ["everything"]})),
        ("expires", json!({"name": "x", "scopes": ["read"], "expires": "2020-01-01T00:00:00Z"})),
        ("expires", json!({"name": "x", "scopes": ["read"], "expires": "soon"})),
        ("owner", json!({"name": "x", "scopes": ["read"], "owner": "ada"})),
        ("more", json!({"name": "x", "scopes": ["read"], "more": true})),
    ] {
        let answer = world.post(&admin, "/api/tokens", &wanted).await.with(422);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{wanted}");
    }
    let nobody = json!({"name": "x", "scopes": ["read"], "owner": "usr_nobody"});
    world.post(&admin, "/api/tokens", &nobody).await.with(404);
    assert_eq!(world.store.tokens().await.unwrap().len(), tokens);
}

#[tokio::test]
async fn a_person_is_added_once_under_a_key_and_comes_in_with_a_link_that_works_once() {
    let world = World::new().await;
    let admin = world.admin().await;
    let wanted = json!({"name": " Anna Berg ", "email": "anna@reseller.example", "role": "approver"});
    let made = world.post_once(&admin, "/api/users", &wanted, "anna").await.with(201).json();
    let again = world.post_once(&admin, "/api/users", &wanted, "anna").await.with(201).json();
    assert_eq!(made, again);
    assert_eq!((&made["name"], &made["role"]), (&json!("Anna Berg"), &json!("approver")));
    let listed = world.get(&admin, "/api/users").await.with(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let id = made["user"].as_str().unwrap();
    let place = format!("/api/users/{id}/sign-in-code");
    let code = world.post_once(&admin, &place, &nothing(), "link").await.with(201).json();
    let text = code["code"].as_str().unwrap();
    assert_eq!(code["link"], format!("https://billbridge.example/sign-in/code?c={text}"));
    assert_eq!(world.post_once(&admin, &place, &nothing(), "link").await.with(409).code(), "shown-once");
    let opens = world.app.access.redeem_code(text).await.unwrap();
    assert_eq!(opens, Some(CodeUse::SignIn(builders::parsed(id))));
    assert_eq!(world.app.access.redeem_code(text).await.unwrap(), None);
    world.post(&admin, "/api/users/usr_nobody/sign-in-code", &nothing()).await.with(404);
}

#[tokio::test]
async fn somebody_who_is_shut_out_is_out_at_once_and_gets_no_link() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (user, token) = world.person("ada", Role::Clerk).await;
    let cookie = world.app.access.sign_in(&user, &user.role.scopes()).await.unwrap();
    let cookie = cookie.header().to_str().unwrap().split(';').next().unwrap().to_owned();
    let by_cookie = || {
        let request = axum::http::Request::get("/api/me").header("cookie", &cookie);
        request.body(axum::body::Body::empty()).unwrap()
    };
    world.send(by_cookie()).await.with(200);
    let out = world.post(&admin, "/api/users/usr_ada/disable", &nothing()).await.with(200).json();
    assert!(out["disabled"].is_string());
    world.send(by_cookie()).await.with(401);
    world.get(&token, "/api/me").await.with(401);
    let again = world.post(&admin, "/api/users/usr_ada/disable", &nothing()).await.with(200).json();
    assert_eq!(again["disabled"], out["disabled"]);
    let link = world.post(&admin, "/api/users/usr_ada/sign-in-code", &nothing()).await.with(409);
    assert_eq!(link.code(), "disabled");
    let token = json!({"name": "x", "scopes": ["read"], "owner": "usr_ada"});
    world.post(&admin, "/api/tokens", &token).await.with(409);
}

#[tokio::test]
async fn nobody_shuts_themselves_out() {
    let world = World::new().await;
    let (_, token) = world.person("ada", Role::Admin).await;
    let answer = world.post(&token, "/api/users/usr_ada/disable", &nothing()).await.with(409);
    assert_eq!(answer.code(), "own-account");
    world.get(&token, "/api/me").await.with(200);
}

#[tokio::test]
async fn somebody_without_a_name_or_with_an_odd_address_is_not_added() {
    let world = World::new().await;
    let admin = world.admin().await;
    for (field, wanted) in [
        ("name", json!({"name": "", "role": "clerk"})),
        ("name", json!({"name": "a\u{0}b", "role": "clerk"})),
        ("email", json!({"name": "a", "role": "clerk", "email": "nobody"})),
        ("email", json!({"name": "a", "role": "clerk", "email": "a@b@c"})),
        ("role", json!({"name": "a", "role": "owner"})),
        ("role", json!({"name": "a"})),
    ] {
        let answer = world.post(&admin, "/api/users", &wanted).await.with(422);
        assert_eq!(answer.json()["errors"][0]["field"], field, "{wanted}");
    }
    assert_eq!(world.store.users().await.unwrap(), []);
}

fn sign_in(password: &str) -> Value {
    json!({"username": "anna@reseller.example", "password": password})
}

const OWN: &str = "/api/me/sign-ins/crayon";

#[tokio::test]
async fn an_own_sign_in_is_kept_once_the_supplier_takes_it_and_never_shown() {
    let world = World::new().await;
    let (user, token) = world.person("anna", Role::Clerk).await;
    let none = world.get(&token, "/api/me/sign-ins").await.with(200).json();
    assert_eq!(none, json!({"systems": []}));
    world.put(&token, OWN, &sign_in("anna's own pass phrase")).await.with(204);
    let kept = world.kept.all();
    let credentials = &kept[&(user.id.clone(), builders::supplier())];
    assert_eq!(credentials.password.expose(), "anna's own pass phrase");
    let listed = world.get(&token, "/api/me/sign-ins").await.with(200);
    assert_eq!(listed.json(), json!({"systems": ["crayon"]}));
    assert!(!listed.text.contains("anna@"), "the name is not shown either");
    world.delete(&token, OWN).await.with(204);
    world.delete(&token, OWN).await.with(204);
    assert_eq!(world.kept.all().len(), 0);
}

#[tokio::test]
async fn an_own_sign_in_that_the_supplier_does_not_take_is_not_kept_and_the_one_before_stays() {
    let world = World::new().await;
    let (_, token) = world.person("anna", Role::Clerk).await;
    let answer = world.put(&token, OWN, &sign_in("wrong pass phrase")).await.with(422);
    assert_eq!(answer.json()["errors"][0]["field"], "password");
    assert_eq!(world.kept.all().len(), 0);
    world.put(&token, OWN, &sign_in("anna's own pass phrase")).await.with(204);
    world.put(&token, OWN, &sign_in("wrong pass phrase")).await.with(422);
    let kept = world.kept.all();
    assert_eq!(kept.values().next().unwrap().password.expose(), "anna's own pass phrase");
    // The house's own connection is none the worse for it.
    world.get(&token, "/api/customers").await.with(200);
}

#[tokio::test]
async fn while_the_supplier_is_away_no_sign_in_is_kept() {
    let world = World::new().await;
    let (_, token) = world.person("anna", Role::Clerk).await;
    world.crayon.with(|model| model.faults.add(simulators::Fault::DropBefore.always()));
    world.put(&token, OWN, &sign_in("anna's own pass phrase")).await.with(503);
    assert_eq!(world.kept.all().len(), 0);
}

#[tokio::test]
async fn a_sign_in_is_refused_for_programs_for_systems_that_have_none_and_for_nonsense() {
    let world = World::new().await;
    let program = world.reader().await;
    let answer = world.put(&program, OWN, &sign_in("anna's own pass phrase")).await.with(403);
    assert_eq!(answer.code(), "not-a-person");
    world.get(&program, "/api/me/sign-ins").await.with(403);
    let (_, token) = world.person("anna", Role::Clerk).await;
    for system in ["hostbill", "nowhere", "No%20Where"] {
        world
            .put(&token, &format!("/api/me/sign-ins/{system}"), &sign_in("anna's own pass phrase"))
            .await
            .with(404);
    }
    for body in [
        json!({"username": "a"}),
        json!({"username": "", "password": "b"}),
        json!({"username": "a", "password": "b\n"}),
    ] {
        world.put(&token, OWN, &body).await.with(422);
    }
    assert_eq!(world.kept.all().len(), 0);
}
