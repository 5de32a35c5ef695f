//! What the operator decided. There are no secrets in it.

use super::prices::RuleShape;
use super::words::Amount;
use crate::state::App;
use axum::extract::State;
use domain::money::ExchangeRate;
use domain::order::ApprovalRule;
use domain::settings::{
    Approval, DueDatePolicy, Organisation, Policy, PriceHold, PricePer, Settings as Decided,
};
use http_kit::{Json, Principal, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Everything the operator has decided.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Settings {
    /// Whose subscriptions are kept in step with which billing.
    organisations: Vec<OrganisationShape>,
    /// What customers pay.
    price_rules: Vec<RuleShape>,
    /// Rates for customers who are charged in another currency.
    rates: Vec<RateShape>,
    /// Who has to approve which order.
    orders: OrderPolicyShape,
}

/// An organisation at a supplier, and where its customers are billed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organisation)]
struct OrganisationShape {
    /// Our short name for it.
    #[schema(example = "nordic")]
    id: String,
    /// The connection to the supplier.
    #[schema(example = "crayon")]
    supplier: String,
    /// The organisation's id there.
    supplier_organisation: String,
    /// The connection to billing.
    #[schema(example = "hostbill")]
    billing: String,
    /// The currency of the supplier's prices.
    #[schema(example = "EUR")]
    currency: String,
    /// What the supplier's price of one is for: `cycle` or `month`.
    #[schema(example = "cycle")]
    price_per: &'static str,
    /// How far unattended work may go.
    policy: PolicyShape,
}

/// How far unattended work may go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Policy)]
struct PolicyShape {
    /// Days from the end of a subscription to the termination of its service.
    grace_days: u32,
    /// Whether the service is suspended in these days.
    suspend_in_grace: bool,
    /// `keep` or `term-end`.
    due_date: &'static str,
    /// `until-renewal` or `never`.
    price_hold: &'static str,
    /// `on-brake` or `always`.
    approval: &'static str,
    /// Whether a missing client is created in billing.
    create_clients: bool,
    /// Whether a missing product is created in billing.
    create_products: bool,
    /// What parks a whole plan.
    brake: BrakeShape,
}

/// Limits beyond which a plan waits for a person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Brake)]
struct BrakeShape {
    /// More changes than this in one plan.
    max_changes: u32,
    /// A larger share of the known subscriptions reduced, suspended or ended.
    max_reduced_percent: String,
    /// The share counts from this many on.
    min_reduced: u32,
    /// A larger change of the sum charged each cycle.
    max_amount: Option<String>,
}

/// A rate, and where it is from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExchangeRate)]
struct RateShape {
    /// From this currency.
    from: String,
    /// To this one.
    to: String,
    /// How many of the other one buys.
    rate: String,
    /// Who quoted it.
    source: String,
    /// Of which day.
    date: String,
}

/// Who has to approve which order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPolicy)]
struct OrderPolicyShape {
    /// The first that fits counts; where none fits, someone other than the author has to approve.
    approval: Vec<ApprovalRuleShape>,
}

/// Who has to approve. Fields that are `null` match everything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApprovalRule)]
struct ApprovalRuleShape {
    /// Orders of this customer of ours only.
    customer: Option<String>,
    /// Orders of this offer of ours only.
    offer: Option<String>,
    /// Orders up to this sum each cycle only.
    up_to: Option<Amount>,
    /// `nobody`, `anyone` or `someone-else`.
    needs: &'static str,
}

/// Show the settings
///
/// They are changed with `billbridge settings apply`.
#[utoipa::path(
    get, path = "/api/settings", tag = "settings", operation_id = "getSettings",
    responses((status = 200, description = "what the operator decided", body = Settings)),
)]
pub(super) async fn show(State(app): State<App>, _: Principal) -> Result<Json<Settings>, Problem> {
    Ok(Json((&app.settings().await?).into()))
}

impl From<&Decided> for Settings {
    fn from(settings: &Decided) -> Self {
        Self {
            organisations: settings.organisations.iter().map(Into::into).collect(),
            price_rules: settings.price_rules.iter().map(Into::into).collect(),
            rates: settings.rates.iter().map(Into::into).collect(),
            orders: OrderPolicyShape { approval: settings.orders.rules.iter().map(Into::into).collect() },
        }
    }
}

impl From<&Organisation> for OrganisationShape {
    fn from(one: &Organisation) -> Self {
        Self {
            id: one.id.to_string(),
            supplier: one.supplier.to_string(),
            supplier_organisation: one.supplier_organisation.clone(),
            billing: one.billing.to_string(),
            currency: one.currency.code().to_owned(),
            price_per: match one.price_per {
                PricePer::Cycle => "cycle",
                PricePer::Month => "month",
            },
            policy: (&one.policy).into(),
        }
    }
}

impl From<&Policy> for PolicyShape {
    fn from(policy: &Policy) -> Self {
        Self {
            grace_days: policy.grace.days.into(),
            suspend_in_grace: policy.grace.suspend,
            due_date: match policy.due_date {
                DueDatePolicy::Keep => "keep",
                DueDatePolicy::TermEnd => "term-end",
            },
            price_hold: match policy.price_hold {
                PriceHold::UntilRenewal => "until-renewal",
                PriceHold::Never => "never",
            },
            approval: match policy.approval {
                Approval::OnBrake => "on-brake",
                Approval::Always => "always",
            },
            create_clients: policy.create_clients,
            create_products: policy.create_products,
            brake: BrakeShape {
                max_changes: policy.brake.max_changes,
                max_reduced_percent: policy.brake.max_reduced_percent.to_string(),
                min_reduced: policy.brake.min_reduced,
                max_amount: policy.brake.max_amount.map(|amount| amount.to_string()),
            },
        }
    }
}

impl From<&ExchangeRate> for RateShape {
    fn from(rate: &ExchangeRate) -> Self {
        Self {
            from: rate.from.code().to_owned(),
            to: rate.to.code().to_owned(),
            rate: rate.rate.to_string(),
            source: rate.source.clone(),
            date: rate.date.to_string(),
        }
    }
}

impl From<&ApprovalRule> for ApprovalRuleShape {
    fn from(rule: &ApprovalRule) -> Self {
        Self {
            customer: rule.customer.as_ref().map(ToString::to_string),
            offer: rule.offer.as_ref().map(ToString::to_string),
            up_to: rule.up_to.map(Into::into),
            needs: rule.needs.as_str(),
        }
    }
}
