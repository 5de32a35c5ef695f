//! Which currency a client is charged in.

use crate::HostBill;
use crate::wire::form::Form;
use crate::wire::json::Json;
use crate::wire::node::{Node, Surprise};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::money::Currency;

const LIST: &str = "getCurrencies";
/// The main currency's id, which is also what a client has that was never given another.
const MAIN: &str = "0";

impl HostBill {
    /// The currencies by HostBill's ids, read once in a process.
    pub(crate) async fn currencies(&self, deadline: Deadline) -> Result<&[(String, Currency)], Failure> {
        if !self.config.currencies.is_empty() {
            return Ok(&self.config.currencies);
        }
        let read = || async {
            let json = self.api.read(LIST, Form::new(), deadline).await?;
            read_currencies(&json).map_err(|problem| self.api.surprise(LIST, &problem))
        };
        Ok(self.currencies.get_or_try_init(read).await?)
    }

    /// The currency with this id; nothing if HostBill does not list it.
    pub(crate) async fn currency(&self, id: &str, deadline: Deadline) -> Result<Option<Currency>, Failure> {
        let id = if id.is_empty() { MAIN } else { id };
        let known = self.currencies(deadline).await?;
        Ok(known.iter().find(|(known, _)| known == id).map(|(_, currency)| *currency))
    }
}

fn read_currencies(json: &Json) -> Result<Vec<(String, Currency)>, Surprise> {
    let root = Node::root(json);
    let main = root.get("main")?;
    let currency = iso(&main)?.ok_or_else(|| main.surprise("has no ISO 4217 code in iso or code"))?;
    let mut known = vec![(MAIN.to_owned(), currency)];
    if let Some(others) = root.find("currencies") {
        for other in others.items()? {
            let id = other.text_of("id")?.to_owned();
            // A currency of the installation's own making, points for example, cannot be charged by us.
            if let (Some(currency), false) = (iso(&other)?, id == MAIN) {
                known.push((id, currency));
            }
        }
    }
    Ok(known)
}

/// `iso` and `code` both occur; which of them holds the ISO 4217 code is not documented.
fn iso(node: &Node<'_>) -> Result<Option<Currency>, Surprise> {
    for key in ["iso", "code"] {
        if let Ok(currency) = node.text_of(key)?.to_ascii_uppercase().parse() {
            return Ok(Some(currency));
        }
    }
    Ok(None)
}
