//! Changing a subscription: Cloud-iQ takes whole objects, so what we do not know must come back as it came.

use crate::client::Client;
use crate::map::StatusFlags;
use crate::source::{Crayon, DETAILS, path_of};
use crate::wire::{self, Wanted};
use connector_kit::{Body, Idempotence, Method, Request};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SubscriptionId;
use domain::subscription::Quantity;

const PUT: &str = "PUT subscriptions/{id}";
const ID: Wanted<1> = Wanted(["Id"]);

/// What to change; everything else stays as Cloud-iQ has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionChange {
    /// How many seats from now on.
    pub quantity: Option<Quantity>,
    /// The state: documented are suspending (2) and activating (1). Which state cancels a subscription of the
    /// New Commerce Experience is not known.
    pub status: Option<StatusFlags>,
    /// Whether it renews at the end of its term. That a `PUT` changes it is inferred, not documented.
    pub auto_renew: Option<bool>,
    /// What people call it.
    pub name: Option<String>,
}

impl SubscriptionChange {
    /// The members to be replaced, with their new values as JSON.
    fn members(&self) -> Vec<(&'static str, String)> {
        let name = self.name.as_ref().map(|name| serde_json::Value::from(name.as_str()).to_string());
        [
            ("Quantity", self.quantity.map(|quantity| quantity.to_string())),
            ("Status", self.status.map(|status| status.0.to_string())),
            ("AutoRenewEnabled", self.auto_renew.map(|renews| renews.to_string())),
            ("Name", name),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

impl Crayon {
    /// Mutation: changes some members of a subscription. Reads it, replaces those members and writes the whole
    /// back; the last writer wins, so that writes to one subscription must not overlap. Every other member,
    /// known to us or not, is sent back byte for byte.
    ///
    /// Fails like a mutation: an answer that was lost after sending is `Unavailable`; a failure before sending
    /// is certainly not done.
    pub async fn update_subscription(
        &self,
        id: &SubscriptionId,
        change: &SubscriptionChange,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let client = &self.client;
        let members = change.members();
        if members.is_empty() {
            return Ok(());
        }
        let not_there =
            || client.transport.failure(FailureKind::NotFound, format!("{DETAILS}: {id} is no number"));
        let path = path_of("subscriptions", id.as_str()).ok_or_else(not_there)?;
        let body = changed(client, &path, id, &members, deadline).await.map_err(before_sending)?;
        let request = Request::new(PUT, Method::PUT, client.url(&path, &[]), Idempotence::Mutation);
        let reply = client.send(request.body(Body::Json(body)), deadline).await?;
        if reply.body.is_empty() {
            return Ok(());
        }
        let [shown] = client.object(PUT, &reply, ID)?;
        if shown == Some(id.as_str()) {
            return Ok(());
        }
        Err(client.transport.malformed(PUT, &reply, "Id is not the one that was changed"))
    }
}

async fn changed(
    client: &Client,
    path: &str,
    id: &SubscriptionId,
    members: &[(&'static str, String)],
    deadline: Deadline,
) -> Result<Vec<u8>, Failure> {
    let reply = client.get(DETAILS, path, &[], deadline).await?;
    let malformed = |problem: &dyn std::fmt::Display| client.transport.malformed(DETAILS, &reply, problem);
    let [shown] = client.object(DETAILS, &reply, ID)?;
    if shown != Some(id.as_str()) {
        return Err(malformed(&"Id is not the one that was asked for"));
    }
    let text = wire::text_of(&reply.body).map_err(|problem| malformed(&problem))?;
    let patched = wire::patched(text, members).map_err(|problem| malformed(&problem))?;
    Ok(patched.into_bytes())
}

/// The read's answer was lost, but nothing had been changed yet.
fn before_sending(failure: Failure) -> Failure {
    if failure.certainly_not_done() {
        return failure;
    }
    Failure { kind: FailureKind::NotSent, ..failure }
}
