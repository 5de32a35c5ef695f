//! An order as an item, and back.

use super::parts;
use crate::item::{Fields, Item, Read};
use crate::keys::{self, GSI_PK, GSI_SK};
use domain::failure::Failure;
use domain::order::{Order, OrderState, Wanted};

pub(crate) fn write(order: &Order) -> Item {
    let fields = Fields::at(keys::order(&order.organisation, &order.id))
        .text(GSI_PK, keys::order_list(&order.organisation, order.state))
        .text(GSI_SK, &order.id)
        .text("org", &order.organisation)
        .text("id", &order.id)
        .number("version", order.version)
        .text("customer", &order.customer)
        .text("customer_name", &order.customer_name)
        .text("tenant", &order.tenant)
        .text("offer", &order.offer)
        .text("offer_id", &order.offer_id)
        .text("offer_name", &order.offer_name)
        .maybe("scheduled", order.scheduled)
        .maybe("reference", order.reference.as_ref())
        .inside("author", Some(parts::write_actor(&order.author)))
        .text("state", order.state)
        .inside("hold", order.hold.as_ref().map(parts::write_hold))
        .inside("quote", Some(parts::write_quote(&order.quote)))
        .inside("approval", order.approval.as_ref().map(parts::write_approval))
        .inside("accepted", order.accepted.as_ref().map(parts::write_accepted))
        .maybe("subscription", order.subscription.as_ref())
        .maybe("service", order.service.as_ref())
        .flag("send_again", order.send_again)
        .each_inside("steps", order.steps.iter().map(parts::write_step))
        .text("created", order.created)
        .text("updated", order.updated);
    match &order.wanted {
        Wanted::Subscription { quantity } => {
            fields.text("wanted", "subscription").number("quantity", quantity).finish()
        }
        Wanted::Seats { subscription, from, to } => fields
            .text("wanted", "seats")
            .text("seats_of", subscription)
            .number("quantity_before", from)
            .number("quantity", to)
            .finish(),
    }
}

pub(crate) fn read(item: &Item) -> Result<Order, Failure> {
    let item = Read::new(item)?;
    Ok(Order {
        id: item.parsed("id")?,
        organisation: item.parsed("org")?,
        version: item.number("version")?,
        customer: item.parsed("customer")?,
        customer_name: item.get("customer_name")?.to_owned(),
        tenant: item.parsed("tenant")?,
        offer: item.parsed("offer")?,
        offer_id: item.parsed("offer_id")?,
        offer_name: item.get("offer_name")?.to_owned(),
        wanted: wanted(item)?,
        scheduled: item.maybe("scheduled")?,
        reference: item.find("reference").map(str::to_owned),
        author: parts::actor(item.get_inside("author")?)?,
        state: item.word("state", OrderState::find)?,
        hold: item.find_inside("hold")?.map(parts::hold).transpose()?,
        quote: parts::quote(item.get_inside("quote")?)?,
        approval: item.find_inside("approval")?.map(parts::approval).transpose()?,
        accepted: item.find_inside("accepted")?.map(parts::accepted).transpose()?,
        subscription: item.maybe("subscription")?,
        service: item.maybe("service")?,
        send_again: item.flag("send_again")?,
        steps: item.each_inside("steps")?.into_iter().map(parts::step).collect::<Result<_, _>>()?,
        created: item.parsed("created")?,
        updated: item.parsed("updated")?,
    })
}

fn wanted(item: Read<'_>) -> Result<Wanted, Failure> {
    match item.get("wanted")? {
        "subscription" => Ok(Wanted::Subscription { quantity: item.number("quantity")? }),
        "seats" => Ok(Wanted::Seats {
            subscription: item.parsed("seats_of")?,
            from: item.number("quantity_before")?,
            to: item.number("quantity")?,
        }),
        _ => Err(item.unknown("wanted")),
    }
}
