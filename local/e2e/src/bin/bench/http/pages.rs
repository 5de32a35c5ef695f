//! What a page costs: the process that makes it, and the line it comes over.

use crate::http::served::Served;
use crate::http::wire::{Connection, Request};
use crate::unchanged::median;
use e2e::Trouble;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often each is asked before anything is measured: connections, caches, whatever is made once.
const WARM: u32 = 20;

/// The processor time of the process for one answer: the median of several series.
pub(crate) async fn processor(
    served: &Served,
    request: &Request,
    (times, series): (u32, usize),
) -> Result<Duration, Trouble> {
    let mut connection = Connection::open(served.address).await?;
    for _ in 0..WARM {
        connection.get(request).await?;
    }
    let mut costs = Vec::new();
    for _ in 0..series.max(1) {
        let before = served.used()?;
        for _ in 0..times {
            connection.get(request).await?;
        }
        costs.push(served.used()?.since(&before) / times.max(1));
    }
    Ok(median(costs))
}

/// What a browser that has never been here transfers for one page.
pub(crate) struct Transfer {
    pub(crate) bytes: u64,
    /// Of it, the page itself.
    pub(crate) page: u64,
    /// Requests, the page's included.
    pub(crate) requests: usize,
    /// What the page, its parts and its style name on other hosts.
    pub(crate) foreign: Vec<String>,
}

/// Loads a page with everything that it names and everything that it loads by itself.
pub(crate) async fn transfer(served: &Served, path: &str) -> Result<Transfer, Trouble> {
    let mut connection = Connection::open(served.address).await?;
    let (mut wanted, mut seen) = (vec![path.to_owned()], BTreeSet::new());
    let mut transfer = Transfer { bytes: 0, page: 0, requests: 0, foreign: Vec::new() };
    while let Some(next) = wanted.pop() {
        if !seen.insert(next.clone()) {
            continue;
        }
        let sent = connection.get(&served.page(&next).compressed()).await?;
        transfer.bytes += sent.received;
        transfer.requests += 1;
        if next == path {
            transfer.page = sent.received;
        }
        // The same once more, to be read.
        let read = connection.get(&served.page(&next)).await?;
        let kind = read.header("content-type").unwrap_or_default().to_owned();
        let named = match kind.split(';').next().unwrap_or_default() {
            "text/html" => named_in_html(&read.text()),
            "text/css" => named_in_css(&read.text()),
            _ => Vec::new(),
        };
        for address in named {
            if address.starts_with('/') && !address.starts_with("//") {
                wanted.push(address);
            } else if !address.starts_with("data:") {
                transfer.foreign.push(address);
            }
        }
    }
    Ok(transfer)
}

/// What a browser loads without being asked: what tags name, and parts that come by themselves. An address of
/// another host counts wherever it stands in an attribute.
pub(crate) fn named_in_html(html: &str) -> Vec<String> {
    let mut named = Vec::new();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.split_ascii_whitespace().next().unwrap_or_default();
        let loads = match name {
            "link" => attribute(tag, "href"),
            "script" | "img" | "iframe" | "source" | "embed" => attribute(tag, "src"),
            _ if attribute(tag, "hx-trigger") == Some("load") => attribute(tag, "hx-get"),
            _ => None,
        };
        named.extend(loads.map(|address| address.replace("&amp;", "&")));
        let others = ["href", "src", "srcset", "action", "formaction", "poster", "data", "hx-get", "hx-post"];
        let others = others.into_iter().filter_map(|name| attribute(tag, name));
        named.extend(others.filter(|address| is_foreign(address)).map(str::to_owned));
    }
    named.dedup();
    named
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(rest.split_once('"')?.0)
}

fn named_in_css(style: &str) -> Vec<String> {
    let urls = style.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    let imports = style.split("@import").skip(1).filter_map(|rest| rest.split(';').next());
    urls.chain(imports).map(|text| text.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

fn is_foreign(address: &str) -> bool {
    address.starts_with("//")
        || ["http:", "https:", "ws:", "wss:"].iter().any(|scheme| address.starts_with(scheme))
}
