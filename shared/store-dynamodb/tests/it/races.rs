//! Several processes, or several requests of one, at the same moment; and answers that never came.

use crate::canned;
use domain::access::{CodeUse, OneTimeCode, Role, SecretHash, User};
use domain::audit::verify;
use domain::failure::{Failure, FailureKind};
use domain::journal::EffectState;
use domain::order::{Needs, Order, OrderState};
use domain::ports::{
    AccessStore, AnswerStore, Asked, AuditStore, EffectStore, KeptAnswer, OrderFilter, OrderStore,
};
use serde_json::{Value, json};
use store_dynamodb::DynamoStore;
use testkit::builders::{actor, api_token, moment, order, order_audit, organisation, parsed, user};
use testkit::dynamo::Embedded;
use testkit::{Faulty, Moment, suites};
use tokio::task::JoinSet;

/// What each of several got that did this at once, every one in a process of its own.
async fn at_once<T, F>(embedded: &Embedded, many: usize, act: impl Fn(DynamoStore, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for n in 0..many {
        tasks.spawn(act(embedded.store(), n));
    }
    tasks.join_all().await
}

fn outcomes<T>(all: &[Result<T, Failure>]) -> (usize, usize) {
    let conflict = |r: &&Result<T, Failure>| r.as_ref().is_err_and(|f| f.kind == FailureKind::Conflict);
    (all.iter().filter(|r| r.is_ok()).count(), all.iter().filter(conflict).count())
}

#[tokio::test]
async fn a_code_taken_by_many_at_once_opens_for_one() {
    let embedded = Embedded::start().await;
    let code = OneTimeCode { hash: SecretHash::of("code"), opens: CodeUse::SetUp, expires: moment(60) };
    embedded.store().put_code(&code).await.unwrap();
    let took = at_once(&embedded, 12, move |store, _| async move {
        store.take_code(&code.hash, moment(1)).await.unwrap()
    });
    let took: Vec<_> = took.await.into_iter().flatten().collect();
    assert_eq!(took, [CodeUse::SetUp]);
}

#[tokio::test]
async fn an_order_approved_by_many_at_once_is_approved_once() {
    let embedded = Embedded::start().await;
    let acme = organisation().id;
    let mut waiting = order(1);
    waiting.step(OrderState::PendingApproval, &actor("ada"), "complete", moment(2)).unwrap();
    embedded.store().put_order(&waiting, order_audit(&waiting)).await.unwrap();
    let approved = at_once(&embedded, 8, |store, n| {
        let mut order = Order { version: 2, ..waiting.clone() };
        async move {
            let by = actor(&format!("boss-{n}"));
            order.approve(&by, order.quote.total, Needs::SomeoneElse, "fine", moment(3)).unwrap();
            store.put_order(&order, order_audit(&order)).await.map(|()| order)
        }
    });
    let mut approved = approved.await;
    assert_eq!(outcomes(&approved), (1, 7));
    approved.retain(Result::is_ok);
    let store = embedded.store();
    let kept = store.find_order(&acme, &waiting.id).await.unwrap().unwrap();
    assert_eq!(Ok(&kept), approved[0].as_ref());
    let log = store.audit_entries(&acme, 0, 100).await.unwrap();
    assert_eq!(verify(&log).unwrap().sequence, 2);
    assert_eq!(Some(log[1].actor.as_str()), kept.approval.map(|a| a.by.to_string()).as_deref());
}

#[tokio::test]
async fn orders_beside_a_sync_in_another_process_write_one_unbroken_log() {
    let embedded = Embedded::start().await;
    let acme = organisation().id;
    let lease = suites::lease(&embedded.store()).await;
    let done = at_once(&embedded, 3, |store, process| {
        let lease = lease.clone();
        async move {
            for n in 0..15_u32 {
                if process == 0 {
                    let end = suites::settlement(&format!("s{n}"), 1, EffectState::Done);
                    let acme = organisation().id;
                    store.begin(&lease, &acme, &end.key, "create", moment(1)).await.unwrap();
                    store.settle(&lease, end).await.unwrap();
                } else {
                    let order = order(n + 100 * u32::try_from(process).unwrap());
                    store.put_order(&order, order_audit(&order)).await.unwrap();
                }
            }
        }
    });
    assert_eq!(done.await.len(), 3);
    let store = embedded.store();
    let log = store.audit_entries(&acme, 0, 100).await.unwrap();
    assert_eq!(verify(&log).unwrap().sequence, 45);
    let orders = store.list_orders(&acme, OrderFilter::Open, None, 100).await.unwrap();
    assert_eq!(orders.items.len(), 30);
}

#[tokio::test]
async fn orders_and_effects_of_one_process_write_one_unbroken_log() {
    let embedded = Embedded::start().await;
    let store = embedded.store();
    let lease = suites::lease(&store).await;
    let mut tasks = JoinSet::new();
    for n in 0..12 {
        let (one, other, lease) = (store.clone(), store.clone(), lease.clone());
        tasks.spawn(async move {
            let order = order(n);
            one.put_order(&order, order_audit(&order)).await.unwrap();
        });
        tasks.spawn(async move {
            let end = suites::settlement(&format!("s{n}"), 1, EffectState::Done);
            other.begin(&lease, &organisation().id, &end.key, "create", moment(1)).await.unwrap();
            other.settle(&lease, end).await.unwrap();
        });
    }
    tasks.join_all().await;
    let log = store.audit_entries(&organisation().id, 0, 100).await.unwrap();
    assert_eq!(verify(&log).unwrap().sequence, 24);
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_written_once() {
    let embedded = Embedded::start().await;
    let store = Faulty::new(embedded.store());
    let order = order(1);
    for (moment, kind) in [(Moment::Before, FailureKind::NotSent), (Moment::After, FailureKind::Unavailable)]
    {
        store.fail_after(1, moment);
        let lost = store.put_order(&order, order_audit(&order)).await.unwrap_err();
        assert_eq!(lost.kind, kind);
    }
    store.put_order(&order, order_audit(&order)).await.unwrap();
    embedded.store().put_order(&order, order_audit(&order)).await.unwrap();
    assert_eq!(store.find_order(&order.organisation, &order.id).await.unwrap(), Some(order));
    assert_eq!(store.audit_entries(&organisation().id, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_written_and_never_confirmed_may_be_written_again() {
    let embedded = Embedded::start().await;
    let store = Faulty::new(embedded.store());
    let (token, ada) = (api_token(1, Role::Admin), user("ada", Role::Admin));
    store.fail_after(1, Moment::After);
    store.put_token(&token).await.unwrap_err();
    store.put_token(&token).await.unwrap();
    store.fail_after(1, Moment::After);
    store.put_user(&ada).await.unwrap_err();
    store.put_user(&ada).await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), [token]);
    assert_eq!(store.users().await.unwrap(), [ada]);
}

#[tokio::test]
async fn a_request_sent_by_many_at_once_is_handled_by_one() {
    let embedded = Embedded::start().await;
    let (key, request) = (SecretHash::of("key"), SecretHash::of("request"));
    for at in [0, 60, 120] {
        let asked = at_once(&embedded, 8, move |store, _| async move {
            store.begin_answer(&key, &request, moment(at)).await.unwrap()
        });
        let asked = asked.await;
        let first = asked.iter().filter(|asked| **asked == Asked::Unanswered { begun: moment(0) }).count();
        let waiting = asked.iter().filter(|asked| **asked == Asked::InProgress).count();
        assert_eq!((first, waiting), (1, 7), "at {at}");
    }
    let kept = at_once(&embedded, 8, move |store, n| async move {
        let body = vec![u8::try_from(n).unwrap()];
        let answer = KeptAnswer { status: 201, content_type: None, location: None, body };
        store.keep_answer(&key, &answer).await.unwrap();
        store.begin_answer(&key, &request, moment(121)).await.unwrap()
    });
    let kept = kept.await;
    assert!(matches!(kept[0], Asked::Answered(_)));
    assert!(kept.iter().all(|asked| *asked == kept[0]), "everybody is told the same");
}

#[tokio::test]
async fn an_identity_claimed_by_many_at_once_belongs_to_one() {
    let embedded = Embedded::start().await;
    let subject = user("ada", Role::Viewer).subject;
    let claimed = at_once(&embedded, 6, |store, n| {
        let person = User { subject: subject.clone(), ..user(&format!("p{n}"), Role::Viewer) };
        async move { store.put_user(&person).await.map(|()| person) }
    });
    let mut claimed = claimed.await;
    assert_eq!(outcomes(&claimed), (1, 5));
    claimed.retain(Result::is_ok);
    let store = embedded.store();
    let found = store.find_user_by_subject(&subject.unwrap()).await.unwrap();
    assert_eq!(Ok(found), claimed.remove(0).map(Some));
    assert_eq!(store.users().await.unwrap().len(), 1, "nothing of the others was written");
}

#[tokio::test]
async fn a_person_changed_by_many_at_once_has_one_identity() {
    let embedded = Embedded::start().await;
    let ada = user("ada", Role::Viewer);
    embedded.store().put_user(&ada).await.unwrap();
    let subject = |n: usize| user(&format!("s{n}"), Role::Viewer).subject;
    let changed = at_once(&embedded, 3, |store, n| {
        let person = User { subject: subject(n), ..ada.clone() };
        async move { store.put_user(&person).await }
    });
    assert_eq!(outcomes(&changed.await), (3, 0));
    let store = embedded.store();
    let now = store.find_user(&ada.id).await.unwrap().unwrap();
    let mut found = Vec::new();
    for n in 0..3 {
        found.extend(store.find_user_by_subject(&subject(n).unwrap()).await.unwrap());
    }
    assert_eq!(found, [now]);
    assert_eq!(store.find_user_by_subject(&ada.subject.unwrap()).await.unwrap(), None);
    let mut lines = Vec::new();
    store.export(&mut lines).await.unwrap();
    let subjects = String::from_utf8(lines).unwrap().matches("\"PK\":{\"S\":\"SUBJECT#").count();
    assert_eq!(subjects, 1, "none of the others is left");
}

#[tokio::test]
async fn a_page_of_orders_is_not_empty_while_there_is_more() {
    let whole = Embedded::start().await;
    let kept = order(1);
    whole.store().put_order(&kept, order_audit(&kept)).await.unwrap();
    let mut lines = Vec::new();
    whole.store().export(&mut lines).await.unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let is_order = |item: &Value| item["PK"]["S"] == "ORDERS#acme";
    let item: Value = lines.lines().map(|l| serde_json::from_str(l).unwrap()).find(is_order).unwrap();

    let place =
        json!({ "PK": item["PK"], "SK": item["SK"], "GSI1PK": item["GSI1PK"], "GSI1SK": item["GSI1SK"] });
    let (after_that, from) = (place.clone(), place.clone());
    let nothing = move |_| (200, json!({ "Items": [], "LastEvaluatedKey": place }));
    let nothing_again = move |request: Value| {
        assert_eq!(request["ExclusiveStartKey"], from);
        (200, json!({ "Items": [], "LastEvaluatedKey": after_that }))
    };
    let last = move |_| (200, json!({ "Items": [item] }));
    let (store, left) = canned::store(vec![Box::new(nothing), Box::new(nothing_again), Box::new(last)]).await;
    let filter = OrderFilter::In(OrderState::Draft);
    let page = store.list_orders(&parsed("acme"), filter, None, 5).await.unwrap();
    assert_eq!((page.items, page.next), (vec![kept], None));
    assert!(left.lock().unwrap().is_empty());
}
