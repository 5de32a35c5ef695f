//! Agreements, the price list, billing cycles, invoice profiles.

use std::collections::BTreeMap;

use super::face::Call;
use super::input::{Input, body};
use super::model::Model;
use super::output::{Style, product_reference, publisher, reference, time};
use super::things::{Agreement, InvoiceProfile, Kind, Product};
use super::words::{Cycle, Term};
use crate::clock::Moment;
use crate::http::Reply;
use crate::json::Json;

/// What the price list is narrowed by, from query or body.
#[derive(Default)]
struct Wanted {
    organisation: Option<u32>,
    agreement: Option<u32>,
    kinds: Vec<i64>,
    part_numbers: Vec<String>,
    families: Vec<String>,
    search: Option<String>,
}

/// A line of the price list: a product in one agreement, for one term.
struct Line<'a> {
    product: &'a Product,
    agreement: &'a Agreement,
    term: Option<Term>,
}

/// `GET publishers`.
pub(crate) fn publishers(model: &mut Model, call: &Call<'_>) -> Reply {
    let write = |json: &mut Json, row: &(u32, &str)| {
        json.put("Id", row.0);
        json.put("Name", row.1);
    };
    model.page(call, &[(2, "Microsoft")], write, |_| {})
}

/// `GET agreements` (*documented*, crayon §7.2): envelope with a `Filter` echo.
pub(crate) fn agreements(model: &mut Model, call: &Call<'_>) -> Reply {
    let wanted: Vec<u32> = ids(call, &["OrganizationId", "OrganizationIds"]);
    let kinds: Vec<u32> = ids(call, &["AgreementTypes"]);
    let chosen = ids(call, &["AgreementIds"]);
    let rows: Vec<&Agreement> = model
        .agreements
        .values()
        .filter(|row| model.sees(call, row.organisation))
        .filter(|row| wanted.is_empty() || wanted.contains(&row.organisation))
        .filter(|row| kinds.is_empty() || kinds.contains(&u32::from(row.kind)))
        .filter(|row| chosen.is_empty() || chosen.contains(&row.id))
        .collect();
    let write = |json: &mut Json, row: &&Agreement| agreement_members(model, json, row);
    model.page(call, &rows, write, |json| filter_echo(json, call, wanted.first().copied()))
}

/// `GET agreementproducts`.
pub(crate) fn products(model: &mut Model, call: &Call<'_>) -> Reply {
    let query = &call.query;
    let many = |name: &str| query.all(name).map(str::to_owned).collect::<Vec<_>>();
    let wanted = Wanted {
        organisation: query.id("OrganizationId"),
        agreement: query.id("AgreementId").or(query.id("AgreementIds")),
        kinds: query.all("AgreementTypeIds").filter_map(|text| text.parse().ok()).collect(),
        part_numbers: many("Include.PartNumbers"),
        families: many("Include.ProductFamilyNames"),
        search: query.text("Search").map(str::to_lowercase),
    };
    price_list(model, call, &wanted)
}

/// `POST agreementproducts` and `…/getaspost`: the same filter as a body.
pub(crate) fn products_by_body(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    let input = Input::of(&value);
    let include = |name: &str| input.get("Include").get(name).list().into_iter().map(str::to_owned).collect();
    let nonzero = |name: &str| input.get(name).id().filter(|id| *id != 0);
    let wanted = Wanted {
        organisation: nonzero("OrganizationId"),
        agreement: nonzero("AgreementId"),
        kinds: input.get("AgreementTypeIds").numbers(),
        part_numbers: include("PartNumbers"),
        families: include("ProductFamilyNames"),
        search: input.get("Search").text().map(str::to_lowercase),
    };
    price_list(model, call, &wanted)
}

fn price_list(model: &Model, call: &Call<'_>, wanted: &Wanted) -> Reply {
    let lines = lines(model, call, wanted);
    let mut families: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &lines {
        *families.entry(line.product.family.as_str()).or_default() += 1;
    }
    let facets = |json: &mut Json| {
        json.put_array("ProductFamilies", |json| {
            for (family, count) in &families {
                json.item();
                json.object(|json| {
                    json.put("Key", *family);
                    json.put("DocCount", *count);
                });
            }
        });
        for empty in
            ["Publishers", "Pools", "Offerings", "Languages", "Programs", "ProductTypes", "BillingCycles"]
        {
            json.put_array(empty, |_| {});
        }
        filter_echo(json, call, wanted.organisation);
    };
    model.page(call, &lines, line_members, facets)
}

/// One line per product, agreement and term. Where the term stands in reality is unknown (crayon §7.3);
/// here `ProductVariant.MinimumCommitment.Months` tells it (*assumed*).
fn lines<'a>(model: &'a Model, call: &Call<'_>, wanted: &Wanted) -> Vec<Line<'a>> {
    let has = |list: &[String], text: &str| {
        list.is_empty() || list.iter().any(|one| one.eq_ignore_ascii_case(text))
    };
    let mut lines = Vec::new();
    for agreement in model.agreements.values() {
        let fits = wanted.organisation.is_none_or(|id| id == agreement.organisation)
            && wanted.agreement.is_none_or(|id| id == agreement.id)
            && (wanted.kinds.is_empty() || wanted.kinds.contains(&i64::from(agreement.kind)));
        if !fits || !model.sees(call, agreement.organisation) {
            continue;
        }
        for product in model.products.values() {
            let kind = if product.kind == Kind::LegacySeats { 6 } else { 13 };
            let found = wanted.search.as_ref().is_none_or(|text| product.name.to_lowercase().contains(text));
            let listed = kind == agreement.kind
                && found
                && has(&wanted.part_numbers, &product.part_number)
                && has(&wanted.families, &product.family)
                && product.purchase.contains_key(&agreement.currency);
            if !listed {
                continue;
            }
            let terms = product.terms.iter().copied().map(Some);
            let terms = terms.chain(product.terms.is_empty().then_some(None));
            lines.extend(terms.map(|term| Line { product, agreement, term }));
        }
    }
    lines
}

fn line_members(json: &mut Json, line: &Line<'_>) {
    let Line { product, agreement, term } = line;
    let price = product.unit_price(&agreement.currency, *term, Cycle::Monthly);
    let months = term.map_or(1, Term::months);
    json.put("UniqueId", format!("ap-{}-{}-{months}", product.id, agreement.id));
    json.put("ProductType", 0_u8);
    json.put_object("ProductVariant", |json| variant_members(json, product, *term));
    reference(json, "Agreement", agreement.id, Some(&agreement.name));
    json.put("Name", &product.name);
    json.put("PriceId", product.id * 100 + agreement.id % 100);
    for (name, value) in [("RecommendedRetailPrice", price.retail), ("SalesPrice", price.purchase)] {
        json.put_object(name, |json| {
            json.put("Value", value);
            json.put("CurrencyCode", &price.currency);
        });
    }
    json.put_null("AlternativeSalesPrice");
    json.put("PriceListName", format!("{} {}", agreement.name, agreement.currency));
    json.put("MonthMultiplier", 1_u8);
    json.put("PriceCalculationType", 1_u8);
    json.put("AgreementType", agreement.kind);
    json.put_null("ProductInformation");
    json.put("MinimumQuantity", product.minimum);
    json.put("MaximumQuantity", product.maximum);
    reference(json, "Catalog", 1, Some("Commercial"));
}

fn variant_members(json: &mut Json, product: &Product, term: Option<Term>) {
    let months = term.map_or(1, Term::months);
    json.put("Id", product.id + 2_000_000);
    product_reference(json, Some(product));
    json.put("PartNumber", &product.part_number);
    json.put("ProductName", &product.name);
    publisher(json);
    reference(json, "Program", 8, Some("CSP"));
    reference(json, "ProductFamily", product.id, Some(&product.family));
    json.put_object("MinimumCommitment", |json| {
        json.put("Id", months);
        json.put("Months", months);
        json.put("Name", format!("{months} Month(s)"));
    });
    json.put("UnitCount", 1_u8);
    json.put("PurchaseUnit", "1 Month(s)");
    json.put("PurchasePeriod", "Month");
    json.put("AddDate", "2022-01-10T00:00:00+00:00");
    json.put("DeleteDate", time(Moment::FOREVER, Style::Offset));
    json.put("IsTrial", false);
    json.put("DefaultBillingCycleId", product.cycles.first().map(|cycle| cycle.number()));
    json.put_array("AvailableBillingCycleIds", |json| cycle_numbers(json, product.cycles_of(term)));
    json.put_object("Attributes", |_| {});
    json.put("MinimumQuantity", rust_decimal::Decimal::from(product.minimum));
    json.put("MaximumQuantity", product.maximum.map(rust_decimal::Decimal::from));
}

fn cycle_numbers(json: &mut Json, cycles: impl Iterator<Item = Cycle>) {
    for cycle in cycles {
        json.item();
        json.value(cycle.number());
    }
}

/// `GET agreementproducts/{partNumber}/supportedbillingcycles`: a bare array of numbers; 500 without the
/// customer (*observed*, crayon §7.3).
pub(crate) fn supported_cycles(model: &mut Model, call: &Call<'_>) -> Reply {
    if call.query.id("resellerCustomerId").is_none() {
        return model.error(500, "Ops. Something broke");
    }
    match call.path.first().and_then(|part_number| model.product(part_number)) {
        Some(product) => {
            model.reply(|json| json.array(|json| cycle_numbers(json, product.cycles.iter().copied())))
        }
        None => model.not_found(),
    }
}

/// `GET billingcycles`: a bare array (*documented*; the SDK sees an envelope, crayon §2.3).
pub(crate) fn billing_cycles(model: &mut Model, _call: &Call<'_>) -> Reply {
    model.reply(|json| {
        json.array(|json| {
            for (cycle, name) in Cycle::all().filter(|(cycle, _)| *cycle != Cycle::Unknown) {
                json.item();
                json.object(|json| {
                    json.put("Id", cycle.number());
                    json.put("Name", name);
                });
            }
        });
    })
}

/// `GET invoiceprofiles` (*documented*, crayon §12.4).
pub(crate) fn invoice_profiles(model: &mut Model, call: &Call<'_>) -> Reply {
    let organisation = call.query.id("OrganizationId");
    let rows: Vec<&InvoiceProfile> = model
        .invoice_profiles
        .values()
        .filter(|row| model.sees(call, row.organisation))
        .filter(|row| organisation.is_none_or(|id| id == row.organisation))
        .collect();
    model.page(call, &rows, |json, row| profile_members(model, json, row), |_| {})
}

/// `GET invoiceprofiles/{id}`.
pub(crate) fn invoice_profile(model: &mut Model, call: &Call<'_>) -> Reply {
    match model.invoice_profiles.get(&call.id(0)).filter(|row| model.sees(call, row.organisation)) {
        Some(row) => model.reply(|json| json.object(|json| profile_members(model, json, row))),
        None => model.not_found(),
    }
}

fn profile_members(model: &Model, json: &mut Json, row: &InvoiceProfile) {
    json.put("Id", row.id);
    model.organisation_reference(json, row.organisation);
    json.put("Name", &row.name);
    for name in ["InvoiceReference", "CustomerReference", "RequisitionNumber"] {
        json.put(name, "");
    }
    json.put("InvoiceAddressId", u64::from(row.id) + 5_637_144_576);
    json.put_null("DeliveryAddressId");
    json.put_null("ConsumerId");
    json.put_null("ContactPersonId");
}

fn agreement_members(model: &Model, json: &mut Json, row: &Agreement) {
    json.put("Id", row.id);
    model.organisation_reference(json, row.organisation);
    json.put("Name", &row.name);
    json.put("SalesPriceCurrencyCode", &row.currency);
    json.put("StartDate", time(row.start, Style::Offset));
    json.put("EndDate", time(row.end, Style::Offset));
    json.put("Disabled", false);
    publisher(json);
    reference(json, "Program", 8, Some("CSP"));
    json.put("Number", format!("AG{}", row.id));
    json.put("CustomerNumber", "");
    json.put("MasterAgreement", "");
    json.put("HasTerms", false);
    json.put("AgreementType", row.kind);
    json.put_null("ParentAgreementId");
    json.put("CommitmentLevel", rust_decimal::Decimal::ZERO);
    json.put_null("ConsumerId");
}

fn filter_echo(json: &mut Json, call: &Call<'_>, organisation: Option<u32>) {
    json.put_object("Filter", |json| {
        json.put("Page", call.query.size("Page").unwrap_or(1));
        json.put("PageSize", call.query.size("PageSize").unwrap_or(50));
        json.put("OrganizationId", organisation.unwrap_or(0));
    });
}

fn ids(call: &Call<'_>, names: &[&str]) -> Vec<u32> {
    let all = names.iter().flat_map(|name| call.query.all(name));
    all.filter_map(|text| text.parse().ok()).filter(|id| *id != 0).collect()
}
