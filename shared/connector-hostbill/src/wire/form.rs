//! Parameters of a call, with PHP's brackets for nested ones. The transport URL-encodes them.

use std::borrow::Cow;
use std::fmt;

/// The parameters of one call. Its `Debug` shows names and no values: some are credentials.
#[derive(Clone, Default)]
pub(crate) struct Form {
    pairs: Vec<(Cow<'static, str>, String)>,
}

impl Form {
    /// No parameters.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With one more parameter.
    #[must_use]
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.pairs.push((name.into(), value.into()));
        self
    }

    /// With one more parameter, where there is a value.
    #[must_use]
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a nested parameter: `["filter", "email"]` is sent as `filter[email]`.
    #[must_use]
    pub(crate) fn nested(self, path: &[&str], value: impl Into<String>) -> Self {
        let mut parts = path.iter();
        let mut name = parts.next().copied().unwrap_or_default().to_owned();
        for part in parts {
            name.push('[');
            name.push_str(part);
            name.push(']');
        }
        self.with(name, value)
    }

    /// With another form's parameters after these.
    #[must_use]
    pub(crate) fn merged(mut self, other: Self) -> Self {
        self.pairs.extend(other.pairs);
        self
    }

    /// Whether there are no parameters.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The values of a parameter.
    pub(crate) fn values_of(&self, name: &str) -> Vec<String> {
        let named = self.pairs.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.clone()).collect()
    }

    /// Names and values, in order.
    pub(crate) fn into_pairs(self) -> Vec<(Cow<'static, str>, String)> {
        self.pairs
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

/// Whether a name may stand in brackets or be a parameter of its own: PHP rewrites anything else.
pub(crate) fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}
