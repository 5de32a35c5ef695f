//! `links import`: takes what a person accepted, once every id on both sides has been looked up.

use crate::commands::links::ours;
use crate::commands::links::rows::{Reviewed, read};
use crate::commands::links::suggest::{observed_offers, source, target};
use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::show::{Sheet, of};
use connections::Connections;
use domain::clock::Deadline;
use domain::id::{ClientId, CustomerId, ProductId, SystemId, TenantId};
use domain::link::Link;
use domain::money::Currency;
use domain::ports::LinkStore;
use domain::settings::Settings;
use domain::subscription::OfferKey;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;

/// Import the rows of a reviewed CSV that a person accepted
///
/// Those with yes in the column `accept`. Every id is looked up on its side: the tenant and the client exist,
/// the client's currency is known, the offer is sold and the product has its cycle. If any accepted row is bad,
/// each bad one is reported with its line and nothing is imported. Done again, it changes nothing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The reviewed CSV
    pub file: PathBuf,
    /// Look everything up and say what would be imported; change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Import the good rows although others are bad
    #[arg(long)]
    pub skip_bad: bool,
}

/// A row that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub what: String,
    /// What a person can do.
    pub cure: &'static str,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The links of every good row.
    pub links: Vec<Link>,
    /// How many rows those are.
    pub good: usize,
    /// Every bad row.
    pub bad: Vec<Bad>,
    /// Rows that nobody accepted.
    pub left: usize,
}

/// Imports.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let shown = args.file.display().to_string();
    let file = File::open(&args.file).map_err(|error| {
        Problem::usage(format!("{shown} cannot be read: {error}"), "name a file that `links suggest` wrote")
    })?;
    let rows = read(file, &shown)?;
    let settings = house.settings().await?;
    let connections = house.connections()?;
    let links = house.store.links().await?;
    let checked = Check::new(&connections, &settings, &links).all(&rows).await?;
    let refused = !checked.bad.is_empty() && !args.skip_bad;
    let new: Vec<_> = checked.links.iter().filter(|link| !links.contains(link)).cloned().collect();
    if !refused && !args.dry_run {
        house.store.change_links(&new, &[]).await?;
    }
    let imported = if refused || args.dry_run { 0 } else { new.len() };
    told(&checked, imported, (refused, args.dry_run), out);
    Ok(if refused { Exit::Usage } else { Exit::Done })
}

fn told(checked: &Checked, imported: usize, (refused, dry_run): (bool, bool), out: &mut Out) {
    if out.json {
        let bad = checked.bad.iter().map(|bad| json!({"line": bad.line, "what": bad.what, "cure": bad.cure}));
        out.value(&json!({
            "good": checked.good, "notAccepted": checked.left, "newLinks": imported,
            "bad": bad.collect::<Vec<_>>(), "dryRun": dry_run,
        }));
        return;
    }
    let look = out.look;
    if !checked.bad.is_empty() {
        let mut sheet = Sheet::new(&[">line", "~what is wrong", "~what to do"]);
        for bad in &checked.bad {
            sheet.row([bad.line.to_string(), bad.what.clone(), bad.cure.to_owned()]);
        }
        out.line(sheet.text(look));
    }
    let (good, left) = (of(checked.good as u64, "good row", "good rows"), checked.left);
    let bad = of(checked.bad.len() as u64, "bad row", "bad rows");
    let tick = look.tick(!refused);
    out.line(format_args!("{tick} {good}, {bad}, {left} not accepted"));
    if refused {
        out.line("  nothing was imported: correct the rows above, or say --skip-bad");
    } else if dry_run {
        out.line("  nothing was imported: this was a dry run");
    } else {
        out.line(format_args!("  {} written", of(imported as u64, "new link", "new links")));
    }
}

/// Looks rows up; what was found is remembered.
pub struct Check<'a> {
    connections: &'a Connections,
    settings: &'a Settings,
    links: &'a [Link],
    offers: BTreeMap<SystemId, BTreeSet<OfferKey>>,
    /// Who was given which billing id in this file, and on which line.
    given: BTreeMap<(SystemId, String, SystemId), (String, u64)>,
}

type Judged<T> = Result<T, (String, &'static str)>;

impl<'a> Check<'a> {
    /// Against these connections and the links there are.
    pub fn new(connections: &'a Connections, settings: &'a Settings, links: &'a [Link]) -> Self {
        Self { connections, settings, links, offers: BTreeMap::new(), given: BTreeMap::new() }
    }

    /// Every row; the bad ones with their line.
    ///
    /// # Errors
    /// When a side cannot be asked.
    pub async fn all(mut self, rows: &[Reviewed]) -> Result<Checked, Problem> {
        let mut checked = Checked::default();
        for row in rows {
            let judged = match row.accept.as_str() {
                "" | "no" | "n" => {
                    checked.left += 1;
                    continue;
                }
                "yes" | "y" => self.row(row).await?,
                _ => Err(("accept is neither yes nor no".to_owned(), "write yes, or leave it empty")),
            };
            match judged {
                Ok(links) => {
                    checked.good += 1;
                    checked.links.extend(links);
                }
                Err((what, cure)) => checked.bad.push(Bad { line: row.line, what, cure }),
            }
        }
        Ok(checked)
    }

    async fn row(&mut self, row: &Reviewed) -> Result<Judged<Vec<Link>>, Problem> {
        let (supplier, billing) = match self.systems(row) {
            Ok(systems) => systems,
            Err(bad) => return Ok(Err(bad)),
        };
        let judged = match row.kind.as_str() {
            "customer" => self.customer(row, &supplier, &billing).await?,
            "offer" => self.offer(row, &supplier, &billing).await?,
            _ => Err(("kind is neither customer nor offer".to_owned(), "restore what `links suggest` wrote")),
        };
        Ok(judged.and_then(|links| self.only_one(row, (supplier, billing), links)))
    }

    fn systems(&self, row: &Reviewed) -> Judged<(SystemId, SystemId)> {
        let known = |text: &str, what: &str| -> Judged<SystemId> {
            let cure = "name a connection that is configured and that the settings use";
            let id: SystemId =
                text.parse().map_err(|_| (format!("{what} {text:?} is no connection"), cure))?;
            let used = self.settings.organisations.iter().any(|one| one.supplier == id || one.billing == id);
            if used { Ok(id) } else { Err((format!("no organisation uses {what} {text}"), cure)) }
        };
        let (supplier, billing) = (known(&row.supplier, "supplier")?, known(&row.billing, "billing")?);
        let joined =
            self.settings.organisations.iter().any(|one| one.supplier == supplier && one.billing == billing);
        if joined {
            return Ok((supplier, billing));
        }
        let what = format!("no organisation joins {supplier} with {billing}");
        Err((what, "name the supplier and the billing of one organisation in the settings"))
    }

    async fn customer(
        &self,
        row: &Reviewed,
        supplier: &SystemId,
        billing: &SystemId,
    ) -> Result<Judged<Vec<Link>>, Problem> {
        let tenant: Option<TenantId> = row.supplier_id.parse().ok();
        let client: Option<ClientId> = row.billing_id.parse().ok();
        let (Some(tenant), Some(client)) = (tenant, client) else {
            let what = format!("{:?} or {:?} is no id", row.supplier_id, row.billing_id);
            return Ok(Err((what, "give the tenant's id and the client's id")));
        };
        let deadline = Deadline::never();
        if source(self.connections, supplier)?.find_tenant(&tenant, deadline).await?.is_none() {
            let what = format!("{supplier} has no tenant {tenant}");
            return Ok(Err((what, "give a customer tenant's id as Cloud-iQ shows it")));
        }
        let Some(found) = target(self.connections, billing)?.find_client(&client, deadline).await? else {
            let what = format!("{billing} has no client {client}");
            return Ok(Err((what, "give a client's id as HostBill shows it")));
        };
        let Some(currency): Option<Currency> = found.currency else {
            let what = format!("the currency of client {client} is not known");
            return Ok(Err((
                what,
                "allow the API key to call getCurrencies, and give the client a currency",
            )));
        };
        let customer = CustomerId::derived(supplier, &tenant);
        Ok(Ok(vec![
            Link::Tenant { customer: customer.clone(), system: supplier.clone(), tenant },
            Link::Client { customer, system: billing.clone(), client, currency },
        ]))
    }

    async fn offer(
        &mut self,
        row: &Reviewed,
        supplier: &SystemId,
        billing: &SystemId,
    ) -> Result<Judged<Vec<Link>>, Problem> {
        let key: OfferKey = match row.supplier_id.parse::<OfferKey>() {
            Ok(key) => key,
            Err(error) => {
                return Ok(Err((error.to_string(), "give part number, term and cycle with slashes")));
            }
        };
        let Ok(product) = row.billing_id.parse::<ProductId>() else {
            return Ok(Err((format!("{:?} is no id", row.billing_id), "give the product's id")));
        };
        if !self.offers_of(supplier).await?.contains(&key) {
            let what = format!("no subscription at {supplier} is of offer {key}");
            return Ok(Err((what, "correct the offer, or link it once it has been ordered")));
        }
        let Some(found) =
            target(self.connections, billing)?.find_product(&product, Deadline::never()).await?
        else {
            let what = format!("{billing} has no product {product}");
            return Ok(Err((what, "give a product's id as HostBill shows it")));
        };
        if !found.cycles.contains(&key.cycle) {
            let what = format!("product {product} cannot be ordered {}", key.cycle.as_str());
            return Ok(Err((what, "enable that billing cycle for the product, or link another product")));
        }
        let offer = key.id(supplier);
        Ok(Ok(vec![
            Link::Offer { offer: offer.clone(), system: supplier.clone(), key },
            Link::Product { offer, system: billing.clone(), product },
        ]))
    }

    async fn offers_of(&mut self, supplier: &SystemId) -> Result<&BTreeSet<OfferKey>, Problem> {
        if !self.offers.contains_key(supplier) {
            let from = source(self.connections, supplier)?;
            let mut offers = BTreeSet::new();
            for organisation in self.settings.organisations.iter().filter(|one| one.supplier == *supplier) {
                offers.extend(observed_offers(from, organisation, Deadline::never()).await?.into_keys());
            }
            self.offers.insert(supplier.clone(), offers);
        }
        Ok(self.offers.entry(supplier.clone()).or_default())
    }

    /// One id has one counterpart: neither another row of the file nor a link that is there may say otherwise.
    fn only_one(
        &mut self,
        row: &Reviewed,
        (supplier, billing): (SystemId, SystemId),
        links: Vec<Link>,
    ) -> Judged<Vec<Link>> {
        let place = (supplier, row.supplier_id.clone(), billing.clone());
        let (given, line) =
            self.given.entry(place).or_insert_with(|| (row.billing_id.clone(), row.line)).clone();
        if given != row.billing_id {
            let what =
                format!("{} is given {given} on line {line} and {} here", row.supplier_id, row.billing_id);
            return Err((what, "accept one of them"));
        }
        let clash = self.links.iter().find(|known| {
            links
                .iter()
                .any(|link| ours(link) == ours(known) && same_side(link, known, &billing) && link != *known)
        });
        match clash {
            None => Ok(links),
            Some(known) => {
                let what = format!("{} is linked otherwise already, by {}", row.supplier_id, ours(known));
                Err((what, "billbridge links remove that id first"))
            }
        }
    }
}

/// Whether two links give the same id of ours a counterpart in this billing system.
fn same_side(a: &Link, b: &Link, billing: &SystemId) -> bool {
    match (a, b) {
        (Link::Client { system: a, .. }, Link::Client { system: b, .. })
        | (Link::Product { system: a, .. }, Link::Product { system: b, .. }) => a == b && a == billing,
        _ => false,
    }
}
