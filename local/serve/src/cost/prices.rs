//! Prices: a dated file of one region, with a source for each, and what of it is free for ever.

use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

const FILE: &str = include_str!("prices.json");

/// A price list of one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Of which region.
    pub region: String,
    /// The day on which they were looked up.
    pub date: String,
    listed: BTreeMap<String, Price>,
}

/// What one unit costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// US dollars for a unit.
    pub usd: Decimal,
    /// So many units of a month are free, in every account and for ever.
    pub free: Decimal,
    /// The page or file that says so.
    pub source: String,
}

impl Prices {
    /// The prices that came with this program.
    ///
    /// # Errors
    /// When the file is not one.
    pub fn built_in() -> Result<Self, String> {
        Self::read(FILE)
    }

    /// Reads a price list.
    ///
    /// # Errors
    /// Names what is missing or odd.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
        let text = |value: &Value, name: &str| {
            let found = value[name].as_str().filter(|text| !text.is_empty());
            found.map(str::to_owned).ok_or_else(|| format!("{name} is missing"))
        };
        if text(&file, "currency")? != "USD" {
            return Err("currency is not USD".to_owned());
        }
        let written = file["prices"].as_object().ok_or("prices are missing")?;
        let prices = written.iter().map(|(name, price)| {
            let of = |problem: String| format!("{name}: {problem}");
            let usd = amount(&text(price, "usd").map_err(of)?).map_err(of)?;
            let free = price.get("free").map_or(Ok(Decimal::ZERO), |free| {
                amount(free.as_str().ok_or_else(|| of("free is no text".to_owned()))?).map_err(of)
            })?;
            Ok((name.clone(), Price { usd, free, source: text(price, "source").map_err(of)? }))
        });
        let listed = prices.collect::<Result<_, String>>()?;
        Ok(Self { region: text(&file, "region")?, date: text(&file, "date")?, listed })
    }

    /// A price by its name.
    ///
    /// # Errors
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Price, String> {
        self.listed.get(name).ok_or_else(|| format!("there is no price {name}"))
    }
}

fn amount(text: &str) -> Result<Decimal, String> {
    let amount: Decimal = text.parse().map_err(|_| format!("{text:?} is no amount"))?;
    if amount.is_sign_negative() { Err(format!("{text} is less than nothing")) } else { Ok(amount) }
}
