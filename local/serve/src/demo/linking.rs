//! Links: what evidence finds, what a person decides, what is imported.

use crate::commands::links::import::Check;
use crate::commands::links::rows::{Suggestion, read, write};
use crate::commands::links::suggest::{suggest, summary};
use crate::demo::Stage;
use crate::demo::world::{World, odd};
use crate::exit::Problem;
use crate::show::{Look, Sheet};
use connections::Connections;
use connector_kit::tame;
use domain::ports::LinkStore;
use simulators::crayon::Cycle;
use simulators::estate::{EstateLink, Truth};
use std::collections::BTreeMap;

/// Suggests, lets the person who knows the truth review, and imports.
pub(super) async fn link(
    stage: &mut Stage<'_>,
    world: &World,
    connections: &Connections,
) -> Result<(), Problem> {
    stage.chapter("Links: proposed from exact evidence, decided by a person; names prove nothing");
    let organisations = world.house.organisations(&[]).await?.1;
    let mut suggestions = suggest(connections, &organisations, &[], false).await?;
    let look = narrow(stage);
    stage.all([summary(&suggestions).text(look)]);
    stage.say("");
    stage.all([examples(&suggestions).text(look)]);
    let wrong = unique_but_wrong(world, &suggestions);
    stage.promise(wrong == 0, format!("{wrong} of the unique ones are wrong, by the truth of the estate"));
    review(world, &mut suggestions);
    let mut file = Vec::new();
    write(&suggestions, &mut file).map_err(|error| odd(&error))?;
    let rows = read(file.as_slice(), "links.csv")?;
    let settings = world.house.settings().await?;
    let checked = Check::new(connections, &settings, &[]).all(&rows).await?;
    stage.promise(
        checked.bad.is_empty(),
        format!(
            "{} rows accepted, every id looked up on both sides, {} bad",
            checked.good,
            checked.bad.len()
        ),
    );
    world.house.store.change_links(&checked.links, &[]).await?;
    let unlinked = world.links.iter().filter(|link| truth(link).is_none()).count();
    stage.aside(&format!(
        "left alone on purpose: {unlinked} tenants and offers without a counterpart, or with two"
    ));
    Ok(())
}

fn narrow(stage: &Stage<'_>) -> Look {
    let look = stage.look();
    Look { width: look.width.saturating_sub(3), ..look }
}

/// The first of each kind of evidence, and of each kind of doubt.
fn examples(suggestions: &[Suggestion]) -> Sheet {
    let mut sheet = Sheet::new(&["for example", "at Crayon", "in HostBill", "~evidence", ""]);
    let mut shown: Vec<(String, &str)> = Vec::new();
    for one in suggestions {
        let kind = one.evidence.split(' ').take(2).collect::<Vec<_>>().join(" ");
        if shown.contains(&(kind.clone(), one.confidence)) {
            continue;
        }
        shown.push((kind, one.confidence));
        sheet.row([
            one.kind.as_str().to_owned(),
            tame(&one.supplier_name, 24),
            tame(&one.billing_name, 24),
            tame(&one.evidence, 52),
            one.confidence.to_owned(),
        ]);
    }
    sheet
}

/// What the estate's truth calls a tenant or an offer, and its counterpart if there is exactly one.
fn truth(link: &EstateLink) -> Option<(String, u32)> {
    let (id, truth) = match link {
        EstateLink::Customer(known) => (known.tenant.to_string(), &known.client),
        EstateLink::Offer(known) => {
            let term = known.term.map_or("none", simulators::crayon::Term::text);
            (format!("{}/{term}/{}", known.part_number, cycle(known.cycle)), &known.product)
        }
    };
    match truth {
        Truth::Is(counterpart) => Some((id, *counterpart)),
        Truth::Missing | Truth::Ambiguous(_) => None,
    }
}

fn cycle(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Monthly => "monthly",
        Cycle::Annual => "annual",
        Cycle::ThreeYears => "three-years",
        Cycle::TwoYears => "two-years",
        Cycle::Quarterly => "quarterly",
        Cycle::BiAnnually => "semi-annual",
        Cycle::OneTime => "one-time",
        Cycle::None | Cycle::Unknown => "none",
    }
}

fn unique_but_wrong(world: &World, suggestions: &[Suggestion]) -> usize {
    let truths: BTreeMap<String, u32> = world.links.iter().filter_map(truth).collect();
    let unique = suggestions.iter().filter(|one| one.confidence == "unique");
    unique
        .filter(|one| truths.get(&one.supplier_id).is_none_or(|id| id.to_string() != one.billing_id))
        .count()
}

/// The person accepts what is true, fills in what evidence could not find, and leaves the rest.
fn review(world: &World, suggestions: &mut [Suggestion]) {
    let truths: BTreeMap<String, u32> = world.links.iter().filter_map(truth).collect();
    for one in suggestions {
        let Some(counterpart) = truths.get(&one.supplier_id) else { continue };
        if one.billing_id.is_empty() {
            one.billing_id = counterpart.to_string();
        }
        if one.billing_id == counterpart.to_string() {
            one.accept = "yes";
        }
    }
}
