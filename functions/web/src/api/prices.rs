//! What customers pay, and how it comes about.

use super::sync::utc_day;
use super::words::{Amount, PriceShape};
use super::{parameter, wrong_parameter};
use crate::state::App;
use crate::worked::{Example, WhichRule};
use axum::extract::State;
use axum::http::StatusCode;
use domain::money::{Currency, Money};
use domain::price::{Method, PriceRule};
use domain::subscription::SupplierPrices;
use http_kit::document::{BadQuery, Missing};
use http_kit::{Json, Principal, Problem, Query};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const NAME_LENGTH: usize = 200;

/// A price rule. Fields that are `null` match everything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PriceRule)]
pub(super) struct RuleShape {
    /// Its name.
    #[schema(example = "standard")]
    id: String,
    /// For this customer of ours only.
    customer: Option<String>,
    /// For this offer of ours only.
    offer: Option<String>,
    /// For this publisher only.
    publisher: Option<String>,
    /// First day on which it may set a price.
    valid_from: Option<String>,
    /// First day on which it may no longer set one.
    valid_until: Option<String>,
    /// `markup`, `margin`, `fixed` or `pass-through`.
    #[schema(example = "markup")]
    method: &'static str,
    /// The supplier's price that it starts from: `resale`, `cost` or `list`.
    #[schema(example = "cost")]
    basis: Option<&'static str>,
    /// How many percent are added, or are kept of the sale price.
    #[schema(example = "15")]
    percent: Option<String>,
    /// The price that is fixed.
    fixed: Option<Amount>,
    /// How the price of one is rounded: `half-up`, `half-even`, `up` or `down`.
    #[schema(example = "half-up")]
    rounding: &'static str,
    /// To how many places; the currency's own where it is not said.
    decimals: Option<u32>,
}

impl From<&PriceRule> for RuleShape {
    fn from(rule: &PriceRule) -> Self {
        let (method, percent, fixed) = match rule.method {
            Method::Markup { percent, .. } => ("markup", Some(percent), None),
            Method::Margin { percent, .. } => ("margin", Some(percent), None),
            Method::Fixed(price) => ("fixed", None, Some(price)),
            Method::PassThrough(_) => ("pass-through", None, None),
        };
        Self {
            id: rule.id.to_string(),
            customer: rule.scope.customer.as_ref().map(ToString::to_string),
            offer: rule.scope.offer.as_ref().map(ToString::to_string),
            publisher: rule.scope.publisher.as_ref().map(ToString::to_string),
            valid_from: rule.valid_from.map(|day| day.to_string()),
            valid_until: rule.valid_until.map(|day| day.to_string()),
            method,
            basis: rule.method.basis().map(domain::price::Basis::as_str),
            percent: percent.map(|percent| percent.normalize().to_string()),
            fixed: fixed.map(Into::into),
            rounding: rule.rounding.name(),
            decimals: rule.decimals,
        }
    }
}

/// The price rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceRules)]
pub(super) struct Rules {
    /// The first that fits counts.
    items: Vec<RuleShape>,
}

/// List price rules
///
/// In the order in which they are looked through: the first that fits counts.
#[utoipa::path(
    get, path = "/api/price-rules", tag = "prices", operation_id = "listPriceRules",
    responses((status = 200, description = "the rules in order", body = Rules)),
)]
pub(super) async fn list(State(app): State<App>, _: Principal) -> Result<Json<Rules>, Problem> {
    let settings = app.settings().await?;
    Ok(Json(Rules { items: settings.price_rules.iter().map(Into::into).collect() }))
}

/// What is to be worked out.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct Asked {
    /// By this rule; otherwise by the one that fits customer, offer, publisher and day.
    #[param(min_length = 1, max_length = 200, pattern = "^[A-Za-z0-9._:-]+$", example = "standard")]
    rule: Option<String>,
    /// For this customer of ours.
    #[param(max_length = 200, pattern = "^cus_[A-Za-z0-9._:-]+$")]
    customer: Option<String>,
    /// For this offer of ours.
    #[param(max_length = 200, pattern = "^ofr_[A-Za-z0-9._:-]+$")]
    offer: Option<String>,
    /// For this publisher.
    #[param(max_length = 200, example = "Microsoft")]
    publisher: Option<String>,
    /// On this day; today unless it is said.
    #[param(format = Date)]
    day: Option<String>,
    /// The supplier's resale price of one.
    #[param(pattern = r"^[0-9]{1,15}(\.[0-9]{1,8})?$", example = "3.28")]
    resale: Option<String>,
    /// What one costs the reseller.
    #[param(pattern = r"^[0-9]{1,15}(\.[0-9]{1,8})?$", example = "2.85")]
    cost: Option<String>,
    /// The recommended retail price of one.
    #[param(pattern = r"^[0-9]{1,15}(\.[0-9]{1,8})?$", example = "4.00")]
    list: Option<String>,
    /// The currency of these prices.
    #[param(pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: String,
    /// What the customer is charged in; the same currency unless it is said.
    #[param(pattern = "^[A-Z]{3}$", example = "EUR")]
    client_currency: Option<String>,
    /// How many.
    #[param(minimum = 1, maximum = 1_000_000, default = 1)]
    quantity: Option<u32>,
}

/// An example worked out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceExample)]
pub(super) struct WorkedShape {
    /// The price of one, and how it came about.
    price: PriceShape,
    /// How many.
    quantity: u32,
    /// What is charged each cycle.
    total: Amount,
    /// What is kept of it, where the cost was given.
    margin: Option<Amount>,
}

/// Work out an example
///
/// What a rule makes of the prices that are given, with the arithmetic in words. Nothing is kept.
#[utoipa::path(
    get, path = "/api/price-rules/example", tag = "prices", operation_id = "getPriceExample", params(Asked),
    responses((status = 200, description = "the price, and how it comes about", body = WorkedShape), BadQuery, Missing),
)]
pub(super) async fn example(
    State(app): State<App>,
    _: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<WorkedShape>, Problem> {
    let quantity = asked.quantity.unwrap_or(1);
    if !(1..=1_000_000).contains(&quantity) {
        return Err(wrong_parameter("quantity", "1 to 1000000"));
    }
    let currency: Currency = parameter("currency", &asked.currency)?;
    let theirs =
        asked.client_currency.as_deref().map(|text| parameter("clientCurrency", text)).transpose()?;
    let day = asked.day.as_deref().map(|text| parameter("day", text)).transpose()?;
    let example = Example {
        rule: rule(&asked)?,
        day: day.unwrap_or_else(|| utc_day(app.clock.now())),
        prices: SupplierPrices {
            resale: price("resale", asked.resale.as_deref(), currency)?,
            cost: price("cost", asked.cost.as_deref(), currency)?,
            list: price("list", asked.list.as_deref(), currency)?,
        },
        currency: theirs.unwrap_or(currency),
        quantity,
    };
    let none = |error: &dyn std::fmt::Display| {
        let title = "There is no price";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-price", title).detail(error.to_string())
    };
    let worked = example.work_out(&app.settings().await?).map_err(|error| none(&error))?;
    let margin = worked.margin(quantity).map_err(|error| none(&error))?;
    Ok(Json(WorkedShape {
        price: (&worked.unit).into(),
        quantity,
        total: worked.total.into(),
        margin: margin.map(Into::into),
    }))
}

fn rule(asked: &Asked) -> Result<WhichRule, Problem> {
    if asked.publisher.as_ref().is_some_and(|name| name.chars().count() > NAME_LENGTH) {
        return Err(wrong_parameter("publisher", format!("at most {NAME_LENGTH} characters")));
    }
    if let Some(id) = &asked.rule {
        return Ok(WhichRule::Named(parameter("rule", id)?));
    }
    Ok(WhichRule::For {
        customer: asked.customer.as_deref().map(|text| parameter("customer", text)).transpose()?,
        offer: asked.offer.as_deref().map(|text| parameter("offer", text)).transpose()?,
        publisher: asked.publisher.clone(),
    })
}

fn price(name: &str, text: Option<&str>, currency: Currency) -> Result<Option<Money>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || wrong_parameter(name, "digits and a point, for example 2.85");
    let plain = text.len() <= 24 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = Decimal::from_str_exact(text).map_err(|_| wrong())?;
    if plain { Ok(Some(Money::new(amount, currency))) } else { Err(wrong()) }
}
