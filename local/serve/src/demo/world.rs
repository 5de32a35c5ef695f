//! The demonstration's world: both simulators behind real HTTP, an embedded table in memory, one clock for all.

use crate::bus::InProcessBus;
use crate::exit::Problem;
use crate::house::House;
use crate::stop::Stop;
use crate::surroundings::Surroundings;
use crate::table::MEMORY;
use connections::Connections;
use domain::clock::{Clock, Deadline};
use domain::id::{CustomerId, OrganisationId, SystemId, TenantId};
use domain::run::{Run, RunMode};
use jiff::Timestamp;
use lambda_kit::env::Env;
use serde_json::json;
use simulators::crayon::Crayon;
use simulators::estate::{Estate, EstateLink, Truth, believable};
use simulators::hostbill::HostBill;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store_dynamodb::DynamoStore;
use subscription_sync::{Command, Deps, sync};

/// Who asks for things in the demonstration.
pub(super) const OPERATOR: &str = "demo operator";
/// Calls at once at each system: there is nobody here to be polite to.
const AT_ONCE: &str = "6";

/// The time of the story, which stands still until it is moved, or let go on.
#[derive(Clone)]
pub(super) struct StoryClock(Arc<Mutex<StoryTime>>);

#[derive(Clone, Copy)]
struct StoryTime {
    at: Timestamp,
    /// Since when it goes on by itself.
    running: Option<Instant>,
}

impl StoryClock {
    fn at(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(StoryTime { at, running: None })))
    }

    fn change(&self, change: impl FnOnce(&mut StoryTime)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        let time = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = time.running.map_or(Duration::ZERO, |since| since.elapsed());
        time.at.checked_add(gone).unwrap_or(time.at)
    }
}

/// One organisation of the estate.
pub(super) struct Place {
    pub(super) id: OrganisationId,
    /// Its number at the supplier.
    pub(super) number: u32,
    pub(super) currency: String,
}

pub(super) struct World {
    pub(super) crayon: Crayon,
    pub(super) hostbill: HostBill,
    pub(super) links: Vec<EstateLink>,
    pub(super) places: Vec<Place>,
    pub(super) house: House,
    clock: StoryClock,
}

impl World {
    pub(super) async fn new(seed: u64, stop: Stop) -> Result<Self, Problem> {
        let mut estate = believable(seed);
        give_codes(&mut estate);
        let names = ["europe", "norge"].into_iter();
        let places = names.zip(estate.crayon.organisations.values()).map(|(id, organisation)| {
            let id = id.parse::<OrganisationId>().map_err(|error| odd(&error))?;
            Ok(Place { id, number: organisation.id, currency: organisation.currency.clone() })
        });
        let places = places.collect::<Result<Vec<_>, Problem>>()?;
        let credentials = (estate.crayon.credentials(), estate.hostbill.credentials());
        let clock = StoryClock::at(moment(estate.crayon.clock.now().millis()));
        let crayon = Crayon::start(estate.crayon).await.map_err(|error| odd(&error))?;
        let hostbill = HostBill::start(estate.hostbill).await.map_err(|error| odd(&error))?;
        let (signs, (api_id, api_key)) = credentials;
        let env = Env::from_pairs([
            ("BILLBRIDGE_DATA", MEMORY),
            ("CRAYON_URL", crayon.url()),
            ("CRAYON_CLIENT_ID", &signs.client_id),
            ("CRAYON_CLIENT_SECRET", &signs.client_secret),
            ("CRAYON_USERNAME", &signs.username),
            ("CRAYON_PASSWORD", &signs.password),
            ("CRAYON_REQUESTS_PER_SECOND", "100000"),
            ("CRAYON_IN_FLIGHT", AT_ONCE),
            ("HOSTBILL_URL", hostbill.url()),
            ("HOSTBILL_API_ID", &api_id),
            ("HOSTBILL_API_KEY", &api_key),
            ("HOSTBILL_REQUESTS_PER_SECOND", "100000"),
            ("HOSTBILL_IN_FLIGHT", AT_ONCE),
            ("HOSTBILL_HOOK_SECRET", "the demonstration has no hooks"),
            ("SYNC_IN_FLIGHT", AT_ONCE),
            ("BILLBRIDGE_REQUESTS_PER_MINUTE", "100000"),
        ]);
        let around =
            Surroundings { clock: Arc::new(clock.clone()), entropy: numbers, stop, ..Surroundings::new(env) };
        let house = House::open(around).await?;
        Ok(Self { crayon, hostbill, links: estate.links, places, house, clock })
    }

    /// What the operator has decided: two organisations, what everybody pays, and what one customer pays.
    pub(super) fn settings(&self, special: &CustomerId) -> String {
        let organisations = self.places.iter().map(|place| {
            json!({
                "id": place.id.as_str(), "supplier": "crayon", "billing": "hostbill",
                "supplierOrganisation": place.number.to_string(), "currency": place.currency,
            })
        });
        let document = json!({
            "organisations": organisations.collect::<Vec<_>>(),
            "priceRules": [
                {"id": "standard", "basis": "resale", "markupPercent": "15"},
                {"id": "frame-contract", "basis": "cost", "marginPercent": "18", "customer": special.as_str()},
            ],
        });
        format!("{document:#}")
    }

    /// The first customer with a client: the one with a frame contract.
    pub(super) fn special(&self) -> Option<u32> {
        self.links.iter().find_map(|link| match link {
            EstateLink::Customer(link) if matches!(link.client, Truth::Is(_)) => Some(link.tenant),
            EstateLink::Customer(_) | EstateLink::Offer(_) => None,
        })
    }

    /// What a run needs.
    pub(super) fn deps(&self, connections: Connections) -> Result<Deps<DynamoStore>, Problem> {
        self.house.deps(connections, Arc::new(InProcessBus::default()))
    }

    /// Days go by on both sides and here.
    pub(super) fn advance_days(&self, days: i64) {
        let now = self.crayon.with(|model| {
            model.advance_days(days);
            model.clock.now()
        });
        self.hostbill.with(|model| model.advance_to(now));
        self.clock.change(|time| {
            time.at = moment(now.millis());
            time.running = time.running.map(|_| Instant::now());
        });
    }

    /// From now on time goes on by itself here; the simulators stay where they are.
    pub(super) fn let_time_run(&self) {
        self.clock.change(|time| time.running = Some(Instant::now()));
    }

    /// What a tenant is called.
    pub(super) fn name_of(&self, tenant: &TenantId) -> String {
        let id = tenant.as_str().parse::<u32>().unwrap_or_default();
        let name = self.crayon.with(|model| model.tenants.get(&id).map(|known| known.name.clone()));
        name.unwrap_or_else(|| format!("tenant {tenant}"))
    }

    /// Requests to Crayon and to HostBill since the counters were last set back.
    pub(super) fn requests(&self) -> (BTreeMap<String, u64>, BTreeMap<String, u64>) {
        let crayon = self.crayon.with(|model| model.requests.counts().clone());
        (crayon, self.hostbill.with(|model| model.requests.counts().clone()))
    }

    /// Sets the counters back.
    pub(super) fn forget_requests(&self) {
        self.crayon.with(|model| model.requests.reset());
        self.hostbill.with(|model| model.requests.reset());
    }
}

/// One run of one organisation.
pub(super) async fn run(
    deps: &Deps<DynamoStore>,
    organisation: &OrganisationId,
    mode: RunMode,
    actor: &str,
) -> Result<Run, Problem> {
    let (organisation, actor) = (organisation.clone(), actor.to_owned());
    Ok(sync(deps, &Command::Start { organisation, mode, actor, run: None }, Deadline::never()).await?)
}

/// The supplier's connection.
pub(super) fn supplier() -> Result<SystemId, Problem> {
    "crayon".parse().map_err(|error| odd(&error))
}

/// Many installations note the supplier's part number as the product's code; a legacy product has none here.
fn give_codes(estate: &mut Estate) {
    for link in &estate.links {
        let EstateLink::Offer(link) = link else { continue };
        let Some(term) = link.term else { continue };
        let ids = match &link.product {
            Truth::Is(id) => vec![*id],
            Truth::Ambiguous(ids) => ids.clone(),
            Truth::Missing => Vec::new(),
        };
        for id in ids {
            if let Some(product) = estate.hostbill.products.get_mut(&id) {
                let code = format!("{}/{}", link.part_number, term.text());
                product.columns.insert("code".to_owned(), code);
            }
        }
    }
}

fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Ids that differ, and are the same in every demonstration.
fn numbers() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn odd(error: &dyn std::fmt::Display) -> Problem {
    Problem::failed(format!("the demonstration cannot be set up: {error}"), "report this")
}
