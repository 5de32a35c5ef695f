//! Everything a story needs, and what every story ends with: no secret in any line that was logged.

use domain::clock::Clock as _;
use domain::id::{OrganisationId, RunId};
use domain::ports::LeaseStore as _;
use domain::service::ServiceReference;
use e2e::{
    Announced, Answer, Environment, EventBus, Function, OrganisationSetup, build_function, links,
    settings_json,
};
use jiff::SignedDuration;
use lambda_kit::SystemClock;
use serde_json::Value;
use simulators::crayon::Crayon;
use simulators::estate::Estate;
use simulators::hostbill::HostBill;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use testkit::dynamo::{Embedded, TABLE};

/// Generous: only a story that is broken waits for it.
pub(crate) const LONG: Duration = Duration::from_mins(10);

const SCHEDULED: &str = include_str!("../../../../events/subscription-sync/scheduled.json");
const APPLY: &str = include_str!("../../../../events/subscription-sync/sync-requested-apply.json");

/// The function's binary, built once for all stories.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<std::path::PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build_function("subscription-sync").unwrap())
}

/// Both systems, the table, the bus, and what the operator has stored.
pub(crate) struct House {
    pub(crate) crayon: Crayon,
    pub(crate) hostbill: HostBill,
    pub(crate) table: Embedded,
    pub(crate) bus: EventBus,
    pub(crate) environment: Environment,
    systems: Announced,
}

impl House {
    pub(crate) async fn open((estate, setups): (Estate, Vec<OrganisationSetup>)) -> Self {
        let truths = estate.links_json();
        let keys = estate.crayon.credentials();
        let (api_id, api_key) = estate.hostbill.credentials();
        let crayon = Crayon::start(estate.crayon).await.unwrap();
        let hostbill = HostBill::start(estate.hostbill).await.unwrap();
        let systems = Announced {
            crayon_url: crayon.url().to_owned(),
            crayon_credentials: [keys.client_id, keys.client_secret, keys.username, keys.password],
            organisations: setups.iter().map(|setup| setup.number).collect(),
            hostbill_url: hostbill.url().to_owned(),
            hostbill_credentials: [api_id, api_key],
        };
        let (table, bus) = (Embedded::start().await, EventBus::start().await.unwrap());
        let store = table.store();
        store.put_settings(&settings_json(&setups), "anna", SystemClock.now()).await.unwrap().unwrap();
        store.change_links_of(&truths, &setups).await;
        let environment = Environment::of_lambda(table.endpoint(), bus.endpoint())
            .connected_to(&systems)
            .with("BILLBRIDGE_TABLE", TABLE)
            .with("BILLBRIDGE_BUS", "billbridge")
            .with("LOG_LEVEL", "debug");
        Self { crayon, hostbill, table, bus, environment, systems }
    }

    /// A new process of the function.
    pub(crate) async fn function(&self) -> Function {
        Function::start(binary(), &self.environment).await.unwrap()
    }

    /// A new process with other variables.
    pub(crate) async fn function_with(&self, environment: &Environment) -> Function {
        Function::start(binary(), environment).await.unwrap()
    }

    /// The services of an organisation's subscriptions: how many of each, by the mark that only ours carry.
    pub(crate) fn services(&self, organisation: &str) -> Vec<usize> {
        let organisation: OrganisationId = organisation.parse().unwrap();
        let ids: Vec<u32> = self.crayon.with(|model| model.subscriptions.iter().map(|row| row.id).collect());
        let mark = |id: u32| ServiceReference::new(&organisation, &id.to_string().parse().unwrap(), 1);
        self.hostbill
            .with(|model| ids.iter().map(|id| model.accounts.with_domain(mark(*id).as_str()).len()).collect())
    }

    /// The promise of every story that creates: as many services as subscriptions, one each, all active.
    pub(crate) fn assert_one_active_service_each(&self, organisation: &str) {
        let services = self.services(organisation);
        assert!(services.iter().all(|count| *count == 1), "services by subscription: {services:?}");
        self.hostbill.with(|model| {
            let idle = model.accounts.iter().filter(|account| account.status != "Active").count();
            assert_eq!((model.accounts.len(), idle), (services.len(), 0), "accounts, and those not active");
        });
    }

    pub(crate) fn hostbill_calls(&self) -> u64 {
        self.hostbill.with(|model| model.requests.total())
    }

    pub(crate) fn forget_requests(&self) {
        self.hostbill.with(|model| model.requests.reset());
        self.crayon.with(|model| model.requests.reset());
    }

    /// As if the time had passed for which a run that was killed still holds its organisation.
    pub(crate) async fn let_the_lease_run_out(&self, organisation: &str) {
        let now = SystemClock.now();
        let later = now.checked_add(SignedDuration::from_hours(1)).unwrap();
        let someone = RunId::new(now, 0);
        let name = format!("sync/{organisation}");
        self.table.store().acquire(&name, &someone, later, now).await.unwrap().unwrap();
    }

    /// Ends the story: nothing secret stands in what these processes logged.
    pub(crate) async fn close(self, functions: impl IntoIterator<Item = Function>) {
        let [_, client_secret, _, password] = &self.systems.crayon_credentials;
        let [api_id, api_key] = &self.systems.hostbill_credentials;
        let ours = [client_secret, password, api_id, api_key].map(String::as_str);
        let theirs = ["e2e-secret-access-key", "e2e-session-token", "Bearer "];
        for mut function in functions {
            function.kill().await.unwrap();
            let log = function.log();
            assert!(!log.is_empty(), "a function that logs nothing proves nothing");
            for line in &log {
                let shown = ours.iter().chain(&theirs).find(|secret| line.contains(**secret));
                assert!(shown.is_none(), "a secret is logged: {line}");
            }
        }
        self.crayon.stop().await;
        self.hostbill.stop().await;
    }
}

trait Linked {
    async fn change_links_of(&self, truths: &Value, setups: &[OrganisationSetup]);
}

impl<S: domain::ports::LinkStore> Linked for S {
    async fn change_links_of(&self, truths: &Value, setups: &[OrganisationSetup]) {
        self.change_links(&links(truths, setups).unwrap(), &[]).await.unwrap();
    }
}

/// The schedule's event, as in the samples.
pub(crate) fn scheduled() -> Value {
    serde_json::from_str(SCHEDULED).unwrap()
}

/// A person's approval of a plan of `nordic`, as in the samples.
pub(crate) fn apply(plan: &Value) -> Value {
    let mut event: Value = serde_json::from_str(APPLY).unwrap();
    event["detail"]["plan"] = plan.clone();
    event
}

/// Invokes, and expects an answer.
pub(crate) async fn tell(function: &mut Function, payload: &Value, within: Duration) -> Value {
    match function.invoke(payload, within).await.unwrap().answer {
        Answer::Done(answer) => answer,
        Answer::Failed { kind, message } => panic!("{kind}: {message}\n{}", function.log().join("\n")),
    }
}
