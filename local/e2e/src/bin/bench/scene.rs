//! What a measurement takes place in: simulators in their own process, a table, a bus, and an estate that is
//! either new to the table or already in step.

use connections::Connections;
use connector_kit::HttpClient;
use domain::clock::{Clock as _, Deadline};
use domain::digest::SubscriptionKey;
use domain::id::{OrganisationId, RunId};
use domain::index::DigestIndex;
use domain::link::LinkBook;
use domain::planner::Planner;
use domain::ports::{IndexChange, IndexStore as _, LeaseStore as _, LinkStore as _, SettingsStore as _};
use e2e::{Answer, Build, Environment, EventBus, Function, Invoked, OrganisationSetup, Simulators, Trouble};
use jiff::SignedDuration;
use lambda_kit::SystemClock;
use lambda_kit::env::Env;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store_dynamodb::DynamoStore;
use testkit::dynamo::{Embedded, TABLE};

/// The organisation of every scene.
pub(crate) const ORGANISATION: &str = "bench";
/// What a Lambda has.
pub(crate) const FIFTEEN_MINUTES: Duration = Duration::from_mins(15);

const SCHEDULED: &str = include_str!("../../../../../events/subscription-sync/scheduled.json");

pub(crate) struct Scene {
    pub(crate) subscriptions: u64,
    pub(crate) page_size: u64,
    pub(crate) simulators: Simulators,
    pub(crate) environment: Environment,
    build: Build,
    bus: EventBus,
    table: Embedded,
}

impl Scene {
    /// Settings and links are stored, nothing was synced yet.
    pub(crate) async fn new(
        build: &Build,
        http: &HttpClient,
        subscriptions: u64,
        page_size: u64,
    ) -> Result<Self, Trouble> {
        let binary = build.binary("simulators");
        let simulators = Simulators::synthetic(&binary, http.clone(), subscriptions).await?;
        let (table, bus) = (Embedded::start().await, EventBus::start().await?);
        let environment = Environment::of_lambda(table.endpoint(), bus.endpoint())
            .connected_to(simulators.announced())
            .with("BILLBRIDGE_TABLE", TABLE)
            .with("BILLBRIDGE_BUS", "billbridge")
            .with("CRAYON_PAGE_SIZE", page_size.to_string())
            .with("LOG_LEVEL", "warn");
        let scene =
            Self { subscriptions, page_size, simulators, environment, build: build.clone(), bus, table };
        decide(&scene.store(), &scene.simulators).await?;
        Ok(scene)
    }

    /// How many pages the estate has.
    pub(crate) fn pages(&self) -> u64 {
        self.subscriptions.div_ceil(self.page_size)
    }

    /// A store with a meter of its own.
    pub(crate) fn store(&self) -> DynamoStore {
        self.table.store()
    }

    /// The connections that the function has, in this process.
    pub(crate) fn connections(&self) -> Result<Connections, Trouble> {
        connections(&self.environment)
    }

    /// A function that has not been asked anything yet.
    pub(crate) async fn function(&self, environment: &Environment) -> Result<Function, Trouble> {
        Function::start(&self.build.binary("subscription-sync"), environment).await
    }

    /// Makes the estate one that is in step.
    pub(crate) async fn put_in_step(&self) -> Result<(), Trouble> {
        in_step(&self.store(), &self.simulators, (&self.environment, self.pages())).await
    }

    /// Syncs through the function until nothing is left, as the first runs of an installation do.
    pub(crate) async fn sync_for_the_first_time(&self) -> Result<(), Trouble> {
        let mut function = self.function(&self.environment).await?;
        let mut answer = done(function.invoke(&scheduled()?, FIFTEEN_MINUTES).await?)?;
        while answer["state"] == "continued" {
            let events = self.bus.take("sync.continued");
            let event = events.last().ok_or_else(|| Trouble::new("a run went on without saying so"))?;
            answer = done(function.invoke(&event.payload(), FIFTEEN_MINUTES).await?)?;
        }
        if answer["state"] != "finished" {
            return Err(Trouble::new(format!("the first sync did not finish: {answer}")));
        }
        self.simulators.reset().await
    }
}

/// Makes an estate of so many pages one that is in step: the digest of every subscription, as the planner computes it,
/// stands in the index. Sync records are left out: an unchanged run reads none.
pub(crate) async fn in_step(
    store: &DynamoStore,
    simulators: &Simulators,
    (environment, pages): (&Environment, u64),
) -> Result<(), Trouble> {
    let now = SystemClock.now();
    let settings = store.find_settings().await?.ok_or_else(|| Trouble::new("no settings"))?;
    let id: OrganisationId = id(ORGANISATION)?;
    let organisation = settings.find(&id).ok_or_else(|| Trouble::new("no organisation"))?;
    let book = LinkBook::new(&store.links().await?, &organisation.supplier, &organisation.billing);
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let planner = Planner::new(organisation, &settings, &book, today);
    let connections = connections(environment)?;
    let source = connections.sources.first().ok_or_else(|| Trouble::new("no source"))?;
    let mut changes = Vec::new();
    for number in 1..=u32::try_from(pages).unwrap_or(u32::MAX) {
        let page = source.page(organisation, number, Deadline::never()).await?;
        for row in page.rows {
            let row = row.map_err(|row| Trouble::new(row.problem))?;
            let digest = Some(planner.digest(&row));
            changes.push(IndexChange { key: SubscriptionKey::of(row.id.as_str()), digest });
        }
    }
    let until = now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now);
    let lease = store.acquire(&format!("sync/{ORGANISATION}"), &RunId::new(now, 0), now, until).await?;
    let lease = lease.map_err(|held| Trouble::new(format!("the lease is held by {}", held.0.holder)))?;
    store.change_index(&lease, &id, &DigestIndex::default(), &changes).await?;
    store.release(&lease).await?;
    simulators.reset().await
}

fn connections(environment: &Environment) -> Result<Connections, Trouble> {
    let env = Env::from_pairs(environment.pairs());
    Connections::from_env(&env, Arc::new(SystemClock)).map_err(|problems| Trouble::new(problems.to_string()))
}

/// Stores what an operator would have stored: settings and every link.
pub(crate) async fn decide(store: &DynamoStore, simulators: &Simulators) -> Result<(), Trouble> {
    let number = *simulators.announced().organisations.first().unwrap_or(&0);
    // No brake: the first sync is not what is measured.
    let max_changes = u32::MAX;
    let setup = OrganisationSetup { id: ORGANISATION.into(), number, currency: "EUR".into(), max_changes };
    let (setups, now) = ([setup], SystemClock.now());
    let kept = store.put_settings(&e2e::settings_json(&setups), "bench", now).await?;
    kept.map_err(|problems| Trouble::new(problems.join("; ")))?;
    store.change_links(&e2e::links(simulators.truths(), &setups)?, &[]).await?;
    Ok(())
}

/// The schedule's event.
pub(crate) fn scheduled() -> Result<Value, Trouble> {
    Ok(serde_json::from_str(SCHEDULED)?)
}

/// What the function answered, where it did.
pub(crate) fn done(invoked: Invoked) -> Result<Value, Trouble> {
    match invoked.answer {
        Answer::Done(answer) if answer["outcome"] != "terminal" => Ok(answer),
        Answer::Done(problem) => Err(Trouble::new(format!("the function gave up: {problem}"))),
        Answer::Failed { kind, message } => {
            Err(Trouble::new(format!("the function failed: {kind}: {message}")))
        }
    }
}

pub(crate) fn id<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Trouble> {
    text.parse().map_err(|error: T::Err| Trouble::new(error.to_string()))
}
