//! People, what they come in with, and answers.

use super::{golden, same};
use crate::access::{codes, tokens, users};
use crate::answers::{self, Row};
use crate::item::Read;
use domain::access::{ApiToken, CodeUse, OneTimeCode, Role, SecretHash, User};
use domain::ports::KeptAnswer;
use testkit::builders::{api_token, moment, parsed, session, user};

#[test]
fn tokens_of_schema_1_are_read() {
    let plain = api_token(1, Role::Approver);
    let full = ApiToken {
        owner: Some(parsed("usr_ada")),
        expires: Some(moment(60)),
        last_used: Some(moment(0)),
        revoked: Some(moment(30)),
        ..api_token(2, Role::Admin)
    };
    same("token", &plain, &tokens::write(&plain), tokens::read);
    same("token-revoked", &full, &tokens::write(&full), tokens::read);
    same("token-name", &plain.hash, &tokens::write_name(&plain), tokens::read_name);
}

#[test]
fn people_of_schema_1_are_read() {
    let ada = user("ada", Role::Admin);
    let gone = User { email: None, subject: None, disabled: Some(moment(9)), ..user("bob", Role::Clerk) };
    same("user", &ada, &users::write(&ada), users::read);
    same("user-disabled", &gone, &users::write(&gone), users::read);
    let subject = ada.subject.unwrap();
    same("subject", &ada.id, &users::write_subject(&subject, &ada.id), users::read_subject);
}

#[test]
fn codes_and_sessions_of_schema_1_are_read() {
    let redirect = CodeUse::Redirect { nonce: "n".into(), verifier: "v".into(), next: "/orders".into() };
    let all =
        [("set-up", CodeUse::SetUp), ("sign-in", CodeUse::SignIn(parsed("usr_ada"))), ("redirect", redirect)];
    for (word, opens) in all {
        let code = OneTimeCode { hash: SecretHash::of(word), opens, expires: moment(600) };
        same(&format!("code-{word}"), &code, &codes::write(&code), codes::read);
    }
    let session = session("secret", &user("ada", Role::Clerk));
    same("session", &session, &codes::write_session(&session), codes::read_session);
    let name = golden("session-name", &codes::write_session_name(&session));
    assert_eq!(Read::new(&name).unwrap().hash("hash").unwrap(), session.hash);
}

#[test]
fn answers_of_schema_1_are_read() {
    let key = SecretHash::of("key");
    let begun =
        Row { request: SecretHash::of("request"), begun: moment(0), taken: 1_793_865_661_000, answer: None };
    let answer = KeptAnswer {
        status: 201,
        content_type: Some("application/json".into()),
        location: Some("/api/orders/ord_1".into()),
        body: b"{}".to_vec(),
    };
    let kept = Row { answer: Some(answer), ..begun.clone() };
    same("answer-begun", &begun, &answers::write(&key, &begun), answers::read);
    same("answer-kept", &kept, &answers::write(&key, &kept), answers::read);
}

#[test]
fn words_of_a_later_version_are_refused_with_the_cure() {
    let token = api_token(1, Role::Viewer);
    let later = [("scopes", "read telepathy", tokens::write(&token))];
    for (name, word, mut item) in later {
        item.insert(name.into(), crate::item::text(word));
        let failure = tokens::read(&item).unwrap_err();
        assert!(
            failure.what.ends_with("attribute scopes: is a word this version does not know: update it"),
            "{failure}"
        );
        assert!(!failure.what.contains("telepathy"), "what is stored is not told");
    }
    let mut person = users::write(&user("ada", Role::Clerk));
    person.insert("role".into(), crate::item::text("oracle"));
    assert!(users::read(&person).unwrap_err().what.contains("update it"));
    let code = OneTimeCode { hash: SecretHash::of("c"), opens: CodeUse::SetUp, expires: moment(1) };
    let mut code = codes::write(&code);
    code.insert("opens".into(), crate::item::text("the vault"));
    assert!(codes::read(&code).unwrap_err().what.contains("update it"));
}
