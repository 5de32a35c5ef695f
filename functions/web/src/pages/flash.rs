//! What has just been done, said on the page that comes after. The address carries a code, never a text.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// One sentence about what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flash {
    code: &'static str,
    /// `good` or `warn`.
    pub(crate) kind: &'static str,
    pub(crate) text: &'static str,
}

const fn good(code: &'static str, text: &'static str) -> Flash {
    Flash { code, kind: "good", text }
}

const fn warn(code: &'static str, text: &'static str) -> Flash {
    Flash { code, kind: "warn", text }
}

const ALL: [Flash; 22] = [
    good("signed-out", "You are signed out."),
    good("welcome", "You are the first administrator. Next: people, then a dry run."),
    good("run-requested", "The run was asked for. This page shows how far it is."),
    good("plan-approved", "The plan is approved. Apply it, or let somebody else do so."),
    good("linked-customer", "The customer is linked. The next sync bills what was parked for it."),
    good("linked-offer", "The offer is linked. The next sync bills what was parked for it."),
    good("unlinked", "The link is removed. What depended on it is parked at the next sync."),
    good("order-taken", "The order is taken."),
    good("order-approved", "Approved. The order is being placed."),
    good("order-rejected", "Rejected. Nothing was bought."),
    good("order-cancelled", "Cancelled."),
    good("order-retried", "The order goes on."),
    warn("order-waits", "The order is taken and waits for approval."),
    good("token-revoked", "The token is revoked. It opens nothing any more."),
    good("person-added", "The person is added. Make a sign-in link for them."),
    good("person-disabled", "The person can no longer sign in, and is signed out everywhere."),
    good("sign-in-kept", "Your sign-in was tried and is kept, encrypted. It is used for your own orders."),
    good("sign-in-removed", "Your sign-in is removed. Your orders use the house's sign-in again."),
    warn("call-off-asked", "The supplier is asked to call it off. This page shows when it has."),
    warn("already", "This was done before. Nothing was done again."),
    warn(
        "secret-shown-before",
        "This was made before, and its secret is shown once only: make another if you missed it.",
    ),
    warn("plan-first", "Somebody else has approved it already."),
];

impl Flash {
    fn find(code: &str) -> Option<Self> {
        ALL.into_iter().find(|flash| flash.code == code)
    }
}

/// The sentence that the address asks for, if there is one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said(pub(crate) Option<Flash>);

impl<S: Send + Sync> FromRequestParts<S> for Said {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let code = query.split('&').find_map(|pair| pair.strip_prefix("said="));
        Ok(Self(code.and_then(Flash::find)))
    }
}

/// An address with something to say; the code is one that there is.
pub(crate) fn saying(path: &str, code: &'static str) -> String {
    debug_assert!(Flash::find(code).is_some(), "nobody knows what {code} says");
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}said={code}")
}
