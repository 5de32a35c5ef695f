//! `billbridge records`: what is known about each subscription.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::show::record as show_record;
use crate::{json, show};
use domain::audit::AuditEntry;
use domain::digest::SubscriptionKey;
use domain::id::{OrganisationId, SubscriptionId};
use domain::ports::{AuditStore, RecordStore};
use domain::record::SyncRecord;
use serde_json::{Value, json};
use store_dynamodb::DynamoStore;

const PAGE: u32 = 500;
/// States that the table lists by themselves; others are picked out of all.
const LISTED: [&str; 3] = ["pending", "parked", "error"];

/// List what is known about subscriptions, or show one with its history
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  billbridge records --state parked      what waits for a person, and why
  billbridge records --org nordic --state error
  billbridge records show 120045         how it stands, its price, what was done"
)]
pub struct Args {
    /// Only this organisation; may be given several times
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
    /// Only in this state
    #[arg(long, value_name = "STATE", value_parser = ["pending", "synced", "parked", "error", "ended"])]
    pub state: Option<String>,
    /// How many of each organisation
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: usize,
    /// One subscription only
    #[command(subcommand)]
    pub one: Option<One>,
}

/// One subscription.
#[derive(Debug, clap::Subcommand)]
pub enum One {
    /// Show how a subscription stands, where its price came from, and what was done
    Show {
        /// The subscription's id at the supplier
        subscription: String,
    },
}

/// Lists or shows.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    if let Some(One::Show { subscription }) = &args.one {
        return show(subscription, house, out).await;
    }
    let mut records = Vec::new();
    let mut more = false;
    for organisation in house.organisations(&args.organisations).await?.1 {
        let (found, left) = list(&house.store, &organisation.id, args).await?;
        records.extend(found);
        more |= left;
    }
    if out.json {
        out.value(&json!({
            "records": records.iter().map(json::record).collect::<Vec<Value>>(), "more": more,
        }));
        return Ok(Exit::Done);
    }
    if records.is_empty() {
        out.note("there is nothing of that kind");
        return Ok(Exit::Done);
    }
    out.line(show_record::sheet(out.look, &records));
    if more {
        out.note(format_args!(
            "there are more than {}: raise --limit",
            show::of(args.limit as u64, "record", "records")
        ));
    }
    Ok(Exit::Done)
}

/// At most so many, and whether there are more.
async fn list(
    store: &DynamoStore,
    organisation: &OrganisationId,
    args: &Args,
) -> Result<(Vec<SyncRecord>, bool), Problem> {
    let wanted = args.state.as_deref();
    let listed = wanted.filter(|state| LISTED.contains(state));
    let (mut records, mut from) = (Vec::new(), None);
    loop {
        let page = store.list_records(organisation, listed, from.as_deref(), PAGE).await?;
        let fits = |record: &SyncRecord| wanted.is_none_or(|state| record.state.word() == state);
        records.extend(page.items.into_iter().filter(fits));
        from = page.next;
        if records.len() > args.limit || from.is_none() {
            let more = records.len() > args.limit;
            records.truncate(args.limit);
            return Ok((records, more));
        }
    }
}

async fn show(text: &str, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let none = || {
        Problem::usage(
            format!("nothing is known about a subscription {text:?}"),
            "give the supplier's id; billbridge records lists them",
        )
    };
    let id: SubscriptionId = text.parse().map_err(|_| none())?;
    for organisation in house.organisations(&[]).await?.1 {
        let found = house.store.records(&organisation.id, &[SubscriptionKey::of(id.as_str())]).await?;
        let Some(record) = found.into_iter().find(|record| record.subscription == id) else { continue };
        let history = history(&house.store, &organisation.id, &id).await?;
        if out.json {
            let history: Vec<_> = history.iter().map(json::entry).collect();
            out.value(&json!({"record": json::record(&record), "history": history}));
        } else {
            for line in show_record::page(out.look, &record, &history) {
                out.line(line);
            }
        }
        return Ok(Exit::Done);
    }
    Err(none())
}

/// What was done about one subscription, oldest first.
async fn history(
    store: &DynamoStore,
    organisation: &OrganisationId,
    id: &SubscriptionId,
) -> Result<Vec<AuditEntry>, Problem> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let entries = store.audit_entries(organisation, after, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(found) };
        after = last.sequence;
        found.extend(entries.into_iter().filter(|entry| entry.subscription.as_ref() == Some(id)));
    }
}
