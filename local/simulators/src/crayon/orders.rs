//! New-commerce orders, next-term instructions, processed and scheduled orders (crayon §9.5 to §9.7).

use super::face::Call;
use super::input::{Input, body};
use super::model::Model;
use super::output::{Style, time};
use super::subscriptions::NextTerm;
use super::things::{Kind, Order, OrderState};
use super::words::{Cycle, Status, Term};
use crate::clock::Moment;
use crate::http::Reply;
use crate::json::Json;

/// `POST subscriptions/new-commerce-orders` (*documented*): refusals come inside a 200. No idempotency key:
/// the same order twice is two orders (*documented* by absence, crayon §2.10).
pub(crate) fn place(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    let input = Input::of(&value);
    let order = match ordered(model, call, input) {
        Ok(order) => order,
        Err((code, reason)) => return result(model, Err((code, reason)), None),
    };
    let scheduled = order.scheduled;
    let shown = scheduled.is_none().then(|| order.id.clone());
    model.orders.push(order);
    if model.choices.order_polls == 0 {
        model.tick();
    }
    result(model, Ok(shown), scheduled)
}

/// Reason codes are ours: the real catalogue is unknown (crayon §9.5).
fn ordered(
    model: &mut Model,
    call: &Call<'_>,
    input: Input<'_>,
) -> Result<Order, (&'static str, &'static str)> {
    let tenant = input.get("CustomerTenantId").id().unwrap_or(0);
    let owner = model.tenants.get(&tenant).filter(|known| model.sees(call, known.organisation));
    let owner = owner.ok_or(("TENANT_NOT_FOUND", "Unknown customer tenant."))?;
    if !owner.mca_accepted {
        return Err(("MCA_NOT_ACCEPTED", "Customer agreement missing."));
    }
    let product = input.get("PartNumber").text().and_then(|text| model.product(text));
    let product = product
        .filter(|known| known.kind == Kind::Seats)
        .ok_or(("INVALID_PRODUCT", "Unknown part number."))?;
    let term =
        input.get("TermDuration").text().and_then(Term::parse).filter(|term| product.terms.contains(term));
    let term = term.ok_or(("INVALID_TERM", "Term is not offered."))?;
    let cycle = input.get("BillingCycle");
    let cycle = cycle.number().and_then(Cycle::from_order).or(cycle.text().and_then(Cycle::from_name));
    let cycle = cycle.filter(|cycle| product.cycles_of(Some(term)).any(|offered| offered == *cycle));
    let cycle = cycle.ok_or(("INVALID_BILLING_CYCLE", "Billing cycle is not offered."))?;
    let quantity = input.get("Quantity").id().unwrap_or(0);
    if quantity < product.minimum || product.maximum.is_some_and(|most| quantity > most) {
        return Err(("INVALID_QUANTITY", "Quantity is out of range."));
    }
    let part_number = product.part_number.clone();
    let scheduled = input.get("ScheduledDate").moment();
    Ok(Order {
        id: model.new_guid(),
        number: 1,
        tenant,
        part_number,
        cycle,
        term,
        quantity,
        custom_end: input.get("CustomTermEndDate").moment(),
        scheduled,
        created: model.clock.now(),
        state: if scheduled.is_some() { OrderState::Scheduled } else { OrderState::Processing },
        polls_left: model.choices.order_polls,
        subscriptions: Vec::new(),
    })
}

type Outcome = Result<Option<String>, (&'static str, &'static str)>;

fn result(model: &Model, outcome: Outcome, scheduled: Option<Moment>) -> Reply {
    model.reply(|json| {
        json.object(|json| {
            json.put("IsSuccessful", outcome.is_ok());
            json.put("ErrorReasonCode", outcome.as_ref().err().map(|(code, _)| *code));
            json.put("ErrorDescription", outcome.as_ref().err().map(|(_, reason)| *reason));
            json.put("NewCommerceOrderId", outcome.ok().flatten());
            json.put("ScheduledDate", scheduled.map(|at| time(at, Style::Offset)));
        });
    })
}

/// `GET subscriptions/new-commerce-orders/{guid}`: a bare array, empty until processed (*documented*).
pub(crate) fn follow(model: &mut Model, call: &Call<'_>) -> Reply {
    let wanted = call.path.first().cloned().unwrap_or_default();
    let Some(at) = model.orders.iter().position(|order| order.id.eq_ignore_ascii_case(&wanted)) else {
        return model.not_found();
    };
    let tenant = model.orders[at].tenant;
    let seen = model.tenants.get(&tenant).is_some_and(|known| model.sees(call, known.organisation));
    if !seen {
        return model.not_found();
    }
    let order = &mut model.orders[at];
    if order.polls_left == 0 {
        model.process(at);
    } else {
        order.polls_left -= 1;
    }
    let made = model.orders[at].subscriptions.clone();
    model.reply(|json| {
        json.array(|json| {
            for id in &made {
                json.item();
                json.value(*id);
            }
        });
    })
}

/// `POST subscriptions/{id}/next-term-instructions` (*documented*): every member optional.
pub(crate) fn next_term(model: &mut Model, call: &Call<'_>) -> Reply {
    let id = call.id(0);
    let Some(row) = model.subscriptions.get(id).filter(|row| model.sees(call, row.organisation)) else {
        return model.not_found();
    };
    let (Some(term), Status::ACTIVE) = (row.term, row.status) else {
        return instructed(
            model,
            Some(("NOT_SUPPORTED", "Only active new-commerce subscriptions have a next term.")),
        );
    };
    let value = body(call.request);
    let input = Input::of(&value);
    let current = model.products.get(&row.product).map(|known| known.part_number.clone()).unwrap_or_default();
    let next = NextTerm {
        part_number: input.get("PartNumber").owned().unwrap_or(current),
        cycle: input.get("BillingCycle").number().and_then(Cycle::from_order).unwrap_or(row.cycle),
        term: input.get("TermDuration").text().and_then(Term::parse).unwrap_or(term),
        quantity: input.get("Quantity").id().unwrap_or(row.quantity),
        custom_end: input.get("CustomTermEndDate").moment(),
    };
    if model.product(&next.part_number).is_none() {
        return instructed(model, Some(("INVALID_PRODUCT", "Unknown part number.")));
    }
    if next.quantity == 0 {
        return instructed(model, Some(("INVALID_QUANTITY", "Quantity is out of range.")));
    }
    if let Some(row) = model.subscriptions.get_mut(id) {
        row.extra_mut().next_term = Some(next);
    }
    instructed(model, None)
}

fn instructed(model: &Model, refused: Option<(&str, &str)>) -> Reply {
    model.reply(|json| {
        json.object(|json| {
            json.put("IsSuccessful", refused.is_none());
            json.put("ErrorReasonCode", refused.map(|(code, _)| code));
            json.put("ErrorDescription", refused.map(|(_, reason)| reason));
        });
    })
}

/// `GET purchaserequest/orders` (*documented*, crayon §9.7).
pub(crate) fn processed(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(tenant) = call.query.id("customerTenantId") else {
        return model.bad_request("customerTenantId is required");
    };
    let seen = model.tenants.get(&tenant).is_some_and(|known| model.sees(call, known.organisation));
    let wanted = call.query.word("orderState", &["None", "Successful", "Failed", "", "Processing"]);
    let wanted = wanted.filter(|state| *state != 0);
    let fits = |order: &&Order| match order.state {
        OrderState::Succeeded => wanted.is_none_or(|state| state == 1),
        OrderState::Processing => wanted.is_none_or(|state| state == 4),
        OrderState::Scheduled | OrderState::Cancelled => false,
    };
    let mine = model.orders.iter().filter(|order| order.tenant == tenant && seen);
    let rows: Vec<&Order> = mine.filter(fits).collect();
    model.page(call, &rows, |json, order| processed_members(model, json, order), |_| {})
}

fn processed_members(model: &Model, json: &mut Json, order: &Order) {
    json.put("OrderReferenceId", &order.id);
    line_members(model, json, order);
    json.put("Created", time(order.created, Style::Offset));
    json.put("OrderState", if order.state == OrderState::Succeeded { "Succeeded" } else { "Processing" });
    json.put_null("Error");
}

fn line_members(model: &Model, json: &mut Json, order: &Order) {
    json.put("CatalogId", &order.part_number);
    json.put("Name", model.product(&order.part_number).map(|known| known.name.as_str()));
    json.put("Quantity", order.quantity);
    json.put("BillingCycle", order.cycle.word());
    json.put("TermDuration", order.term.text());
    json.put("EmailReceiver", "");
}

/// `GET scheduledpurchaserequest`: a bare array (*documented*; the SDK sees an envelope, crayon §2.3).
pub(crate) fn scheduled(model: &mut Model, call: &Call<'_>) -> Reply {
    let tenant = call.query.id("resellerCustomerId");
    let waiting = model.orders.iter().filter(|order| order.state == OrderState::Scheduled);
    let mine = waiting.filter(|order| tenant.is_none_or(|id| id == order.tenant));
    let rows: Vec<&Order> = mine
        .filter(|order| {
            model.tenants.get(&order.tenant).is_some_and(|known| model.sees(call, known.organisation))
        })
        .collect();
    let view = model.window(call, rows.len());
    model.reply(|json| {
        json.array(|json| {
            for order in view.rows.iter().filter_map(|at| rows.get(*at)) {
                json.item();
                json.object(|json| scheduled_members(model, json, order));
            }
        });
    })
}

fn scheduled_members(model: &Model, json: &mut Json, order: &Order) {
    json.put("OrderReferenceId", &order.id);
    json.put_array("OrderItems", |json| {
        json.item();
        json.object(|json| {
            json.put("OrderNumber", order.number);
            line_members(model, json, order);
            json.put("ScheduledDate", order.scheduled.map(|at| time(at, Style::Offset)));
        });
    });
}

/// `PUT scheduledpurchaserequest/cancel-order/{ref}/{number}`: 200; a second time 400 (*assumed*, crayon §16).
pub(crate) fn cancel_scheduled(model: &mut Model, call: &Call<'_>) -> Reply {
    let wanted = call.path.first().cloned().unwrap_or_default();
    let number = call.id(1);
    let tenants = &model.tenants;
    let Some(user) = model.users.get(call.user) else { return model.not_found() };
    let found = model.orders.iter_mut().find(|order| {
        let mine =
            tenants.get(&order.tenant).is_some_and(|known| user.organisations.contains(&known.organisation));
        mine && order.id.eq_ignore_ascii_case(&wanted) && order.number == number
    });
    match found {
        Some(order) if order.state == OrderState::Scheduled => {
            order.state = OrderState::Cancelled;
            Reply::empty(200)
        }
        Some(_) => model.bad_request("The order cannot be cancelled"),
        None => model.not_found(),
    }
}
