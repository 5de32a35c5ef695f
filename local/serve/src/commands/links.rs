//! `billbridge links`: which of the supplier's ids is which of billing's. Explicit records, never names.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::{Sheet, of};
use domain::id::{CustomerId, OfferId};
use domain::link::Link;
use domain::ports::LinkStore;
use serde_json::{Value, json};

pub mod evidence;
pub mod import;
pub mod rows;
pub mod suggest;

/// Links between the supplier's ids and billing's.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Suggest(suggest::Args),
    Import(import::Args),
    List(ListArgs),
    Remove(RemoveArgs),
}

/// List the links there are
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    /// Only links of this kind
    #[arg(long, value_name = "KIND", value_parser = ["customer", "offer"])]
    pub kind: Option<String>,
}

/// Remove every link of one of our ids
///
/// Services that were made through them stay; their subscriptions are parked from the next run on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  billbridge links remove cus_1f0c2a9be77d0312 ofr_88b1d0e2c4f5a697")]
pub struct RemoveArgs {
    /// Our ids: `cus_…` or `ofr_…`, as `links list` shows them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Say what would be removed; change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Does what the command says.
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    match command {
        Command::Suggest(args) => suggest::run(args, house, out).await,
        Command::Import(args) => import::run(args, house, out).await,
        Command::List(args) => list(args, house, out).await,
        Command::Remove(args) => remove(args, house, out).await,
    }
}

/// The id of ours that a link is of.
pub fn ours(link: &Link) -> &str {
    match link {
        Link::Tenant { customer, .. } | Link::Client { customer, .. } => customer.as_str(),
        Link::Offer { offer, .. } | Link::Product { offer, .. } => offer.as_str(),
    }
}

async fn list(args: &ListArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let wanted = args.kind.as_deref();
    let of_kind = |link: &Link| match link {
        Link::Tenant { .. } | Link::Client { .. } => wanted != Some("offer"),
        Link::Offer { .. } | Link::Product { .. } => wanted != Some("customer"),
    };
    let mut links: Vec<Link> = house.store.links().await?.into_iter().filter(of_kind).collect();
    links.sort_by(|a, b| ours(a).cmp(ours(b)));
    if out.json {
        out.value(&Value::Array(links.iter().map(json::link).collect()));
        return Ok(Exit::Done);
    }
    if links.is_empty() {
        out.note("there are no links yet: billbridge links suggest --out links.csv");
        return Ok(Exit::Done);
    }
    show(&links, out);
    Ok(Exit::Done)
}

fn show(links: &[Link], out: &mut Out) {
    let mut sheet = Sheet::new(&["id", "kind", "system", "~theirs", "currency"]);
    for link in links {
        let value = json::link(link);
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        sheet.row(["id", "kind", "system", "theirs", "currency"].map(text));
    }
    let text = sheet.text(out.look);
    out.line(text);
}

async fn remove(args: &RemoveArgs, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let links = house.store.links().await?;
    let mut gone = Vec::new();
    for id in &args.ids {
        let known = id.parse::<CustomerId>().is_ok() || id.parse::<OfferId>().is_ok();
        let found: Vec<_> = links.iter().filter(|link| known && ours(link) == id).cloned().collect();
        if found.is_empty() {
            let what = format!("{id:?} has no links; nothing was changed");
            return Err(Problem::usage(what, "billbridge links list shows our ids: cus_… and ofr_…"));
        }
        gone.extend(found);
    }
    if !args.dry_run {
        house.store.change_links(&[], &gone).await?;
    }
    if out.json {
        let removed: Vec<_> = gone.iter().map(json::link).collect();
        out.value(&json!({"removed": removed, "dryRun": args.dry_run}));
        return Ok(Exit::Done);
    }
    show(&gone, out);
    let done = if args.dry_run { "would be removed" } else { "removed" };
    let tick = out.look.tick(true);
    out.line(format_args!("{tick} {} {done}", of(gone.len() as u64, "link", "links")));
    Ok(Exit::Done)
}
