//! Reads a configuration and keeps every problem until the end.

use super::Env;
use domain::secret::Secret;
use std::fmt;
use std::str::FromStr;

/// What is wrong with one variable. Never carries its value, which may be a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The variable.
    pub name: String,
    /// What is wrong: `is missing`, `is not valid`.
    pub what: String,
    /// What would be right.
    pub cure: String,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: set it to {}", self.name, self.what, self.cure)
    }
}

/// Everything that is wrong with a configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigProblems(Vec<ConfigProblem>);

impl ConfigProblems {
    /// Both parts of a configuration, or the problems of both at once.
    pub fn both<A, B>(first: Result<A, Self>, second: Result<B, Self>) -> Result<(A, B), Self> {
        match (first, second) {
            (Ok(first), Ok(second)) => Ok((first, second)),
            (Err(problems), Ok(_)) | (Ok(_), Err(problems)) => Err(problems),
            (Err(mut problems), Err(more)) => {
                problems.0.extend(more.0);
                Err(problems)
            }
        }
    }

    /// The problems, in the order the variables were read.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigProblem> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not complete:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// The same as `Display`: whoever unwraps it or returns it from a `main` prints it with `Debug`, and a person reads it.
impl fmt::Debug for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigProblems {}

/// Reads a configuration. A getter gives nothing where it found a problem; [`Reader::finish`] tells them all.
/// `cure` completes the sentence "set it to …".
#[derive(Debug)]
pub struct Reader<'a> {
    env: &'a Env,
    problems: Vec<ConfigProblem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(env: &'a Env) -> Self {
        Self { env, problems: Vec::new() }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str, cure: &str) -> Option<String> {
        self.present(name, cure).map(str::to_owned)
    }

    /// A text that may be there.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.env.optional(name)
    }

    /// A credential that must be there.
    pub fn secret(&mut self, name: &str, cure: &str) -> Option<Secret> {
        self.present(name, cure).map(Secret::new)
    }

    /// A credential that may be there.
    pub fn optional_secret(&self, name: &str) -> Option<Secret> {
        self.env.get(name).map(Secret::new)
    }

    /// A value that must be there and readable.
    pub fn parsed<T: FromStr>(&mut self, name: &str, cure: &str) -> Option<T> {
        let text = self.present(name, cure)?;
        self.parse(name, text, cure)
    }

    /// A value that may be there, and must be readable if it is.
    pub fn optional_parsed<T: FromStr>(&mut self, name: &str, cure: &str) -> Option<T> {
        let text = self.env.get(name)?;
        self.parse(name, text, cure)
    }

    /// An http or https address that must be there, without a slash at its end.
    pub fn url(&mut self, name: &str, cure: &str) -> Option<String> {
        let text = self.present(name, cure)?;
        self.address(name, text, cure)
    }

    /// An http or https address that may be there, without a slash at its end.
    pub fn optional_url(&mut self, name: &str, cure: &str) -> Option<String> {
        let text = self.env.get(name)?;
        self.address(name, text, cure)
    }

    /// Notes a problem that only the caller can see, for example that two variables do not go together.
    pub fn problem(&mut self, name: &str, what: &str, cure: &str) {
        self.problems.push(ConfigProblem {
            name: name.to_owned(),
            what: what.to_owned(),
            cure: cure.to_owned(),
        });
    }

    /// The configuration, or everything that is wrong. `build` is called when nothing is, and puts together
    /// what the getters gave, each with a `?`.
    pub fn finish<T>(mut self, build: impl FnOnce() -> Option<T>) -> Result<T, ConfigProblems> {
        if self.problems.is_empty() {
            if let Some(built) = build() {
                return Ok(built);
            }
            self.problem(
                "the configuration",
                "lacks a value that was optional",
                "what its documentation says",
            );
        }
        Err(ConfigProblems(self.problems))
    }

    fn present(&mut self, name: &str, cure: &str) -> Option<&'a str> {
        let found = self.env.get(name);
        if found.is_none() {
            self.problem(name, "is missing", cure);
        }
        found
    }

    fn parse<T: FromStr>(&mut self, name: &str, text: &str, cure: &str) -> Option<T> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(name, "is not valid", cure);
        }
        parsed
    }

    fn address(&mut self, name: &str, text: &str, cure: &str) -> Option<String> {
        if let Some(wrong) = wrong_with_address(text) {
            self.problem(name, wrong, cure);
            return None;
        }
        Some(text.trim_end_matches('/').to_owned())
    }
}

fn wrong_with_address(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return Some("does not begin with https:// or http://");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Some("names no host");
    }
    if host.contains('@') {
        return Some("carries credentials, which belong into variables of their own");
    }
    if rest.contains(['?', '#']) {
        return Some("carries a query or a fragment");
    }
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some("contains a space");
    }
    None
}
