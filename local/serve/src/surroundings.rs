//! What the process finds around it: variables, a clock, whoever stops it. Tests bring their own.

use crate::exit::Problem;
use crate::stop::Stop;
use async_trait::async_trait;
use domain::clock::Clock;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::VariableSource;
use domain::secret::Secret;
use lambda_kit::SystemClock;
use lambda_kit::env::Env;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where variables are read from unless another file is named.
pub const ENV_FILE: &str = ".env";

/// What the process finds around it.
#[derive(Clone)]
pub struct Surroundings {
    /// The variables.
    pub env: Env,
    /// Those of them that stay: all but the ones out of `file`.
    pub lasting: Env,
    /// The file that the rest came out of, which is read again while serving.
    pub file: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Closing time.
    pub stop: Stop,
    /// A number that is unlikely to come twice.
    pub entropy: fn() -> u64,
}

impl Surroundings {
    /// The process's own environment and, for what that does not set, a file of `NAME=value` lines: the named
    /// one, which must be there, or `.env`, which may be.
    pub fn of_process(env_file: Option<&Path>) -> Result<Self, Problem> {
        let path = env_file.map_or_else(|| PathBuf::from(ENV_FILE), Path::to_owned);
        let file = (env_file.is_some() || path.exists()).then_some(path);
        let pairs = file.as_deref().map(file_pairs).transpose()?.unwrap_or_default();
        let lasting = Env::from_process();
        let env = lasting.clone().with_layer(pairs);
        Ok(Self { lasting, file, ..Self::new(env) })
    }

    /// These variables, the system's clock.
    pub fn new(env: Env) -> Self {
        Self {
            lasting: env.clone(),
            env,
            file: None,
            clock: Arc::new(SystemClock),
            stop: Stop::default(),
            entropy: || fastrand::u64(..),
        }
    }
}

/// The variables of a file, as they are whenever they are asked for; no file has none.
pub struct EnvFile(pub Option<PathBuf>);

#[async_trait]
impl VariableSource for EnvFile {
    async fn variables(&self) -> Result<BTreeMap<String, Secret>, Failure> {
        let pairs =
            self.0.as_deref().map(file_pairs).transpose().map_err(|problem| {
                Failure::new(FailureKind::Malformed, &SystemId::billbridge(), problem.what)
            })?;
        Ok(pairs.unwrap_or_default().into_iter().collect())
    }
}

fn file_pairs(path: &Path) -> Result<Vec<(String, Secret)>, Problem> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| {
        Problem::usage(format!("{shown} cannot be read: {error}"), "name a file that is there, or none")
    })?;
    let pairs = dotenvy::from_read_iter(bytes.as_slice()).enumerate();
    let read = pairs.map(|(at, pair)| match pair {
        Ok((name, value)) => Ok((name, Secret::new(value))),
        // The parser's own words quote the line, which may hold a credential.
        Err(_) => Err(Problem::usage(
            format!("{shown}: setting {} cannot be read", at + 1),
            "write NAME=value; put a value with spaces, # or $ into single quotes",
        )),
    });
    read.collect()
}
