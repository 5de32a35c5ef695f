//! Order pages, products, currencies (hostbill §4).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Call, Payload, column, flag, money, php_map, refuse};
use super::model::{Model, next_key};
use super::things::{CyclePrice, Product};

const CYCLES: [&str; 11] = ["m", "q", "s", "a", "b", "t", "p4", "p5", "d", "w", "h"];

/// Columns that `editProduct` writes and details show.
const COLUMNS: [&str; 22] = [
    "type",
    "description",
    "domain_options",
    "stock",
    "qty",
    "subdomain",
    "owndomain",
    "owndomainwithus",
    "tax",
    "tax_group_id",
    "upgrades",
    "sort_order",
    "client_limit",
    "hostname",
    "autohostname",
    "username_generation",
    "p_options",
    "code",
    "contract_id",
    "layout",
    "metadata",
    "hash",
];

/// `getOrderPages` (*observed* fields).
pub(crate) fn order_pages(model: &mut Model, _call: &Call<'_>) -> Answer {
    let pages = model.order_pages.values().map(|page| {
        let products = model.products.values().filter(|product| product.page == page.id).count();
        json!({
            "id": column(page.id), "name": page.name, "description": "", "visible": "1",
            "sort_order": column(page.id), "template": "", "ctype": "", "ptype": "Shared Hosting", "lptype": "shared",
            "otype": "", "products": column(products), "ptype_id": "1",
        })
    });
    Ok(Payload::with("categories", pages.collect()))
}

/// `getProducts` (*documented*): a map by id, `[]` when empty.
pub(crate) fn products(model: &mut Model, call: &Call<'_>) -> Answer {
    let page = call.params.id("id").map_err(|text| vec![text])?;
    let currency = call.params.number("currency_id").unwrap_or(0);
    let visible = call.params.filled("visible");
    let mut accounts: BTreeMap<u32, usize> = BTreeMap::new();
    for account in model.accounts.iter() {
        *accounts.entry(account.product).or_default() += 1;
    }
    let mut map = Map::new();
    for product in model.products.values().filter(|product| product.page == page) {
        if visible.is_some_and(|wanted| wanted != product.visible.to_string()) {
            continue;
        }
        let mut row = json!({
            "id": column(product.id), "type": column_of(product, "type", "5"), "name": product.name, "stock": "0",
            "paytype": product.paytype, "description": column_of(product, "description", ""), "qty": "0",
            "visible": column(product.visible), "ptype": "Other",
            "accounts": column(accounts.get(&product.id).copied().unwrap_or(0)),
        });
        if let Some(row) = row.as_object_mut() {
            for cycle in CYCLES.into_iter().filter(|cycle| !cycle.starts_with('p')) {
                let price = model.price(product.id, cycle, currency);
                row.insert(cycle.to_owned(), money(price.map(|known| known.price).unwrap_or_default()));
                row.insert(
                    format!("{cycle}_setup"),
                    money(price.map(|known| known.setup).unwrap_or_default()),
                );
            }
        }
        map.insert(product.id.to_string(), row);
    }
    Ok(Payload::with("products", php_map(map)))
}

/// `getProductDetails` (*observed*: member `product`).
pub(crate) fn details(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    match model.products.get(&id) {
        Some(product) => Ok(Payload::with("product", whole(product))),
        None => refuse("Product not found"),
    }
}

fn whole(product: &Product) -> Value {
    let mut map = Map::new();
    for name in COLUMNS {
        let default = match name {
            "type" => "5",
            "stock" | "qty" | "tax" | "tax_group_id" | "client_limit" | "sort_order" => "0",
            _ => "",
        };
        map.insert(name.to_owned(), column_of(product, name, default));
    }
    for (name, value) in [
        ("id", column(product.id)),
        ("category_id", column(product.page)),
        ("name", json!(product.name)),
        ("visible", column(product.visible)),
        ("autosetup", flag(product.autosetup)),
        ("rel", json!("Product")),
        ("paytype", json!(product.paytype)),
    ] {
        map.insert(name.to_owned(), value);
    }
    for cycle in CYCLES {
        let price = product.prices.get(cycle);
        map.insert(cycle.to_owned(), money(price.map(|known| known.price).unwrap_or_default()));
        map.insert(format!("{cycle}_setup"), money(price.map(|known| known.setup).unwrap_or_default()));
        map.insert(format!("{cycle}_enabled"), flag(price.is_some()));
    }
    Value::Object(map)
}

/// `editProduct` (*documented*): what is sent is written, prices of `Once` as `m1`, `m_setup1`.
pub(crate) fn edit(model: &mut Model, call: &Call<'_>) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    let Some(mut product) = model.products.get(&id).cloned() else { return refuse("Product not found") };
    write(&mut product, call)?;
    model.products.insert(id, product);
    Ok(Payload::info("product_updated"))
}

/// `addProduct`: *assumed* throughout, and not offered unless taken out of [`Model::missing_calls`].
pub(crate) fn add(model: &mut Model, call: &Call<'_>) -> Answer {
    let name = call.params.required("name").map_err(|text| vec![text])?;
    let page = call.params.id("category_id").map_err(|text| vec![text])?;
    if !model.order_pages.contains_key(&page) {
        return refuse("Wrong parameter: category_id");
    }
    let mut product = Product {
        id: next_key(&model.products, 91),
        page,
        name: name.to_owned(),
        columns: BTreeMap::new(),
        paytype: "Regular".to_owned(),
        visible: 1,
        autosetup: true,
        prices: BTreeMap::new(),
        own_prices: BTreeMap::new(),
        form: BTreeMap::new(),
    };
    write(&mut product, call)?;
    let id = product.id;
    model.products.insert(id, product);
    Ok(Payload::with("product_id", column(id)).saying("product_added"))
}

fn write(product: &mut Product, call: &Call<'_>) -> Result<(), Vec<String>> {
    let params = &call.params;
    for (name, value) in params.plain() {
        match name {
            "name" => value.clone_into(&mut product.name),
            "paytype" => value.clone_into(&mut product.paytype),
            "category_id" => product.page = value.parse().unwrap_or(product.page),
            "visible" => product.visible = value.parse().unwrap_or(product.visible),
            "autosetup" => product.autosetup = params.flag(name),
            _ if COLUMNS.contains(&name) => {
                product.columns.insert(name.to_owned(), value.to_owned());
            }
            _ => {}
        }
    }
    let suffix = if product.paytype == "Once" { "1" } else { "" };
    for cycle in CYCLES {
        let decimal = |name: String| params.decimal(&name).map_err(|text| vec![text]);
        let price = decimal(format!("{cycle}{suffix}"))?;
        let setup = decimal(format!("{cycle}_setup{suffix}"))?;
        let known = product.prices.get(cycle).copied();
        let before = known.unwrap_or(CyclePrice { price: Decimal::ZERO, setup: Decimal::ZERO });
        if price.is_some() || (known.is_some() && setup.is_some()) {
            let price =
                CyclePrice { price: price.unwrap_or(before.price), setup: setup.unwrap_or(before.setup) };
            product.prices.insert(cycle.to_owned(), price);
        }
        let switch = format!("{cycle}_enabled{suffix}");
        if params.text(&switch).is_some() && !params.flag(&switch) {
            product.prices.remove(cycle);
        }
    }
    Ok(())
}

fn column_of(product: &Product, name: &str, default: &str) -> Value {
    json!(product.columns.get(name).map_or(default, String::as_str))
}

/// `getCurrencies` (*observed*): the main one apart, with numbers where the others have text.
pub(crate) fn currencies(model: &mut Model, _call: &Call<'_>) -> Answer {
    let main = model.currencies.get(&0).map_or("EUR", |known| known.code.as_str());
    let others = model.currencies.values().filter(|known| known.id != 0).map(|known| {
        json!({
            "id": column(known.id), "code": known.code, "sign": "", "iso": known.code,
            "rate": format!("{:.4}", known.rate), "last_changes": "2026-01-01 00:00:00", "update": "1", "enable": "1",
            "format": "1,234.56",
        })
    });
    let others: Vec<Value> = others.collect();
    let main = json!({"code": main, "iso": main, "sign": "", "id": 0, "decimal": 2, "format": "1,234.56", "rate": 1});
    Ok(Payload::with("main", main).and("currencies", json!(others)))
}
