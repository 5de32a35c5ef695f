//! Crayon Cloud-iQ's variables.

use crate::suffix::{Named, connections};
use connector_crayon::{CrayonConfig, Credentials, PriceList, TermFrom};
use connector_kit::Url;
use domain::settings::PricePer;
use lambda_kit::env::{Env, Reader};

const VARIABLES: [&str; 10] = [
    "CRAYON_URL",
    "CRAYON_CLIENT_ID",
    "CRAYON_CLIENT_SECRET",
    "CRAYON_USERNAME",
    "CRAYON_PASSWORD",
    "CRAYON_PAGE_SIZE",
    "CRAYON_REQUESTS_PER_SECOND",
    "CRAYON_IN_FLIGHT",
    "CRAYON_PRICE_LIST_PER",
    "CRAYON_TERM_ATTRIBUTE",
];

const URL: &str = "the address of Cloud-iQ's API; that of the live system is https://api.crayon.com";

pub(crate) fn read(env: &Env, read: &mut Reader<'_>) -> Vec<CrayonConfig> {
    let named = connections(env, read, "crayon", &VARIABLES);
    named.iter().filter_map(|named| connection(read, named)).collect()
}

fn connection(read: &mut Reader<'_>, named: &Named) -> Option<CrayonConfig> {
    let at = |name: &str| named.variable(name);
    let url = read.url(&at("CRAYON_URL"), URL);
    let url = url.and_then(|text| {
        let parsed = Url::parse(&text).ok();
        if parsed.is_none() {
            read.problem(&at("CRAYON_URL"), "is not an address", URL);
        }
        parsed
    });
    let client_id = read.required(&at("CRAYON_CLIENT_ID"), "the API client's id (Cloud-iQ: Manage, API)");
    let client_secret = read.secret(&at("CRAYON_CLIENT_SECRET"), "the API client's secret");
    let username = read.required(&at("CRAYON_USERNAME"), "the name of the user that Billbridge signs in as");
    let password = read.secret(&at("CRAYON_PASSWORD"), "that user's password");
    let page_size = read.optional_parsed(&at("CRAYON_PAGE_SIZE"), "a number of rows, for example 200");
    let rate = read.optional_parsed(&at("CRAYON_REQUESTS_PER_SECOND"), "a whole number, for example 5");
    let in_flight = read.optional_parsed(&at("CRAYON_IN_FLIGHT"), "a number of calls at once, for example 4");
    let price_list = price_list(read, named);
    let credentials = Credentials {
        client_id: client_id?,
        client_secret: client_secret?,
        username: username?,
        password: password?,
    };
    let usual = CrayonConfig::new(named.system.clone(), url?, credentials);
    Some(CrayonConfig {
        page_size: page_size.unwrap_or(usual.page_size),
        requests_per_second: rate.unwrap_or(usual.requests_per_second),
        in_flight: in_flight.unwrap_or(usual.in_flight),
        price_list: price_list?,
        ..usual
    })
}

/// How the price list is read, where no public source says it.
fn price_list(read: &mut Reader<'_>, named: &Named) -> Option<PriceList> {
    let usual = PriceList::default();
    let name = named.variable("CRAYON_PRICE_LIST_PER");
    let per = match read.optional(&name).as_deref() {
        None => usual.per,
        Some("month") => PricePer::Month,
        Some("cycle") => PricePer::Cycle,
        Some(_) => {
            read.problem(&name, "is neither", "month or cycle: what a price in the price list covers");
            return None;
        }
    };
    let attribute = read.optional(&named.variable("CRAYON_TERM_ATTRIBUTE"));
    let term = attribute.map_or(usual.term, |name| TermFrom::Attribute(name.into()));
    Some(PriceList { per, term })
}
