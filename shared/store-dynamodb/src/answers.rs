//! Answers to requests that carried their own key: one item each, kept for good.

use crate::error::failure;
use crate::item::{Fields, Item, Read, binary};
use crate::keys;
use crate::store::DynamoStore;
use crate::transaction::{Step, present};
use async_trait::async_trait;
use domain::access::SecretHash;
use domain::failure::{Failure, FailureKind};
use domain::ports::{AnswerStore, Asked, KeptAnswer};
use jiff::Timestamp;

/// How long the body of an answer may be: an item holds 400 KB.
pub const MOST_ANSWER_BYTES: usize = 380_000;

/// How long a request that was begun is left to whoever began it.
const IN_PROGRESS_MILLIS: i64 = 60_000;
/// How often a request is looked at anew when others change it in between.
const TRIES: u32 = 4;

#[async_trait]
impl AnswerStore for DynamoStore {
    /// One conditional write: 1 write unit; a refused one brings back what is there. One that is begun again
    /// costs another.
    async fn begin_answer(
        &self,
        key: &SecretHash,
        request: &SecretHash,
        now: Timestamp,
    ) -> Result<Asked, Failure> {
        for _ in 0..TRIES {
            let begun =
                write(key, &Row { request: *request, begun: now, taken: now.as_millisecond(), answer: None });
            let there = match self.put_if_absent("begin the request", begun).await? {
                Ok(()) => return Ok(Asked::Unanswered { begun: now }),
                Err(Some(there)) => there,
                Err(None) => match self.get("look for the request", keys::answer(key)).await? {
                    Some(there) => there,
                    None => continue,
                },
            };
            let row = read(&there)?;
            if row.request != *request {
                return Ok(Asked::Another);
            }
            if let Some(answer) = row.answer {
                return Ok(Asked::Answered(answer));
            }
            if now.as_millisecond() - row.taken < IN_PROGRESS_MILLIS {
                return Ok(Asked::InProgress);
            }
            let retake = the_unanswered(Some("#taken = :before"))
                .change("SET #taken = :now")
                .names(&[("#taken", "taken")])
                .number(":before", row.taken)
                .number(":now", now.as_millisecond());
            if self.change("begin the request again", keys::answer(key), retake).await? {
                return Ok(Asked::Unanswered { begun: row.begun });
            }
        }
        Ok(Asked::InProgress)
    }

    /// One conditional update: a write unit for each KB; where there is an answer already, it stands.
    async fn keep_answer(&self, key: &SecretHash, answer: &KeptAnswer) -> Result<(), Failure> {
        if answer.body.len() > MOST_ANSWER_BYTES {
            let what = format!("an answer of {} bytes cannot be kept", answer.body.len());
            return Err(failure(FailureKind::Refused, what));
        }
        let mut sets = vec!["#status = :status", "#body = :body"];
        let mut step = the_unanswered(None)
            .names(&[("#body", "body")])
            .number(":status", answer.status)
            .set(":body", binary(&answer.body));
        if let Some(content_type) = &answer.content_type {
            sets.push("#type = :type");
            step = step.names(&[("#type", "type")]).text(":type", content_type);
        }
        if let Some(location) = &answer.location {
            sets.push("#location = :location");
            step = step.names(&[("#location", "location")]).text(":location", location);
        }
        let step = step.change(format!("SET {}", sets.join(", ")));
        if self.change("keep the answer", keys::answer(key), step).await? {
            return Ok(());
        }
        if self.get("look for the request", keys::answer(key)).await?.is_some() {
            return Ok(());
        }
        Err(failure(FailureKind::NotFound, "no request was begun with this key"))
    }

    /// One conditional update: 1 write unit.
    async fn release_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        let free = the_unanswered(None).change("SET #taken = :never").names(&[("#taken", "taken")]);
        let released = self.change("release the request", keys::answer(key), free.number(":never", 0)).await;
        released.map(|_or_it_was_answered| ())
    }

    /// One conditional deletion: 1 write unit. An answer that was kept stays.
    async fn forget_answer(&self, key: &SecretHash) -> Result<(), Failure> {
        let forgotten = self.remove("forget the request", keys::answer(key), the_unanswered(None)).await;
        forgotten.map(|_or_it_was_answered| ())
    }
}

/// A change of a request that has no answer yet.
fn the_unanswered(and: Option<&str>) -> Step {
    let also = and.map_or_else(String::new, |condition| format!(" AND {condition}"));
    Step::new()
        .only_if(format!("{} AND attribute_not_exists(#status){also}", present()))
        .names(&[("#status", "status")])
}

/// A request and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) request: SecretHash,
    /// When it was first seen.
    pub(crate) begun: Timestamp,
    /// When somebody last began to handle it, in milliseconds.
    pub(crate) taken: i64,
    pub(crate) answer: Option<KeptAnswer>,
}

pub(crate) fn write(key: &SecretHash, row: &Row) -> Item {
    let fields = Fields::at(keys::answer(key))
        .binary("request", &row.request.0)
        .text("begun", row.begun)
        .number("taken", row.taken);
    match &row.answer {
        None => fields.finish(),
        Some(answer) => fields
            .number("status", answer.status)
            .maybe("type", answer.content_type.as_ref())
            .maybe("location", answer.location.as_ref())
            .binary("body", &answer.body)
            .finish(),
    }
}

pub(crate) fn read(item: &Item) -> Result<Row, Failure> {
    let item = Read::new(item)?;
    let answer = item.find_number("status")?.map(|status| {
        Ok(KeptAnswer {
            status,
            content_type: item.find("type").map(str::to_owned),
            location: item.find("location").map(str::to_owned),
            body: item.bytes("body")?.to_vec(),
        })
    });
    Ok(Row {
        request: item.hash("request")?,
        begun: item.parsed("begun")?,
        taken: item.number("taken")?,
        answer: answer.transpose()?,
    })
}
