//! The demonstration left running: the same world, with pages and API in front of it, for whoever wants to try.

use crate::bus::InProcessBus;
use crate::commands::{serve, users};
use crate::demo::Stage;
use crate::demo::world::{OPERATOR, World, run};
use crate::door::Door;
use crate::exit::Problem;
use crate::front::Front;
use crate::serving::Rhythm;
use domain::access::{CodeUse, Role};
use domain::run::{RunMode, RunState};
use http_kit::NewToken;
use serde_json::json;
use simulators::crayon::Status;
use std::sync::Arc;
use std::time::Duration;
use store_dynamodb::DynamoStore;
use subscription_sync::Deps;

/// How many months go by before somebody may look: a dashboard without a past shows little.
const MONTHS: u32 = 5;
/// How many subscriptions get another seat last of all, so that there is something to plan.
const CHANGES: usize = 3;
/// Nothing runs by itself in the first hour: whoever looks presses the buttons.
const HOURLY: Duration = Duration::from_hours(1);
/// The administrator whose link is shown.
const ADMINISTRATOR: &str = "Ada Berg";

/// Lets months go by, each with its runs: terms renew and end, prices move, plans that the brake stops are approved.
pub(super) async fn months_pass(
    stage: &mut Stage<'_>,
    world: &World,
    deps: &Deps<DynamoStore>,
) -> Result<(), Problem> {
    stage.chapter(&format!(
        "{MONTHS} months later: renewals and ends as they fall due, and what they lead to"
    ));
    world.let_time_run();
    let mut runs = Vec::new();
    for _ in 0..MONTHS {
        world.advance_days(30);
        for place in &world.places {
            let mut last = run(deps, &place.id, RunMode::Sync, "schedule").await?;
            if let (RunState::AwaitingApproval, Some(plan)) = (&last.state, &last.plan) {
                last = run(deps, &place.id, RunMode::Apply(plan.clone()), OPERATOR).await?;
            }
            runs.push(last);
        }
    }
    let finished = runs.iter().all(|run| run.state == RunState::Finished);
    let changed: u64 = runs.iter().map(|run| run.counts.changed + run.counts.created).sum();
    stage.promise(finished, format!("{} runs, {changed} services created or changed", runs.len()));
    world.crayon.with(|model| {
        model.choices.order_polls = 1;
        let active =
            |row: &&simulators::crayon::Subscription| row.status == Status::ACTIVE && row.is_new_commerce();
        let ids: Vec<u32> =
            model.subscriptions.iter().filter(active).take(CHANGES).map(|row| row.id).collect();
        for id in ids {
            if let Some(row) = model.subscriptions.get_mut(id) {
                row.quantity += 1;
            }
        }
    });
    Ok(())
}

/// Opens the doors until it is asked to stop.
pub(super) async fn serve(stage: &mut Stage<'_>, world: &World, listen: &str) -> Result<(), Problem> {
    let house = &world.house;
    let bus = InProcessBus::default();
    let connections = house.keeper()?;
    let deps = house.deps_with(connections.clone(), Arc::new(bus.clone()))?;
    let door = Door::open(house.env(), Some(listen)).await?;
    let front = Front::open(house, &connections, &bus, door.address)?;
    let ada = users::add(house, ADMINISTRATOR, Role::Admin, None).await?;
    let link = users::link_for(house, &front.url, CodeUse::SignIn(ada.id)).await?;
    if stage.out.json {
        let new = NewToken {
            name: "demonstration".to_owned(),
            owner: None,
            scopes: Role::Admin.scopes(),
            expires: None,
            created_by: OPERATOR.to_owned(),
        };
        let (_, token) = house.access()?.create_token(new).await?;
        stage.out.line(json!({"serving": front.url, "signIn": link, "token": token.expose()}));
    } else {
        let title = stage.look().bold("Left running: both systems simulated, the table in memory");
        stage.out.line(title);
        stage.out.line(format_args!("  pages and API   {}", front.url));
        stage.out.line(format_args!("  sign in once    {link}"));
        stage.out.line(format_args!(
            "                  as {ADMINISTRATOR}, administrator; Settings → People makes others"
        ));
        stage.out.line("  Ctrl-C ends it; nothing of it is kept");
    }
    let rhythm = Rhythm { every: HOURLY, first: HOURLY, tries: vec![Duration::from_secs(1); 3] };
    serve::open(house, &deps, (front, door), &bus, rhythm).await?;
    Ok(())
}
