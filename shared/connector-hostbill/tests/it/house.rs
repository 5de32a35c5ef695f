//! What every test here needs.

use connector_hostbill::{HostBill, HostBillConfig};
use connector_kit::RetryPolicy;
use domain::clock::{Clock, Deadline};
use domain::ports::Tenant;
use domain::secret::Secret;
use jiff::Timestamp;
use simulators::hostbill::Model;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// It is always the same moment.
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        "2026-11-05T08:00:00Z".parse().unwrap()
    }
}

pub(crate) type Simulated = simulators::hostbill::HostBill;

pub(crate) fn id<I: FromStr<Err: std::fmt::Debug>>(text: impl Display) -> I {
    text.to_string().parse().unwrap()
}

pub(crate) fn never() -> Deadline {
    Deadline::never()
}

pub(crate) fn config(url: &str, api_id: &str, api_key: &str) -> HostBillConfig {
    let mut config =
        HostBillConfig::new(id("hostbill"), url.parse().unwrap(), Secret::new(api_id), Secret::new(api_key));
    config.requests_per_second = 10_000.try_into().unwrap();
    config.retry = RetryPolicy { first_wait: Duration::ZERO, ..RetryPolicy::default() };
    config
}

pub(crate) fn connect(config: HostBillConfig) -> HostBill {
    HostBill::new(connector_kit::http_client().unwrap(), Arc::new(StandingClock), config)
}

/// A simulated HostBill, and a connection to it.
pub(crate) async fn with_model(model: Model) -> (Simulated, HostBill) {
    with_config(model, |_| {}).await
}

pub(crate) async fn with_config(
    model: Model,
    change: impl FnOnce(&mut HostBillConfig),
) -> (Simulated, HostBill) {
    let (api_id, api_key) = model.credentials();
    let simulated = Simulated::start(model).await.unwrap();
    let mut config = config(simulated.url(), &api_id, &api_key);
    change(&mut config);
    (simulated, connect(config))
}

/// The sample model's first client and its product "Office Suite Business".
pub(crate) const CLIENT: u32 = 512;
pub(crate) const PRODUCT: u32 = 92;

pub(crate) fn tenant(tenant: &str, email: Option<&str>) -> Tenant {
    Tenant {
        id: id(tenant),
        name: "Skagerrak Rederi AS".to_owned(),
        publisher_id: None,
        domain: None,
        registration: None,
        reference: None,
        email: email.map(str::to_owned),
    }
}
