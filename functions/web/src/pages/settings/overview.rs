//! The settings document, to be read.

use crate::pages::flash::Said;
use crate::pages::frame::{Frame, Section, Shown, render};
use crate::pages::text;
use crate::state::App;
use askama::Template;
use axum::extract::State;
use domain::money::ExchangeRate;
use domain::order::{ApprovalRule, Needs};
use domain::settings::{Approval, DueDatePolicy, Organisation, Policy, PriceHold, PricePer};
use http_kit::Principal;

type Facts = Vec<(&'static str, String)>;

struct Shape {
    id: String,
    facts: Facts,
    policy: Facts,
}

struct Rule {
    customer: String,
    offer: String,
    up_to: String,
    needs: &'static str,
}

#[derive(Template)]
#[template(path = "settings/overview.html")]
struct Overview {
    frame: Frame,
    tab: &'static str,
    organisations: Vec<Shape>,
    approvals: Vec<Rule>,
    rates: Vec<ExchangeRate>,
}

/// `GET /settings`
pub(super) async fn show(State(app): State<App>, principal: Principal, said: Said) -> Shown {
    let settings = app.settings().await?;
    render(&Overview {
        frame: Frame::new(&app, &principal, Section::Settings, "Settings").saying(said),
        tab: "overview",
        organisations: settings.organisations.iter().map(shape).collect(),
        approvals: settings.orders.rules.iter().map(rule).collect(),
        rates: settings.rates,
    })
}

fn shape(one: &Organisation) -> Shape {
    let per = match one.price_per {
        PricePer::Cycle => "one billing cycle",
        PricePer::Month => "one month, whatever the cycle",
    };
    Shape {
        id: one.id.to_string(),
        facts: vec![
            ("Supplier", format!("{} (organisation {} there)", one.supplier, one.supplier_organisation)),
            ("Billing", one.billing.to_string()),
            ("Supplier's prices", format!("in {}, for {per}", one.currency)),
        ],
        policy: policy(&one.policy),
    }
}

fn policy(policy: &Policy) -> Facts {
    let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
    let grace = match (policy.grace.days, policy.grace.suspend) {
        (0, _) => "none: terminated at once".to_owned(),
        (days, true) => format!("{days} days, suspended meanwhile"),
        (days, false) => format!("{days} days, left as it is meanwhile"),
    };
    let brake = &policy.brake;
    let amount = brake.max_amount.map_or_else(
        || "any sum".to_owned(),
        |most| format!("{} each cycle in any currency", text::grouped(&most.normalize().to_string())),
    );
    vec![
        (
            "Plans",
            match policy.approval {
                Approval::OnBrake => "wait for a person when the brake trips",
                Approval::Always => "always wait for a person",
            }
            .to_owned(),
        ),
        (
            "The brake trips beyond",
            format!(
                "{} changes; {} % reduced, from {} on; {amount}",
                brake.max_changes,
                brake.max_reduced_percent.normalize(),
                brake.min_reduced
            ),
        ),
        ("Grace after an end", grace),
        (
            "Prices",
            match policy.price_hold {
                PriceHold::UntilRenewal => "are held until another term begins",
                PriceHold::Never => "may change with every run",
            }
            .to_owned(),
        ),
        (
            "Due dates",
            match policy.due_date {
                DueDatePolicy::Keep => "are billing's own",
                DueDatePolicy::TermEnd => "follow the term",
            }
            .to_owned(),
        ),
        ("Creates missing clients", yes(policy.create_clients)),
        ("Creates missing products", yes(policy.create_products)),
    ]
}

fn rule(rule: &ApprovalRule) -> Rule {
    let everything = |what: &str| what.to_owned();
    Rule {
        customer: rule.customer.as_ref().map_or_else(|| everything("every customer"), ToString::to_string),
        offer: rule.offer.as_ref().map_or_else(|| everything("every offer"), ToString::to_string),
        up_to: rule.up_to.as_ref().map_or_else(|| everything("any sum"), text::money),
        needs: match rule.needs {
            Needs::Nobody => "nobody: the rule approves",
            Needs::Anyone => "anybody who may approve, the author too",
            Needs::SomeoneElse => "somebody other than the author",
        },
    }
}
