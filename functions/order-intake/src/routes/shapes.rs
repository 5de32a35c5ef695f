//! Orders as programs read them: amounts as text, absent things as `null`.

use domain::access::Actor;
use domain::money::Money;
use domain::order::{Approval, Hold, Needs, Order, OrderStep, Quote, Wanted};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in a currency, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": "39.36", "currency": "EUR"}))]
pub(super) struct Amount {
    /// The amount: digits and a point, as many places as the currency has or more.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]+)?$", example = "39.36")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { amount: money.plain(), currency: money.currency.code().to_owned() }
    }
}

impl Amount {
    /// The amount itself, or which of its fields is wrong and why.
    pub(super) fn read(&self) -> Result<Money, (&'static str, String)> {
        let digits = self.amount.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        let amount = Decimal::from_str_exact(&self.amount).ok().filter(|_| digits);
        let amount = amount.ok_or_else(|| ("amount", "is not an amount, for example 39.36".to_owned()))?;
        let currency = self.currency.parse();
        Ok(Money::new(
            amount,
            currency.map_err(|error: domain::money::MoneyError| ("currency", error.to_string()))?,
        ))
    }
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ActorShape {
    /// What stays the same: `usr_…` for a person, `tok_…` for a program, a word for a part of Billbridge.
    #[schema(example = "usr_1793865600000a1b2c3")]
    pub id: String,
    /// Their name.
    #[schema(example = "Ada Lind")]
    pub name: String,
}

impl From<&Actor> for ActorShape {
    fn from(actor: &Actor) -> Self {
        Self { id: actor.id.to_string(), name: actor.name.to_string() }
    }
}

/// What an order comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct QuoteShape {
    /// The price of one for one cycle.
    pub unit: Amount,
    /// What is charged each cycle once the order is done. This is what is approved.
    pub total: Amount,
    /// The price rule that set the price.
    #[schema(example = "standard")]
    pub rule: String,
    /// The arithmetic in words.
    #[schema(example = "cost 2.85 EUR + 15 % = 3.2775 → 3.28 EUR (half-up)")]
    pub explanation: String,
    /// What all seats cost the reseller each cycle, where the supplier says it.
    pub cost: Option<Amount>,
    /// What is kept each cycle, where the cost is known.
    pub margin: Option<Amount>,
    /// The billing client that is charged.
    #[schema(example = "1042")]
    pub client: String,
    /// The billing product.
    #[schema(example = "33")]
    pub product: String,
    /// When it was computed.
    #[schema(format = DateTime, example = "2026-03-02T08:00:00Z")]
    pub made: String,
}

impl From<&Quote> for QuoteShape {
    fn from(quote: &Quote) -> Self {
        Self {
            unit: quote.unit.unit.into(),
            total: quote.total.into(),
            rule: quote.unit.rule.to_string(),
            explanation: quote.unit.explanation.clone(),
            cost: quote.cost.map(Amount::from),
            margin: quote.margin().map(Amount::from),
            client: quote.client.to_string(),
            product: quote.product.to_string(),
            made: quote.made.to_string(),
        }
    }
}

/// The approval that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ApprovalShape {
    /// Who.
    pub by: ActorShape,
    /// When.
    #[schema(format = DateTime, example = "2026-03-02T08:05:00Z")]
    pub at: String,
    /// Which sum each cycle.
    pub total: Amount,
}

impl From<&Approval> for ApprovalShape {
    fn from(approval: &Approval) -> Self {
        Self { by: (&approval.by).into(), at: approval.at.to_string(), total: approval.total.into() }
    }
}

/// Why an order waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct HoldShape {
    /// A word that stays the same.
    #[schema(example = "agreement-missing")]
    pub reason: String,
    /// What exactly.
    #[schema(example = "Fjord Kaffe AB has not accepted it")]
    pub detail: String,
    /// What a person does about it.
    pub cure: String,
}

impl From<&Hold> for HoldShape {
    fn from(hold: &Hold) -> Self {
        Self {
            reason: hold.reason.code().to_owned(),
            detail: hold.detail.clone(),
            cure: hold.reason.cure().to_owned(),
        }
    }
}

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct StepShape {
    /// When.
    #[schema(format = DateTime, example = "2026-03-02T08:05:00Z")]
    pub at: String,
    /// Who.
    pub by: ActorShape,
    /// Into which state; the state it was in already for a remark.
    #[schema(example = "approved")]
    pub to: String,
    /// Why.
    #[schema(example = "approved at 39.36 EUR each cycle")]
    pub why: String,
}

impl From<&OrderStep> for StepShape {
    fn from(step: &OrderStep) -> Self {
        Self {
            at: step.at.to_string(),
            by: (&step.by).into(),
            to: step.to.as_str().to_owned(),
            why: step.why.clone(),
        }
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderShape {
    /// Its id.
    #[schema(example = "ord_1793865600000a1b2c3")]
    pub id: String,
    /// At which organisation.
    #[schema(example = "nordic")]
    pub organisation: String,
    /// Raised with every change.
    #[schema(example = 1)]
    pub version: u32,
    /// `draft`, `pending_approval`, `approved`, `placing`, `placed_at_supplier`, `billed`, `active`, `rejected`,
    /// `cancelled`, `held` or `failed`.
    #[schema(example = "pending_approval")]
    pub state: String,
    /// What it is, in one line.
    pub summary: String,
    /// Our customer.
    #[schema(example = "cus_fjord")]
    pub customer: String,
    /// Their name.
    #[schema(example = "Fjord Kaffe AB")]
    pub customer_name: String,
    /// The customer's id at the supplier.
    #[schema(example = "5312")]
    pub tenant: String,
    /// What is bought: part number, term and cycle.
    #[schema(example = "CFQ7TTC0LH16:0001/P1Y/monthly")]
    pub offer: String,
    /// Its name.
    #[schema(example = "Exchange Online (Plan 1)")]
    pub offer_name: String,
    /// How many seats there are to be, all together.
    #[schema(example = 12)]
    pub quantity: u32,
    /// How many seats the subscription had, where it is one that runs already.
    pub quantity_before: Option<u32>,
    /// The subscription: the one whose seats are changed, or the one that was bought, once it is known.
    #[schema(example = "120045")]
    pub subscription: Option<String>,
    /// The service in billing, once it is known.
    pub service: Option<String>,
    /// The day on which the supplier is to process it; `null` is at once.
    #[schema(format = Date, example = "2026-04-01")]
    pub scheduled: Option<String>,
    /// The customer's own reference.
    pub reference: Option<String>,
    /// Whoever took the order.
    pub author: ActorShape,
    /// Why it waits for a person, while it is held.
    pub hold: Option<HoldShape>,
    /// What it comes to.
    pub quote: QuoteShape,
    /// The approval that counts.
    pub approval: Option<ApprovalShape>,
    /// The supplier's reference, once it has taken the order and gave one.
    pub supplier_reference: Option<String>,
    /// When it was made.
    #[schema(format = DateTime, example = "2026-03-02T08:00:00Z")]
    pub created: String,
    /// When it was last changed.
    #[schema(format = DateTime, example = "2026-03-02T08:00:00Z")]
    pub updated: String,
    /// Who has to approve it by the rules of now: `nobody`, `anyone` or `someone-else`. Left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "someone-else")]
    pub needs: Option<String>,
    /// Every step, the first one first. Left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub timeline: Option<Vec<StepShape>>,
}

impl OrderShape {
    /// An order as a list shows it.
    pub(super) fn row(order: &Order) -> Self {
        let (quantity_before, changed) = match &order.wanted {
            Wanted::Subscription { .. } => (None, None),
            Wanted::Seats { subscription, from, .. } => (Some(*from), Some(subscription)),
        };
        let text = |id: &dyn std::fmt::Display| id.to_string();
        Self {
            id: order.id.to_string(),
            organisation: order.organisation.to_string(),
            version: order.version,
            state: order.state.as_str().to_owned(),
            summary: order.summary(),
            customer: order.customer.to_string(),
            customer_name: order.customer_name.clone(),
            tenant: order.tenant.to_string(),
            offer: order.offer.to_string(),
            offer_name: order.offer_name.clone(),
            quantity: order.wanted.quantity(),
            quantity_before,
            subscription: order.subscription.as_ref().or(changed).map(|id| text(id)),
            service: order.service.as_ref().map(|id| text(id)),
            scheduled: order.scheduled.as_ref().map(|day| text(day)),
            reference: order.reference.clone(),
            author: (&order.author).into(),
            hold: order.hold.as_ref().map(HoldShape::from),
            quote: (&order.quote).into(),
            approval: order.approval.as_ref().map(ApprovalShape::from),
            supplier_reference: order.accepted.as_ref().and_then(|a| a.reference.as_ref().map(|r| text(r))),
            created: order.created.to_string(),
            updated: order.updated.to_string(),
            needs: None,
            timeline: None,
        }
    }

    /// An order with all its steps.
    pub(super) fn whole(order: &Order, needs: Option<Needs>) -> Self {
        Self {
            needs: needs.map(|needs| needs.as_str().to_owned()),
            timeline: Some(order.steps.iter().map(StepShape::from).collect()),
            ..Self::row(order)
        }
    }
}
