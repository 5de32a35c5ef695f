//! `billbridge audit`: the log of everything that was done, and whether it is whole.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use domain::audit::{AuditEntry, verify};
use domain::id::OrganisationId;
use domain::ports::AuditStore;
use serde_json::{Value, json};
use store_dynamodb::DynamoStore;

const PAGE: u32 = 1000;

/// The log of everything that was done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Verify(VerifyArgs),
    Show(ShowArgs),
}

/// Verify the chain of hashes from its first entry to its last
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Only this organisation; may be given several times
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
}

/// Show the latest entries
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// Only this organisation; may be given several times
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
    /// How many of each organisation
    #[arg(long, default_value_t = 30, value_name = "N")]
    pub limit: usize,
}

/// Verifies or shows.
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    match command {
        Command::Verify(args) => verify_all(args, house, out).await,
        Command::Show(args) => show(args, house, out).await,
    }
}

async fn verify_all(args: &VerifyArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let (mut exit, mut values) = (Exit::Done, Vec::new());
    for organisation in house.organisations(&args.organisations).await?.1 {
        let entries = entries(&house.store, &organisation.id).await?;
        let id = &organisation.id;
        match verify(&entries) {
            Ok(head) => {
                values.push(json!({
                    "organisation": id.as_str(), "ok": true, "entries": head.sequence, "head": head.hash,
                }));
                if !out.json {
                    let tick = out.look.tick(true);
                    out.line(format_args!(
                        "{tick} {id}: {} entries, whole; head {}",
                        head.sequence, head.hash
                    ));
                }
            }
            Err(broken) => {
                exit = Exit::Failed;
                values.push(json!({
                    "organisation": id.as_str(), "ok": false, "problem": broken.to_string(),
                }));
                if !out.json {
                    let tick = out.look.tick(false);
                    out.line(format_args!("{tick} {id}: {broken}"));
                }
            }
        }
    }
    if out.json {
        out.value(&Value::Array(values));
    }
    Ok(exit)
}

/// An organisation's whole log.
pub async fn entries(store: &DynamoStore, organisation: &OrganisationId) -> Result<Vec<AuditEntry>, Problem> {
    let (mut all, mut after) = (Vec::<AuditEntry>::new(), 0);
    loop {
        let page = store.audit_entries(organisation, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.sequence;
        all.extend(page);
    }
}

async fn show(args: &ShowArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let mut values = Vec::new();
    for organisation in house.organisations(&args.organisations).await?.1 {
        let all = entries(&house.store, &organisation.id).await?;
        for entry in all.iter().skip(all.len().saturating_sub(args.limit)) {
            values.push(json::entry(entry));
            if out.json {
                continue;
            }
            let subscription = entry.subscription.as_ref().map(ToString::to_string).unwrap_or_default();
            let at = entry.at.strftime("%F %H:%M:%SZ");
            out.line(format_args!(
                "{}#{}  {at}  {}  {subscription}  {}",
                entry.organisation, entry.sequence, entry.actor, entry.what
            ));
            let why = out.look.dim(&format!("    because: {}", entry.why));
            out.line(why);
        }
    }
    if out.json {
        out.value(&Value::Array(values));
    }
    Ok(Exit::Done)
}
