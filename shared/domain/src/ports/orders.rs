//! What orders need from suppliers and from the table.

use super::Page;
use crate::audit::AuditDraft;
use crate::clock::Deadline;
use crate::failure::Failure;
use crate::figures::Figures;
use crate::id::{OrderId, OrganisationId, SubscriptionId, SystemId, TenantId, UserId};
use crate::order::{CatalogueOffer, Order, OrderState};
use crate::secret::Secret;
use crate::settings::Organisation;
use crate::subscription::{ObservedSubscription, OfferKey, Quantity};
use async_trait::async_trait;
use jiff::civil::Date;

/// A supplier's catalogue.
#[async_trait]
pub trait CatalogueSource: Send + Sync {
    /// The connection's name.
    fn system(&self) -> &SystemId;

    /// Offers whose name or part number has this text in it, at most `limit`; each with its terms and cycles.
    async fn search(
        &self,
        organisation: &Organisation,
        text: &str,
        limit: u32,
        deadline: Deadline,
    ) -> Result<Vec<CatalogueOffer>, Failure>;

    /// One offer with its prices of now; nothing if it cannot be bought.
    async fn find_offer(
        &self,
        organisation: &Organisation,
        key: &OfferKey,
        deadline: Deadline,
    ) -> Result<Option<CatalogueOffer>, Failure>;
}

/// Whether a customer has accepted what it must have accepted before it may buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerAgreement {
    /// Accepted.
    Accepted,
    /// Not accepted, and the supplier will refuse.
    Missing,
}

/// What is bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// For whom.
    pub tenant: TenantId,
    /// What.
    pub offer: OfferKey,
    /// How many.
    pub quantity: Quantity,
    /// When the supplier is to process it; nothing is at once.
    pub scheduled: Option<Date>,
}

/// The supplier has taken a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchased {
    /// Its reference, where it gave one.
    pub reference: Option<Box<str>>,
}

/// A purchase that the supplier is to process on a later day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledPurchase {
    /// The supplier's reference.
    pub reference: Box<str>,
    /// Its number within the reference.
    pub number: Box<str>,
    /// What, by the name that the supplier lists it under, where it says so.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// When.
    pub day: Option<Date>,
    /// Its part number, where the supplier says so.
    pub part_number: Option<Box<str>>,
}

/// A supplier that takes orders. Mutations that fail in a way that is not [`Failure::certainly_not_done`] are in
/// doubt; nobody but the journal may repeat them.
#[async_trait]
pub trait OrderTarget: Send + Sync {
    /// The connection's name.
    fn system(&self) -> &SystemId;

    /// Whether the customer may buy at all.
    async fn customer_agreement(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<CustomerAgreement, Failure>;

    /// Mutation: buys. The supplier's own "no" is [`crate::failure::FailureKind::Refused`] with its reason.
    async fn purchase(&self, purchase: &Purchase, deadline: Deadline) -> Result<Purchased, Failure>;

    /// The subscriptions that a purchase has led to; none while the supplier is still at work.
    async fn purchased(&self, reference: &str, deadline: Deadline) -> Result<Vec<SubscriptionId>, Failure>;

    /// Every subscription of a customer at an organisation, in every state.
    async fn subscriptions_of(
        &self,
        organisation: &Organisation,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<ObservedSubscription>, Failure>;

    /// A customer's purchases that wait for their day.
    async fn scheduled(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<ScheduledPurchase>, Failure>;

    /// Mutation: calls off a purchase that waits for its day.
    async fn call_off(&self, purchase: &ScheduledPurchase, deadline: Deadline) -> Result<(), Failure>;

    /// Mutation: sets a subscription's number of seats; says the same however often it is sent.
    async fn set_quantity(
        &self,
        subscription: &SubscriptionId,
        quantity: Quantity,
        deadline: Deadline,
    ) -> Result<(), Failure>;
}

/// Which orders are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderFilter {
    /// All of them.
    #[default]
    All,
    /// Those where something is left to be done, see [`OrderState::is_open`].
    Open,
    /// Those in one state.
    In(OrderState),
}

/// Orders. Every write says what it does in the audit log, in one transaction with it.
#[async_trait]
pub trait OrderStore: Send + Sync {
    /// Keeps an order over its version before; [`crate::failure::FailureKind::Conflict`] when somebody else was
    /// first, or when a new one (version 1) is there already.
    async fn put_order(&self, order: &Order, audit: AuditDraft) -> Result<(), Failure>;

    /// One order; strongly consistent.
    async fn find_order(&self, organisation: &OrganisationId, id: &OrderId)
    -> Result<Option<Order>, Failure>;

    /// Orders of an organisation, the newest first.
    async fn list_orders(
        &self,
        organisation: &OrganisationId,
        filter: OrderFilter,
        from: Option<&str>,
        limit: u32,
    ) -> Result<Page<Order>, Failure>;
}

/// Figures, one for each organisation and day; counting a day again writes over it. Those that were kept last in a
/// month are the month's.
#[async_trait]
pub trait FiguresStore: Send + Sync {
    /// Keeps a day's figures.
    async fn put_figures(&self, figures: &Figures) -> Result<(), Failure>;

    /// The figures of these days, both included, in order.
    async fn figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure>;

    /// The last figures of these days, both included.
    async fn last_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Option<Figures>, Failure>;

    /// The figures of these months, in order: from the month of one day to that of the other, both included.
    async fn monthly_figures(
        &self,
        organisation: &OrganisationId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Figures>, Failure>;
}

/// A person's own sign-in at a supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalCredentials {
    /// Their name there.
    pub username: String,
    /// Their password there.
    pub password: Secret,
}

/// Where people's own sign-ins are kept: encrypted, and never shown again.
#[async_trait]
pub trait PersonalSecrets: Send + Sync {
    /// Keeps a sign-in over the one before.
    async fn keep(
        &self,
        user: &UserId,
        system: &SystemId,
        credentials: &PersonalCredentials,
    ) -> Result<(), Failure>;

    /// The sign-in itself, for whoever makes the call.
    async fn find(&self, user: &UserId, system: &SystemId) -> Result<Option<PersonalCredentials>, Failure>;

    /// Removes a sign-in; removing it again changes nothing.
    async fn remove(&self, user: &UserId, system: &SystemId) -> Result<(), Failure>;
}
