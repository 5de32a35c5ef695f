//! A company's own identity provider, and where credentials come from.

use crate::access::{Role, Subject};
use crate::clock::Deadline;
use crate::failure::Failure;
use crate::id::SystemId;
use crate::secret::Secret;
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Who someone is, as their company's identity provider vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person there; what they are known by from one sign-in to the next.
    pub subject: Subject,
    /// Their name, for people; never empty.
    pub name: String,
    /// Where mail reaches them, if the provider says that it has verified it.
    pub email: Option<String>,
    /// The groups they are in, as the provider names them.
    pub groups: Vec<String>,
}

/// A company's own identity provider. One sign-in has three secrets of its own, made by whoever starts it: a
/// state that comes back with the browser, a nonce that comes back in the identity token, and a verifier (43 to
/// 128 letters, digits, `-`, `.`, `_` or `~`; RFC 7636) that proves that whoever started it also ends it.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// The connection's name.
    fn system(&self) -> &SystemId;

    /// The address to send the browser to.
    async fn authorise(
        &self,
        state: &str,
        nonce: &str,
        verifier: &Secret,
        deadline: Deadline,
    ) -> Result<String, Failure>;

    /// Who has signed in, from the code that the browser came back with, once the state that came with it was
    /// found to be this browser's. [`crate::failure::FailureKind::Refused`] when the provider does not take the
    /// code: it was used before, is too old, or belongs to another sign-in.
    async fn exchange(
        &self,
        code: &str,
        nonce: &str,
        verifier: &Secret,
        deadline: Deadline,
    ) -> Result<Identity, Failure>;

    /// What they are here for: the highest role that one of their groups stands for. Without one they may not
    /// come in.
    fn role_of(&self, identity: &Identity) -> Option<Role>;
}

/// Where variables with credentials come from that change while the process runs.
#[async_trait]
pub trait VariableSource: Send + Sync {
    /// All of them, as they are now.
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure>;
}
