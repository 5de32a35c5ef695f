//! Crayon Cloud-iQ's variables.

use crate::suffix::{Named, connections};
use connector_crayon::{CrayonConfig, Credentials};
use connector_kit::Url;
use lambda_kit::env::{Env, Reader};

const VARIABLES: [&str; 8] = [
    "CRAYON_URL",
    "CRAYON_CLIENT_ID",
    "CRAYON_CLIENT_SECRET",
    "CRAYON_USERNAME",
    "CRAYON_PASSWORD",
    "CRAYON_PAGE_SIZE",
    "CRAYON_REQUESTS_PER_SECOND",
    "CRAYON_IN_FLIGHT",
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
        ..usual
    })
}
