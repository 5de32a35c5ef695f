//! Metered billing: variables, usage records, charges (hostbill §8).

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Call, Payload, column, money, number, php_map, refuse, stamp};
use super::model::{Model, next_key};
use super::params::Param;
use super::things::{Volume, cents};
use crate::clock::Moment;

/// A metered variable of a product.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Id.
    pub id: u32,
    /// Product.
    pub product: u32,
    /// Technical name.
    pub name: String,
    /// `tiered`, `overage`, `volume`, `peak`, `stairstep`.
    pub scheme: String,
    /// Brackets.
    pub brackets: Vec<Bracket>,
}

/// A price bracket; an end of 0 is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// From this quantity.
    pub start: Decimal,
    /// To this quantity.
    pub end: Decimal,
    /// Per unit, or for the bracket as a whole under `stairstep`.
    pub price: Decimal,
}

/// A usage record.
#[derive(Clone, Debug)]
pub struct UsageRecord {
    /// Id.
    pub id: u32,
    /// Account.
    pub account: u32,
    /// Variable.
    pub variable: u32,
    /// Quantity.
    pub qty: Decimal,
    /// Amount given by the caller, or computed per record.
    pub charge: Decimal,
    /// Whether the caller gave the amount.
    pub given: bool,
    /// Human text.
    pub output: String,
    /// Machine text, the place for our key.
    pub rawoutput: String,
    /// When.
    pub created: Moment,
    /// The period is closed: no call shows it any more.
    pub closed: bool,
}

impl Model {
    /// A variable with brackets of (start, end or 0, price).
    pub fn add_variable(
        &mut self,
        product: u32,
        name: &str,
        scheme: &str,
        brackets: &[(Decimal, Decimal, Decimal)],
    ) -> u32 {
        let id = next_key(&self.variables, 17);
        let brackets =
            brackets.iter().map(|(start, end, price)| Bracket { start: *start, end: *end, price: *price });
        let variable = Variable {
            id,
            product,
            name: name.to_owned(),
            scheme: scheme.to_owned(),
            brackets: brackets.collect(),
        };
        self.variables.insert(id, variable);
        id
    }

    /// Usage records of an account whose period is open, oldest first.
    pub fn open_usage(&self, account: u32) -> impl Iterator<Item = &UsageRecord> {
        self.usage.iter().filter(move |record| record.account == account && !record.closed)
    }

    /// What an account owes for a variable in the open period.
    pub fn metered_charge(&self, account: u32, variable: &Variable) -> Decimal {
        let records: Vec<&UsageRecord> =
            self.open_usage(account).filter(|record| record.variable == variable.id).collect();
        let given: Decimal = records.iter().filter(|record| record.given).map(|record| record.charge).sum();
        let computed: Vec<&&UsageRecord> = records.iter().filter(|record| !record.given).collect();
        let total: Decimal = computed.iter().map(|record| record.qty).sum();
        let most = computed.iter().map(|record| record.qty).max().unwrap_or_default();
        let bracket = |qty: Decimal| variable.bracket(qty);
        let rest = match variable.scheme.as_str() {
            _ if computed.is_empty() => Decimal::ZERO,
            "peak" => most * bracket(most).price,
            "stairstep" => bracket(total).price,
            "volume" if self.settings.volume == Volume::AllAtReached => total * bracket(total).price,
            "volume" => (total - bracket(total).start) * bracket(total).price,
            _ => computed.iter().map(|record| record.charge).sum(),
        };
        given + rest
    }
}

impl Variable {
    /// The bracket a quantity falls into; a boundary belongs to the lower one (*assumed*, hostbill §8.2).
    fn bracket(&self, qty: Decimal) -> Bracket {
        let none = Bracket { start: Decimal::ZERO, end: Decimal::ZERO, price: Decimal::ZERO };
        let inside = |bracket: &&Bracket| bracket.end.is_zero() || qty <= bracket.end;
        self.brackets.iter().find(inside).or(self.brackets.last()).copied().unwrap_or(none)
    }

    /// The charge of one record; `before` is the running total without it (*documented* tables, hostbill §8.2).
    fn record_charge(&self, qty: Decimal, before: Decimal) -> Decimal {
        match self.scheme.as_str() {
            "tiered" => qty * self.bracket(qty).price,
            "overage" => {
                let bracket = self.bracket(before + qty);
                let billable = if qty > bracket.start { qty - bracket.start } else { qty };
                billable * bracket.price
            }
            _ => Decimal::ZERO,
        }
    }
}

/// `meteredGetVariables` (*documented*): here a list.
pub(crate) fn variables(model: &mut Model, call: &Call<'_>) -> Answer {
    let product = call.params.id("product_id").map_err(|text| vec![text])?;
    let mine = model.variables.values().filter(|variable| variable.product == product);
    let rows: Vec<Value> = mine
        .map(|variable| {
            let mut row = head(variable);
            let prices: Vec<Value> = variable
                .brackets
                .iter()
                .zip(1_u32..)
                .map(|(bracket, at)| {
                    json!({
                        "id": column(variable.id * 100 + at), "variable_id": column(variable.id),
                        "qty": column(bracket.start), "qty_max": column(bracket.end),
                        "price": format!("{:.4}", bracket.price),
                    })
                })
                .collect();
            if let Some(map) = row.as_object_mut() {
                map.insert("prices".to_owned(), json!(prices));
            }
            row
        })
        .collect();
    Ok(Payload::with("variables", json!(rows)))
}

fn head(variable: &Variable) -> Value {
    json!({
        "id": column(variable.id), "product_id": column(variable.product), "name": variable.name,
        "variable_name": variable.name, "unit_name": "unit", "cycle": "Monthly", "scheme": variable.scheme,
        "options": "32",
    })
}

/// One measurement as sent.
struct Measured {
    qty: Decimal,
    charge: Option<Decimal>,
    output: String,
    rawoutput: String,
    created: Option<Moment>,
}

impl Measured {
    fn read<'a>(text: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Vec<String>> {
        let filled = |name: &str| text(name).filter(|value| !value.is_empty());
        let decimal = |name: &str| -> Result<Option<Decimal>, Vec<String>> {
            let parsed = filled(name).map(str::parse).transpose();
            parsed.map_err(|_| vec![format!("Wrong parameter: {name}")])
        };
        let Some(qty) = decimal("qty")? else { return refuse("Wrong parameter: qty") };
        if filled("date_created") != filled("date_updated") {
            return refuse("Wrong parameter: date_updated");
        }
        Ok(Self {
            qty,
            charge: decimal("charge")?,
            output: filled("output").unwrap_or_default().to_owned(),
            rawoutput: filled("rawoutput").unwrap_or_default().to_owned(),
            created: filled("date_created").and_then(Moment::parse),
        })
    }
}

/// `meteredAddUsage` (*documented*); sent twice, it counts twice.
pub(crate) fn add(model: &mut Model, call: &Call<'_>) -> Answer {
    let account = call.params.id("account_id").map_err(|text| vec![text])?;
    let name = call.params.required("variable").map_err(|text| vec![text])?;
    let measured = Measured::read(|key| call.params.text(key))?;
    let id = record(model, account, name, measured)?;
    Ok(Payload::with("usage_id", column(id)))
}

/// `meteredAddUsageBulk` (*documented*).
pub(crate) fn add_bulk(model: &mut Model, call: &Call<'_>) -> Answer {
    let account = call.params.id("account_id").map_err(|text| vec![text])?;
    let sent = call.params.map("variables");
    if sent.is_empty() {
        return refuse("Wrong parameter: variables");
    }
    let mut ids = Map::new();
    for (name, fields) in &sent {
        let measured = Measured::read(|key| fields.get(key).and_then(Param::as_text))?;
        let id = record(model, account, name, measured)?;
        ids.insert(name.clone(), column(id));
    }
    Ok(Payload::with("usage_ids", php_map(ids)))
}

fn record(model: &mut Model, account: u32, name: &str, measured: Measured) -> Result<u32, Vec<String>> {
    let Some(known) = model.accounts.get(account) else { return refuse("Account not found") };
    let product = known.product;
    let variable =
        model.variables.values().find(|variable| variable.product == product && variable.name == name);
    let Some(variable) = variable else { return refuse("Variable not found") };
    let so_far = model.open_usage(account).filter(|record| record.variable == variable.id && !record.given);
    let before: Decimal = so_far.map(|record| record.qty).sum();
    let computed = variable.record_charge(measured.qty, before);
    let id = model.usage.last().map_or(88_120, |last| last.id + 1);
    model.usage.push(UsageRecord {
        id,
        account,
        variable: variable.id,
        qty: measured.qty,
        charge: measured.charge.unwrap_or(computed),
        given: measured.charge.is_some(),
        output: measured.output,
        rawoutput: measured.rawoutput,
        created: measured.created.unwrap_or(model.clock.now()),
        closed: false,
    });
    Ok(id)
}

/// `meteredGetUsage` (*documented*): the current billing period only.
pub(crate) fn usage(model: &mut Model, call: &Call<'_>) -> Answer {
    let account = call.params.id("account_id").map_err(|text| vec![text])?;
    let Some(known) = model.accounts.get(account) else { return refuse("Account not found") };
    let mine = model.variables.values().filter(|variable| variable.product == known.product);
    let mut map = Map::new();
    for variable in mine {
        let records: Vec<&UsageRecord> =
            model.open_usage(account).filter(|record| record.variable == variable.id).collect();
        let usage: Decimal = records.iter().map(|record| record.qty).sum();
        let values: Vec<Value> = records.iter().map(|record| value(variable, record)).collect();
        let mut row = head(variable);
        if let Some(row) = row.as_object_mut() {
            row.insert("usage".to_owned(), column(usage.normalize()));
            row.insert("charge".to_owned(), number(cents(model.metered_charge(account, variable))));
            row.insert("values".to_owned(), json!(values));
        }
        map.insert(variable.id.to_string(), row);
    }
    Ok(Payload::with("variables", php_map(map)))
}

fn value(variable: &Variable, record: &UsageRecord) -> Value {
    let mut row = head(variable);
    let more = json!({
        "id": column(record.id), "variable_id": column(variable.id), "date_created": stamp(Some(record.created)),
        "date_updated": stamp(Some(record.created)), "qty": column(record.qty.normalize()),
        "charge": money(cents(record.charge)), "output": record.output, "rawoutput": record.rawoutput,
    });
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
        row.remove("product_id");
    }
    row
}
