//! Every route of the document, one by one: nobody comes in who may not.

use crate::world::{World, with_token};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request, StatusCode};
use domain::access::{Role, Scope};
use domain::ports::AccessStore as _;
use serde_json::Value;

/// A route as the document has it.
struct Door {
    method: Method,
    path: String,
    id: String,
    scopes: Vec<Scope>,
}

impl Door {
    fn request(&self, token: &str) -> Request<Body> {
        let request = with_token(token, self.method.clone(), &self.path);
        request.header(CONTENT_TYPE, "application/json").body(Body::from("{}")).unwrap()
    }
}

/// Every operation, its placeholders filled with something of the right form.
fn doors() -> Vec<Door> {
    let document = serde_json::to_value(web::openapi()).unwrap();
    let mut doors = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().unwrap();
            let scopes = security.iter().flat_map(|one| one.as_object().unwrap().values());
            let scopes = scopes.flat_map(|scopes| scopes.as_array().unwrap());
            doors.push(Door {
                method: method.to_uppercase().parse().unwrap(),
                path: filled(path),
                id: operation["operationId"].as_str().unwrap().to_owned(),
                scopes: scopes.map(|scope| Scope::find(scope.as_str().unwrap()).unwrap()).collect(),
            });
        }
    }
    doors
}

fn filled(path: &str) -> String {
    let mut path = path.to_owned();
    for (name, value) in [
        ("{organisation}", "acme"),
        ("{run}", "run_1"),
        ("{hash}", "1850a7d6eec741fc"),
        ("{subscription}", "120045"),
        ("{id}", "usr_1"),
        ("{system}", "crayon"),
    ] {
        path = path.replace(name, value);
    }
    assert!(!path.contains('{'), "{path} has a placeholder that this test does not know");
    path
}

fn guarded() -> impl Iterator<Item = Door> {
    doors().into_iter().filter(|door| !door.scopes.is_empty())
}

#[test]
fn only_liveness_and_the_document_itself_are_public() {
    let public: Vec<_> =
        doors().into_iter().filter(|door| door.scopes.is_empty()).map(|door| door.id).collect();
    assert_eq!(public, ["getOpenApi", "getLiveness"]);
}

#[tokio::test]
async fn without_credentials_no_door_opens() {
    let world = World::new().await;
    let writes = world.store.writes();
    for door in guarded() {
        let answer = world.send(door.request("")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", door.id);
        assert_eq!(answer.code(), "not-signed-in", "{}", door.id);
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{}", door.id);
    }
    assert_eq!(world.store.writes(), writes, "nothing was written");
}

#[tokio::test]
async fn a_token_that_is_forged_expired_or_revoked_opens_no_door_and_all_are_told_the_same() {
    let world = World::new().await;
    let good = world.admin().await;
    let expired = world.admin().await;
    let revoked = world.admin().await;
    for token in world.store.tokens().await.unwrap() {
        if token.hash == domain::access::SecretHash::of(&revoked) {
            world.store.revoke_token(&token.id, token.created).await.unwrap();
        }
    }
    let forged = format!("{}x", &good[..good.len() - 1]);
    let ended = ended_token(&world).await;
    for door in guarded() {
        let mut bodies = Vec::new();
        for token in [forged.as_str(), revoked.as_str(), ended.as_str(), "bb_", "nonsense"] {
            let answer = world.send(door.request(token)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} with {}", door.id, token.len());
            let mut body = answer.json();
            body.as_object_mut().unwrap().remove("request");
            bodies.push(body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{}: {bodies:?}", door.id);
    }
    world.get(&expired, "/api/me").await.with(200);
}

/// A token whose time is over.
async fn ended_token(world: &World) -> String {
    use domain::clock::Clock as _;
    let until = world.clock.now().checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
    let new = http_kit::NewToken {
        name: "short".into(),
        owner: None,
        scopes: [Scope::Admin].into_iter().collect(),
        expires: Some(until),
        created_by: "test".into(),
    };
    let token = world.app.access.create_token(new).await.unwrap().1.expose().to_owned();
    world.get(&token, "/api/me").await.with(200);
    world.clock.advance(jiff::SignedDuration::from_secs(2));
    token
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_which_one_is_missing_and_changes_nothing() {
    let world = World::new().await;
    for door in guarded() {
        let [needed, ..] = door.scopes[..] else { unreachable!("a guarded door needs a scope") };
        let others: Vec<_> =
            Scope::ALL.into_iter().filter(|scope| *scope != needed && *scope != Scope::Admin).collect();
        let token = world.token(&others).await;
        // The first use of a token is noted; what comes after must be nothing.
        world.send(door.request(&token)).await;
        let writes = world.store.writes();
        let answer = world.send(door.request(&token)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", door.id);
        assert_eq!(answer.code(), "missing-scope", "{}", door.id);
        assert!(answer.text.contains(&format!("scope {needed}.")), "{}: {}", door.id, answer.text);
        assert_eq!(world.store.writes(), writes, "{}: nothing was written", door.id);
    }
}

#[tokio::test]
async fn an_administrators_token_opens_every_door() {
    let world = World::new().await;
    let (_, token) = world.person("ada", Role::Admin).await;
    for door in guarded() {
        let answer = world.send(door.request(&token)).await;
        let shut = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        assert!(!shut.contains(&answer.status), "{}: {}", door.id, answer.text);
        assert!(!answer.status.is_server_error(), "{}: {}", door.id, answer.text);
    }
}

#[tokio::test]
async fn a_browsers_session_changes_nothing_without_the_token_of_its_forms() {
    let world = World::new().await;
    let (user, _) = world.person("ada", Role::Admin).await;
    let cookie = world.app.access.sign_in(&user, &user.role.scopes()).await.unwrap();
    let cookie = cookie.header().to_str().unwrap().split(';').next().unwrap().to_owned();
    for door in guarded() {
        let request = |csrf: Option<&str>| {
            let mut request = door.request("");
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
            if let Some(csrf) = csrf {
                request.headers_mut().insert("x-csrf-token", csrf.parse().unwrap());
            }
            request
        };
        let answer = world.send(request(None)).await;
        if door.method == Method::GET {
            assert!(answer.status != StatusCode::FORBIDDEN, "{}: {}", door.id, answer.text);
            continue;
        }
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", door.id);
        assert_eq!(answer.code(), "form-token", "{}", door.id);
        assert_eq!(world.send(request(Some("guessed"))).await.status, StatusCode::FORBIDDEN, "{}", door.id);
    }
}

#[tokio::test]
async fn while_the_table_fails_nobody_is_let_in() {
    let world = World::new().await;
    let token = world.admin().await;
    for door in guarded() {
        world.store.fail_after(1, testkit::Moment::Before);
        let answer = world.send(door.request(&token)).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", door.id);
    }
}

#[test]
fn every_operation_says_what_it_takes_and_everything_that_it_may_answer() {
    let document = serde_json::to_value(web::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let place = format!("{method} {path}");
            for field in ["operationId", "summary", "tags"] {
                assert!(!operation[field].is_null(), "{place} has no {field}");
            }
            let answers = operation["responses"].as_object().unwrap();
            let guarded =
                operation["security"].as_array().unwrap().iter().any(|one| one != &serde_json::json!({}));
            if guarded {
                for status in ["401", "403", "429", "503"] {
                    assert!(answers.contains_key(status), "{place} does not say {status}");
                }
            }
            if let Value::Object(body) = &operation["requestBody"] {
                for status in ["400", "413", "415", "422"] {
                    assert!(answers.contains_key(status), "{place} does not say {status}");
                }
                let schema = &body["content"]["application/json"]["schema"]["$ref"];
                let name = schema.as_str().unwrap().rsplit('/').next().unwrap();
                let shape = &document["components"]["schemas"][name];
                assert!(!shape["example"].is_null(), "{place} has no example");
                assert_eq!(shape["additionalProperties"], false, "{place} takes anything");
            }
            for (status, answer) in answers {
                assert!(!answer["description"].as_str().unwrap().is_empty(), "{place} {status}");
            }
        }
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = serde_json::to_value(web::openapi()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}
