//! HostBill's web hooks: a hint that something happened there, and never the truth. A good one has the orders
//! looked at that wait for this billing; it changes nothing by itself.

use super::App;
use super::document::HookRefusals;
use crate::Deps;
use crate::advance::waits_for_billing;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use connections::hook::{Hook, HookHeaders, HookRefused, verify};
use domain::access::SecretHash;
use domain::failure::Failure;
use domain::id::SystemId;
use domain::ports::{Asked, KeptAnswer, Notice, OrderFilter};
use http_kit::{Path, Problem, Raw};

/// The connection that is meant where none is named.
const USUAL: &str = "hostbill";
/// More waiting orders than this are left to the scheduled follow-up.
const MOST: u32 = 50;

/// Take a web hook of HostBill
///
/// For the connection `hostbill`. Signed by HostBill's web hooks plugin: `HB-Signature` is the HMAC-SHA-256 of
/// `HB-Timestamp` and the body, no older than a minute. Sent again, it is refused.
#[utoipa::path(
    post, path = "/hooks/hostbill", tag = "hooks", operation_id = "hostbillHook",
    params(
        ("HB-Hook" = String, Header, description = "HostBill's id of the hook"),
        ("HB-Event" = String, Header, description = "what happened", example = "after_accountcreate"),
        ("HB-Timestamp" = String, Header, description = "when, in seconds since 1970", pattern = "^[0-9]+$"),
        ("HB-Signature" = String, Header, description = "lower-case hexadecimal", pattern = "^[0-9a-f]{64}$"),
    ),
    request_body(content = String, content_type = "application/json", description = "what happened, as HostBill says it"),
    responses((status = 204, description = "taken"), HookRefusals),
)]
pub(super) async fn hostbill(
    State(app): State<App>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Problem> {
    take(&app, USUAL, &headers, &body).await
}

/// Take a web hook of another HostBill
///
/// Like `/hooks/hostbill`, for the connection that is named.
#[utoipa::path(
    post, path = "/hooks/hostbill/{connection}", tag = "hooks", operation_id = "namedHostbillHook",
    params(
        ("connection" = String, Path, description = "the connection's name", example = "hostbill-eu"),
        ("HB-Hook" = String, Header, description = "HostBill's id of the hook"),
        ("HB-Event" = String, Header, description = "what happened", example = "after_accountcreate"),
        ("HB-Timestamp" = String, Header, description = "when, in seconds since 1970", pattern = "^[0-9]+$"),
        ("HB-Signature" = String, Header, description = "lower-case hexadecimal", pattern = "^[0-9a-f]{64}$"),
    ),
    request_body(content = String, content_type = "application/json", description = "what happened, as HostBill says it"),
    responses((status = 204, description = "taken"), HookRefusals),
)]
pub(super) async fn named(
    State(app): State<App>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, Problem> {
    take(&app, &connection, &headers, &body).await
}

async fn take(
    deps: &Deps,
    connection: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<StatusCode, Problem> {
    let connections = deps.connections.current().await?;
    let billing = connection.parse::<SystemId>().ok();
    let configured = billing.and_then(|billing| {
        let secret = connections.hook_secret(&billing).cloned()?;
        Some((billing, secret))
    });
    let (billing, secret) = configured.ok_or_else(not_expected)?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let shown = HookHeaders {
        hook: text("hb-hook"),
        event: text("hb-event"),
        timestamp: text("hb-timestamp"),
        signature: text("hb-signature"),
    };
    let now = deps.clock.now();
    let hook = verify(&shown, body, &secret, now).map_err(not_believed)?;
    // A signature has one spelling, so that its hash names the web hook; it is remembered for good.
    let key = SecretHash::of(&format!("hook {billing} {}", shown.signature));
    match deps.store.begin_answer(&key, &key, now).await? {
        Asked::Unanswered { .. } => {}
        Asked::InProgress | Asked::Another | Asked::Answered(_) => return Err(replayed()),
    }
    match have_looked_at(deps, &billing, &hook).await {
        Ok(()) => {
            let kept = KeptAnswer { status: 204, content_type: None, location: None, body: Vec::new() };
            deps.store.keep_answer(&key, &kept).await?;
            Ok(StatusCode::NO_CONTENT)
        }
        Err(failure) => {
            deps.store.forget_answer(&key).await?;
            Err(failure.into())
        }
    }
}

/// Has every order looked at that waits for this billing.
async fn have_looked_at(deps: &Deps, billing: &SystemId, hook: &Hook) -> Result<(), Failure> {
    let settings = deps.store.find_settings().await?.unwrap_or_default();
    let mut told = 0_u32;
    for organisation in settings.organisations.iter().filter(|one| one.billing == *billing) {
        let page = deps.store.list_orders(&organisation.id, OrderFilter::Open, None, MOST).await?;
        for order in page.items.into_iter().filter(waits_for_billing) {
            let notice = Notice::OrderApproved { organisation: organisation.id.clone(), order: order.id };
            deps.bus.publish(&notice).await?;
            told += 1;
        }
    }
    tracing::info!(system = %billing, hook.event = hook.event, orders = told, "{billing} says {hook}: {told} orders are looked at");
    Ok(())
}

fn not_expected() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "hook-not-configured", "No web hooks are expected here")
        .detail("Set HOSTBILL_HOOK_SECRET of this connection to the secret that HostBill shows for the hook.")
}

fn not_believed(refused: HookRefused) -> Problem {
    let (status, code) = match refused {
        HookRefused::Header(_) => (StatusCode::BAD_REQUEST, "hook-header"),
        HookRefused::Forged => (StatusCode::UNAUTHORIZED, "hook-forged"),
        HookRefused::Stale | HookRefused::Early => (StatusCode::UNAUTHORIZED, "hook-untimely"),
    };
    Problem::new(status, code, "The web hook is not believed").detail(refused.to_string())
}

fn replayed() -> Problem {
    Problem::new(StatusCode::CONFLICT, "hook-replayed", "The web hook was taken already")
        .detail("Every web hook is taken once.")
}
