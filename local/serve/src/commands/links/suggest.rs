//! `links suggest`: reads both sides and writes down what exact evidence leads to.

use crate::commands::links::evidence::{Confidence, clients_of, products_of};
use crate::commands::links::rows::{Kind, Suggestion, write};
use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::out::Out;
use crate::progress::Progress;
use crate::show::{Sheet, count, of};
use connections::Connections;
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::SystemId;
use domain::link::{Link, LinkBook, Resolved};
use domain::ports::{BillingClient, BillingProduct, BillingTarget, LinkStore, SubscriptionSource, Tenant};
use domain::settings::Organisation;
use domain::status::{StatusRule, rule_for};
use domain::subscription::OfferKey;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::PathBuf;

/// Reads at once; the connections have their own limits besides.
const AT_ONCE: usize = 8;

/// Propose links from exact evidence, as CSV for a person to review
///
/// For tenants and offers that have none. A tenant is a client if the client's tenant field
/// carries its id, if their e-mail domain is the same and nobody else's, or if their registration number is. An
/// offer is a product if the product's code says so and it can be ordered in that cycle. Names prove nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  billbridge links suggest --out links.csv
  # review links.csv, write yes into the column accept, then:
  billbridge links import links.csv")]
pub struct Args {
    /// Only this organisation; may be given several times
    #[arg(long = "org", value_name = "ID")]
    pub organisations: Vec<String>,
    /// Where the CSV goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write yes into `accept` where the evidence is unique on both sides
    #[arg(long)]
    pub accept_unique: bool,
}

/// Suggests.
pub async fn run(args: &Args, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let organisations = house.organisations(&args.organisations).await?.1;
    let connections = house.connections()?;
    let links = house.store.links().await?;
    let progress = Progress::begin(out.look.progress, "reading both sides", None);
    let suggestions = suggest(&connections, &organisations, &links, args.accept_unique).await?;
    drop(progress);
    if out.json {
        out.value(&json!(suggestions.iter().map(value).collect::<Vec<_>>()));
        return Ok(Exit::Done);
    }
    match &args.out {
        None => {
            let written = write(&suggestions, out.stream());
            written
                .map_err(|error| Problem::failed(format!("could not be written: {error}"), "try again"))?;
        }
        Some(path) => {
            let shown = path.display();
            let file = File::create(path).map_err(|error| {
                Problem::usage(format!("{shown} cannot be written: {error}"), "name another file")
            })?;
            let written = write(&suggestions, file);
            written.map_err(|error| {
                Problem::failed(format!("{shown} could not be written: {error}"), "check the disk")
            })?;
            let text = summary(&suggestions).text(out.look);
            out.line(text);
            let rows = of(suggestions.len() as u64, "row", "rows");
            out.line(format_args!("{rows} in {shown}: review them, write yes into accept, then"));
            let command = out.look.code(&format!("billbridge links import {shown}"));
            out.line(format_args!("  → {command}"));
        }
    }
    Ok(Exit::Done)
}

fn value(one: &Suggestion) -> serde_json::Value {
    json!({
        "kind": one.kind.as_str(), "supplier": one.supplier.as_str(), "supplierId": one.supplier_id,
        "supplierName": one.supplier_name, "billing": one.billing.as_str(), "billingId": one.billing_id,
        "billingName": one.billing_name, "evidence": one.evidence, "confidence": one.confidence,
        "accept": one.accept,
    })
}

/// How many of each kind are how sure.
pub fn summary(suggestions: &[Suggestion]) -> Sheet {
    let mut sheet = Sheet::new(&["", ">unique", ">ambiguous", ">without evidence"]);
    for kind in [Kind::Customer, Kind::Offer] {
        let sure = |confidence: Confidence| {
            let ids = suggestions
                .iter()
                .filter(|one| one.kind == kind && one.confidence == confidence.as_str())
                .map(|one| &one.supplier_id);
            count(ids.collect::<BTreeSet<_>>().len() as u64)
        };
        let numbers = [Confidence::Unique, Confidence::Ambiguous, Confidence::None].map(sure);
        sheet.row(std::iter::once(format!("{}s", kind.as_str())).chain(numbers));
    }
    sheet
}

/// What evidence leads to, for every tenant and every offer that has no link yet.
///
/// # Errors
/// When a side cannot be read.
pub async fn suggest(
    connections: &Connections,
    organisations: &[Organisation],
    links: &[Link],
    accept_unique: bool,
) -> Result<Vec<Suggestion>, Problem> {
    let mut pairs: BTreeMap<(SystemId, SystemId), Vec<&Organisation>> = BTreeMap::new();
    for one in organisations {
        pairs.entry((one.supplier.clone(), one.billing.clone())).or_default().push(one);
    }
    let mut all = Vec::new();
    for ((supplier, billing), organisations) in pairs {
        let source = source(connections, &supplier)?;
        let target = target(connections, &billing)?;
        let Some(fields) = connections.fields.get(&billing) else { continue };
        let pair = Pair {
            book: LinkBook::new(links, &supplier, &billing),
            supplier,
            billing,
            accept: if accept_unique { "yes" } else { "" },
        };
        let deadline = Deadline::never();
        let (tenants, offers) = supplier_side(source, &organisations, deadline).await?;
        let (clients, products) = futures::try_join!(clients(target, deadline), products(target, deadline))?;
        let judged = clients_of(&tenants, &clients, fields);
        for (tenant, (confidence, found)) in tenants.iter().zip(judged) {
            if matches!(pair.book.client(&tenant.id), Resolved::Missing) {
                let found =
                    found.into_iter().map(|(client, why)| (client.id.to_string(), client.name.clone(), why));
                pair.add(
                    &mut all,
                    Kind::Customer,
                    (tenant.id.to_string(), tenant.name.clone()),
                    confidence,
                    found.collect(),
                );
            }
        }
        for (offer, name) in &offers {
            if matches!(pair.book.product(offer), Resolved::Missing) {
                let (confidence, found) = products_of(offer, &products);
                let found = found.into_iter().map(|(one, why)| (one.id.to_string(), one.name.clone(), why));
                pair.add(
                    &mut all,
                    Kind::Offer,
                    (offer.to_string(), name.clone()),
                    confidence,
                    found.collect(),
                );
            }
        }
    }
    Ok(all)
}

/// The configured connection to a supplier.
pub fn source<'a>(
    connections: &'a Connections,
    id: &SystemId,
) -> Result<&'a dyn SubscriptionSource, Problem> {
    let found = connections.sources.iter().find(|one| one.system() == id);
    found.map(AsRef::as_ref).ok_or_else(|| unconfigured(id))
}

/// The configured connection to billing.
pub fn target<'a>(connections: &'a Connections, id: &SystemId) -> Result<&'a dyn BillingTarget, Problem> {
    let found = connections.billing.iter().find(|one| one.system() == id);
    found.map(AsRef::as_ref).ok_or_else(|| unconfigured(id))
}

fn unconfigured(id: &SystemId) -> Problem {
    Problem::usage(
        format!("the settings name connection {id}, which is not configured"),
        "set its variables, or name another connection in the settings",
    )
}

/// A supplier and a billing system.
struct Pair {
    supplier: SystemId,
    billing: SystemId,
    book: LinkBook,
    accept: &'static str,
}

impl Pair {
    fn add(
        &self,
        all: &mut Vec<Suggestion>,
        kind: Kind,
        (id, name): (String, String),
        confidence: Confidence,
        found: Vec<(String, String, String)>,
    ) {
        let row = |(billing_id, billing_name, evidence)| Suggestion {
            kind,
            supplier: self.supplier.clone(),
            supplier_id: id.clone(),
            supplier_name: name.clone(),
            billing: self.billing.clone(),
            billing_id,
            billing_name,
            evidence,
            confidence: confidence.as_str(),
            accept: if confidence == Confidence::Unique { self.accept } else { "" },
        };
        if found.is_empty() {
            all.push(row((String::new(), String::new(), String::new())));
        }
        all.extend(found.into_iter().map(row));
    }
}

/// Tenants with all their evidence, and the offers that running subscriptions are of, each with a name.
async fn supplier_side(
    source: &dyn SubscriptionSource,
    organisations: &[&Organisation],
    deadline: Deadline,
) -> Result<(Vec<Tenant>, BTreeMap<OfferKey, String>), Failure> {
    let (mut tenants, mut offers) = (Vec::new(), BTreeMap::new());
    for organisation in organisations {
        let listed = source.tenants(organisation, deadline).await?;
        let details = futures::stream::iter(listed).map(|tenant| async move {
            let details = source.find_tenant(&tenant.id, deadline).await?;
            Ok::<_, Failure>(details.unwrap_or(tenant))
        });
        let mut details: Vec<Tenant> = details.buffered(AT_ONCE).try_collect().await?;
        tenants.append(&mut details);
        offers.extend(observed_offers(source, organisation, deadline).await?);
    }
    Ok((tenants, offers))
}

/// The offers that an organisation's subscriptions are of, unless they are over; each with a name for people.
///
/// # Errors
/// When the list cannot be read.
pub async fn observed_offers(
    source: &dyn SubscriptionSource,
    organisation: &Organisation,
    deadline: Deadline,
) -> Result<BTreeMap<OfferKey, String>, Failure> {
    let mut offers = BTreeMap::new();
    let (mut seen, mut number) = (0, 1);
    loop {
        let page = source.page(organisation, number, deadline).await?;
        let rows = page.rows.len() as u64;
        for row in page.rows.into_iter().flatten() {
            if !matches!(rule_for(&row.status), StatusRule::Ends) {
                offers.entry(row.offer).or_insert(row.name);
            }
        }
        seen += rows;
        number += 1;
        if rows == 0 || page.total.is_some_and(|total| seen >= total) {
            return Ok(offers);
        }
    }
}

async fn clients(target: &dyn BillingTarget, deadline: Deadline) -> Result<Vec<BillingClient>, Failure> {
    let listed = target.clients(deadline).await?;
    let details = futures::stream::iter(listed).map(|client| async move {
        let details = target.find_client(&client.id, deadline).await?;
        Ok::<_, Failure>(details.unwrap_or(client))
    });
    details.buffered(AT_ONCE).try_collect().await
}

async fn products(target: &dyn BillingTarget, deadline: Deadline) -> Result<Vec<BillingProduct>, Failure> {
    let listed = target.products(deadline).await?;
    let details = futures::stream::iter(listed).map(|product| async move {
        let details = target.find_product(&product.id, deadline).await?;
        Ok::<_, Failure>(details.unwrap_or(product))
    });
    details.buffered(AT_ONCE).try_collect().await
}
