//! Everything a function meets, in this process: the table with what an operator has stored, the bus, the secrets,
//! and both systems.

use crate::{
    Announced, Environment, EventBus, OrganisationSetup, SecretStore, Trouble, links, samples, settings_json,
};
use domain::access::{ApiToken, Scope, SecretHash};
use domain::clock::Clock as _;
use domain::id::{OrganisationId, TokenId};
use domain::ports::{AccessStore as _, LinkStore as _, Notice, RunStore as _};
use domain::run::{Run, RunMode, RunState};
use domain::service::ServiceReference;
use events::Incoming;
use lambda_kit::SystemClock;
use serde_json::{Map, Value};
use simulators::crayon::Crayon;
use simulators::estate;
use simulators::hostbill::HostBill;
use testkit::dynamo::{Embedded, TABLE};

/// The organisations of the sample events.
pub const ORGANISATIONS: [&str; 2] = ["nordic", "acme"];
/// What stands in the sample requests where a token belongs.
const PLACEHOLDER: &str = "bb_REPLACE-WITH-A-TOKEN-OF-YOURS";
/// A token that opens everything here.
const TOKEN: &str = "bb_samplesamplesamplesamplesamplesamplesampleA";
const SECRET: &str = "billbridge/connections";
/// What a function reads from its secrets, by the beginnings of the names.
const IN_SECRETS: [&str; 3] = ["CRAYON_", "HOSTBILL_", "BILLBRIDGE_SESSION_KEY"];

/// What a function is surrounded by.
pub struct Surroundings {
    /// The supplier.
    pub crayon: Crayon,
    /// Billing.
    pub hostbill: HostBill,
    /// The table.
    pub table: Embedded,
    /// The bus.
    pub bus: EventBus,
    /// The secrets: connections, and the key of sessions.
    pub secrets: SecretStore,
    /// What a function is started with.
    pub environment: Environment,
    hidden: Vec<String>,
}

impl Surroundings {
    /// So many subscriptions of `nordic`, none of which is in billing; `acme` has none.
    pub async fn open(subscriptions: usize) -> Result<Self, Trouble> {
        let mut estate = estate::synthetic(subscriptions, 2);
        estate.crayon.add_organisation("Acme [T2/EUR]", "EUR");
        let numbers: Vec<u32> = estate.crayon.organisations.keys().copied().collect();
        let setups: Vec<_> =
            ORGANISATIONS.iter().zip(&numbers).map(|(id, number)| setup(id, *number)).collect();
        let truths = estate.links_json();
        let keys = estate.crayon.credentials();
        let (api_id, api_key) = estate.hostbill.credentials();
        let crayon = Crayon::start(estate.crayon).await?;
        let hostbill = HostBill::start(estate.hostbill).await?;
        let systems = Announced {
            crayon_url: crayon.url().to_owned(),
            crayon_credentials: [keys.client_id, keys.client_secret, keys.username, keys.password],
            organisations: numbers.iter().map(|number| u64::from(*number)).collect(),
            hostbill_url: hostbill.url().to_owned(),
            hostbill_credentials: [api_id, api_key],
        };
        let (table, bus, secrets) =
            (Embedded::start().await, EventBus::start().await?, SecretStore::start().await?);
        let known = Environment::of_lambda(table.endpoint(), bus.endpoint())
            .connected_to(&systems)
            .with("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.endpoint())
            .with("BILLBRIDGE_TABLE", TABLE)
            .with("BILLBRIDGE_BUS", "billbridge")
            .with("BILLBRIDGE_SECRETS", SECRET)
            .with("BILLBRIDGE_SESSION_KEY", "a key of thirty-two characters or more")
            .with("LOG_LEVEL", "info");
        let (hidden, shown): (Vec<_>, Vec<_>) =
            known.pairs().partition(|(name, _)| IN_SECRETS.iter().any(|start| name.starts_with(start)));
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), Value::from(*value));
        secrets.keep(SECRET, Value::Object(hidden.iter().map(text).collect::<Map<_, _>>()).to_string());
        let hidden = hidden.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| (*value).to_owned());
        let environment =
            shown.iter().fold(Environment::default(), |all, (name, value)| all.with(name, *value));
        let hidden = hidden.collect();
        let surroundings = Self { crayon, hostbill, table, bus, secrets, environment, hidden };
        surroundings.decide(&setups, &truths).await?;
        Ok(surroundings)
    }

    /// Stores what an operator would have stored.
    async fn decide(&self, setups: &[OrganisationSetup], truths: &Value) -> Result<(), Trouble> {
        let (store, now) = (self.table.store(), SystemClock.now());
        let kept = store.put_settings(&settings_json(setups), "operator", now).await?;
        kept.map_err(|problems| Trouble::new(problems.join("; ")))?;
        store.change_links(&links(truths, setups)?, &[]).await?;
        let token = ApiToken {
            id: TokenId::new(now, 1),
            name: "samples".to_owned(),
            owner: None,
            scopes: Scope::ALL.into_iter().collect(),
            hash: SecretHash::of(TOKEN),
            created: now,
            created_by: "operator".to_owned(),
            expires: None,
            last_used: None,
            revoked: None,
        };
        store.put_token(&token).await?;
        for run in continued_runs()? {
            store.put_run(&run).await?;
        }
        Ok(())
    }

    /// The services of `nordic`'s subscriptions: how many of each, by the mark that only ours carry.
    pub fn services(&self) -> Result<Vec<usize>, Trouble> {
        let [organisation, _] = ORGANISATIONS;
        let parsed = |error: &dyn std::fmt::Display| Trouble::new(error.to_string());
        let organisation: OrganisationId = organisation.parse().map_err(|error| parsed(&error))?;
        let ids: Vec<u32> = self.crayon.with(|model| model.subscriptions.iter().map(|row| row.id).collect());
        let mut found = Vec::new();
        for id in ids {
            let id = id.to_string().parse().map_err(|error| parsed(&error))?;
            let mark = ServiceReference::new(&organisation, &id, 1);
            found.push(self.hostbill.with(|model| model.accounts.with_domain(mark.as_str()).len()));
        }
        Ok(found)
    }

    /// A sample's payload as somebody sends it who has a token.
    pub fn filled(&self, payload: &Value) -> Result<Value, Trouble> {
        Ok(serde_json::from_str(&payload.to_string().replace(PLACEHOLDER, TOKEN))?)
    }

    /// How many requests both systems had so far.
    pub fn asked(&self) -> u64 {
        let crayon = self.crayon.with(|model| model.requests.total());
        crayon + self.hostbill.with(|model| model.requests.total())
    }

    /// A credential that stands in this text, which nothing may hold.
    pub fn find_secret<'a>(&'a self, text: &str) -> Option<&'a str> {
        let theirs = ["e2e-secret-access-key", "e2e-session-token", TOKEN];
        self.hidden.iter().map(String::as_str).chain(theirs).find(|secret| text.contains(*secret))
    }

    /// Ends both systems; the rest ends when it is dropped.
    pub async fn close(self) {
        self.crayon.stop().await;
        self.hostbill.stop().await;
    }
}

/// The runs that the sample events want to be continued: they have ended since, as when an event comes late.
fn continued_runs() -> Result<Vec<Run>, Trouble> {
    let mut runs = Vec::new();
    for sample in samples("subscription-sync")? {
        let Ok(Incoming::Notice(Notice::SyncContinued { organisation, run, .. })) =
            Incoming::parse(&sample.payload)
        else {
            continue;
        };
        let now = SystemClock.now();
        let run = Run::requested(run, organisation, RunMode::Sync, "schedule".to_owned(), now);
        runs.push(Run { state: RunState::Finished, ..run });
    }
    Ok(runs)
}

fn setup(id: &str, number: u32) -> OrganisationSetup {
    OrganisationSetup {
        id: id.to_owned(),
        number: number.into(),
        currency: "EUR".to_owned(),
        max_changes: 1000,
    }
}

/// Credentials, and no addresses or names.
fn is_secret(name: &str) -> bool {
    ["_SECRET", "_PASSWORD", "_API_ID", "_API_KEY", "_SESSION_KEY"].iter().any(|end| name.ends_with(end))
}
