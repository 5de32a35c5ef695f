//! PHP's view of a request: query, form and multipart merged, brackets nested (hostbill §1.5, §16.1).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::clock::Moment;
use crate::http::{Request, form_pairs};

/// A value: text, or what brackets made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Param {
    Text(String),
    Map(BTreeMap<String, Param>),
}

/// All parameters of a request; the body wins over the query, the later over the earlier.
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, Param>);

impl Params {
    pub(crate) fn of(request: &Request) -> Self {
        let mut params = Self::default();
        params.take(form_pairs(&request.query));
        let kind = request.content_type();
        if let Some(boundary) =
            kind.split("boundary=").nth(1).filter(|_| kind.starts_with("multipart/form-data"))
        {
            let boundary = boundary.split(';').next().unwrap_or(boundary).trim_matches('"');
            params.take(multipart(&request.text(), boundary));
        } else if request.method == "POST" && !kind.starts_with("application/json") {
            params.take(form_pairs(&request.text()));
        }
        params
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Param::as_text)
    }

    /// Text that is present and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// A parameter the call cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<&str, String> {
        self.filled(name).ok_or_else(|| format!("Wrong parameter: {name}"))
    }

    pub(crate) fn id(&self, name: &str) -> Result<u32, String> {
        self.required(name)?.parse().map_err(|_| format!("Wrong parameter: {name}"))
    }

    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.filled(name).and_then(|text| text.parse().ok())
    }

    pub(crate) fn decimal(&self, name: &str) -> Result<Option<Decimal>, String> {
        let parse = |text: &str| text.parse().map_err(|_| format!("Wrong parameter: {name}"));
        self.filled(name).map(parse).transpose()
    }

    pub(crate) fn moment(&self, name: &str) -> Option<Moment> {
        self.filled(name).and_then(Moment::parse)
    }

    /// `1`, `true`, `yes`, `on`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.filled(name).is_some_and(truth)
    }

    /// What brackets made of a name.
    pub(crate) fn map(&self, name: &str) -> BTreeMap<String, Param> {
        match self.0.get(name) {
            Some(Param::Map(map)) => map.clone(),
            Some(Param::Text(_)) | None => BTreeMap::new(),
        }
    }

    /// One text, or all texts of a list.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Param::Text(text)) => vec![text.clone()],
            Some(Param::Map(map)) => {
                map.values().filter_map(|value| value.as_text().map(str::to_owned)).collect()
            }
            None => Vec::new(),
        }
    }

    /// Names and texts at the top.
    pub(crate) fn plain(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| value.as_text().map(|text| (name.as_str(), text)))
    }

    fn take(&mut self, pairs: Vec<(String, String)>) {
        for (name, value) in pairs {
            let (head, keys) = brackets(&name);
            place(&mut self.0, head, &keys, value);
        }
    }
}

impl Param {
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Map(_) => None,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Param> {
        match self {
            Self::Map(map) => map.get(name),
            Self::Text(_) => None,
        }
    }
}

pub(crate) fn truth(text: &str) -> bool {
    ["1", "true", "yes", "on"].iter().any(|yes| yes.eq_ignore_ascii_case(text))
}

/// `a[b][]` into the name `a` and the keys `b` and nothing.
fn brackets(name: &str) -> (&str, Vec<&str>) {
    let Some((head, rest)) = name.split_once('[') else { return (name, Vec::new()) };
    let keys = rest.split('[').map(|key| key.split(']').next().unwrap_or(key));
    (head, keys.collect())
}

fn place(map: &mut BTreeMap<String, Param>, name: &str, keys: &[&str], value: String) {
    let name = if name.is_empty() { next_index(map) } else { name.to_owned() };
    let Some((first, rest)) = keys.split_first() else {
        map.insert(name, Param::Text(value));
        return;
    };
    let slot = map.entry(name).or_insert_with(|| Param::Map(BTreeMap::new()));
    if slot.as_text().is_some() {
        *slot = Param::Map(BTreeMap::new());
    }
    if let Param::Map(inner) = slot {
        place(inner, first, rest, value);
    }
}

fn next_index(map: &BTreeMap<String, Param>) -> String {
    let last = map.keys().filter_map(|key| key.parse::<u32>().ok()).max();
    last.map_or(0, |last| last + 1).to_string()
}

fn multipart(text: &str, boundary: &str) -> Vec<(String, String)> {
    let mark = format!("--{boundary}");
    text.split(&mark).filter_map(part).collect()
}

fn part(text: &str) -> Option<(String, String)> {
    let (head, value) = text.split_once("\r\n\r\n")?;
    let name = head.split("name=\"").nth(1)?.split('"').next()?;
    Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
}
