//! What happens in the world between two runs, and what each of it must lead to.

use crate::demo::world::{Place, World};
use domain::plan::Why;
use rust_decimal::Decimal;
use simulators::Fault;
use simulators::crayon::{Cycle, Model, Status, Subscription, Term};
use simulators::estate::{EstateLink, Truth as Link};
use std::collections::BTreeSet;

/// Something that happened to a subscription, and what it must lead to.
pub(super) struct Event {
    pub(super) subscription: u32,
    /// What happened, in words.
    pub(super) told: String,
    /// Why its service must change; empty where it must stay as it is.
    pub(super) leads_to: &'static [Why],
}

/// How many days go by.
pub(super) const DAYS: i64 = 3;

/// Everything that happens: some by itself in the days that go by, the rest here.
pub(super) fn happen(world: &World, place: &Place) -> Vec<Event> {
    let ready = billable(world, place);
    let renewing = world.crayon.with(|model| {
        let renewing = renewing(model, &ready);
        raise_price_list(model, renewing.as_ref().map(|(product, _)| *product));
        renewing.map(|(_, event)| event)
    });
    world.advance_days(DAYS);
    let mut events: Vec<Event> = renewing.into_iter().collect();
    let mut chosen = Chosen { ready: &ready, taken: events.iter().map(|one| one.subscription).collect() };
    events.extend(world.crayon.with(|model| chosen.events(model)));
    events.extend(bought(world, place));
    events
}

/// Subscriptions of the organisation whose customer and offer are truly linked.
fn billable(world: &World, place: &Place) -> BTreeSet<u32> {
    let linked = |row: &Subscription, part_number: &str| {
        let customer = world.links.iter().any(|link| {
            matches!(link, EstateLink::Customer(known)
                if known.tenant == row.tenant && matches!(known.client, Link::Is(_)))
        });
        let offer = world.links.iter().any(|link| {
            matches!(link, EstateLink::Offer(known)
                if known.part_number == part_number
                    && known.term == row.term
                    && known.cycle == row.cycle
                    && matches!(known.product, Link::Is(_)))
        });
        customer && offer
    };
    let special = world.special();
    world.crayon.with(|model| {
        let rows = model.subscriptions.iter().filter(|row| {
            row.organisation == place.number
                && special != Some(row.tenant)
                && model.products.get(&row.product).is_some_and(|known| linked(row, &known.part_number))
        });
        rows.map(|row| row.id).collect()
    })
}

/// Takes a subscription for each event, never one twice.
struct Chosen<'a> {
    ready: &'a BTreeSet<u32>,
    taken: BTreeSet<u32>,
}

impl Chosen<'_> {
    fn events(&mut self, model: &mut Model) -> Vec<Event> {
        let later = model.clock.now().plus_days(60);
        let year = |row: &Subscription| row.term == Some(Term::Year) && row.status == Status::ACTIVE;
        let far = |row: &Subscription| year(row) && row.end.is_some_and(|end| end > later);
        let up = self.event(model, far, &[Why::Quantity], |row| {
            row.quantity += 5;
            format!("seats up, {} → {}", row.quantity - 5, row.quantity)
        });
        let down = self.event(
            model,
            |row| far(row) && row.quantity > 10,
            &[Why::Quantity],
            |row| {
                row.quantity -= 4;
                format!("seats down, {} → {}", row.quantity + 4, row.quantity)
            },
        );
        let suspended = self.event(model, far, &[Why::Suspended], |row| {
            row.status = Status::SUSPENDED;
            "suspended".to_owned()
        });
        let is_suspended = |row: &Subscription| row.status == Status::SUSPENDED;
        let resumed = self.event(model, is_suspended, &[Why::Resumed], |row| {
            row.status = Status::ACTIVE;
            "active again".to_owned()
        });
        let cancelled = self.event(model, far, &[Why::Ended], |row| {
            row.status = Status::CANCELLED;
            "cancelled".to_owned()
        });
        let held = self.event(
            model,
            |row| far(row) && row.cycle == Cycle::Monthly,
            &[],
            |row| {
                let before = row.sales_price;
                row.sales_price = (before * Decimal::new(108, 2)).round_dp(2);
                let until = row.end.map(simulators::Moment::date_text).unwrap_or_default();
                format!("supplier's price up in mid-term, {before} → {}, held until {until}", row.sales_price)
            },
        );
        [up, down, suspended, resumed, cancelled, held].into_iter().flatten().collect()
    }

    fn event(
        &mut self,
        model: &mut Model,
        fits: impl Fn(&Subscription) -> bool,
        leads_to: &'static [Why],
        change: impl FnOnce(&mut Subscription) -> String,
    ) -> Option<Event> {
        let found = model
            .subscriptions
            .iter()
            .find(|row| self.ready.contains(&row.id) && !self.taken.contains(&row.id) && fits(row));
        let id = found?.id;
        self.taken.insert(id);
        let told = change(model.subscription_mut(id)?);
        Some(Event { subscription: id, told: format!("{told} ({})", named(model, id)), leads_to })
    }
}

fn named(model: &Model, id: u32) -> String {
    let row = model.subscription(id);
    let customer = row.and_then(|row| model.tenants.get(&row.tenant));
    let product = row.and_then(|row| model.products.get(&row.product));
    let customer = customer.map(|known| known.name.as_str()).unwrap_or_default();
    let product = product.map(|known| known.name.as_str()).unwrap_or_default();
    format!("{}, {}", crate::show::name(customer), product)
}

/// The one that renews with other seats in these days; its price list has risen meanwhile.
fn renewing(model: &Model, ready: &BTreeSet<u32>) -> Option<(u32, Event)> {
    let soon = model.clock.now().plus_days(DAYS);
    let row = model.subscriptions.iter().find(|row| {
        let next = row.extra.as_ref().and_then(|extra| extra.next_term.as_ref());
        ready.contains(&row.id) && next.is_some() && row.end.is_some_and(|end| end < soon)
    })?;
    let next = row.extra.as_ref().and_then(|extra| extra.next_term.as_ref())?;
    let told = format!(
        "renews with {} seats instead of {}, at the risen price ({})",
        next.quantity,
        row.quantity,
        named(model, row.id)
    );
    let event = Event { subscription: row.id, told, leads_to: &[Why::Quantity, Why::RenewalPrice] };
    Some((row.product, event))
}

/// The supplier's price list rises by four percent for a product: what runs keeps its price, what renews pays.
fn raise_price_list(model: &mut Model, product: Option<u32>) {
    if let Some(product) = product.and_then(|id| model.products.get_mut(&id)) {
        for price in product.purchase.values_mut() {
            *price = (*price * Decimal::new(104, 2)).round_dp(2);
        }
    }
}

/// A customer buys, and HostBill's reply to the order is lost on the wire.
fn bought(world: &World, place: &Place) -> Option<Event> {
    let event = world.crayon.with(|model| {
        let mut linked = world.links.iter().filter_map(|link| match link {
            EstateLink::Customer(known)
                if known.organisation == place.number && matches!(known.client, Link::Is(_)) =>
            {
                Some(known.tenant)
            }
            EstateLink::Customer(_) | EstateLink::Offer(_) => None,
        });
        let tenant = linked.next_back()?;
        let part_number = world.links.iter().find_map(|link| match link {
            EstateLink::Offer(known)
                if matches!(known.product, Link::Is(_))
                    && known.term == Some(Term::Year)
                    && known.cycle == Cycle::Monthly =>
            {
                Some(known.part_number.clone())
            }
            EstateLink::Customer(_) | EstateLink::Offer(_) => None,
        })?;
        let id = model.add_subscription(tenant, &part_number, 7, Some(Term::Year), Cycle::Monthly);
        let told =
            format!("bought: 7 seats; HostBill's reply to the order will be lost ({})", named(model, id));
        Some(Event { subscription: id, told, leads_to: &[Why::New] })
    });
    world.hostbill.with(|model| model.faults.add(Fault::DropAfter.on("addOrder")));
    event
}
