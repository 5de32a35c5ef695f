//! HostBill's variables.

use crate::ClientFields;
use crate::suffix::{Named, connections};
use connector_hostbill::{HostBillConfig, HttpBasic, NewProducts};
use connector_kit::Url;
use domain::secret::Secret;
use lambda_kit::env::{Env, Reader};

const VARIABLES: [&str; 12] = [
    "HOSTBILL_URL",
    "HOSTBILL_API_ID",
    "HOSTBILL_API_KEY",
    "HOSTBILL_REQUESTS_PER_SECOND",
    "HOSTBILL_IN_FLIGHT",
    "HOSTBILL_TENANT_FIELD",
    "HOSTBILL_REGISTRATION_FIELD",
    "HOSTBILL_HTTP_USER",
    "HOSTBILL_HTTP_PASSWORD",
    "HOSTBILL_NEW_PRODUCT_PAGE",
    "HOSTBILL_NEW_PRODUCT_TYPE",
    "HOSTBILL_HOOK_SECRET",
];

const URL: &str = "the address of HostBill's api.php, for example https://billing.example.com/admin/api.php";
/// Where `api.php` is unless the installation has renamed its admin directory.
const USUAL_PATH: &str = "/admin/api.php";
const REGISTRATION_FIELD: &str = "companyregno";

/// One billing as it is configured.
pub(crate) struct Found {
    pub(crate) config: HostBillConfig,
    pub(crate) fields: ClientFields,
    /// What it signs its web hooks with.
    pub(crate) hook_secret: Option<Secret>,
}

pub(crate) fn read(env: &Env, read: &mut Reader<'_>) -> Vec<Found> {
    let named = connections(env, read, "hostbill", &VARIABLES);
    named.iter().filter_map(|named| connection(read, named)).collect()
}

fn connection(read: &mut Reader<'_>, named: &Named) -> Option<Found> {
    let at = |name: &str| named.variable(name);
    let url = url(read, &at("HOSTBILL_URL"));
    let where_key = "Settings, Security, API Access";
    let api_id = read.secret(&at("HOSTBILL_API_ID"), &format!("the API key's id (HostBill: {where_key})"));
    let api_key = read.secret(&at("HOSTBILL_API_KEY"), &format!("the API key (HostBill: {where_key})"));
    let rate = read.optional_parsed(&at("HOSTBILL_REQUESTS_PER_SECOND"), "a whole number, for example 5");
    let in_flight =
        read.optional_parsed(&at("HOSTBILL_IN_FLIGHT"), "a number of calls at once, for example 4");
    let tenant = field(read, &at("HOSTBILL_TENANT_FIELD"));
    let registration = field(read, &at("HOSTBILL_REGISTRATION_FIELD"));
    let http_basic = http_basic(read, named);
    let hook_secret = read.optional_secret(&at("HOSTBILL_HOOK_SECRET"));
    let new_products = NewProducts {
        order_page: read.optional(&at("HOSTBILL_NEW_PRODUCT_PAGE")),
        product_type: read.optional(&at("HOSTBILL_NEW_PRODUCT_TYPE")),
        ..NewProducts::default()
    };
    let usual = HostBillConfig::new(named.system.clone(), url?, api_id?, api_key?);
    let config = HostBillConfig {
        http_basic,
        new_products,
        requests_per_second: rate.unwrap_or(usual.requests_per_second),
        in_flight: in_flight.unwrap_or(usual.in_flight),
        tenant_field: tenant.unwrap_or(usual.tenant_field),
        ..usual
    };
    let fields = ClientFields {
        tenant: config.tenant_field.to_ascii_lowercase(),
        registration: registration.unwrap_or_else(|| REGISTRATION_FIELD.into()).to_ascii_lowercase(),
    };
    Some(Found { config, fields, hook_secret })
}

fn url(read: &mut Reader<'_>, name: &str) -> Option<Url> {
    let text = read.url(name, URL)?;
    let Ok(mut url) = Url::parse(&text) else {
        read.problem(name, "is not an address", URL);
        return None;
    };
    if url.path() == "/" {
        url.set_path(USUAL_PATH);
    }
    Some(url)
}

/// The variable name of a client's field, as HostBill calls it.
fn field(read: &mut Reader<'_>, name: &str) -> Option<String> {
    let text = read.optional(name)?;
    let valid = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !valid {
        let cure = "the field's variable name: letters, digits and underscores";
        read.problem(name, "is not a variable name", cure);
        return None;
    }
    Some(text)
}

/// A password of the web server: both parts or none.
fn http_basic(read: &mut Reader<'_>, named: &Named) -> Option<HttpBasic> {
    let (user_name, password_name) =
        (named.variable("HOSTBILL_HTTP_USER"), named.variable("HOSTBILL_HTTP_PASSWORD"));
    let user = read.optional(&user_name);
    let password: Option<Secret> = read.optional_secret(&password_name);
    match (user, password) {
        (Some(user), Some(password)) => Some(HttpBasic { user, password }),
        (None, None) => None,
        (Some(_), None) => {
            let cure = "the password that the web server asks for, or leave out the user as well";
            read.problem(&password_name, "is missing", cure);
            None
        }
        (None, Some(_)) => {
            let cure = "the user that the web server asks for, or leave out the password as well";
            read.problem(&user_name, "is missing", cure);
            None
        }
    }
}
