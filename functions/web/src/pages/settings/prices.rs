//! Price rules, and what they make of an example.

use crate::pages::asked::filled;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::App;
use crate::worked::{Example, WhichRule, Worked};
use askama::Template;
use axum::extract::State;
use domain::money::{Currency, Money};
use domain::price::{Basis, Method, PriceRule};
use domain::settings::Settings;
use domain::subscription::{Quantity, SupplierPrices};
use http_kit::{Principal, Query};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

struct Rule {
    id: String,
    whom: String,
    how: String,
    rounding: String,
    valid: String,
}

/// The example's fields, as they were entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    rule: String,
    quantity: String,
    cost: String,
    resale: String,
    list: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "settings/prices.html")]
struct PricesPage {
    frame: Frame,
    tab: &'static str,
    rules: Vec<Rule>,
    form: Fields,
    worked: Option<Worked>,
    margin: Option<Money>,
    problem: Option<String>,
}

/// `GET /settings/prices`
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    Query(mut form): Query<Fields>,
) -> Shown {
    let settings = app.settings().await?;
    let asked = !form.rule.is_empty();
    let usual =
        settings.organisations.first().map_or_else(|| "EUR".to_owned(), |one| one.currency.to_string());
    for (field, usual) in [(&mut form.quantity, "10"), (&mut form.from, &usual), (&mut form.to, &usual)] {
        if field.is_empty() {
            usual.clone_into(field);
        }
    }
    let today = app.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (worked, margin, problem) = match asked.then(|| work_out(&form, &settings, today)) {
        Some(Ok((worked, margin))) => (Some(worked), margin, None),
        Some(Err(problem)) => (None, None, Some(problem)),
        None => (None, None, None),
    };
    render(&PricesPage {
        frame: Frame::new(&app, &principal, Section::Settings, "Price rules"),
        tab: "prices",
        rules: settings.price_rules.iter().map(rule).collect(),
        form,
        worked,
        margin,
        problem,
    })
}

fn work_out(form: &Fields, settings: &Settings, today: Date) -> Result<(Worked, Option<Money>), String> {
    let from: Currency = form.from.trim().parse().map_err(|error| format!("In: {error}"))?;
    let to: Currency = form.to.trim().parse().map_err(|error| format!("Charged in: {error}"))?;
    let price = |name: &str, text: &str| -> Result<Option<Money>, String> {
        let Some(text) = filled(Some(text)) else { return Ok(None) };
        let amount =
            Decimal::from_str_exact(text).map_err(|_| format!("{name}: enter a number, for example 2.85"))?;
        Ok(Some(Money::new(amount, from)))
    };
    let prices = SupplierPrices {
        resale: price("Resale", &form.resale)?,
        cost: price("Cost", &form.cost)?,
        list: price("List", &form.list)?,
    };
    let quantity: Quantity =
        form.quantity.trim().parse().map_err(|_| "Quantity: enter a whole number".to_owned())?;
    let rule = form.rule.parse().map_err(|_| "Rule: there is no such rule".to_owned())?;
    let example = Example { rule: WhichRule::Named(rule), day: today, prices, currency: to, quantity };
    let worked = example.work_out(settings).map_err(|error| text::sentence(&error.to_string()))?;
    let margin = worked.margin(quantity).map_err(|error| text::sentence(&error.to_string()))?;
    Ok((worked, margin))
}

fn rule(rule: &PriceRule) -> Rule {
    let of = |basis: Basis| match basis {
        Basis::Resale => "the supplier's resale price",
        Basis::Cost => "what it costs us",
        Basis::List => "the list price",
    };
    let how = match rule.method {
        Method::Markup { percent, basis } if percent.is_sign_negative() => {
            format!("{} less {} %", of(basis), (-percent).normalize())
        }
        Method::Markup { percent, basis } => format!("{} plus {} %", of(basis), percent.normalize()),
        Method::Margin { percent, basis } => {
            format!("{}, so that {} % of the sale price is kept", of(basis), percent.normalize())
        }
        Method::Fixed(price) => format!("{}, whatever the supplier says", text::money(&price)),
        Method::PassThrough(basis) => format!("exactly {}", of(basis)),
    };
    let scope = &rule.scope;
    let parts = [
        scope.customer.as_ref().map(|it| format!("customer {it}")),
        scope.offer.as_ref().map(|it| format!("offer {it}")),
        scope.publisher.as_ref().map(|it| format!("publisher {it}")),
    ];
    let whom: Vec<String> = parts.into_iter().flatten().collect();
    let valid = match (rule.valid_from, rule.valid_until) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("before {until}"),
        (Some(from), Some(until)) => format!("from {from}, before {until}"),
    };
    let places =
        rule.decimals.map_or_else(|| "the currency's places".to_owned(), |it| format!("{it} places"));
    Rule {
        id: rule.id.to_string(),
        whom: if whom.is_empty() { "everything".to_owned() } else { whom.join(", ") },
        how,
        rounding: format!("{} to {places}", rule.rounding.name()),
        valid,
    }
}
