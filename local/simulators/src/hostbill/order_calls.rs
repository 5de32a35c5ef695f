//! Orders (hostbill §5).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::{Answer, Call, Payload, column, money, refuse, stamp};
use super::cycles::Cycle;
use super::model::{Model, next_key};
use super::plug::ModuleResult;
use super::things::{Item, Order};

/// `addOrder` (*documented*): answers the order's id only, neither account nor invoice. Accounts start
/// `Pending` with an empty domain and the product's price (*assumed* in detail). Sent twice, it is two orders.
pub(crate) fn add(model: &mut Model, call: &Call<'_>) -> Answer {
    let params = &call.params;
    let missing = ["confirm", "invoice_generate", "invoice_info"]
        .into_iter()
        .find(|name| params.filled(name).is_none());
    let client = params.id("client_id").map_err(|text| vec![text])?;
    let product = params.id("product").map_err(|text| vec![text])?;
    let code = params.required("cycle").map_err(|text| vec![text])?.to_owned();
    if let Some(name) = missing {
        return refuse(format!("Wrong parameter: {name}"));
    }
    let Some(known) = model.clients.get(&client) else { return refuse("Client not found") };
    let currency_id = known.currency_id;
    let Some(known) = model.products.get(&product) else { return refuse("Product not found") };
    let (name, free) = (known.name.clone(), known.paytype == "Free");
    let price = model.price(product, &code, currency_id);
    if Cycle::from_code(&code).is_none() || (price.is_none() && !free) {
        return refuse("Wrong parameter: cycle");
    }
    let (recurring, setup) = price.map_or((Decimal::ZERO, Decimal::ZERO), |price| (price.price, price.setup));
    let id = next_key(&model.orders, 2207);
    let account = model.new_account(client, id, product, &code, recurring);
    let now = model.clock.now();
    if let Some(account) = model.accounts.get_mut(account) {
        account.first_payment = recurring + setup;
        if let Some(domain) = params.filled("domain_name") {
            domain.clone_into(&mut account.domain);
        }
        account.note(now, call.name, "created", "", &recurring.to_string());
    }
    let invoice = if params.flag("invoice_generate") {
        model.order_invoice(client, account, &name, recurring + setup)
    } else {
        0
    };
    let order = Order {
        id,
        number: model.rng.u32(100_000_000..1_000_000_000),
        client,
        invoice,
        total: recurring + setup,
        currency_id,
        status: "Pending".to_owned(),
        created: now,
        accounts: vec![account],
    };
    model.orders.insert(id, order);
    Ok(Payload::with("order_id", column(id)).saying("New Order created"))
}

/// `getOrders`
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Answer {
    let wanted = call.params.filled("list").filter(|list| *list != "all").map(str::to_lowercase);
    let fits = |order: &&Order| wanted.as_ref().is_none_or(|list| order.status.to_lowercase() == *list);
    let ids: Vec<u32> = model.orders.values().rev().filter(fits).map(|order| order.id).collect();
    Ok(model.page(call, "orders", &ids, Model::order_row))
}

/// `getClientOrders`
pub(crate) fn of_client(model: &mut Model, call: &Call<'_>) -> Answer {
    let client = call.params.id("id").map_err(|text| vec![text])?;
    let mine = model.orders.values().rev().filter(|order| order.client == client);
    let ids: Vec<u32> = mine.map(|order| order.id).collect();
    Ok(model.page(call, "orders", &ids, Model::order_row))
}

/// `getOrderDetails` (*documented*; the fields of `hosting[]` are *assumed*).
pub(crate) fn details(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(order) = model.orders.get(&id) else { return refuse("Order not found") };
    let hosting: Vec<Value> = order
        .accounts
        .iter()
        .filter_map(|id| model.accounts.get(*id))
        .map(|account| {
            let name = model.products.get(&account.product).map_or("", |product| product.name.as_str());
            json!({"id": column(account.id), "name": name, "domain": account.domain, "status": account.status})
        })
        .collect();
    let invoice = model.invoices.get(&order.invoice);
    let mut row = model.order_row(id).unwrap_or_default();
    let more = json!({
        "payment_module": "0", "invoice_id": column(order.invoice), "order_ip": "192.0.2.10", "notes": "",
        "module": "", "invtotal": invoice.map(|known| money(known.total())),
        "invstatus": invoice.map(|known| known.status.clone()), "fraudmodule": "", "balance": "Completed",
        "hosting": hosting, "addons": [], "upgrades": [], "fieldupgrades": [], "domains": [], "metadata": "",
    });
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    Ok(Payload::with("details", row))
}

/// `setOrderActive` (*documented*): the order becomes `Active`; with auto-setup the module's Create runs and
/// its accounts become `Active` (*assumed*, hostbill §5.2). A module's refusal stands beside the success.
pub(crate) fn activate(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(order) = model.orders.get_mut(&id) else { return refuse("Order not found") };
    "Active".clone_into(&mut order.status);
    let accounts = order.accounts.clone();
    let mut payload = Payload::with("id", column(id)).saying(format!("Order #{id} activated"));
    for account in accounts {
        let pending =
            model.accounts.get(account).filter(|known| known.status == "Pending").map(|known| known.product);
        let auto =
            pending.and_then(|product| model.products.get(&product)).is_some_and(|product| product.autosetup);
        if !auto || !model.settings.auto_setup {
            continue;
        }
        match model.module_create(account, call.name) {
            ModuleResult::Ok => {}
            ModuleResult::Fail(text) => payload.complaints.push(text),
            ModuleResult::Slow(delay) => payload.delay += delay,
            ModuleResult::OkButReplyLost => payload.lost = true,
        }
    }
    Ok(payload)
}

/// `setOrderPending`
pub(crate) fn pending(model: &mut Model, call: &Call<'_>) -> Answer {
    model.set_order(call, "Pending", None)
}

/// `setOrderCancel`: pending accounts are cancelled with it (*assumed*).
pub(crate) fn cancel(model: &mut Model, call: &Call<'_>) -> Answer {
    model.set_order(call, "Cancelled", Some("Cancelled"))
}

/// `setOrderFraud`
pub(crate) fn fraud(model: &mut Model, call: &Call<'_>) -> Answer {
    model.set_order(call, "Fraud", Some("Fraud"))
}

/// `deleteOrder`: gone for good, and active accounts are terminated (*documented*, hostbill §5).
pub(crate) fn delete(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(order) = model.orders.remove(&id) else { return refuse("Order not found") };
    for account in order.accounts {
        if model.accounts.get(account).is_some_and(|known| known.status == "Active") {
            model.module_terminate(account, call.name);
        }
    }
    Ok(Payload::info("Order deleted"))
}

impl Model {
    fn set_order(&mut self, call: &Call<'_>, status: &str, of_pending: Option<&str>) -> Answer {
        let id = call.params.id("id").map_err(|text| vec![text])?;
        let now = self.clock.now();
        let Some(order) = self.orders.get_mut(&id) else { return refuse("Order not found") };
        status.clone_into(&mut order.status);
        for account in order.accounts.clone() {
            let Some(account) = self.accounts.get_mut(account).filter(|known| known.status == "Pending")
            else {
                continue;
            };
            if let Some(status) = of_pending {
                account.set_status(now, call.name, status);
            }
        }
        Ok(Payload::info(format!("Order #{id} set to {status}")))
    }

    fn order_row(&self, id: u32) -> Option<Value> {
        let order = self.orders.get(&id)?;
        let client = self.clients.get(&order.client);
        let column_of = |name: &str| client.map_or("", |known| known.column(name));
        Some(json!({
            "id": column(order.id), "number": column(order.number), "status": order.status,
            "total": money(order.total), "currency_id": column(order.currency_id),
            "date_created": stamp(Some(order.created)), "client_id": column(order.client),
            "firstname": column_of("firstname"), "lastname": column_of("lastname"),
        }))
    }

    fn order_invoice(&mut self, client: u32, account: u32, name: &str, amount: Decimal) -> u32 {
        let invoice = self.new_invoice(client, "Unpaid");
        let item = Item {
            id: self.new_item_id(),
            kind: "Hosting".to_owned(),
            item_id: account,
            description: name.to_owned(),
            amount,
            qty: Decimal::ONE,
            taxed: true,
        };
        if let Some(known) = self.invoices.get_mut(&invoice) {
            known.items.push(item);
        }
        self.fire_of("after_invoicecreate", invoice);
        invoice
    }
}
