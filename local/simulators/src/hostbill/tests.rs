//! Rules that need no wire.

use axum::body::Bytes;
use rust_decimal::Decimal;

use super::answer::php;
use super::face::contains;
use super::params::{Param, Params};
use super::{Matching, Model};
use crate::http::Request;

fn post(body: &str, kind: &str, query: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        path: "/admin/api.php".to_owned(),
        query: query.to_owned(),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: Bytes::copy_from_slice(body.as_bytes()),
        peer: [127, 0, 0, 1].into(),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn brackets_nest_append_and_may_be_percent_encoded() {
    let request =
        post("filter%5Bemail%5D=a%40b.example&status[]=Active&status[]=Suspended&v[cost][qty]=1.5", FORM, "");
    let params = Params::of(&request);
    assert_eq!(params.map("filter").get("email").and_then(Param::as_text), Some("a@b.example"));
    assert_eq!(params.texts("status"), ["Active", "Suspended"]);
    assert_eq!(
        params.map("v").get("cost").and_then(|cost| cost.get("qty")).and_then(Param::as_text),
        Some("1.5")
    );
}

#[test]
fn query_and_body_are_merged_and_the_body_wins() {
    let params = Params::of(&post("id=2&line=a+b", FORM, "id=1&call=x"));
    assert_eq!(
        (params.text("id"), params.text("call"), params.text("line")),
        (Some("2"), Some("x"), Some("a b"))
    );
}

#[test]
fn multipart_fields_are_read() {
    let body = "--XX\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\ngetClients\r\n\
                --XX\r\nContent-Disposition: form-data; name=\"filter[company]\"\r\n\r\nFjord\r\n--XX--\r\n";
    let params = Params::of(&post(body, "multipart/form-data; boundary=XX", ""));
    assert_eq!(params.text("call"), Some("getClients"));
    assert_eq!(params.map("filter").get("company").and_then(Param::as_text), Some("Fjord"));
}

#[test]
fn slashes_and_letters_beyond_ascii_are_escaped_as_php_does() {
    assert_eq!(php("\"a/ø🫐\""), "\"a\\/\\u00f8\\ud83e\\uded0\"");
}

#[test]
fn a_key_knows_four_notations_for_its_networks() {
    let address = [10, 1, 2, 3].into();
    for network in ["all", "10.1.2.3", "10.1.2.0/24", "10.1.2.0/255.255.255.0", "0.0.0.0/0"] {
        assert!(contains(network, address), "{network}");
    }
    for network in ["10.1.2.4", "10.1.3.0/24", "10.1.3.0/255.255.255.0", "nonsense"] {
        assert!(!contains(network, address), "{network}");
    }
}

fn charges(scheme: &str) -> (Vec<Decimal>, Decimal) {
    let mut model = Model::sample();
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    let product = model.add_product("Metered", &[("m", Decimal::ZERO)]);
    let brackets = [("0", "10", "0"), ("10", "50", "0.1"), ("50", "0", "0.2")];
    let brackets = brackets.map(|(start, end, price)| (decimal(start), decimal(end), decimal(price)));
    let variable = model.add_variable(product, "units", scheme, &brackets);
    let account = model.add_account(512, product, "m", "");
    let (id, key) = model.credentials();
    for qty in [1, 2, 2, 4, 11, 20, 55, 25, 9, 1] {
        let body = format!(
            "api_id={id}&api_key={key}&call=meteredAddUsage&account_id={account}&variable=units&qty={qty}"
        );
        let reply = crate::server::Face::answer(&mut model, &post(&body, FORM, ""), &[]);
        assert!(reply.body.contains("\"success\":true"), "{}", reply.body);
    }
    let each = model.open_usage(account).map(|record| record.charge.normalize()).collect();
    let variable = model.variables.get(&variable).unwrap();
    (each, model.metered_charge(account, variable).normalize())
}

#[test]
fn tiered_and_overage_reproduce_the_published_table() {
    let of = |texts: [&str; 10]| texts.map(|text| text.parse::<Decimal>().unwrap()).to_vec();
    let (tiered, sum) = charges("tiered");
    assert_eq!(tiered, of(["0", "0", "0", "0", "1.1", "2", "11", "2.5", "0", "0"]));
    assert_eq!(sum, Decimal::new(166, 1));
    let (overage, sum) = charges("overage");
    assert_eq!(overage, of(["0", "0", "0", "0", "0.1", "1", "1", "5", "1.8", "0.2"]));
    assert_eq!(sum, Decimal::new(91, 1));
}

#[test]
fn peak_counts_the_largest_measurement_only() {
    assert_eq!(charges("peak").1, Decimal::new(11, 0));
}

#[test]
fn an_account_is_found_by_its_domain_after_any_change() {
    let mut model = Model::sample();
    model.settings.matching = Matching::Exact;
    let account = model.add_account(512, 91, "m", "");
    model.account_mut(account).unwrap().domain = "Sub-1".to_owned();
    assert_eq!(model.accounts.with_domain("sub-1"), [account]);
    model.account_mut(account).unwrap().domain = "sub-2".to_owned();
    assert!(model.accounts.with_domain("sub-1").is_empty());
    assert_eq!(model.accounts.with_domain("sub-2"), [account]);
}

#[test]
fn a_recurring_invoice_takes_queued_charges_and_closes_the_period() {
    let mut model = Model::sample();
    let account = model.add_account(512, 94, "m", "");
    let (id, key) = model.credentials();
    for call in [
        format!("meteredAddUsage&account_id={account}&variable=azure_cost&qty=12.50"),
        format!(
            "addInvoiceQueueItem&client_id=512&id={account}&queueitem[description]=Extra&queueitem[amount]=5\
             &queueitem[qty]=2&queueitem[taxed]=1&queueitem[note]=n"
        ),
    ] {
        let body = format!("api_id={id}&api_key={key}&call={call}");
        let reply = crate::server::Face::answer(&mut model, &post(&body, FORM, ""), &[]);
        assert!(reply.body.contains("\"success\":true"), "{}", reply.body);
    }
    model.advance_days(20);
    let invoices = model.invoices_of(512);
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0].subtotal(), Decimal::new(2250, 2));
    assert_eq!(model.open_usage(account).count(), 0);
}
