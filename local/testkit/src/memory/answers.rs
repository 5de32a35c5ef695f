//! Answers to requests that carried their own key.

use super::{AnswerRow, MemoryStore, failure};
use async_trait::async_trait;
use domain::access::SecretHash;
use domain::failure::{Failure, FailureKind};
use domain::ports::{AnswerStore, Asked, KeptAnswer};
use jiff::{SignedDuration, Timestamp};
use std::collections::btree_map::Entry;

/// How long a request that was begun is left to whoever began it.
const IN_PROGRESS: SignedDuration = SignedDuration::from_secs(60);

#[async_trait]
impl AnswerStore for MemoryStore {
    async fn begin_answer(
        &self,
        key: &SecretHash,
        request: &SecretHash,
        now: Timestamp,
    ) -> Result<Asked, Failure> {
        self.step(|tables| {
            let row = match tables.answers.entry(*key) {
                Entry::Occupied(row) => row.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(AnswerRow { request: *request, begun: now, taken: now, answer: None });
                    tables.writes += 1;
                    return Ok(Asked::Unanswered { begun: now });
                }
            };
            if row.request != *request {
                return Ok(Asked::Another);
            }
            if let Some(answer) = &row.answer {
                return Ok(Asked::Answered(answer.clone()));
            }
            if now.duration_since(row.taken) < IN_PROGRESS {
                return Ok(Asked::InProgress);
            }
            row.taken = now;
            tables.writes += 1;
            Ok(Asked::Unanswered { begun: row.begun })
        })
        .await
    }

    async fn keep_answer(&self, key: &SecretHash, answer: &KeptAnswer) -> Result<(), Failure> {
        self.step(|tables| {
            if answer.body.len() > store_dynamodb::MOST_ANSWER_BYTES {
                let what = "an answer of this size cannot be kept";
                return Err(failure(FailureKind::Refused, what));
            }
            let Some(row) = tables.answers.get_mut(key) else {
                let what = "no request was begun with this key";
                return Err(failure(FailureKind::NotFound, what));
            };
            if row.answer.is_none() {
                row.answer = Some(answer.clone());
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn release_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        self.step(|tables| {
            if let Some(row) = tables.answers.get_mut(key).filter(|row| row.answer.is_none()) {
                row.taken = Timestamp::UNIX_EPOCH;
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }

    async fn forget_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        self.step(|tables| {
            if tables.answers.get(key).is_some_and(|row| row.answer.is_none()) {
                tables.answers.remove(key);
                tables.writes += 1;
            }
            Ok(())
        })
        .await
    }
}
