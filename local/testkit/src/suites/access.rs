//! People, tokens, sessions and codes.

use super::kind;
use crate::builders::{api_token, moment, parsed, session, user};
use domain::access::{ApiToken, CodeUse, OneTimeCode, Role, SecretHash, Session, Subject, User};
use domain::failure::FailureKind;
use domain::ports::AccessStore;

/// What people come in with is found by its secret's hash only, ends when it should, and a code opens once.
pub async fn access<S: AccessStore>(store: &S) {
    tokens_come_back_as_written(store).await;
    a_revoked_token_stays_revoked(store).await;
    the_use_of_a_token_is_noted_to_the_hour(store).await;
    people_come_back_as_last_written(store).await;
    nobody_is_two_people_at_a_provider(store).await;
    a_code_opens_once(store).await;
    a_session_ends(store).await;
    all_sessions_of_a_person_end(store).await;
}

async fn tokens_come_back_as_written<S: AccessStore>(store: &S) {
    assert!(store.tokens().await.unwrap().is_empty());
    let plain = api_token(1, Role::Viewer);
    let full = ApiToken {
        owner: Some(parsed("usr_ada")),
        expires: Some(moment(9)),
        last_used: Some(moment(0)),
        revoked: Some(moment(5)),
        ..api_token(2, Role::Approver)
    };
    let idle =
        ApiToken { scopes: [].into_iter().collect(), name: String::new(), ..api_token(3, Role::Admin) };
    for token in [&full, &idle, &plain] {
        store.put_token(token).await.unwrap();
        assert_eq!(store.find_token(&token.hash).await.unwrap().as_ref(), Some(token));
    }
    assert_eq!(store.tokens().await.unwrap(), [idle, full, plain.clone()], "the newest first");
    assert_eq!(store.find_token(&SecretHash::of("another")).await.unwrap(), None);

    store.put_token(&plain).await.unwrap();
    let same_id = ApiToken { hash: SecretHash::of("another"), ..plain.clone() };
    assert_eq!(kind(store.put_token(&same_id).await), FailureKind::Conflict);
    let same_secret = ApiToken { hash: plain.hash, ..api_token(4, Role::Admin) };
    assert_eq!(kind(store.put_token(&same_secret).await), FailureKind::Conflict);
    assert_eq!(store.find_token(&plain.hash).await.unwrap(), Some(plain));
    assert_eq!(store.find_token(&same_id.hash).await.unwrap(), None);
    assert_eq!(store.tokens().await.unwrap().len(), 3);
}

async fn a_revoked_token_stays_revoked<S: AccessStore>(store: &S) {
    let token = api_token(10, Role::Admin);
    assert!(!store.revoke_token(&token.id, moment(20)).await.unwrap(), "there is none");
    assert_eq!(store.find_token(&token.hash).await.unwrap(), None);
    store.put_token(&token).await.unwrap();
    assert!(store.find_token(&token.hash).await.unwrap().unwrap().is_good(moment(20)));
    assert!(store.revoke_token(&token.id, moment(21)).await.unwrap());
    assert!(store.revoke_token(&token.id, moment(99)).await.unwrap());
    let revoked = store.find_token(&token.hash).await.unwrap().unwrap();
    assert_eq!(revoked, ApiToken { revoked: Some(moment(21)), ..token.clone() }, "the first one stands");

    store.touch_token(&token, moment(7_200)).await.unwrap();
    let used = store.find_token(&token.hash).await.unwrap().unwrap();
    assert_eq!(used.revoked, Some(moment(21)), "its use does not make it good again");
    assert_eq!(kind(store.put_token(&token).await), FailureKind::Conflict, "nor does writing it again");
}

async fn the_use_of_a_token_is_noted_to_the_hour<S: AccessStore>(store: &S) {
    let token = api_token(11, Role::Admin);
    store.touch_token(&token, moment(5)).await.unwrap();
    assert_eq!(store.find_token(&token.hash).await.unwrap(), None, "no use makes a token");
    store.put_token(&token).await.unwrap();
    for (at, noted) in [(3_599, 0), (7_201, 7_200), (20, 7_200), (7_200 + 3_600, 10_800)] {
        store.touch_token(&token, moment(at)).await.unwrap();
        let used = store.find_token(&token.hash).await.unwrap().unwrap();
        assert_eq!(used, ApiToken { last_used: Some(moment(noted)), ..token.clone() }, "at {at}");
    }
}

async fn people_come_back_as_last_written<S: AccessStore>(store: &S) {
    assert!(store.users().await.unwrap().is_empty());
    assert_eq!(store.find_user(&parsed("usr_zoe")).await.unwrap(), None);
    let zoe = user("zoe", Role::Viewer);
    let ada = User { email: None, subject: None, ..user("ada", Role::Admin) };
    for person in [&zoe, &ada] {
        store.put_user(person).await.unwrap();
        assert_eq!(store.find_user(&person.id).await.unwrap().as_ref(), Some(person));
    }
    assert_eq!(store.users().await.unwrap(), [ada.clone(), zoe.clone()], "by name");

    let gone = User { role: Role::Clerk, disabled: Some(moment(7)), name: "Aaron".into(), ..zoe };
    store.put_user(&gone).await.unwrap();
    store.put_user(&gone).await.unwrap();
    assert_eq!(store.find_user(&gone.id).await.unwrap().as_ref(), Some(&gone));
    assert_eq!(store.users().await.unwrap(), [gone, ada]);
}

async fn nobody_is_two_people_at_a_provider<S: AccessStore>(store: &S) {
    let bob = user("bob", Role::Clerk);
    let subject = bob.subject.clone().unwrap();
    assert_eq!(store.find_user_by_subject(&subject).await.unwrap(), None);
    store.put_user(&bob).await.unwrap();
    assert_eq!(store.find_user_by_subject(&subject).await.unwrap().as_ref(), Some(&bob));
    let elsewhere = Subject { issuer: "https://other.example.com".into(), ..subject.clone() };
    assert_eq!(store.find_user_by_subject(&elsewhere).await.unwrap(), None);

    let eve = User { subject: Some(subject.clone()), ..user("eve", Role::Clerk) };
    assert_eq!(kind(store.put_user(&eve).await), FailureKind::Conflict);
    assert_eq!(store.find_user(&eve.id).await.unwrap(), None, "nothing of it was written");
    let own = User { subject: None, ..eve.clone() };
    store.put_user(&own).await.unwrap();
    assert_eq!(kind(store.put_user(&eve).await), FailureKind::Conflict);
    assert_eq!(store.find_user(&eve.id).await.unwrap(), Some(own));
    assert_eq!(store.find_user_by_subject(&subject).await.unwrap().as_ref(), Some(&bob));

    let moved = User { subject: Some(elsewhere.clone()), ..bob };
    store.put_user(&moved).await.unwrap();
    assert_eq!(store.find_user_by_subject(&subject).await.unwrap(), None, "what was theirs is free");
    assert_eq!(store.find_user_by_subject(&elsewhere).await.unwrap(), Some(moved.clone()));
    store.put_user(&eve).await.unwrap();
    assert_eq!(store.find_user_by_subject(&subject).await.unwrap(), Some(eve));
    store.put_user(&User { subject: None, ..moved }).await.unwrap();
    assert_eq!(store.find_user_by_subject(&elsewhere).await.unwrap(), None);
}

async fn a_code_opens_once<S: AccessStore>(store: &S) {
    let redirect = CodeUse::Redirect { nonce: "n".into(), verifier: "v".into(), next: "/orders?a=b".into() };
    for (n, opens) in [CodeUse::SetUp, CodeUse::SignIn(parsed("usr_ada")), redirect].into_iter().enumerate() {
        let code = OneTimeCode { hash: SecretHash::of(&format!("code-{n}")), opens, expires: moment(60) };
        assert_eq!(store.take_code(&code.hash, moment(0)).await.unwrap(), None);
        store.put_code(&code).await.unwrap();
        assert_eq!(store.take_code(&SecretHash::of("guessed"), moment(1)).await.unwrap(), None);
        assert_eq!(store.take_code(&code.hash, moment(59)).await.unwrap(), Some(code.opens));
        assert_eq!(store.take_code(&code.hash, moment(59)).await.unwrap(), None);
    }
    let late = OneTimeCode { hash: SecretHash::of("late"), opens: CodeUse::SetUp, expires: moment(60) };
    store.put_code(&late).await.unwrap();
    assert_eq!(store.take_code(&late.hash, moment(60)).await.unwrap(), None, "its time is over");
    assert_eq!(store.take_code(&late.hash, moment(1)).await.unwrap(), None, "for good");
}

async fn a_session_ends<S: AccessStore>(store: &S) {
    let ada = user("ada", Role::Approver);
    let here = session("here", &ada);
    assert_eq!(store.find_session(&here.hash, moment(1)).await.unwrap(), None);
    store.put_session(&here).await.unwrap();
    assert_eq!(store.find_session(&here.hash, moment(3_599)).await.unwrap().as_ref(), Some(&here));
    assert_eq!(store.find_session(&here.hash, moment(3_600)).await.unwrap(), None, "by itself");
    assert_eq!(store.find_session(&here.hash, moment(1)).await.unwrap().as_ref(), Some(&here));
    for _ in 0..2 {
        store.end_session(&here.hash).await.unwrap();
        assert_eq!(store.find_session(&here.hash, moment(1)).await.unwrap(), None);
    }
    let longer = Session { expires: moment(9_000), ..here };
    store.put_session(&longer).await.unwrap();
    store.put_session(&longer).await.unwrap();
    assert_eq!(store.find_session(&longer.hash, moment(8_000)).await.unwrap(), Some(longer));
}

async fn all_sessions_of_a_person_end<S: AccessStore>(store: &S) {
    let (mallory, bob) = (user("mallory", Role::Clerk), user("bob", Role::Clerk));
    let theirs: Vec<_> = (0..60).map(|n| session(&format!("mallory-{n}"), &mallory)).collect();
    let other = session("bob", &bob);
    for session in theirs.iter().chain([&other]) {
        store.put_session(session).await.unwrap();
    }
    store.end_session(&theirs[7].hash).await.unwrap();
    for _ in 0..2 {
        store.end_sessions_of(&mallory.id).await.unwrap();
        for session in &theirs {
            assert_eq!(store.find_session(&session.hash, moment(1)).await.unwrap(), None);
        }
    }
    assert_eq!(store.find_session(&other.hash, moment(1)).await.unwrap(), Some(other));
    store.put_session(&theirs[0]).await.unwrap();
    assert!(store.find_session(&theirs[0].hash, moment(1)).await.unwrap().is_some(), "they may come back");
}
