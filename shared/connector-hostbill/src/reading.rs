//! The two ways of reading: one thing that may not be there, and a list that must be whole.

use crate::HostBill;
use crate::listing::{Page, Pass, Step};
use crate::wire::form::Form;
use crate::wire::json::Json;
use crate::wire::node::{Node, Surprise};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};

/// How often a list is read that does not hold still.
const PASSES: u32 = 2;

impl HostBill {
    /// One thing, under the first of these keys that the answer has. Nothing if HostBill says that there is
    /// none, in words or by sending nothing under the key.
    pub(crate) async fn find<T>(
        &self,
        call: &'static str,
        params: Form,
        keys: &[&str],
        deadline: Deadline,
        read: impl FnOnce(&Node<'_>) -> Result<T, Surprise> + Send,
    ) -> Result<Option<T>, Failure> {
        let json = match self.api.read(call, params, deadline).await {
            Ok(json) => json,
            Err(failure) if failure.kind == FailureKind::NotFound => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let found = Node::root(&json).get_any(keys).and_then(|node| {
            if node.value().is_nothing() {
                return Ok(None);
            }
            read(&node).map(Some)
        });
        found.map_err(|problem| self.api.surprise(call, &problem))
    }

    /// All rows of a list, by what is called and the key its rows stand under. Refused if there are more than
    /// `at_most`.
    pub(crate) async fn list(
        &self,
        (call, key): (&'static str, &'static str),
        params: Form,
        at_most: Option<u64>,
        deadline: Deadline,
    ) -> Result<Vec<Json>, Failure> {
        for _ in 0..PASSES {
            let mut pass = Pass::default();
            let mut next = 0;
            loop {
                let page = self.page((call, key), &params, next, deadline).await?;
                let step = pass.take(page);
                if at_most.is_some_and(|most| pass.size() > most) {
                    let problem = format!("answered with {} rows where a few were expected", pass.size());
                    return Err(self.api.failure(FailureKind::Refused, call, problem));
                }
                match step {
                    Step::Read(page) => next = page,
                    Step::LookAgain => {
                        pass.look_again(self.page((call, key), &params, 0, deadline).await?);
                        break;
                    }
                    Step::End => break,
                }
            }
            if let Some(rows) = pass.finish() {
                return Ok(rows.into_values().collect());
            }
        }
        let problem = "the listing did not become stable: its rows do not add up to the number it states";
        Err(self.api.failure(FailureKind::Malformed, call, problem))
    }

    /// One page of a list.
    pub(crate) async fn page(
        &self,
        (call, key): (&'static str, &'static str),
        params: &Form,
        number: u32,
        deadline: Deadline,
    ) -> Result<Page, Failure> {
        let params = Form::new().with("page", number.to_string()).merged(params.clone());
        let json = self.api.read(call, params, deadline).await?;
        Page::read(&json, key).map_err(|problem| self.api.surprise(call, &problem))
    }
}
