//! Results as JSON, for programs: the words of the domain, amounts as text, absent things as `null`.

use domain::access::{ApiToken, Scope, User};
use domain::audit::AuditEntry;
use domain::brake::Reach;
use domain::failure::Failure;
use domain::id::UserId;
use domain::link::Link;
use domain::money::{Currency, Money};
use domain::plan::{Change, Line, PlanHash, Verdict};
use domain::ports::Probe;
use domain::price::Priced;
use domain::record::{SyncRecord, SyncState};
use domain::run::{Run, RunMode, RunState, StoredPlan};
use domain::service::ServiceState;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An amount in a currency.
pub fn money(money: Money) -> Value {
    json!({"amount": money.plain(), "currency": money.currency.code()})
}

/// Sums by currency.
pub fn sums(amounts: &BTreeMap<Currency, Decimal>) -> Value {
    let each = amounts.iter().map(|(currency, amount)| {
        (currency.code().to_owned(), Value::from(Money::new(*amount, *currency).plain()))
    });
    Value::Object(each.collect::<Map<_, _>>())
}

/// A run's report.
pub fn run(run: &Run) -> Value {
    let counts = &run.counts;
    json!({
        "run": run.id.as_str(), "organisation": run.organisation.as_str(), "mode": run.mode.word(),
        "wanted": match &run.mode {
            RunMode::Apply(hash) => Some(hash.as_str()),
            RunMode::Sync | RunMode::DryRun | RunMode::Order(_) => None,
        },
        "actor": run.actor, "started": run.started.to_string(), "updated": run.updated.to_string(),
        "state": run.state.word(), "why": why(&run.state),
        "plan": run.plan.as_ref().map(PlanHash::as_str),
        "provenWhole": run.unproven.is_none(), "unproven": run.unproven, "brake": run.brake,
        "amounts": sums(&run.amounts),
        "counts": {
            "pages": counts.pages, "observed": counts.observed, "unchanged": counts.unchanged,
            "planned": counts.planned, "parked": counts.parked, "created": counts.created,
            "adopted": counts.adopted, "changed": counts.changed, "refused": counts.refused,
            "inDoubt": counts.in_doubt, "left": counts.left,
        },
        "problems": run.problems,
    })
}

/// Why a run was refused or failed.
pub fn why(state: &RunState) -> Option<&str> {
    match state {
        RunState::Refused(why) | RunState::Failed(why) => Some(why),
        RunState::Requested
        | RunState::Running
        | RunState::Continued { .. }
        | RunState::AwaitingApproval
        | RunState::Finished => None,
    }
}

/// A plan as it is kept, with at most `limit` lines.
pub fn plan(hash: &PlanHash, stored: &StoredPlan, limit: usize) -> Value {
    let plan = &stored.plan;
    let reach = Reach::of(plan);
    json!({
        "plan": hash.as_str(), "organisation": plan.organisation.as_str(), "run": stored.run.as_str(),
        "made": stored.made.to_string(),
        "approved": stored.approved.as_ref().map(|(by, at)| json!({"by": by, "at": at.to_string()})),
        "changes": reach.changes, "created": reach.created, "reduced": reach.reduced,
        "parked": plan.parked().count(), "amounts": sums(&reach.amounts),
        "lines": plan.lines().iter().take(limit).map(line).collect::<Vec<_>>(),
        "linesLeftOut": plan.lines().len().saturating_sub(limit),
    })
}

fn line(line: &Line) -> Value {
    let mut value = json!({
        "subscription": line.subscription.as_str(), "name": line.name, "tenant": line.tenant.as_str(),
        "customer": line.customer.as_ref().map(domain::id::CustomerId::as_str),
        "offer": line.offer.to_string(), "price": line.price.as_ref().map(priced),
    });
    let more = match &line.verdict {
        Verdict::Change(change) => self::change(change),
        Verdict::Park { reason, detail } => {
            json!({"verdict": "park", "reason": reason.code(), "detail": detail, "cure": reason.cure()})
        }
        Verdict::Wait(reason) => json!({"verdict": "wait", "reason": reason.code()}),
        Verdict::Note => json!({"verdict": "note"}),
    };
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

fn change(change: &Change) -> Value {
    json!({
        "verdict": if change.from.is_none() { "create" } else { "change" },
        "service": change.service.as_ref().map(domain::id::ServiceId::as_str),
        "from": change.from.as_ref().map(state), "to": state(&change.to),
        "why": change.why.iter().map(|why| why.as_str()).collect::<Vec<_>>(),
    })
}

/// A service's state.
pub fn state(state: &ServiceState) -> Value {
    json!({
        "client": state.client.as_str(), "product": state.product.as_str(), "cycle": state.cycle.as_str(),
        "quantity": state.quantity, "unitPrice": money(state.unit_price), "amount": money(state.amount),
        "status": state.status.as_str(), "nextDue": state.next_due.map(|day| day.to_string()),
    })
}

/// A price and how it came about.
pub fn priced(price: &Priced) -> Value {
    json!({
        "unit": money(price.unit), "rule": price.rule.as_str(), "explanation": price.explanation,
        "termStart": price.term_start.map(|day| day.to_string()),
    })
}

/// A sync record.
pub fn record(record: &SyncRecord) -> Value {
    let (reason, detail, cure) = match &record.state {
        SyncState::Pending(reason) => (Some(reason.code()), None, None),
        SyncState::Parked { reason, detail } => {
            (Some(reason.code()), Some(detail.as_str()), Some(reason.cure()))
        }
        SyncState::Error { message, .. } => (None, Some(message.as_str()), None),
        SyncState::Synced | SyncState::Ended => (None, None, None),
    };
    json!({
        "organisation": record.organisation.as_str(), "subscription": record.subscription.as_str(),
        "name": record.name, "tenant": record.tenant.as_str(),
        "customer": record.customer.as_ref().map(domain::id::CustomerId::as_str),
        "offer": record.offer.to_string(), "state": record.state.word(), "reason": reason,
        "detail": detail, "cure": cure,
        "service": record.service.as_ref().map(domain::id::ServiceId::as_str),
        "applied": record.applied.as_ref().map(state), "price": record.price.as_ref().map(priced),
        "endedOn": record.ended_on.map(|day| day.to_string()), "revision": record.revision,
        "run": record.run.as_str(), "updated": record.updated.to_string(),
    })
}

/// An entry of the audit log.
pub fn entry(entry: &AuditEntry) -> Value {
    json!({
        "organisation": entry.organisation.as_str(), "sequence": entry.sequence, "at": entry.at.to_string(),
        "actor": entry.actor, "run": entry.run.as_str(), "plan": entry.plan,
        "subscription": entry.subscription.as_ref().map(domain::id::SubscriptionId::as_str),
        "what": entry.what, "why": entry.why, "previous": entry.previous, "hash": entry.hash,
    })
}

/// A link.
pub fn link(link: &Link) -> Value {
    match link {
        Link::Tenant { customer, system, tenant } => json!({
            "kind": "tenant", "id": customer.as_str(), "system": system.as_str(), "theirs": tenant.as_str(),
        }),
        Link::Client { customer, system, client, currency } => json!({
            "kind": "client", "id": customer.as_str(), "system": system.as_str(), "theirs": client.as_str(),
            "currency": currency.code(),
        }),
        Link::Offer { offer, system, key } => json!({
            "kind": "offer", "id": offer.as_str(), "system": system.as_str(), "theirs": key.to_string(),
        }),
        Link::Product { offer, system, product } => json!({
            "kind": "product", "id": offer.as_str(), "system": system.as_str(), "theirs": product.as_str(),
        }),
    }
}

/// Something that `check` tried.
pub fn probe(system: &str, probe: &Probe) -> Value {
    let (detail, cure) = match &probe.outcome {
        Ok(detail) => (detail.clone(), None),
        Err((failure, cure)) => (failure_text(failure), Some(cure.clone())),
    };
    json!({
        "system": system, "what": probe.what, "ok": probe.outcome.is_ok(), "detail": detail, "cure": cure,
    })
}

fn failure_text(failure: &Failure) -> String {
    failure.what.clone()
}

/// An API token, without its secret.
pub fn token(token: &ApiToken) -> Value {
    json!({
        "token": token.id.as_str(), "name": token.name, "owner": token.owner.as_ref().map(UserId::as_str),
        "scopes": token.scopes.iter().map(Scope::as_str).collect::<Vec<_>>(),
        "created": token.created.to_string(), "createdBy": token.created_by,
        "expires": token.expires.map(|at| at.to_string()),
        "lastUsed": token.last_used.map(|at| at.to_string()),
        "revoked": token.revoked.map(|at| at.to_string()),
    })
}

/// A person who signs in.
pub fn user(user: &User) -> Value {
    json!({
        "user": user.id.as_str(), "name": user.name, "email": user.email, "role": user.role.as_str(),
        "identityProvider": user.subject.is_some(), "created": user.created.to_string(),
        "disabled": user.disabled.map(|at| at.to_string()),
    })
}
