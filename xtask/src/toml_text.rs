//! Enough TOML to read a Cargo manifest and our budgets: sections, keys, and values as they are written.

#[cfg(test)]
mod tests;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// `dependencies`, `workspace.package`; empty above the first header.
    pub(crate) section: String,
    /// As written: `serde`, `serde.workspace`.
    pub(crate) key: String,
    /// As written, comments removed; a value over several lines is joined by spaces.
    pub(crate) value: String,
}

/// One dependency of a manifest, in whichever of TOML's three ways it is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) inherited: bool,
}

pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut lines = text.lines().map(|line| without_comment(line).trim().to_owned());
    while let Some(line) = lines.next() {
        if line.starts_with('[') {
            line.trim_matches(['[', ']']).trim().clone_into(&mut section);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let mut value = value.trim().to_owned();
        while open_brackets(&value) > 0 {
            let Some(more) = lines.next() else { break };
            value.push(' ');
            value.push_str(&more);
        }
        found.push(Entry { section: section.clone(), key: unquoted(key.trim()), value });
    }
    found
}

/// The value of a key, without quotes.
pub(crate) fn get(entries: &[Entry], section: &str, key: &str) -> Option<String> {
    entries
        .iter()
        .find(|entry| entry.section == section && entry.key == key)
        .map(|entry| unquoted(&entry.value))
}

/// True for `key.workspace = true`, `key = { workspace = true }` and `workspace = true` under `[….key]`.
pub(crate) fn is_inherited(entries: &[Entry], section: &str, key: &str) -> bool {
    let dotted = format!("{key}.workspace");
    let nested = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
    entries.iter().any(|entry| {
        (entry.section == section && entry.key == dotted && entry.value == "true")
            || (entry.section == section && entry.key == key && says_workspace(&entry.value))
            || (entry.section == nested && entry.key == "workspace" && entry.value == "true")
    })
}

/// Every dependency a manifest names: normal, dev, build, and under `[target.…]`.
pub(crate) fn dependencies(entries: &[Entry]) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for entry in entries {
        let Some((section, name)) = dependency_place(entry) else {
            continue;
        };
        let inherited = is_inherited(entries, &section, &name);
        if !found.iter().any(|known| known.name == name && known.inherited == inherited) {
            found.push(Dependency { name, inherited });
        }
    }
    found
}

fn dependency_place(entry: &Entry) -> Option<(String, String)> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let is_table = |section: &str| {
        let last = section.rsplit('.').next().unwrap_or(section);
        KINDS.contains(&last) && (KINDS.contains(&section) || section.starts_with("target."))
    };
    if is_table(&entry.section) {
        let name = entry.key.split('.').next().unwrap_or(&entry.key);
        return Some((entry.section.clone(), name.to_owned()));
    }
    let (section, name) = entry.section.rsplit_once('.')?;
    is_table(section).then(|| (section.to_owned(), unquoted(name)))
}

fn says_workspace(value: &str) -> bool {
    let tight: String = value.chars().filter(|letter| !letter.is_whitespace()).collect();
    tight.contains("{workspace=true") || tight.contains(",workspace=true")
}

fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '\'']).to_owned()
}

fn without_comment(line: &str) -> &str {
    let end = outside_quotes(line).find(|(_, letter)| *letter == '#').map_or(line.len(), |(at, _)| at);
    &line[..end]
}

fn open_brackets(value: &str) -> i32 {
    outside_quotes(value)
        .map(|(_, letter)| match letter {
            '[' | '{' => 1,
            ']' | '}' => -1,
            _ => 0,
        })
        .sum()
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    text.char_indices().filter(move |(_, letter)| match quote {
        Some(open) => {
            if *letter == open {
                quote = None;
            }
            false
        }
        None if *letter == '"' || *letter == '\'' => {
            quote = Some(*letter);
            false
        }
        None => true,
    })
}
