//! What a function may ask of AWS: its own manifest says it, and the sources of its adapters prove it.
//!
//! An adapter lists the IAM actions that its calls need, a function those that it needs of its adapters, both under
//! `[package.metadata.billbridge]`. The template's test compares the function's list with its policy.

use std::collections::BTreeSet;

use super::Breach;
use crate::rust_text::{RustText, is_name, offsets_of};
use crate::toml_text::{entries, get};
use crate::workspace::{Kind, Member, Workspace};

const SECTION: &str = "package.metadata.billbridge";
/// Whoever uses the adapter needs these.
const ALWAYS: &str = "aws";
/// Some of those who use the adapter need these too.
const FOR_SOME: &str = "aws-for-some";
/// Only the command line does this, with its operator's own rights.
const BY_HAND: &str = "aws-by-hand";
/// Parts of a transaction, each of which needs the right of its own action.
const PARTS: [(&str, &str); 4] = [
    ("put", "PutItem"),
    ("update", "UpdateItem"),
    ("delete", "DeleteItem"),
    ("condition_check", "ConditionCheckItem"),
];

pub(super) fn stated(workspace: &Workspace) -> Vec<Breach> {
    let adapters = workspace.members.iter().filter_map(|member| Some((member, service(member)?)));
    let functions = workspace.functions().flat_map(|function| of_function(workspace, function));
    adapters.flat_map(|(member, service)| of_adapter(workspace, member, &service)).chain(functions).collect()
}

fn of_adapter(workspace: &Workspace, adapter: &Member, service: &str) -> Vec<Breach> {
    let manifest = format!("{}/Cargo.toml", adapter.folder);
    let lists = [ALWAYS, FOR_SOME, BY_HAND].map(|key| list(workspace, adapter, key));
    let stated: BTreeSet<String> = lists.iter().flatten().cloned().collect();
    let called = called(workspace, adapter, service);
    let mut breaches = Vec::new();
    for action in called.difference(&stated) {
        breaches
            .push(Breach::new(&manifest, format!("its sources call {action}, which no list of it names")));
    }
    for action in stated.difference(&called) {
        breaches.push(Breach::new(&manifest, format!("lists {action}, which its sources never call")));
    }
    if lists.iter().map(BTreeSet::len).sum::<usize>() > stated.len() {
        breaches.push(Breach::new(&manifest, "lists an action twice: each belongs into one list"));
    }
    breaches
}

fn of_function(workspace: &Workspace, function: &Member) -> Vec<Breach> {
    let manifest = format!("{}/Cargo.toml", function.folder);
    let used = function.depends_on(Kind::Normal).filter_map(|name| workspace.member(name));
    let adapters: Vec<&Member> = used.filter(|member| service(member).is_some()).collect();
    let all = |key: &str| -> BTreeSet<String> {
        adapters.iter().flat_map(|adapter| list(workspace, adapter, key)).collect()
    };
    let (needed, allowed, stated) = (all(ALWAYS), all(FOR_SOME), list(workspace, function, ALWAYS));
    let missing = needed.difference(&stated).map(|action| format!("its adapters need {action}: list it"));
    let idle = stated.iter().filter(|action| !needed.contains(*action) && !allowed.contains(*action));
    let idle = idle.map(|action| format!("lists {action}, which none of its adapters calls for a function"));
    missing.chain(idle).map(|what| Breach::new(&manifest, what)).collect()
}

/// The prefix of the actions of the service that an adapter speaks to; nothing if it is no adapter.
fn service(member: &Member) -> Option<String> {
    let sdk = member.depends_on(Kind::Normal).find_map(|name| name.strip_prefix("aws-sdk-"))?;
    Some(if sdk == "eventbridge" { "events".to_owned() } else { sdk.to_owned() })
}

fn list(workspace: &Workspace, member: &Member, key: &str) -> BTreeSet<String> {
    let manifest = workspace.file(&format!("{}/Cargo.toml", member.folder));
    let value = manifest.and_then(|file| get(&entries(&file.text), SECTION, key)).unwrap_or_default();
    value.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every action that the sources of an adapter call on its field: `self.client.get_item()`, and the parts of
/// transactions.
fn called(workspace: &Workspace, adapter: &Member, service: &str) -> BTreeSet<String> {
    let folder = format!("{}/src/", adapter.folder);
    let sources = workspace.rust_files().filter(|file| file.path.starts_with(&folder) && !file.is_test());
    let mut found = BTreeSet::new();
    for file in sources {
        let code = RustText::new(&file.text).production;
        let fields = offsets_of(&code, "client").filter(|at| code[..*at].trim_end().ends_with('.'));
        let calls = fields.filter_map(|at| call_at(&code[at + "client".len()..]));
        found.extend(calls.filter(|name| !name.starts_with("transact_")).map(pascal));
        let builder = "TransactWriteItem::builder()";
        for (at, _) in code.match_indices(builder) {
            let part = method_at(&code[at + builder.len()..]);
            found.extend(
                PARTS.iter().filter(|(name, _)| Some(*name) == part).map(|(_, action)| (*action).to_owned()),
            );
        }
    }
    found.into_iter().map(|action| format!("{service}:{action}")).collect()
}

/// The name in `.name()`, with whatever space between: the SDK's calls begin without an argument.
fn call_at(code: &str) -> Option<&str> {
    let name = method_at(code)?;
    let rest = code.trim_start().trim_start_matches('.').trim_start();
    rest[name.len()..].starts_with("()").then_some(name)
}

fn method_at(code: &str) -> Option<&str> {
    let rest = code.trim_start().strip_prefix('.')?.trim_start();
    let end = rest.find(|letter: char| !is_name(letter)).unwrap_or(rest.len());
    Some(&rest[..end])
}

/// `get_item` is `GetItem`.
fn pascal(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
