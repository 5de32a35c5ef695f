use serde_json::json;
use simulators::hostbill::{HostBill, Model};

use crate::wire::{done, refused};

async fn sample() -> HostBill {
    HostBill::start(Model::sample()).await.unwrap()
}

async fn draft(hostbill: &HostBill) {
    assert_eq!(done(hostbill, "addInvoice", "client_id=512").await["invoice_id"], "9051");
    let line = "id=9051&line=Cloud+usage+%5Bref+2030-11%2Faz-771%5D&price=183.40&qty=1&tax=1";
    let added = done(hostbill, "addInvoiceItem", line).await["newline"].clone();
    assert_eq!(
        (&added["id"], &added["amount"], &added["linetotal"]),
        (&json!("20417"), &json!("183.40"), &json!(183.4))
    );
    assert_eq!(added["description"], "Cloud usage [ref 2030-11/az-771]");
}

#[tokio::test]
async fn a_draft_gets_lines_and_becomes_unpaid_with_the_documented_sums() {
    let hostbill = sample().await;
    draft(&hostbill).await;
    let invoice = done(&hostbill, "convertInvoice", "id=9051").await["invoice"].clone();
    assert_eq!(invoice["status"], "Unpaid");
    assert_eq!(
        (&invoice["subtotal"], &invoice["tax"], &invoice["total"]),
        (&json!("183.40"), &json!("45.85"), &json!("229.25"))
    );
    assert_eq!((&invoice["rate"], &invoice["datepaid"]), (&json!("1.0000"), &json!("0000-00-00 00:00:00")));
    refused(&hostbill, "convertInvoice", "id=9051").await;
    let listed = done(&hostbill, "getClientInvoices", "id=512").await;
    assert_eq!(listed["invoices"][0]["total"], "229.25");
}

#[tokio::test]
async fn a_payment_that_reaches_the_total_pays_and_numbers_the_invoice() {
    let hostbill = sample().await;
    hostbill.with(|model| model.settings.eu_numbering = true);
    draft(&hostbill).await;
    done(&hostbill, "convertInvoice", "id=9051").await;
    let pay = |amount: &str| {
        format!("id=9051&amount={amount}&paymentmodule=33&fee=0&date=2030-12-12&transnumber=BANK-1")
    };
    done(&hostbill, "addInvoicePayment", &pay("100.00")).await;
    assert_eq!(hostbill.with(|model| model.invoices[&9051].status.clone()), "Unpaid");
    done(&hostbill, "addInvoicePayment", &pay("129.25")).await;
    let paid = done(&hostbill, "getInvoiceDetails", "id=9051").await;
    assert_eq!(
        (&paid["invoice"]["status"], &paid["invoice"]["paid_id"]),
        (&json!("Paid"), &json!("2026-00001"))
    );
    assert_eq!(paid["transactions"][1]["trans_id"], "BANK-1");
    assert_eq!(paid["invoice"]["client"]["id"], "512");
}

#[tokio::test]
async fn setting_the_status_paid_makes_no_payment_and_no_number() {
    let hostbill = sample().await;
    hostbill.with(|model| model.settings.eu_numbering = true);
    draft(&hostbill).await;
    done(&hostbill, "setInvoiceStatus", "id=9051&status=Paid").await;
    hostbill.with(|model| {
        let invoice = &model.invoices[&9051];
        assert!(invoice.transactions.is_empty() && invoice.paid_id.is_empty());
    });
    done(&hostbill, "deleteInvoice", "id=9051").await;
    refused(&hostbill, "getInvoiceDetails", "id=9051").await;
}

#[tokio::test]
async fn drafts_are_listed_or_not_as_set() {
    let hostbill = sample().await;
    draft(&hostbill).await;
    let count = || async {
        done(&hostbill, "getInvoices", "filter[client_id]=512").await["invoices"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 1);
    hostbill.with(|model| model.settings.list_drafts = false);
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn usage_is_recorded_every_time_and_shown_with_its_machine_text() {
    let hostbill = sample().await;
    let account = hostbill.with(|model| model.add_account(512, 94, "m", ""));
    let form = format!(
        "account_id={account}&variable=azure_cost&qty=42.17&charge=48.50&output=day&rawoutput=rec%3A1"
    );
    done(&hostbill, "meteredAddUsage", &form).await;
    let second = done(&hostbill, "meteredAddUsage", &form).await;
    assert_eq!(second["usage_id"], "88121");
    let bulk =
        format!("account_id={account}&variables[azure_cost][qty]=1.5&variables[azure_cost][rawoutput]=rec:2");
    assert_eq!(done(&hostbill, "meteredAddUsageBulk", &bulk).await["usage_ids"]["azure_cost"], "88122");
    let usage =
        done(&hostbill, "meteredGetUsage", &format!("account_id={account}")).await["variables"]["17"].clone();
    assert_eq!((&usage["usage"], &usage["charge"]), (&json!("85.84"), &json!(98.5)));
    assert_eq!(usage["values"][0]["rawoutput"], "rec:1");
    let variables = done(&hostbill, "meteredGetVariables", "product_id=94").await;
    assert_eq!(variables["variables"][0]["prices"][0]["price"], "1.0000");
    refused(&hostbill, "meteredAddUsage", &format!("account_id={account}&variable=nothing&qty=1")).await;
    let odd = format!("account_id={account}&variable=azure_cost&qty=1&date_created=2026-03-01+00%3A00%3A00");
    refused(&hostbill, "meteredAddUsage", &odd).await;
}
