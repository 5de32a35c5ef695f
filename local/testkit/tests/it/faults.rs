//! The fault injector: what fails before its effect has none, what fails after it has all of it.

use domain::access::{CodeUse, OneTimeCode, Role, SecretHash};
use domain::failure::FailureKind;
use domain::ports::{
    AccessStore, AnswerStore, FiguresStore, KeptAnswer, LinkStore, OrderFilter, OrderStore, RecordStore,
};
use testkit::builders::{
    api_token, figures, links, moment, order, order_audit, organisation, parsed, record, session, user,
};
use testkit::{Faulty, MemoryStore, Moment, is_killed, suites};

#[tokio::test]
async fn a_call_that_fails_before_its_effect_has_none() {
    let store = MemoryStore::default();
    store.fail_after(1, Moment::Before);
    let failure = store.change_links(&links(&["500"]), &[]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent);
    assert!(store.links().await.unwrap().is_empty());
    store.change_links(&links(&["500"]), &[]).await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_loses_nothing_else() {
    let store = MemoryStore::default();
    store.fail_after(2, Moment::After);
    assert!(store.links().await.is_ok());
    let failure = store.change_links(&links(&["500"]), &[]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert_eq!(store.links().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_dead_process_does_nothing_more() {
    for moment in Moment::BOTH {
        let memory = MemoryStore::default();
        let store = Faulty::new(memory.clone());
        let lease = suites::lease(&store).await;
        assert_eq!(store.steps(), 1);
        store.kill_at(1, moment);
        let killed = store.put_records(&lease, &[record("a")]).await.unwrap_err();
        assert!(is_killed(&killed) && store.is_dead());
        let dead = store.put_records(&lease, &[record("b")]).await.unwrap_err();
        assert!(is_killed(&dead));

        let expected = usize::from(moment == Moment::After);
        assert_eq!(memory.all_records(&organisation().id).len(), expected);
        store.revive();
        store.put_records(&lease, &[record("b")]).await.unwrap();
    }
}

/// The next call fails before its effect, and then after it.
macro_rules! fails {
    ($store:ident, $($call:tt)*) => {
        let kinds = [FailureKind::NotSent, FailureKind::Unavailable];
        for (moment, kind) in Moment::BOTH.into_iter().zip(kinds) {
            let steps = $store.steps();
            $store.fail_after(1, moment);
            let failure = $store.$($call)*.await.unwrap_err();
            assert_eq!(failure.kind, kind, "{}", stringify!($($call)*));
            assert_eq!($store.steps(), steps + 1, "{}", stringify!($($call)*));
        }
    };
}

#[tokio::test]
async fn every_call_of_those_who_answer_http_is_counted_and_may_fail() {
    let store = Faulty::new(MemoryStore::default());
    let (ada, token) = (user("ada", Role::Admin), api_token(1, Role::Admin));
    let (session, hash) = (session("secret", &ada), SecretHash::of("code"));
    let code = OneTimeCode { hash, opens: CodeUse::SetUp, expires: moment(60) };
    let subject = ada.subject.clone().unwrap();
    fails!(store, find_token(&hash));
    fails!(store, tokens());
    fails!(store, put_token(&token));
    fails!(store, revoke_token(&token.id, moment(1)));
    fails!(store, touch_token(&token, moment(1)));
    fails!(store, users());
    fails!(store, find_user(&ada.id));
    fails!(store, find_user_by_subject(&subject));
    fails!(store, put_user(&ada));
    fails!(store, put_code(&code));
    fails!(store, take_code(&hash, moment(1)));
    fails!(store, put_session(&session));
    fails!(store, find_session(&session.hash, moment(1)));
    fails!(store, end_session(&session.hash));
    fails!(store, end_sessions_of(&ada.id));

    let answer = KeptAnswer { status: 200, content_type: None, location: None, body: Vec::new() };
    fails!(store, begin_answer(&hash, &hash, moment(1)));
    fails!(store, keep_answer(&hash, &answer));
    fails!(store, release_answer(&hash));
    fails!(store, forget_answer(&hash));

    let (order, day) = (order(1), parsed("2026-11-05"));
    let acme = organisation().id;
    fails!(store, put_order(&order, order_audit(&order)));
    fails!(store, find_order(&acme, &order.id));
    fails!(store, list_orders(&acme, OrderFilter::All, None, 5));
    fails!(store, put_figures(&figures(day)));
    fails!(store, figures(&acme, day, day));
}

#[tokio::test]
async fn a_store_with_faults_keeps_every_promise_while_it_has_none() {
    suites::access(&Faulty::new(MemoryStore::default())).await;
    suites::answers(&Faulty::new(MemoryStore::default())).await;
    suites::figures(&Faulty::new(MemoryStore::default())).await;
    suites::orders(&Faulty::new(MemoryStore::default())).await;
}
