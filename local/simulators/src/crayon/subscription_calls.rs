//! Listing, reading, creating and updating subscriptions (crayon §9.1 to §9.4).

use super::face::Call;
use super::input::{Input, body};
use super::model::Model;
use super::subscriptions::Subscription;
use super::tags;
use super::things::Kind;
use super::words::{Cycle, Status, Term};
use crate::http::Reply;

const SORTS: [&str; 4] = ["Name", "ProductName", "CreationDate", "EndDate"];

/// About what a row takes when written.
const ROW_BYTES: usize = 2000;

/// `GET subscriptions` (*documented*, crayon §9.2). Order by id unless `SortBy` is given (*assumed*).
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Reply {
    let query = &call.query;
    let organisation = query.id("OrganizationId");
    let tenant = query.id("CustomerTenantId");
    let guid = query.text("PublisherCustomerId").map(str::to_owned);
    let statuses = query.statuses().unwrap_or(model.paging.default_statuses);
    let search = query.text("Search").map(str::to_lowercase);
    let sort = query.word("SortBy", &SORTS);
    let descending = query.word("SortOrder", &["Ascending", "Descending"]) == Some(1);
    let seen = model.users.get(call.user).map(|user| user.organisations.clone()).unwrap_or_default();
    let key = format!(
        "{} {organisation:?} {tenant:?} {guid:?} {} {search:?} {sort:?} {descending} {seen:?}",
        call.user, statuses.0
    );
    let (tenants, products) = (&model.tenants, &model.products);
    let product_name =
        |row: &Subscription| products.get(&row.product).map_or("", |known| known.name.as_str());
    let wanted = |row: &Subscription| {
        row.status.0 & statuses.0 != 0
            && organisation.is_none_or(|id| id == row.organisation)
            && tenant.is_none_or(|id| id == row.tenant)
            && seen.contains(&row.organisation)
            && guid
                .as_ref()
                .is_none_or(|guid| tenants.get(&row.tenant).is_some_and(|known| known.guid == *guid))
            && search.as_ref().is_none_or(|text| {
                row.name.as_deref().unwrap_or_default().to_lowercase().contains(text)
                    || product_name(row).to_lowercase().contains(text)
                    || row.id.to_string() == *text
            })
    };
    let chosen = model.subscriptions.selection(&key, |rows| {
        let numbered = rows.iter().zip(0_u32..);
        let mut positions: Vec<u32> = numbered.filter(|(row, _)| wanted(row)).map(|(_, at)| at).collect();
        let row = |at: &u32| usize::try_from(*at).ok().and_then(|at| rows.get(at));
        match sort {
            Some(0) => positions
                .sort_by_cached_key(|at| row(at).map(|r| r.name.as_deref().unwrap_or(product_name(r)))),
            Some(1) => positions.sort_by_key(|at| row(at).map(product_name)),
            Some(2) => positions.sort_by_key(|at| row(at).map(|row| row.created)),
            Some(3) => positions.sort_by_key(|at| row(at).map(|row| row.end)),
            _ => {}
        }
        if descending {
            positions.reverse();
        }
        positions
    });
    let view = model.window(call, chosen.len());
    let shown =
        view.rows.iter().filter_map(|at| chosen.get(*at)).filter_map(|at| model.subscriptions.at(*at));
    let rows: Vec<&Subscription> = shown.collect();
    model.envelope(view.total, &rows, ROW_BYTES, |json, row| model.subscription_members(json, row), |_| {})
}

/// `GET subscriptions/{id}`.
pub(crate) fn one(model: &mut Model, call: &Call<'_>) -> Reply {
    match seen(model, call) {
        Some(row) => model.detailed(row),
        None => model.not_found(),
    }
}

/// `GET subscriptions/{id}/price`.
pub(crate) fn price(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(row) = seen(model, call) else { return model.not_found() };
    let currency = model.price_of(row).currency;
    model.reply(|json| {
        json.object(|json| {
            json.put("Value", row.sales_price);
            json.put("CurrencyCode", &currency);
        });
    })
}

/// `POST subscriptions` (*documented*, crayon §9.4): new commerce needs term and cycle.
pub(crate) fn create(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    let input = Input::of(&value);
    let tenant = input.get("CustomerTenant").get("Id").id().unwrap_or(0);
    let Some(known) = model.tenants.get(&tenant).filter(|known| model.sees(call, known.organisation)) else {
        return model.bad_request("Invalid customer tenant");
    };
    let mca_missing = !known.mca_accepted;
    let part_number = input.get("Product").get("PartNumber").text().unwrap_or_default();
    let Some(product) = model.product(part_number) else { return model.bad_request("Invalid product") };
    let (product_id, kind) = (product.id, product.kind);
    let (minimum, maximum) = (product.minimum, product.maximum);
    let quantity = input.get("Quantity").id().unwrap_or(0);
    if quantity < minimum || maximum.is_some_and(|most| quantity > most) {
        return model.bad_request("Invalid quantity");
    }
    let term = input.get("TermDuration").text().and_then(Term::parse);
    let cycle = input.get("BillingCycle").number().and_then(Cycle::from_subscription);
    let cycle = cycle.filter(|cycle| *cycle != Cycle::Unknown);
    if kind == Kind::Seats && (term.is_none() || cycle.is_none()) {
        return model.bad_request("TermDuration and BillingCycle are required");
    }
    if kind != Kind::LegacySeats && mca_missing {
        return model.bad_request("Microsoft Customer Agreement is not accepted");
    }
    let term = if kind == Kind::Seats { term } else { None };
    let start = model.clock.now().midnight();
    let id = model.place_subscription(
        tenant,
        product_id,
        quantity,
        (term, cycle.unwrap_or(Cycle::Monthly)),
        start,
    );
    let pending = model.choices.create_pending;
    let name = input.get("Name").owned().filter(|_| kind == Kind::LegacySeats);
    if let Some(row) = model.subscriptions.get_mut(id) {
        row.name = name.map(String::into_boxed_str);
        if kind == Kind::AzurePlan {
            row.status = Status::SUSPENDED;
            row.extra_mut().publisher_id = Some("Pending".to_owned());
        } else if pending {
            row.status = Status::PENDING;
        }
    }
    match model.subscriptions.get(id) {
        Some(row) => model.detailed(row),
        None => model.not_found(),
    }
}

/// `PUT subscriptions/{id}`: the whole object, last write wins (*documented*, crayon §9.4); limits from
/// crayon §16 (*assumed*). Missing members count as `null` or 0, as a whole-object write implies.
pub(crate) fn update(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(row) = seen(model, call) else { return model.not_found() };
    let value = body(call.request);
    let input = Input::of(&value);
    let change = match checked(model, row, input) {
        Ok(change) => change,
        Err(reason) => return model.bad_request(reason),
    };
    let (id, now) = (row.id, model.clock.now());
    let default_profile = model.tenants.get(&row.tenant).map(|known| known.invoice_profile);
    let profile = input.get("InvoiceProfile").get("Id").id();
    let tags = input.get("SubscriptionTags");
    let tags = tags.is_object().then(|| tags::read(tags)).flatten();
    let product_name = model.products.get(&row.product).map(|known| known.name.clone());
    let Some(row) = model.subscriptions.get_mut(id) else { return model.not_found() };
    row.quantity = change.quantity;
    if change.status != row.status {
        row.status = change.status;
        if change.status.ends_it() {
            row.auto_renew = row.auto_renew.map(|_| false);
            row.end = row.end.map(|end| end.min(now));
        }
    }
    row.name = input.get("Name").owned().filter(|name| Some(name) != product_name.as_ref()).map(Into::into);
    row.auto_renew =
        input.get("AutoRenewEnabled").flag().filter(|_| row.is_new_commerce()).or(row.auto_renew);
    if tags.is_some() || row.extra.is_some() || profile != default_profile {
        let accept = input.get("AcceptAutoSuspension").flag();
        let extra = row.extra_mut();
        extra.tags = tags;
        extra.invoice_profile = Some(profile);
        extra.accept_auto_suspension = accept;
    }
    match model.subscriptions.get(id) {
        Some(row) => model.detailed(row),
        None => model.not_found(),
    }
}

struct Change {
    quantity: u32,
    status: Status,
}

/// What an update may do to a subscription (crayon §16 "Subscription PUT").
fn checked(model: &Model, row: &Subscription, input: Input<'_>) -> Result<Change, &'static str> {
    let status = input.get("Status");
    let number = status.number().and_then(|number| u16::try_from(number).ok()).map(Status);
    let status = number.or(status.text().and_then(Status::named)).unwrap_or(Status(0));
    let quantity = input.get("Quantity").id().unwrap_or(0);
    let activation = row.status == Status::SUSPENDED && status == Status::ACTIVE;
    if row.status != Status::ACTIVE && !activation {
        return Err("Only active subscriptions can be updated");
    }
    if status != Status::ACTIVE && status != Status::SUSPENDED && !status.ends_it() {
        return Err("Invalid status");
    }
    let product = model.products.get(&row.product);
    let own_limit = row.extra.as_deref().and_then(|known| known.maximum);
    let most = own_limit.or(product.and_then(|known| known.maximum));
    if quantity < 1 || most.is_some_and(|most| quantity > most.max(row.quantity)) {
        return Err("Invalid quantity");
    }
    let window_open = row.cancellable_until.is_some_and(|until| model.clock.now() <= until);
    let reduces = quantity < row.quantity || status.ends_it();
    if row.is_new_commerce() && reduces && !window_open {
        return Err("The cancellation window has closed");
    }
    Ok(Change { quantity, status })
}

fn seen<'a>(model: &'a Model, call: &Call<'_>) -> Option<&'a Subscription> {
    model.subscriptions.get(call.id(0)).filter(|row| model.sees(call, row.organisation))
}

impl Model {
    /// A single subscription as a whole reply.
    pub(crate) fn detailed(&self, row: &Subscription) -> Reply {
        self.reply(|json| json.object(|json| self.detailed_members(json, row)))
    }
}
