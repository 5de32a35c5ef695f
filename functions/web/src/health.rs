//! Whether everything that is needed answers: looked at rarely, asked often.

use crate::state::Web;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::Probe;
use domain::settings::{Organisation, Settings};
use futures::future::{join, join_all};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Systems are not looked at more often than this, whoever asks.
const FRESH: SignedDuration = SignedDuration::from_secs(30);
/// A system that takes longer than this is down.
const PATIENCE: SignedDuration = SignedDuration::from_secs(20);

/// How one thing that is needed was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `table`, `configuration`, or a connection's name.
    pub name: String,
    /// What was tried.
    pub tried: Vec<Probe>,
}

impl Part {
    /// Whether everything that was tried worked.
    pub fn is_well(&self) -> bool {
        self.tried.iter().all(|probe| probe.outcome.is_ok())
    }

    fn new(name: &str, what: &str, outcome: Result<String, (Failure, String)>) -> Self {
        Self { name: name.to_owned(), tried: vec![Probe { what: what.to_owned(), outcome }] }
    }
}

/// How everything was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// When.
    pub at: Timestamp,
    /// Each thing that is needed.
    pub parts: Vec<Part>,
}

impl Checkup {
    /// Whether all of it was well.
    pub fn is_well(&self) -> bool {
        self.parts.iter().all(Part::is_well)
    }
}

/// The last look. It is held while looking, so that only one does.
#[derive(Debug, Default)]
pub struct Health(Mutex<Option<Arc<Checkup>>>);

impl Web {
    /// How everything is, as it was seen at most half a minute ago.
    pub async fn checkup(&self) -> Arc<Checkup> {
        let mut last = self.health.0.lock().await;
        if let Some(seen) = last.as_ref()
            && self.clock.now().duration_since(seen.at) < FRESH
        {
            return seen.clone();
        }
        let seen = Arc::new(self.look().await);
        *last = Some(seen.clone());
        seen
    }

    async fn look(&self) -> Checkup {
        let at = self.clock.now();
        let deadline = at.checked_add(PATIENCE).map_or_else(|_| Deadline::never(), Deadline);
        let (settings, connections) = join(self.store.find_settings(), self.connections.current()).await;
        let mut parts = vec![table(settings.as_ref().map(Option::as_ref))];
        let settings = settings.ok().flatten().unwrap_or_default();
        match connections {
            Ok(connections) => {
                let suppliers = connections.sources.iter().map(|source| async {
                    let name = source.system().to_string();
                    let of_it = |one: &&Organisation| one.supplier == *source.system();
                    let organisations: Vec<_> = settings.organisations.iter().filter(of_it).collect();
                    Part { name, tried: source.probe(&organisations, deadline).await }
                });
                let billing = connections.billing.iter().map(|billing| async {
                    Part { name: billing.system().to_string(), tried: billing.probe(deadline).await }
                });
                let (suppliers, billing) = join(join_all(suppliers), join_all(billing)).await;
                parts.extend(suppliers.into_iter().chain(billing));
                parts.extend(missing(&settings, &parts));
            }
            Err(failure) => {
                let cure = "set the variables of the connections; .env.example describes each".to_owned();
                parts.push(Part::new("configuration", "connections", Err((failure, cure))));
            }
        }
        if parts.iter().flat_map(|part| &part.tried).any(is_refused) {
            self.connections.doubt();
        }
        Checkup { at, parts }
    }
}

fn is_refused(probe: &Probe) -> bool {
    matches!(&probe.outcome, Err((failure, _)) if failure.kind == FailureKind::Unauthorised)
}

fn table(settings: Result<Option<&Settings>, &Failure>) -> Part {
    let outcome = match settings {
        Ok(Some(settings)) => Ok(format!("settings of {} organisations", settings.organisations.len())),
        Ok(None) => Ok("no settings are stored yet: billbridge settings init shows how".to_owned()),
        Err(failure) => {
            let cure = "look at the table and at what this function may do with it";
            Err((failure.clone(), cure.to_owned()))
        }
    };
    Part::new("table", "read", outcome)
}

/// Connections that the settings name and nobody configured.
fn missing(settings: &Settings, parts: &[Part]) -> Vec<Part> {
    let named = settings.organisations.iter().flat_map(|one| [&one.supplier, &one.billing]);
    let named: BTreeSet<&SystemId> = named.collect();
    let absent = named.into_iter().filter(|system| !parts.iter().any(|part| part.name == system.as_str()));
    absent
        .map(|system| {
            let what = "the settings name this connection, but it is not configured";
            let failure = Failure::new(FailureKind::NotFound, system, what);
            let cure = "set its variables, or name another connection in the settings".to_owned();
            Part::new(system.as_str(), "configuration", Err((failure, cure)))
        })
        .collect()
}
