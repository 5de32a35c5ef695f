//! What waits for a person, by the reason why.

use super::cures::{Cure, cure_of, title};
use crate::pages::asked::{Names, next_page, organisation};
use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::{OriginalUri, State};
use domain::record::{ParkReason, SyncRecord, SyncState};
use domain::settings::Organisation;
use http_kit::{Filter, Paging, Principal};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
pub(super) struct Whose {
    organisation: Option<String>,
}

struct Group {
    reason: ParkReason,
    title: &'static str,
    count: usize,
    items: Vec<Item>,
}

struct Item {
    record: SyncRecord,
    detail: String,
    cure: Option<Cure>,
}

#[derive(Template)]
#[template(path = "sync/parked.html")]
struct ParkedPage<'a> {
    frame: Frame,
    tab: &'static str,
    here: &'static str,
    organisation: &'a str,
    organisations: &'a [Organisation],
    groups: &'a [Group],
    names: Names,
    more: Option<String>,
}

/// `GET /sync/parked`
pub(super) async fn list(
    State(app): State<App>,
    principal: Principal,
    said: Said,
    OriginalUri(uri): OriginalUri,
    Filter(whose): Filter<Whose>,
    paging: Paging,
) -> Shown {
    let (settings, organisation) = organisation(&app, whose.organisation.as_deref()).await?;
    let page = app
        .store
        .list_records(&organisation.id, Some("parked"), paging.cursor.as_deref(), paging.limit)
        .await?;
    let names = Names::of_these(&app, &organisation, page.items.iter().map(|record| &record.tenant)).await;
    render(&ParkedPage {
        frame: Frame::new(&app, &principal, Section::Sync, "Parked").saying(said),
        tab: "parked",
        here: "/sync/parked",
        organisation: organisation.id.as_str(),
        organisations: &settings.organisations,
        groups: &groups(page.items),
        names,
        more: next_page(&uri, app.access.next_cursor(&paging, page.next)),
    })
}

fn groups(records: Vec<SyncRecord>) -> Vec<Group> {
    let mut by_reason: BTreeMap<ParkReason, Vec<Item>> = BTreeMap::new();
    for record in records {
        if let SyncState::Parked { reason, detail } = &record.state {
            let item =
                Item { detail: detail.clone(), cure: cure_of(*reason, &record), record: record.clone() };
            by_reason.entry(*reason).or_default().push(item);
        }
    }
    let group = |(reason, items): (ParkReason, Vec<Item>)| Group {
        reason,
        title: title(reason),
        count: items.len(),
        items,
    };
    by_reason.into_iter().map(group).collect()
}
