//! What is known about each subscription.

use super::cures::cure_of;
use crate::history::Past;
use crate::pages::asked::{Names, filled, next_page, organisation, parsed};
use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::{App, Web};
use askama::Template;
use axum::extract::{OriginalUri, State};
use domain::digest::SubscriptionKey;
use domain::failure::Failure;
use domain::id::{OrganisationId, SubscriptionId};
use domain::ports::Page;
use domain::record::{SyncRecord, SyncState};
use domain::service::ServiceStatus;
use domain::settings::Organisation;
use http_kit::{Filter, Paging, Path, Principal, Problem, Query};
use serde::Deserialize;

/// Every state by its word, and the name it has on screens.
const STATES: [(&str, &str); 5] = [
    ("synced", "Synced"),
    ("pending", "Pending"),
    ("parked", "Parked"),
    ("error", "Error"),
    ("ended", "Ended"),
];
/// States that the table lists by themselves; records of the others are picked out of all.
const LISTED: [&str; 3] = ["pending", "parked", "error"];
/// How many pages are looked through for one page of picked records.
const LOOKS: usize = 4;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    organisation: Option<String>,
    state: Option<String>,
    find: Option<String>,
}

#[derive(Template)]
#[template(path = "sync/records.html")]
struct RecordsPage<'a> {
    frame: Frame,
    tab: &'static str,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    states: [(&'static str, &'static str); 5],
    state: &'a str,
    find: &'a str,
    records: &'a [SyncRecord],
    names: Names,
    more: Option<String>,
}

/// `GET /sync`
pub(super) async fn list(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    OriginalUri(uri): OriginalUri,
    Filter(which): Filter<Which>,
    paging: Paging,
) -> Shown {
    let (settings, organisation) = organisation(&app, which.organisation.as_deref()).await?;
    let state = filled(which.state.as_deref()).unwrap_or_default();
    if !state.is_empty() && !STATES.iter().any(|(word, _)| *word == state) {
        return Err(Problem::invalid("There is no such state of a record.").field("state", "is not known"));
    }
    let find = filled(which.find.as_deref()).unwrap_or_default();
    let page = if find.is_empty() {
        page(&app, &organisation.id, state, &paging).await?
    } else {
        // What no id can look like finds nothing, like an id that nobody has.
        let found = match find.parse::<SubscriptionId>() {
            Ok(id) => find_record(&app, &organisation.id, &id).await?,
            Err(_) => None,
        };
        Page { items: found.into_iter().collect(), next: None }
    };
    let names = Names::of_these(&app, &organisation, page.items.iter().map(|record| &record.tenant)).await;
    render(&RecordsPage {
        frame: Frame::new(&app, &principal, Section::Sync, "Sync records").saying(said),
        tab: "records",
        here: "/sync",
        organisation: organisation.id.as_str(),
        organisations: &settings.organisations,
        states: STATES,
        state,
        find,
        records: &page.items,
        names,
        more: next_page(&uri, app.access.next_cursor(&paging, page.next)),
    })
}

async fn page(
    web: &Web,
    organisation: &OrganisationId,
    state: &str,
    paging: &Paging,
) -> Result<Page<SyncRecord>, Failure> {
    let listed = Some(state).filter(|state| LISTED.contains(state));
    let mut from = paging.cursor.clone();
    let mut looks = 0;
    loop {
        looks += 1;
        let mut page = web.store.list_records(organisation, listed, from.as_deref(), paging.limit).await?;
        page.items.retain(|record| state.is_empty() || record.state.word() == state);
        if !page.items.is_empty() || page.next.is_none() || looks == LOOKS {
            return Ok(page);
        }
        from = page.next;
    }
}

/// The record of a subscription, if there is one.
pub(in crate::pages) async fn find_record(
    web: &Web,
    organisation: &OrganisationId,
    id: &SubscriptionId,
) -> Result<Option<SyncRecord>, Failure> {
    let found = web.store.records(organisation, &[SubscriptionKey::of(id.as_str())]).await?;
    Ok(found.into_iter().find(|record| record.subscription == *id))
}

#[derive(Template)]
#[template(path = "sync/record.html")]
struct RecordPage<'a> {
    frame: Frame,
    record: &'a SyncRecord,
    names: Names,
    cure: Option<String>,
    can_order: bool,
    past: Option<Past>,
}

#[derive(Debug, Deserialize)]
pub(super) struct How {
    history: Option<String>,
}

/// `GET /sync/records/{organisation}/{subscription}`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    Path((organisation, subscription)): Path<(String, String)>,
    Query(how): Query<How>,
) -> Shown {
    let (organisation, record) = known(&app, &organisation, &subscription).await?;
    let past = match how.history {
        Some(_) => Some(app.history(&organisation.id, &record.subscription, None).await?),
        None => None,
    };
    let frame = Frame::new(&app, &principal, Section::Sync, record.name.clone()).saying(said);
    let cure = match &record.state {
        SyncState::Parked { reason, .. } => cure_of(*reason, &record).map(|cure| cure.href),
        SyncState::Pending(_) | SyncState::Synced | SyncState::Error { .. } | SyncState::Ended => None,
    };
    let runs = record.applied.as_ref().is_some_and(|applied| applied.status == ServiceStatus::Active);
    let can_order = frame.may_order() && record.state == SyncState::Synced && runs;
    let names = Names::of_these(&app, &organisation, [&record.tenant]).await;
    render(&RecordPage { frame, record: &record, names, cure, can_order, past })
}

async fn known(
    app: &App,
    organisation: &str,
    subscription: &str,
) -> Result<(Organisation, SyncRecord), Problem> {
    let id: OrganisationId = parsed(organisation)?;
    let organisation = app.find_organisation(&id).await?.ok_or_else(Problem::not_found)?;
    let record = find_record(app, &organisation.id, &parsed(subscription)?).await?;
    let none = || Problem::not_found().detail("Nothing is known of this subscription. A sync looks for it.");
    Ok((organisation, record.ok_or_else(none)?))
}

#[derive(Template)]
#[template(path = "sync/past_part.html")]
struct PastPart {
    past: Past,
}

/// `GET /sync/records/{organisation}/{subscription}/history`
pub(super) async fn history(
    State(app): State<App>,
    _: Principal,
    Path((organisation, subscription)): Path<(String, String)>,
) -> Shown {
    let (organisation, subscription): (OrganisationId, SubscriptionId) =
        (parsed(&organisation)?, parsed(&subscription)?);
    render(&PastPart { past: app.history(&organisation, &subscription, None).await? })
}
