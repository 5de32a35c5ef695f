//! The house: the table, the limits and the connections that the commands work with, each opened only by who
//! needs it.

use crate::exit::Problem;
use crate::sealed::SealedSecrets;
use crate::stop::HouseClock;
use crate::surroundings::{EnvFile, Surroundings};
use crate::table::Table;
use aws_kit::SdkConfig;
use bus_eventbridge::EventBridgeBus;
use connections::{Connections, Keeper};
use domain::clock::Clock;
use domain::id::OrganisationId;
use domain::ports::{Bus, PersonalSecrets, SettingsStore, VariableSource};
use domain::secret::Secret;
use domain::settings::{Organisation, Settings};
use http_kit::{Access, Guarding, SigningKey};
use jiff::Timestamp;
use lambda_kit::env::{ConfigProblem, ConfigProblems, Env};
use secrets_manager::{NamedSecrets, PeoplesSecrets, SecretsManager};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::{Arc, OnceLock};
use store_dynamodb::DynamoStore;
use subscription_sync::{Config, Deps};

/// How many requests a principal may make in a minute unless it is said.
const REQUESTS_PER_MINUTE: u32 = 600;

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
    /// Where credentials are read again from.
    secrets: Arc<dyn VariableSource>,
    /// What does not change while the process runs.
    lasting: Env,
    sealed: OnceLock<SealedSecrets>,
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
            let names = around.env.list("BILLBRIDGE_SECRETS");
            let secrets = NamedSecrets { manager: SecretsManager::new(&aws), names };
            let (lasting, layer) = (around.env.clone(), secrets.variables().await?);
            let around = Surroundings { env: around.env.clone().with_layer(layer), ..around };
            let store = DynamoStore::new(&aws, name.clone());
            return Ok(Self {
                around,
                clock,
                store,
                place: format!("table {name} in AWS"),
                secrets: Arc::new(secrets),
                lasting,
                sealed: OnceLock::new(),
                aws: Some(aws),
                _table: None,
            });
        }
        let table = Table::open(around.env.optional("BILLBRIDGE_DATA").as_deref()).await?;
        let store = table.store();
        let place = table.place().to_owned();
        let secrets = Arc::new(EnvFile(around.file.clone()));
        let lasting = around.lasting.clone();
        Ok(Self {
            around,
            clock,
            store,
            place,
            secrets,
            lasting,
            sealed: OnceLock::new(),
            aws: None,
            _table: Some(table),
        })
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

    /// The connections, following credentials that change while the process runs.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration now.
    pub fn keeper(&self) -> Result<Arc<Keeper>, Problem> {
        self.connections()?;
        Ok(Arc::new(Keeper::new(self.lasting.clone(), self.secrets.clone(), self.clock.clone())))
    }

    /// What a run needs. Notices go to `bus`.
    pub fn deps(&self, connections: Connections, bus: Arc<dyn Bus>) -> Result<Deps<DynamoStore>, Problem> {
        self.deps_with(Arc::new(Keeper::fixed(connections)), bus)
    }

    /// What a run needs, with connections that others use too.
    pub fn deps_with(
        &self,
        connections: Arc<Keeper>,
        bus: Arc<dyn Bus>,
    ) -> Result<Deps<DynamoStore>, Problem> {
        Ok(Deps {
            connections,
            store: self.store.clone(),
            bus,
            clock: self.clock.clone(),
            entropy: self.around.entropy,
            limits: self.config()?.limits,
        })
    }

    /// Where people's own sign-ins are kept; nothing where they are not, which is in AWS without a name for them.
    ///
    /// # Errors
    /// When the key beside the embedded table cannot be used.
    pub fn personal(&self) -> Result<Option<Arc<dyn PersonalSecrets>>, Problem> {
        let Some(aws) = &self.aws else { return Ok(Some(Arc::new(self.sealed()?))) };
        let prefix = self.env().optional("BILLBRIDGE_PERSONAL_SECRETS");
        Ok(prefix.map(|prefix| -> Arc<dyn PersonalSecrets> {
            Arc::new(PeoplesSecrets::new(SecretsManager::new(aws), prefix))
        }))
    }

    fn sealed(&self) -> Result<SealedSecrets, Problem> {
        if let Some(sealed) = self.sealed.get() {
            return Ok(sealed.clone());
        }
        let sealed = SealedSecrets::open(self.env().optional("BILLBRIDGE_DATA").as_deref())?;
        Ok(self.sealed.get_or_init(|| sealed).clone())
    }

    /// What browsers bring back is signed with this: `BILLBRIDGE_SESSION_KEY`, or the key beside the embedded table.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn session_key(&self) -> Result<Secret, Problem> {
        let given = self.env().read().optional_secret("BILLBRIDGE_SESSION_KEY");
        match (given, &self.aws) {
            (Some(key), _) => Ok(key),
            (None, None) => Ok(self.sealed()?.session_key()),
            (None, Some(_)) => Err(Problem::usage(
                "BILLBRIDGE_SESSION_KEY is missing",
                "name the secret that the template made for it in BILLBRIDGE_SECRETS",
            )),
        }
    }

    /// Who may come in, for making tokens and links: what is signed with this is shown to no browser.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn access(&self) -> Result<Access, Problem> {
        self.access_signed(SigningKey::passing()?, true)
    }

    /// Who may come in at this address.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn access_at(&self, url: &str) -> Result<Access, Problem> {
        let key = SigningKey::new(&self.session_key()?).map_err(|error| {
            Problem::usage(
                format!("BILLBRIDGE_SESSION_KEY cannot be used: {error}"),
                "at least 32 random characters",
            )
        })?;
        self.access_signed(key, url.starts_with("https://"))
    }

    fn access_signed(&self, key: SigningKey, secure_cookies: bool) -> Result<Access, Problem> {
        let mut read = self.env().read();
        let cure = "how many requests one principal may make in a minute, for example 600";
        let limit = read.optional_parsed::<NonZeroU32>("BILLBRIDGE_REQUESTS_PER_MINUTE", cure);
        read.finish(|| Some(()))?;
        let store = Arc::new(self.store.clone());
        Ok(Access::new(Guarding {
            access: store.clone(),
            answers: store,
            clock: self.clock.clone(),
            key,
            secure_cookies,
            requests_per_minute: limit.map_or(REQUESTS_PER_MINUTE, NonZeroU32::get),
        }))
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
