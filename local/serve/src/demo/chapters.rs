//! The demonstration's chapters.

use crate::commands;
use crate::demo::truth::{Truth, differences, held, sums};
use crate::demo::world::{OPERATOR, World, run, supplier};
use crate::demo::{Stage, changes, requests};
use crate::exit::{Exit, Problem};
use crate::out::Out;
use crate::progress::Progress;
use crate::show::plan::{Extent, parked, totals};
use crate::show::{Look, Sheet, amount, count, of, plan as show_plan};
use domain::audit::verify;
use domain::id::CustomerId;
use domain::plan::{Line, Plan, Why};
use domain::ports::PlanStore;
use domain::run::{Run, RunMode, RunState};
use serde_json::Value;
use std::collections::BTreeSet;
use store_dynamodb::DynamoStore;
use subscription_sync::Deps;

const SCHEDULE: &str = "schedule";

pub(super) fn opening(stage: &mut Stage<'_>, world: &World, seed: u64) {
    let title = stage.look().bold("Billbridge, the main job from end to end");
    let seed = stage.look().dim(&format!("seed {seed}"));
    stage.out.line(format_args!("{title}  {seed}"));
    stage.out.line(
        "Crayon Cloud-iQ and HostBill are simulators behind real HTTP on this machine; the table is an",
    );
    stage.out.line(
        "embedded DynamoDB in memory. The program is the one that runs in AWS. Nothing leaves this machine.",
    );
    stage.out.line("");
    let (tenants, subscriptions) =
        world.crayon.with(|model| (model.tenants.len() as u64, model.subscriptions.len() as u64));
    let (clients, products, accounts) = world
        .hostbill
        .with(|model| (model.clients.len() as u64, model.products.len() as u64, model.accounts.len() as u64));
    let each: Vec<_> =
        world.places.iter().map(|place| format!("{} ({})", place.id, place.currency)).collect();
    let (customers, subscriptions) =
        (of(tenants, "customer", "customers"), of(subscriptions, "subscription", "subscriptions"));
    stage.say(format!("Crayon     organisations {}: {customers}, {subscriptions}", each.join(" and ")));
    stage.say(format!(
        "HostBill   {}, {}, {} that are none of our business",
        of(clients, "client", "clients"),
        of(products, "product", "products"),
        of(accounts, "service", "services")
    ));
}

/// `billbridge check`, told shortly.
pub(super) async fn check(stage: &mut Stage<'_>, world: &World) -> Result<(), Problem> {
    stage.chapter("Check: every credential, connection and needed call by itself");
    let (mut out, captured) = Out::captured(true);
    commands::check::run(&world.house, &mut out).await?;
    let value: Value = serde_json::from_str(&captured.results()).unwrap_or(Value::Null);
    let tried = value["tried"].as_array().cloned().unwrap_or_default();
    let bad: Vec<_> = tried.iter().filter(|one| one["ok"] != true).cloned().collect();
    for place in tried.iter().filter_map(|one| one["system"].as_str()).collect::<BTreeSet<_>>() {
        let here = tried.iter().filter(|one| one["system"] == place);
        let what: Vec<_> = here.map(|one| one["what"].as_str().unwrap_or_default().to_owned()).collect();
        stage.aside(&format!("{place}: {}", what.join(", ")));
    }
    for one in &bad {
        stage.say(format!("✘ {}: {} → {}", one["what"], one["detail"], one["cure"]));
    }
    stage.promise(bad.is_empty(), format!("{} of {} work", tried.len() - bad.len(), tried.len()));
    Ok(())
}

pub(super) async fn settings(stage: &mut Stage<'_>, world: &World) -> Result<(), Problem> {
    stage.chapter("Settings: what the reseller decides, checked as a whole, every version kept");
    let special = world.special().unwrap_or_default().to_string();
    let special: domain::id::TenantId = special.parse().map_err(|error| super::world::odd(&error))?;
    let customer = CustomerId::derived(&supplier()?, &special);
    let text = world.settings(&customer);
    let put = world.house.store.put_settings(&text, OPERATOR, world.house.now()).await?;
    let problems = put.as_ref().err().cloned().unwrap_or_default();
    stage.say("price rule standard        the resale price kept at Crayon + 15 %");
    let name = world.name_of(&special);
    stage.say(format!(
        "price rule frame-contract  what Crayon charges us, at a margin of 18 %, for {name} only"
    ));
    stage.say("brake                      more than 500 changes, or 10 % reduced, wait for a person");
    stage.promise(
        problems.is_empty(),
        format!("in force, {} problems {}", problems.len(), problems.join("; ")),
    );
    Ok(())
}

pub(super) async fn dry_run(
    stage: &mut Stage<'_>,
    world: &World,
    deps: &Deps<DynamoStore>,
) -> Result<(), Problem> {
    stage.chapter("Dry run: the plan, before anything is done");
    world.forget_requests();
    let mut runs = Vec::new();
    for place in &world.places {
        runs.push(run(deps, &place.id, RunMode::DryRun, OPERATOR).await?);
    }
    stage.runs(&runs);
    stage.say("");
    if let Some(plan) = plan_of(deps, &runs[0]).await? {
        let look = stage.look();
        let extent = Extent { limit: 4, prices: true };
        stage.all(show_plan::changes(look, &plan, extent, |tenant| world.name_of(tenant)));
        stage.say("");
        stage.all(parked(look, &plan, 1));
        stage.say("");
        stage.all(totals(look, &plan));
    }
    for text in runs.iter().flat_map(|run| &run.brake) {
        let mark = stage.look().warn("!");
        stage.say(format!("{mark} the brake: {text}"));
    }
    let changed = mutations(world);
    stage.promise(changed == 0, format!("{changed} calls that change anything"));
    Ok(())
}

pub(super) async fn apply(
    stage: &mut Stage<'_>,
    world: &World,
    deps: &Deps<DynamoStore>,
) -> Result<(), Problem> {
    stage.chapter("Unattended: the schedule applies what the brake lets pass; the rest waits for a person");
    let mut runs = Vec::new();
    for place in &world.places {
        let _progress = Progress::begin(stage.look().progress, &format!("{} sync", place.id), None);
        runs.push(run(deps, &place.id, RunMode::Sync, SCHEDULE).await?);
    }
    stage.runs(&runs);
    let waiting: Vec<&Run> = runs.iter().filter(|run| run.state == RunState::AwaitingApproval).collect();
    stage.promise(waiting.len() == 1, format!("{} plan waits, nothing of it was done", waiting.len()));
    for waiting in waiting {
        let Some(hash) = waiting.plan.clone() else { continue };
        stage.chapter("Approved: exactly that plan, by its hash");
        let typed = stage.look().code(&format!("billbridge sync --apply {}", hash.short()));
        stage.say(format!("$ {typed}"));
        let progress = Progress::begin(stage.look().progress, "applying", Some(waiting.counts.planned));
        let done = run(deps, &waiting.organisation, RunMode::Apply(hash.clone()), OPERATOR).await?;
        drop(progress);
        let again = run(deps, &waiting.organisation, RunMode::Apply(hash), OPERATOR).await?;
        stage.runs(std::slice::from_ref(&done));
        stage.all(show_plan::sums(stage.look(), &done.amounts));
        let whole = done.state == RunState::Finished && done.counts.created == done.counts.planned;
        let (created, planned) = (count(done.counts.created), count(done.counts.planned));
        stage.promise(
            whole,
            format!("{created} services created for {planned} planned; none refused, none in doubt"),
        );
        let (_, hostbill) = world.requests();
        stage.aside(&format!("asked of HostBill so far: {}", requests(&hostbill)));
        let refused = matches!(again.state, RunState::Refused(_));
        stage.promise(refused, "the same hash again is refused: the world has moved");
    }
    Ok(())
}

pub(super) async fn second_sync(
    stage: &mut Stage<'_>,
    world: &World,
    deps: &Deps<DynamoStore>,
    truth: &mut Truth,
) -> Result<(), Problem> {
    let title = format!("{} days later: what happened, and what it leads to", changes::DAYS);
    stage.chapter(&title);
    let events = changes::happen(world, &world.places[0]);
    world.forget_requests();
    let mut runs = Vec::new();
    for place in &world.places {
        runs.push(run(deps, &place.id, RunMode::Sync, SCHEDULE).await?);
    }
    let plan = plan_of(deps, &runs[0]).await?;
    let mut told = BTreeSet::new();
    for event in &events {
        told.insert(event.subscription.to_string());
        outcome(stage, event, plan.as_ref());
    }
    let others =
        plan.iter().flat_map(Plan::changes).filter(|line| !told.contains(line.subscription.as_str()));
    let others = by_reason(others);
    if !others.is_empty() {
        stage.aside(&format!("and by itself in these days: {}", others.join(", ")));
    }
    stage.say("");
    stage.runs(&runs);
    stage.all(runs.iter().flat_map(|run| show_plan::sums(stage.out.look, &run.amounts)).collect::<Vec<_>>());
    let well = runs.iter().all(|run| {
        run.state == RunState::Finished && run.counts.refused + run.counts.in_doubt + run.counts.left == 0
    });
    stage.promise(well, "every change was made");
    let orders = world.hostbill.with(|model| model.requests.count("addOrder"));
    let created: u64 = runs.iter().map(|run| run.counts.created).sum();
    stage.promise(
        orders == created && created > 0,
        format!("the lost reply: {orders} addOrder for {created} new service; it was found by looking, not sent again"),
    );
    truth.follow(world);
    Ok(())
}

/// What happened, and the line of the plan that it led to.
fn outcome(stage: &mut Stage<'_>, event: &changes::Event, plan: Option<&Plan>) {
    let id = event.subscription.to_string();
    let line = plan.into_iter().flat_map(Plan::changes).find(|line| line.subscription.as_str() == id);
    let why = line.and_then(Line::change).map(|change| change.why.clone()).unwrap_or_default();
    stage.say(format!("{id}  {}", event.told));
    let text = match line.and_then(|line| line.change()) {
        Some(change) => {
            let delta = show_plan::signed(stage.look(), show_plan::delta(change));
            let words: Vec<_> = why.iter().map(|why| show_plan::words(*why)).collect();
            format!("{}  {delta}  {}", show_plan::what(change), words.join(", "))
        }
        None => "the service stays as it is".to_owned(),
    };
    stage.promise(why == event.leads_to, format!("  → {text}"));
}

fn by_reason<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<String> {
    let mut reasons: std::collections::BTreeMap<Why, u64> = std::collections::BTreeMap::new();
    for line in lines {
        if let Some(why) = line.change().and_then(|change| change.why.first()) {
            *reasons.entry(*why).or_default() += 1;
        }
    }
    reasons.into_iter().map(|(why, n)| format!("{n} {}", show_plan::words(why))).collect()
}

pub(super) async fn third_sync(
    stage: &mut Stage<'_>,
    world: &World,
    deps: &Deps<DynamoStore>,
) -> Result<(), Problem> {
    stage.chapter("Once more: nothing has changed, so nothing is done");
    world.forget_requests();
    let before = deps.store.capacity();
    let (mut runs, mut least) = (Vec::new(), 0);
    for place in &world.places {
        let done = run(deps, &place.id, RunMode::Sync, SCHEDULE).await?;
        least += done.counts.observed.div_ceil(200);
        runs.push(done);
    }
    stage.runs(&runs);
    stage.aside("what is in its grace is looked at in every run, so that no end of grace is missed");
    let used = deps.store.capacity().since(before);
    let (crayon, hostbill) = world.requests();
    let pages = crayon.get("GET /subscriptions").copied().unwrap_or_default();
    let all: u64 = crayon.values().sum();
    let changes: u64 = runs.iter().map(|run| run.counts.planned).sum();
    let calls: u64 = hostbill.values().sum();
    stage.promise(changes == 0, format!("{changes} changes"));
    stage.promise(calls == 0, format!("{calls} calls to HostBill {}", requests(&hostbill)));
    stage.promise(
        pages == least && all == pages,
        format!("{pages} page reads at Crayon; {least} is the least there can be ({})", requests(&crayon)),
    );
    stage.aside(&format!(
        "the table: {} read units, {} write units (lease and report of two runs)",
        units(used.read_millis),
        units(used.write_millis)
    ));
    Ok(())
}

fn units(millis: u64) -> String {
    format!("{}.{}", millis / 1000, millis % 1000 / 100)
}

/// What HostBill holds, beside what it should hold.
pub(super) fn books(stage: &mut Stage<'_>, world: &World, truth: &Truth) {
    stage.chapter("The books: what HostBill holds now, against the truth of the estate");
    let (held, twice) = held(world);
    let (is, should) = (sums(&held), sums(truth.services()));
    let mut sheet = Sheet::new(&[
        "organisation",
        ">active",
        ">suspended",
        ">terminated",
        ">charged monthly",
        ">charged yearly",
        ">every 3 years",
        "",
    ]);
    for place in &world.places {
        let (Some(is), Some(should)) = (is.get(place.id.as_str()), should.get(place.id.as_str())) else {
            continue;
        };
        let charged = |cycle: &str| {
            let sum = is.charged.get(cycle).copied().unwrap_or_default();
            format!("{} {}", amount(&format!("{sum:.2}")), place.currency)
        };
        let numbers = [is.active, is.suspended, is.terminated].map(count);
        let sums = ["m", "a", "t"].map(charged);
        let tick = stage.look().tick(is == should);
        let cells = std::iter::once(place.id.to_string()).chain(numbers).chain(sums);
        sheet.row(cells.chain(std::iter::once(tick)));
    }
    let look = stage.look();
    stage.all([sheet.text(Look { width: look.width.saturating_sub(3), ..look })]);
    stage.promise(is == should, "numbers and sums are those of the estate, to the cent");
    let differences = differences(truth.services(), &held);
    for text in differences.iter().take(5) {
        stage.say(format!("✘ {text}"));
    }
    let (services, wrong) = (count(held.len() as u64), differences.len());
    stage.promise(wrong == 0, format!("{services} services compared one by one, {wrong} differences"));
    stage.promise(twice.is_empty(), format!("{} subscriptions with two services", twice.len()));
    let touched = world.hostbill.with(|model| {
        model.accounts.iter().filter(|one| !one.domain.starts_with("bb-") && !one.audit.is_empty()).count()
    });
    stage.promise(touched == 0, format!("{touched} services touched that are none of our business"));
}

pub(super) async fn audit(stage: &mut Stage<'_>, world: &World) -> Result<(), Problem> {
    let mut last = None;
    for place in &world.places {
        let entries = commands::audit::entries(&world.house.store, &place.id).await?;
        let verified = verify(&entries);
        let whole = verified.is_ok() && !entries.is_empty();
        let entry = of(entries.len() as u64, "audit entry", "audit entries");
        stage.promise(whole, format!("{}: {entry}, the chain of hashes is whole", place.id));
        last = last.or(entries.into_iter().next_back());
    }
    if let Some(entry) = last {
        stage.aside(&format!(
            "the last of them: {}",
            entry.what.split_once(": ").map_or("", |(_, what)| what)
        ));
        stage.aside(&format!("by {}, because: {}", entry.actor, entry.why));
    }
    let (mut out, _) = Out::captured(true);
    let args = commands::audit::VerifyArgs { organisations: Vec::new() };
    let exit = commands::audit::run(&commands::audit::Command::Verify(args), &world.house, &mut out).await?;
    stage.promise(exit == Exit::Done, "billbridge audit verify says the same");
    Ok(())
}

async fn plan_of(deps: &Deps<DynamoStore>, run: &Run) -> Result<Option<Plan>, Problem> {
    let Some(hash) = &run.plan else { return Ok(None) };
    Ok(deps.store.find_plan(hash).await?.map(|stored| stored.plan))
}

/// HostBill calls that change something.
fn mutations(world: &World) -> u64 {
    let (_, hostbill) = world.requests();
    hostbill.iter().filter(|(call, _)| !call.starts_with("get")).map(|(_, n)| n).sum()
}
