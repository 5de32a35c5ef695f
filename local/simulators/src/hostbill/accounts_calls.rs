//! Accounts: lists, details, the record's editor (hostbill §6).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::accounts::Account;
use super::answer::{Answer, Call, Payload, column, day, money, php_map, refuse, stamp};
use super::client_calls::filters;
use super::model::Model;
use super::things::{Matching, cents};
use crate::clock::Moment;

/// `getAccounts` (*documented*): `list`, filters, newest first.
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Answer {
    let list = call.params.filled("list").unwrap_or("all").to_lowercase();
    let status = list.strip_prefix("all_").map(str::to_owned);
    let filters = filters(call);
    let domain = filters.iter().find(|(name, _)| name == "domain").map(|(_, text)| text.as_str());
    let exact = domain
        .filter(|_| model.settings.matching == Matching::Exact)
        .map(|text| model.accounts.with_domain(text));
    let wanted = |account: &Account| {
        status.as_ref().is_none_or(|status| account.status.to_lowercase() == *status)
            && filters.iter().all(|(name, text)| model.account_fits(account, name, text))
    };
    let ids: Vec<u32> = match exact {
        Some(ids) => {
            ids.into_iter().rev().filter(|id| model.accounts.get(*id).is_some_and(&wanted)).collect()
        }
        None => {
            model.accounts.iter().rev().filter(|account| wanted(account)).map(|account| account.id).collect()
        }
    };
    Ok(model.page(call, "accounts", &ids, Model::account_row))
}

/// `getClientAccounts` (*documented*): `status` as text or list, `category_id`.
pub(crate) fn of_client(model: &mut Model, call: &Call<'_>) -> Answer {
    let client = call.params.id("id").map_err(|text| vec![text])?;
    let statuses: BTreeSet<String> = call.params.texts("status").into_iter().collect();
    let category = call.params.number("category_id");
    let ids = model.accounts.of_client(client);
    let wanted = |account: &Account| {
        let page = model.products.get(&account.product).map(|product| product.page);
        (statuses.is_empty() || statuses.contains(&account.status))
            && (category.is_none() || category == page)
    };
    let ids: Vec<u32> =
        ids.into_iter().rev().filter(|id| model.accounts.get(*id).is_some_and(&wanted)).collect();
    Ok(model.page(call, "accounts", &ids, Model::account_row))
}

/// `getAccountDetails` (*documented*): with the decrypted password.
pub(crate) fn details(model: &mut Model, call: &Call<'_>) -> Answer {
    let mut whole = whole(model, call)?;
    let id = call.params.id("id").map_err(|text| vec![text])?;
    if let (Some(map), Some(account)) = (whole.as_object_mut(), model.accounts.get(id)) {
        for name in ["username", "password", "rootpassword"] {
            map.insert(name.to_owned(), json!(account.column(name)));
        }
    }
    Ok(Payload::with("details", whole))
}

/// `getAccountDetailsBasic` (*documented*): without user name and passwords.
pub(crate) fn details_basic(model: &mut Model, call: &Call<'_>) -> Answer {
    Ok(Payload::with("details", whole(model, call)?))
}

fn whole(model: &Model, call: &Call<'_>) -> Result<Value, Vec<String>> {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(account) = model.accounts.get(id) else { return refuse("Account not found") };
    let product = model.products.get(&account.product);
    let text = |name: &str, default: &str| {
        let value = account.column(name);
        json!(if value.is_empty() { default } else { value })
    };
    let due_day = account.next_due.map_or(0, |due| due.civil().day());
    let zero = "0000-00-00";
    let mut whole = json!({
        "id": column(account.id), "client_id": column(account.client), "order_id": column(account.order),
        "product_id": column(account.product), "parent_id": "0", "date_created": day(Some(account.created)),
        "domain": account.domain, "server_id": text("server_id", "0"), "payment_module": text("payment_module", "0"),
        "firstpayment": money(account.first_payment), "total": money(account.total), "billingcycle": account.cycle,
        "billingtype": "PrePay", "paytype": product.map_or("Regular", |known| known.paytype.as_str()),
        "next_due": day(account.next_due), "due_day": column(due_day), "expires": zero, "autorenew": "1",
        "next_invoice": day(account.next_invoice), "previous_invoice": day(account.previous_invoice),
        "status": account.status,
    });
    let more = json!({
        "label": "", "autosuspend": "0", "autosuspend_date": zero,
        "date_changed": stamp(account.audit.last().map(|change| change.at)),
        "synch_date": text("synch_date", "0000-00-00 00:00:00"), "synch_error": text("synch_error", "0"),
        "user_error": "0", "domain_error": "0", "notes": text("notes", ""), "manual": "0", "extra_details": [],
        "commitment_date": text("commitment_date", zero), "contract_id": "0", "discount_id": "0",
        "date_suspended": since(account, "Suspended"), "date_terminated": since(account, "Terminated"),
        "brand_id": "0", "qty": "1", "group_id": "0", "sort_order": "0", "module": "120", "mod": "cloudbridge",
        "product_name": product.map_or("", |known| known.name.as_str()), "options": {"option1": ""},
        "custom": form(model, account),
    });
    if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
    Ok(whole)
}

/// `false` without a form, else a map by form category (*observed*, hostbill §6.2).
fn form(model: &Model, account: &Account) -> Value {
    let fields = model.products.get(&account.product).map(|product| product.form.clone()).unwrap_or_default();
    if fields.is_empty() {
        return json!(false);
    }
    let mut map = Map::new();
    for (category, name) in fields {
        let value = account.form.get(&category).cloned().unwrap_or_default();
        map.insert(category.to_string(), json!({"name": name, "data": {category.to_string(): value}}));
    }
    php_map(map)
}

fn since(account: &Account, status: &str) -> Value {
    let change = account.audit.iter().rev().find(|change| change.field == "status");
    day(change.filter(|change| change.after == status && account.status == status).map(|change| change.at))
}

/// `editAccountDetails` (*documented*): writes the record, never calls the module (*assumed*, hostbill §6);
/// absent parameters are left alone. `billingcycle` and `qty` are not settable here.
pub(crate) fn edit(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    if model.accounts.get(id).is_none() {
        return refuse("Account not found");
    }
    let total = call.params.decimal("total").map_err(|text| vec![text])?;
    let first = call.params.decimal("firstpayment").map_err(|text| vec![text])?;
    let product = call.params.number("product_id");
    if product.is_some_and(|product| !model.products.contains_key(&product)) {
        return refuse("Wrong parameter: product_id");
    }
    let now = model.clock.now();
    let Some(account) = model.accounts.get_mut(id) else { return refuse("Account not found") };
    if let Some(total) = total {
        set(account, now, call, "total", |account| &mut account.total, cents(total));
    }
    if let Some(first) = first {
        set(account, now, call, "firstpayment", |account| &mut account.first_payment, cents(first));
    }
    if let Some(product) = product {
        set(account, now, call, "product_id", |account| &mut account.product, product);
    }
    for (name, value) in call.params.plain() {
        edit_text(account, now, call.name, name, value);
    }
    Ok(Payload::info("account_updated2"))
}

fn set<T: PartialEq + ToString>(
    account: &mut Account,
    now: Moment,
    call: &Call<'_>,
    field: &str,
    place: impl FnOnce(&mut Account) -> &mut T,
    value: T,
) {
    let after = value.to_string();
    let before = std::mem::replace(place(account), value).to_string();
    account.note(now, call.name, field, &before, &after);
}

fn edit_text(account: &mut Account, now: Moment, call: &str, name: &str, value: &str) {
    match name {
        "domain" => {
            let before = std::mem::replace(&mut account.domain, value.to_owned());
            account.note(now, call, name, &before, value);
        }
        "status" => account.set_status(now, call, value),
        "next_due" => {
            let date = Moment::parse(value);
            let before = std::mem::replace(&mut account.next_due, date);
            account.next_invoice = date.map(|due| due.plus_days(-14));
            let text = |date: Option<Moment>| date.map_or_else(String::new, Moment::date_text);
            account.note(now, call, name, &text(before), &text(date));
        }
        "date_created" => {
            if let Some(date) = Moment::parse(value) {
                let before = std::mem::replace(&mut account.created, date);
                account.note(now, call, name, &before.date_text(), &date.date_text());
            }
        }
        "server_id" | "payment_module" | "username" | "password" | "rootpassword" | "commitment_date"
        | "notes" => {
            let before = account.columns.insert(name.to_owned(), value.to_owned()).unwrap_or_default();
            let secret = name.ends_with("password");
            let (before, after) = if secret { ("***", "*** (changed)") } else { (before.as_str(), value) };
            account.note(now, call, name, before, after);
        }
        _ => {}
    }
}

impl Model {
    fn account_fits(&self, account: &Account, name: &str, text: &str) -> bool {
        let product = || self.products.get(&account.product);
        match name {
            "domain" => self.matches(&account.domain, text),
            "product_id" => account.product.to_string() == text,
            "status" => account.status.eq_ignore_ascii_case(text),
            "billingcycle" => account.cycle.eq_ignore_ascii_case(text),
            "next_due" => account.next_due.is_some_and(|due| due.date_text() == text),
            "server_id" => account.column("server_id") == text,
            "category_id" => product().is_some_and(|product| product.page.to_string() == text),
            "name" => product().is_some_and(|product| self.matches(&product.name, text)),
            "client_name" => self.clients.get(&account.client).is_some_and(|client| {
                let person = format!("{} {}", client.column("firstname"), client.column("lastname"));
                self.matches(&person, text) || self.matches(client.column("companyname"), text)
            }),
            _ => true,
        }
    }

    fn account_row(&self, id: u32) -> Option<Value> {
        let account = self.accounts.get(id)?;
        let product = self.products.get(&account.product);
        let client = self.clients.get(&account.client);
        let column_of = |name: &str| client.map_or("", |known| known.column(name));
        Some(json!({
            "id": column(account.id), "manual": "0", "domain": account.domain, "billingcycle": account.cycle,
            "status": account.status, "total": money(account.total), "next_due": day(account.next_due),
            "name": product.map_or("", |known| known.name.as_str()), "type": "5",
            "lastname": column_of("lastname"), "firstname": column_of("firstname"),
            "companyname": column_of("companyname"), "client_id": column(account.client),
            "currency_id": column(client.map_or(0, |known| known.currency_id)), "qty": "1",
            "product_id": column(account.product),
            "paytype": product.map_or("Regular", |known| known.paytype.as_str()),
        }))
    }
}
