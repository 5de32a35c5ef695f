//! Connections that follow their secrets: rotated credentials are used without a restart, and a secret store
//! that does not answer changes nothing.

use crate::Connections;
use crate::build::Shared;
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::VariableSource;
use domain::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::Error;
use lambda_kit::env::{ConfigProblems, Env};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// Secrets older than this are read again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// However good the reason, secrets are not read more often than this while there are connections.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The connections of now. Share it by reference; [`Keeper::current`] is cheap.
pub struct Keeper(Kind);

enum Kind {
    Fixed(Arc<Connections>),
    Following(Box<Following>),
}

struct Following {
    env: Env,
    secrets: Arc<dyn VariableSource>,
    shared: Shared,
    clock: Arc<dyn Clock>,
    /// Held while reading, so that only one does.
    reading: AsyncMutex<()>,
    known: Mutex<Option<Known>>,
    /// How often somebody doubted.
    doubts: AtomicU64,
}

/// What was last read.
#[derive(Clone)]
struct Known {
    connections: Arc<Connections>,
    variables: Arc<BTreeMap<String, Secret>>,
    /// When the secrets were last read.
    read: Timestamp,
    /// When reading them was last tried.
    tried: Timestamp,
    /// How many doubts that reading has settled.
    settled: u64,
}

impl Keeper {
    /// Always these connections.
    pub fn fixed(connections: Connections) -> Self {
        Self(Kind::Fixed(Arc::new(connections)))
    }

    /// The connections that the environment and these secrets describe; where both know a variable, the
    /// environment counts. Nothing is read before the first call of [`Keeper::current`].
    pub fn new(env: Env, secrets: Arc<dyn VariableSource>, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared::new(clock.clone());
        Self(Kind::Following(Box::new(Following::new(env, secrets, shared, clock, None))))
    }

    /// Like [`Keeper::new`], with everything read for the first time, and together with it a function's own settings:
    /// nothing begins with half a configuration.
    ///
    /// # Errors
    /// When the secrets cannot be read, or everything that is wrong with the settings and the connections.
    pub async fn begin<T>(
        env: Env,
        secrets: Arc<dyn VariableSource>,
        clock: Arc<dyn Clock>,
        settings: impl FnOnce(&Env) -> Result<T, ConfigProblems>,
    ) -> Result<(Self, T), Error> {
        let (shared, now) = (Shared::new(clock.clone()), clock.now());
        let variables = secrets.variables().await?;
        let whole = env.clone().with_layer(variables.clone());
        let (settings, connections) =
            ConfigProblems::both(settings(&whole), Connections::build(&whole, &shared))?;
        let (connections, variables) = (Arc::new(connections), Arc::new(variables));
        let known = Known { connections, variables, read: now, tried: now, settled: 0 };
        let following = Following::new(env, secrets, shared, clock, Some(known));
        Ok((Self(Kind::Following(Box::new(following))), settings))
    }

    /// The connections of now. Secrets that are old or doubted are read first; the connections are built anew
    /// only if one of them is another than before. While that fails the last good connections stay.
    ///
    /// # Errors
    /// Only while there have never been any: when the secrets cannot be read, or `Refused` with everything
    /// that is wrong with the configuration.
    pub async fn current(&self) -> Result<Arc<Connections>, Failure> {
        match &self.0 {
            Kind::Fixed(connections) => Ok(connections.clone()),
            Kind::Following(following) => following.current().await,
        }
    }

    /// To be called when a system did not take our credentials: they may have been rotated, so that the next
    /// [`Keeper::current`] reads them again, at most once a minute.
    pub fn doubt(&self) {
        if let Kind::Following(following) = &self.0 {
            following.doubts.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Following {
    fn new(
        env: Env,
        secrets: Arc<dyn VariableSource>,
        shared: Shared,
        clock: Arc<dyn Clock>,
        known: Option<Known>,
    ) -> Self {
        let (reading, known) = (AsyncMutex::new(()), Mutex::new(known));
        Self { env, secrets, shared, clock, reading, known, doubts: AtomicU64::new(0) }
    }

    async fn current(&self) -> Result<Arc<Connections>, Failure> {
        let known = self.known();
        if let Some(connections) = self.good(known.as_ref()) {
            return Ok(connections);
        }
        let _reading = match known {
            None => self.reading.lock().await,
            // Others need not wait for whoever reads: what was good a moment ago serves them.
            Some(known) => match self.reading.try_lock() {
                Ok(reading) => reading,
                Err(_) => return Ok(known.connections),
            },
        };
        self.read().await
    }

    fn known(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }

    /// The connections, if there is no reason to read again yet.
    fn good(&self, known: Option<&Known>) -> Option<Arc<Connections>> {
        let known = known?;
        let now = self.clock.now();
        let doubted = self.doubts.load(Ordering::Relaxed) != known.settled;
        let wanted = doubted || now.duration_since(known.read) >= FRESH;
        let may = now.duration_since(known.tried) >= PAUSE;
        (!(wanted && may)).then(|| known.connections.clone())
    }

    async fn read(&self) -> Result<Arc<Connections>, Failure> {
        // Somebody else may have read while we waited.
        let before = self.known();
        if let Some(connections) = self.good(before.as_ref()) {
            return Ok(connections);
        }
        let tried = self.clock.now();
        match (self.built(before.as_ref(), tried).await, before) {
            (Ok(known), _) => {
                let connections = known.connections.clone();
                self.keep(known);
                Ok(connections)
            }
            (Err(failure), Some(before)) => {
                tracing::warn!("the connections stay as they are, their secrets cannot be used: {failure}");
                let connections = before.connections.clone();
                self.keep(Known { tried, ..before });
                Ok(connections)
            }
            (Err(failure), None) => Err(failure),
        }
    }

    async fn built(&self, before: Option<&Known>, now: Timestamp) -> Result<Known, Failure> {
        // Counted before reading: a doubt that arises meanwhile may be about what is being read.
        let settled = self.doubts.load(Ordering::Relaxed);
        let variables = self.secrets.variables().await?;
        if let Some(before) = before.filter(|before| *before.variables == variables) {
            return Ok(Known { read: now, tried: now, settled, ..before.clone() });
        }
        let env = self.env.clone().with_layer(variables.clone());
        let connections = Connections::build(&env, &self.shared).map_err(|problems| refused(&problems))?;
        if before.is_some() {
            tracing::info!("secrets have changed: the connections were built anew");
        }
        let (connections, variables) = (Arc::new(connections), Arc::new(variables));
        Ok(Known { connections, variables, read: now, tried: now, settled })
    }
}

/// Everything that is wrong, in one line.
fn refused(problems: &ConfigProblems) -> Failure {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let what = format!("the configuration is not complete: {}", all.join("; "));
    Failure::new(FailureKind::Refused, &SystemId::billbridge(), what)
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Kind::Fixed(_) => "fixed",
            Kind::Following(_) => "following its secrets",
        };
        write!(f, "Keeper({kind})")
    }
}
