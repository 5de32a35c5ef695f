//! Invoices, lines, payments, queued charges (hostbill §7).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::{Answer, Call, Payload, column, day, flag, money, number, refuse, stamp};
use super::client_calls::{filters, whole};
use super::model::Model;
use super::params::Param;
use super::things::{Invoice, Item, QueueItem, Transaction};

const STATUSES: [&str; 7] = ["Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections", "Chargeback"];

/// `addInvoice` (*documented*): an empty draft.
pub(crate) fn add(model: &mut Model, call: &Call<'_>) -> Answer {
    let client = call.params.id("client_id").map_err(|text| vec![text])?;
    if !model.clients.contains_key(&client) {
        return refuse("Client not found");
    }
    let id = model.new_invoice(client, "Draft");
    model.fire_of("after_invoicecreate", id);
    Ok(Payload::with("invoice_id", column(id)))
}

/// `addInvoiceItem` (*documented*): price per unit, quantity 1 by default.
pub(crate) fn add_item(model: &mut Model, call: &Call<'_>) -> Answer {
    let params = &call.params;
    let id = params.id("id").map_err(|text| vec![text])?;
    let line = params.required("line").map_err(|text| vec![text])?.to_owned();
    params.required("price").map_err(|text| vec![text])?;
    let price = params.decimal("price").map_err(|text| vec![text])?.unwrap_or_default();
    let qty = params.decimal("qty").map_err(|text| vec![text])?.unwrap_or(Decimal::ONE);
    let item = Item {
        id: model.new_item_id(),
        kind: "Other".to_owned(),
        item_id: 0,
        description: line,
        amount: price,
        qty,
        taxed: params.flag("tax"),
    };
    let Some(invoice) = model.invoices.get_mut(&id) else { return refuse("Invoice not found") };
    let shown = item_row(id, &item);
    invoice.items.push(item);
    Ok(Payload::with("newline", shown))
}

/// `convertInvoice` (*documented*): draft to `Unpaid`.
pub(crate) fn convert(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(invoice) = model.invoices.get_mut(&id) else { return refuse("Invoice not found") };
    if invoice.status != "Draft" {
        return refuse("Invoice is not a draft");
    }
    "Unpaid".clone_into(&mut invoice.status);
    Ok(Payload::with("invoice", model.invoice_block(id, false)))
}

/// `getInvoices`; filters by client and status are *assumed* (hostbill §7).
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Answer {
    let list = call.params.filled("list").unwrap_or("all").to_lowercase();
    let filters = filters(call);
    let fits = |invoice: &&Invoice| {
        (list == "all" || invoice.status.to_lowercase() == list)
            && (model.settings.list_drafts || invoice.status != "Draft")
            && filters.iter().all(|(name, text)| match name.as_str() {
                "client_id" => invoice.client.to_string() == *text,
                "status" => invoice.status.eq_ignore_ascii_case(text),
                _ => true,
            })
    };
    let ids: Vec<u32> = model.invoices.values().rev().filter(fits).map(|invoice| invoice.id).collect();
    Ok(model.page(call, "invoices", &ids, Model::invoice_row))
}

/// `getClientInvoices`
pub(crate) fn of_client(model: &mut Model, call: &Call<'_>) -> Answer {
    let client = call.params.id("id").map_err(|text| vec![text])?;
    let shown = |invoice: &&Invoice| {
        invoice.client == client && (model.settings.list_drafts || invoice.status != "Draft")
    };
    let ids: Vec<u32> = model.invoices.values().rev().filter(shown).map(|invoice| invoice.id).collect();
    Ok(model.page(call, "invoices", &ids, Model::invoice_row))
}

/// `getInvoiceDetails` (*documented*): the invoice with its client, the payments beside it.
pub(crate) fn details(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(invoice) = model.invoices.get(&id) else { return refuse("Invoice not found") };
    let transactions: Vec<Value> = invoice
        .transactions
        .iter()
        .map(|payment| {
            json!({
                "id": column(payment.id), "in": money(payment.amount), "out": "0.00", "fee": money(payment.fee),
                "date": stamp(Some(payment.date)), "trans_id": payment.trans_id, "invoice_id": column(id),
                "module": payment.module, "currency_id": column(invoice.currency_id), "client_id": column(invoice.client),
            })
        })
        .collect();
    Ok(Payload::with("invoice", model.invoice_block(id, true)).and("transactions", json!(transactions)))
}

/// `setInvoiceStatus` (*documented*): no transaction, and with EU numbering no final number.
pub(crate) fn set_status(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let status = call.params.required("status").map_err(|text| vec![text])?;
    if !STATUSES.contains(&status) {
        return refuse("Wrong parameter: status");
    }
    let now = model.clock.now();
    let Some(invoice) = model.invoices.get_mut(&id) else { return refuse("Invoice not found") };
    status.clone_into(&mut invoice.status);
    if status == "Paid" {
        invoice.paid = Some(now);
    }
    Ok(Payload::info("Invoice status updated"))
}

/// `addInvoicePayment` (*documented*): reaching the total pays the invoice, with EU numbering it also gets
/// its final number. Sent twice, it is two payments.
pub(crate) fn pay(model: &mut Model, call: &Call<'_>) -> Answer {
    let params = &call.params;
    let id = params.id("id").map_err(|text| vec![text])?;
    params.required("amount").map_err(|text| vec![text])?;
    let amount = params.decimal("amount").map_err(|text| vec![text])?.unwrap_or_default();
    let module = params.required("paymentmodule").map_err(|text| vec![text])?.to_owned();
    let fee = params.decimal("fee").map_err(|text| vec![text])?.unwrap_or_default();
    let payments: usize = model.invoices.values().map(|invoice| invoice.transactions.len()).sum();
    let now = model.clock.now();
    let eu = model.settings.eu_numbering;
    let paid_before = model.invoices.values().filter(|invoice| !invoice.paid_id.is_empty()).count();
    let Some(invoice) = model.invoices.get_mut(&id) else { return refuse("Invoice not found") };
    invoice.transactions.push(Transaction {
        id: u32::try_from(payments).unwrap_or(0) + 4410,
        amount,
        fee,
        trans_id: params.filled("transnumber").unwrap_or_default().to_owned(),
        module,
        date: params.moment("date").unwrap_or(now),
    });
    if invoice.balance() <= Decimal::ZERO && invoice.status != "Paid" {
        "Paid".clone_into(&mut invoice.status);
        invoice.paid = Some(now);
        if eu {
            invoice.paid_id = format!("{}-{:05}", now.civil().year(), paid_before + 1);
        }
        model.fire_of("after_invoicefullpaid", id);
    }
    Ok(Payload::info("Transaction has been added to invoice"))
}

/// `deleteInvoice`
pub(crate) fn delete(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    match model.invoices.remove(&id) {
        Some(_) => Ok(Payload::info("Invoice deleted")),
        None => refuse("Invoice not found"),
    }
}

/// `addInvoiceQueueItem` (*documented* parameters): a charge for the account's next invoice. No call reads it
/// back (hostbill §15).
pub(crate) fn queue(model: &mut Model, call: &Call<'_>) -> Answer {
    let client = call.params.id("client_id").map_err(|text| vec![text])?;
    let account = call.params.id("id").map_err(|text| vec![text])?;
    if model.accounts.get(account).is_none_or(|known| known.client != client) {
        return refuse("Account not found");
    }
    let item = call.params.map("queueitem");
    let text = |name: &str| item.get(name).and_then(Param::as_text).unwrap_or_default();
    let decimal = |name: &str, default: Decimal| match text(name) {
        "" => Ok(default),
        given => given.parse().map_err(|_| vec![format!("Wrong parameter: queueitem[{name}]")]),
    };
    if text("description").is_empty() || text("amount").is_empty() {
        return refuse("Wrong parameter: queueitem");
    }
    let (amount, qty) = (decimal("amount", Decimal::ZERO)?, decimal("qty", Decimal::ONE)?);
    let item = QueueItem {
        client,
        account,
        description: text("description").to_owned(),
        amount,
        qty,
        taxed: super::params::truth(text("taxed")),
        note: text("note").to_owned(),
        invoice: None,
    };
    model.queue.push(item);
    Ok(Payload::info("queue_item_added"))
}

fn item_row(invoice: u32, item: &Item) -> Value {
    json!({
        "id": column(item.id), "invoice_id": column(invoice), "type": item.kind, "item_id": column(item.item_id),
        "description": item.description, "amount": money(item.amount), "taxed": flag(item.taxed),
        "qty": column(item.qty.normalize()), "linetotal": number(item.line_total()),
    })
}

impl Model {
    fn invoice_block(&self, id: u32, with_client: bool) -> Value {
        let Some(invoice) = self.invoices.get(&id) else { return Value::Null };
        let items: Vec<Value> = invoice.items.iter().map(|item| item_row(id, item)).collect();
        let mut block = json!({
            "id": column(id), "paid_id": invoice.paid_id, "recurring_id": "0", "status": invoice.status,
            "client_id": column(invoice.client), "date": day(Some(invoice.date)), "duedate": day(Some(invoice.due)),
            "datepaid": stamp(invoice.paid), "subtotal": money(invoice.subtotal()), "credit": money(invoice.credit),
            "tax": money(invoice.tax()), "taxrate": money(invoice.taxrate), "tax2": "0.00", "taxrate2": "0.00",
            "total": money(invoice.total()), "payment_module": "33", "currency_id": column(invoice.currency_id),
            "rate": format!("{:.4}", invoice.rate), "notes": "", "items": items, "gateway": "Bank transfer",
        });
        let client = self.clients.get(&invoice.client).filter(|_| with_client);
        if let (Some(map), Some(client)) = (block.as_object_mut(), client) {
            map.insert("client".to_owned(), whole(client));
        }
        block
    }

    fn invoice_row(&self, id: u32) -> Option<Value> {
        let invoice = self.invoices.get(&id)?;
        let client = self.clients.get(&invoice.client);
        let column_of = |name: &str| client.map_or("", |known| known.column(name));
        Some(json!({
            "id": column(id), "date": day(Some(invoice.date)), "duedate": day(Some(invoice.due)),
            "datepaid": stamp(invoice.paid), "total": money(invoice.total()), "credit": money(invoice.credit),
            "status": invoice.status, "paid_id": invoice.paid_id, "client_id": column(invoice.client),
            "firstname": column_of("firstname"), "lastname": column_of("lastname"),
            "currency_id": column(invoice.currency_id), "module": "33", "subtotal2": money(invoice.subtotal()),
        }))
    }
}
