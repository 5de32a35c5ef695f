//! Answers to requests that carried their own key.

use super::kind;
use crate::builders::moment;
use domain::access::SecretHash;
use domain::failure::FailureKind;
use domain::ports::{AnswerStore, Asked, KeptAnswer};

/// A request with a key is handled by one at a time, and its answer is the same for ever.
pub async fn answers<S: AnswerStore>(store: &S) {
    an_answer_is_given_again(store).await;
    a_request_is_left_to_whoever_began_it_for_a_minute(store).await;
    a_key_belongs_to_one_request(store).await;
    what_was_not_carried_out_may_be_tried_again(store).await;
    a_request_that_is_released_begins_again_as_it_was(store).await;
    an_answer_too_large_to_keep_is_refused(store).await;
}

fn hash(text: &str) -> SecretHash {
    SecretHash::of(text)
}

fn full() -> KeptAnswer {
    KeptAnswer {
        status: 201,
        content_type: Some("application/json".into()),
        location: Some("/api/orders/ord_1".into()),
        body: vec![0, 159, 146, 150, 255],
    }
}

async fn an_answer_is_given_again<S: AnswerStore>(store: &S) {
    let bare = KeptAnswer { status: 204, content_type: None, location: None, body: Vec::new() };
    for (text, answer) in [("full", full()), ("bare", bare)] {
        let (key, request) = (hash(text), hash("request"));
        assert_eq!(kind(store.keep_answer(&key, &answer).await), FailureKind::NotFound);
        let begun = store.begin_answer(&key, &request, moment(0)).await.unwrap();
        assert_eq!(begun, Asked::Unanswered { begun: moment(0) });
        store.keep_answer(&key, &answer).await.unwrap();
        for at in [1, 59, 61, 1_000_000_000] {
            let asked = store.begin_answer(&key, &request, moment(at)).await.unwrap();
            assert_eq!(asked, Asked::Answered(answer.clone()), "{at} seconds later");
        }
        store.keep_answer(&key, &KeptAnswer { status: 500, ..full() }).await.unwrap();
        store.forget_answer(&key).await.unwrap();
        let asked = store.begin_answer(&key, &request, moment(70)).await.unwrap();
        assert_eq!(asked, Asked::Answered(answer), "the first answer stands");
    }
}

async fn a_request_is_left_to_whoever_began_it_for_a_minute<S: AnswerStore>(store: &S) {
    let (key, request) = (hash("minute"), hash("request"));
    store.begin_answer(&key, &request, moment(0)).await.unwrap();
    for at in [0, 1, 59] {
        assert_eq!(store.begin_answer(&key, &request, moment(at)).await.unwrap(), Asked::InProgress);
    }
    for at in [60, 120, 500] {
        let again = store.begin_answer(&key, &request, moment(at)).await.unwrap();
        assert_eq!(again, Asked::Unanswered { begun: moment(0) }, "as it was first seen");
        let other = store.begin_answer(&key, &request, moment(at + 59)).await.unwrap();
        assert_eq!(other, Asked::InProgress, "another minute for whoever began it again");
    }
}

async fn a_key_belongs_to_one_request<S: AnswerStore>(store: &S) {
    let (key, request, other) = (hash("one"), hash("request"), hash("other"));
    store.begin_answer(&key, &request, moment(0)).await.unwrap();
    assert_eq!(store.begin_answer(&key, &other, moment(1)).await.unwrap(), Asked::Another);
    assert_eq!(store.begin_answer(&key, &other, moment(100)).await.unwrap(), Asked::Another);
    store.keep_answer(&key, &full()).await.unwrap();
    assert_eq!(store.begin_answer(&key, &other, moment(101)).await.unwrap(), Asked::Another);
    let beside = store.begin_answer(&hash("beside"), &other, moment(1)).await.unwrap();
    assert_eq!(beside, Asked::Unanswered { begun: moment(1) });
}

async fn what_was_not_carried_out_may_be_tried_again<S: AnswerStore>(store: &S) {
    let (key, request) = (hash("again"), hash("request"));
    store.forget_answer(&key).await.unwrap();
    store.begin_answer(&key, &request, moment(0)).await.unwrap();
    store.forget_answer(&key).await.unwrap();
    store.forget_answer(&key).await.unwrap();
    let again = store.begin_answer(&key, &hash("corrected"), moment(2)).await.unwrap();
    assert_eq!(again, Asked::Unanswered { begun: moment(2) });
}

async fn a_request_that_is_released_begins_again_as_it_was<S: AnswerStore>(store: &S) {
    let (key, request) = (hash("released"), hash("request"));
    store.release_answer(&key).await.unwrap();
    store.begin_answer(&key, &request, moment(0)).await.unwrap();
    store.release_answer(&key).await.unwrap();
    assert_eq!(store.begin_answer(&key, &hash("another"), moment(1)).await.unwrap(), Asked::Another);
    let again = store.begin_answer(&key, &request, moment(2)).await.unwrap();
    assert_eq!(again, Asked::Unanswered { begun: moment(0) }, "what it makes has the same id");
    assert_eq!(store.begin_answer(&key, &request, moment(3)).await.unwrap(), Asked::InProgress);
    store.keep_answer(&key, &full()).await.unwrap();
    store.release_answer(&key).await.unwrap();
    assert_eq!(store.begin_answer(&key, &request, moment(4)).await.unwrap(), Asked::Answered(full()));
}

async fn an_answer_too_large_to_keep_is_refused<S: AnswerStore>(store: &S) {
    let (key, request) = (hash("large"), hash("request"));
    store.begin_answer(&key, &request, moment(0)).await.unwrap();
    let most = store_dynamodb::MOST_ANSWER_BYTES;
    let large = KeptAnswer { body: vec![b'x'; most + 1], ..full() };
    assert_eq!(kind(store.keep_answer(&key, &large).await), FailureKind::Refused);
    assert_eq!(store.begin_answer(&key, &request, moment(1)).await.unwrap(), Asked::InProgress);
    let largest = KeptAnswer { body: vec![b'x'; most], ..full() };
    store.keep_answer(&key, &largest).await.unwrap();
    assert_eq!(store.begin_answer(&key, &request, moment(1)).await.unwrap(), Asked::Answered(largest));
}
