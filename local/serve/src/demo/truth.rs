//! What HostBill should hold, worked out from the simulators' own state, the truth about who is who and plain
//! arithmetic: without a connector, a plan or a record of ours.

use crate::demo::world::World;
use rust_decimal::{Decimal, RoundingStrategy};
use simulators::crayon::{Model, Status, Subscription};
use simulators::estate::{EstateLink, Truth as Link};
use std::collections::BTreeMap;

/// A service as it should be, or as it is. Amounts are what is charged each cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) organisation: String,
    pub(super) client: u32,
    pub(super) product: u32,
    pub(super) cycle: String,
    pub(super) amount: Decimal,
    pub(super) status: &'static str,
}

/// What should be there, by mark, and what it was last known to cost.
#[derive(Default)]
pub(super) struct Truth {
    services: BTreeMap<String, Service>,
    /// The price of one and the term it was set for, by subscription.
    prices: BTreeMap<u32, (Option<i64>, Decimal)>,
}

impl Truth {
    /// Follows the supplier to where it is now: after each run it is as if that run had done everything right.
    pub(super) fn follow(&mut self, world: &World) {
        let clients: BTreeMap<u32, u32> = world
            .links
            .iter()
            .filter_map(|link| match link {
                EstateLink::Customer(known) => one(&known.client).map(|client| (known.tenant, client)),
                EstateLink::Offer(_) => None,
            })
            .collect();
        let special = world.special();
        world.crayon.with(|model| {
            for row in &model.subscriptions {
                let organisation = world.places.iter().find(|place| place.number == row.organisation);
                let Some(organisation) = organisation else { continue };
                let mark = format!("bb-{}-{}", organisation.id, row.id);
                let (client, product) = (clients.get(&row.tenant), product(world, model, row));
                let running = [Status::ACTIVE, Status::SUSPENDED].contains(&row.status);
                let (true, Some(client), Some((product, cycle))) = (running, client, product) else {
                    // Over, or never linked: what was there is suspended in its grace.
                    if let Some(service) = self.services.get_mut(&mark) {
                        service.status = "Suspended";
                    }
                    continue;
                };
                let unit = self.price(model, row, special == Some(row.tenant));
                let service = Service {
                    organisation: organisation.id.to_string(),
                    client: *client,
                    product,
                    cycle,
                    amount: cents(unit * Decimal::from(row.quantity)),
                    status: if row.status == Status::ACTIVE { "Active" } else { "Suspended" },
                };
                self.services.insert(mark, service);
            }
        });
    }

    /// A price set in a term stays until another begins; a legacy subscription has no term.
    fn price(&mut self, model: &Model, row: &Subscription, special: bool) -> Decimal {
        let term = row.term.and(row.start).map(simulators::Moment::millis);
        if let Some((known, unit)) = self.prices.get(&row.id)
            && term.is_some()
            && *known == term
        {
            return *unit;
        }
        let unit = if special {
            model.price_of(row).purchase / Decimal::new(82, 2)
        } else {
            row.sales_price * Decimal::new(115, 2)
        };
        let unit = cents(unit);
        self.prices.insert(row.id, (term, unit));
        unit
    }

    /// What should be there, by mark.
    pub(super) fn services(&self) -> &BTreeMap<String, Service> {
        &self.services
    }
}

/// The product and the cycle that a subscription is truly billed as.
fn product(world: &World, model: &Model, row: &Subscription) -> Option<(u32, String)> {
    let part_number = &model.products.get(&row.product)?.part_number;
    world.links.iter().find_map(|link| match link {
        EstateLink::Offer(known)
            if known.part_number == *part_number && known.term == row.term && known.cycle == row.cycle =>
        {
            one(&known.product).map(|id| (id, known.cycle_code.clone()))
        }
        EstateLink::Customer(_) | EstateLink::Offer(_) => None,
    })
}

/// What HostBill holds that carries a mark of ours, by mark; and what is twice.
pub(super) fn held(world: &World) -> (BTreeMap<String, Service>, Vec<String>) {
    let (mut held, mut twice) = (BTreeMap::new(), Vec::new());
    world.hostbill.with(|model| {
        for account in model.accounts.iter() {
            let Some(rest) = account.domain.strip_prefix("bb-") else { continue };
            let service = Service {
                organisation: rest.rsplit_once('-').map_or(rest, |(organisation, _)| organisation).to_owned(),
                client: account.client,
                product: account.product,
                cycle: code(&account.cycle).to_owned(),
                amount: account.total,
                status: word(&account.status),
            };
            if held.insert(account.domain.clone(), service).is_some() {
                twice.push(account.domain.clone());
            }
        }
    });
    (held, twice)
}

/// Every difference between what should be and what is, in words.
pub(super) fn differences(
    wanted: &BTreeMap<String, Service>,
    held: &BTreeMap<String, Service>,
) -> Vec<String> {
    let missing = wanted.keys().filter(|mark| !held.contains_key(*mark));
    let missing = missing.map(|mark| format!("{mark} should be there"));
    let other = held.iter().filter_map(|(mark, is)| match wanted.get(mark) {
        None => Some(format!("{mark} should not be there")),
        Some(should) if should != is => Some(format!("{mark} should be {should:?} and is {is:?}")),
        Some(_) => None,
    });
    missing.chain(other).collect()
}

/// Services and what they charge: status or cycle of each organisation.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) active: u64,
    pub(super) suspended: u64,
    pub(super) terminated: u64,
    /// What active services charge, by cycle.
    pub(super) charged: BTreeMap<String, Decimal>,
}

/// Adds up by organisation.
pub(super) fn sums(services: &BTreeMap<String, Service>) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    for service in services.values() {
        let sum = sums.entry(service.organisation.clone()).or_default();
        match service.status {
            "Active" => {
                sum.active += 1;
                *sum.charged.entry(service.cycle.clone()).or_default() += service.amount;
            }
            "Suspended" => sum.suspended += 1,
            _ => sum.terminated += 1,
        }
    }
    sums
}

fn one(truth: &Link) -> Option<u32> {
    match truth {
        Link::Is(id) => Some(*id),
        Link::Missing | Link::Ambiguous(_) => None,
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn code(cycle: &str) -> &'static str {
    match cycle {
        "Monthly" => "m",
        "Quarterly" => "q",
        "Semi-Annually" => "s",
        "Annually" => "a",
        "Biennially" => "b",
        "Triennially" => "t",
        _ => "?",
    }
}

fn word(status: &str) -> &'static str {
    match status {
        "Active" => "Active",
        "Suspended" => "Suspended",
        "Terminated" => "Terminated",
        "Pending" => "Pending",
        _ => "other",
    }
}
