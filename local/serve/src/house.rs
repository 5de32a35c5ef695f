//! The house: the table, the limits and the connections that the commands work with, each opened only by who
//! needs it.

use crate::exit::Problem;
use crate::stop::HouseClock;
use crate::surroundings::Surroundings;
use crate::table::Table;
use aws_kit::SdkConfig;
use bus_eventbridge::EventBridgeBus;
use connections::Connections;
use domain::clock::Clock;
use domain::id::OrganisationId;
use domain::ports::{Bus, SettingsStore};
use domain::secret::Secret;
use domain::settings::{Organisation, Settings};
use jiff::Timestamp;
use lambda_kit::env::{ConfigProblem, ConfigProblems, Env};
use secrets_manager::SecretsManager;
use std::num::NonZeroU16;
use std::sync::Arc;
use store_dynamodb::DynamoStore;
use subscription_sync::{Config, Deps};

/// An open house.
pub struct House {
    /// What is around it, secrets included.
    pub around: Surroundings,
    /// The time, and closing time.
    pub clock: Arc<dyn Clock>,
    /// The table.
    pub store: DynamoStore,
    /// In words: which table.
    pub place: String,
    aws: Option<SdkConfig>,
    // Keeps the embedded table alive.
    _table: Option<Table>,
}

impl House {
    /// Opens the table. With `BILLBRIDGE_TABLE` it is one in AWS, reached by the ordinary AWS configuration,
    /// with credentials out of `BILLBRIDGE_SECRETS` where that is set; otherwise the embedded one on
    /// `BILLBRIDGE_DATA`. This is the one place that decides.
    pub async fn open(around: Surroundings) -> Result<Self, Problem> {
        let clock: Arc<dyn Clock> = Arc::new(HouseClock::new(around.clock.clone(), around.stop.clone()));
        if let Some(name) = around.env.optional("BILLBRIDGE_TABLE") {
            let aws = aws_kit::load().await;
            let secrets = around.env.list("BILLBRIDGE_SECRETS");
            let secrets = SecretsManager::new(&aws).load(&secrets).await?;
            let around = Surroundings { env: around.env.clone().with_layer(secrets), ..around };
            let store = DynamoStore::new(&aws, name.clone());
            return Ok(Self {
                around,
                clock,
                store,
                place: format!("table {name} in AWS"),
                aws: Some(aws),
                _table: None,
            });
        }
        let table = Table::open(around.env.optional("BILLBRIDGE_DATA").as_deref()).await?;
        let store = table.store();
        let place = table.place().to_owned();
        Ok(Self { around, clock, store, place, aws: None, _table: Some(table) })
    }

    /// The variables.
    pub fn env(&self) -> &Env {
        &self.around.env
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who asks: `BILLBRIDGE_ACTOR`, or the name that the system knows the user by.
    pub fn actor(&self) -> String {
        let named = ["BILLBRIDGE_ACTOR", "USER", "USERNAME"];
        let name = named.iter().find_map(|name| self.env().optional(name));
        name.unwrap_or_else(|| "command line".to_owned())
    }

    /// Every connection, or everything that is wrong with the configuration, at once.
    pub fn connections(&self) -> Result<Connections, Problem> {
        match self.configuration() {
            (Some(connections), problems) if problems.is_empty() => Ok(connections),
            (_, problems) => {
                let each: Vec<_> = problems.iter().map(|problem| format!("\n  {problem}")).collect();
                let what = format!("the configuration is not complete:{}", each.concat());
                let cure = "set them in the environment or in .env; .env.example describes each";
                Err(Problem::usage(what, cure))
            }
        }
    }

    /// Every connection, where theirs is whole, and everything that is wrong with the whole configuration.
    pub fn configuration(&self) -> (Option<Connections>, Vec<ConfigProblem>) {
        let connections = Connections::from_env(self.env(), self.clock.clone());
        let (config, minutes) = (self.config(), self.minutes());
        let wrong = [connections.as_ref().err(), config.as_ref().err(), minutes.as_ref().err()];
        let problems = wrong.into_iter().flatten().flat_map(ConfigProblems::iter).cloned().collect();
        (connections.ok(), problems)
    }

    /// `SYNC_INTERVAL_MINUTES`: from one scheduled run to the next.
    pub fn minutes(&self) -> Result<u32, ConfigProblems> {
        let mut read = self.env().read();
        let cure = "a number of minutes, for example 60";
        let minutes = read.optional_parsed::<NonZeroU16>("SYNC_INTERVAL_MINUTES", cure);
        read.finish(|| Some(minutes.map_or(60, |minutes| u32::from(minutes.get()))))
    }

    /// The function's own settings. The embedded edition needs no names for table and bus.
    fn config(&self) -> Result<Config, ConfigProblems> {
        let named = [("BILLBRIDGE_TABLE", "embedded"), ("BILLBRIDGE_BUS", "embedded")];
        let named = named.map(|(name, value)| (name.to_owned(), Secret::new(value)));
        Config::from_env(&self.env().clone().with_layer(named))
    }

    /// What a run needs. Notices go to `bus`.
    pub fn deps(&self, connections: Connections, bus: Arc<dyn Bus>) -> Result<Deps<DynamoStore>, Problem> {
        let Connections { sources, billing, .. } = connections;
        Ok(Deps {
            sources,
            billing,
            store: self.store.clone(),
            bus,
            clock: self.clock.clone(),
            entropy: self.around.entropy,
            limits: self.config()?.limits,
        })
    }

    /// The bus of AWS, where the table is there and a bus is named.
    pub fn aws_bus(&self) -> Option<EventBridgeBus> {
        Some(EventBridgeBus::new(self.aws.as_ref()?, self.env().optional("BILLBRIDGE_BUS")?))
    }

    /// The settings; a problem with its cure if there are none yet.
    pub async fn settings(&self) -> Result<Settings, Problem> {
        self.store.find_settings().await?.ok_or_else(|| {
            let cure = "billbridge settings init > settings.json, fill it in, billbridge settings apply settings.json";
            Problem::usage("no settings are stored yet", cure)
        })
    }

    /// The named organisations, or all of them if none is named.
    pub async fn organisations(&self, named: &[String]) -> Result<(Settings, Vec<Organisation>), Problem> {
        let settings = self.settings().await?;
        let mut found = Vec::new();
        for name in named {
            let known = name.parse::<OrganisationId>().ok().and_then(|id| settings.find(&id));
            let Some(organisation) = known else {
                let all: Vec<_> = settings.organisations.iter().map(|one| one.id.as_str()).collect();
                let cure = format!("the settings have: {}", all.join(", "));
                return Err(Problem::usage(format!("there is no organisation {name:?}"), cure));
            };
            found.push(organisation.clone());
        }
        if named.is_empty() {
            found.clone_from(&settings.organisations);
        }
        Ok((settings, found))
    }
}
