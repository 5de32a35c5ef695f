//! The states of an order and the steps between them.

use std::fmt;

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OrderState {
    /// Being written.
    Draft,
    /// Complete; somebody has to approve it.
    PendingApproval,
    /// Approved; to be placed next.
    Approved,
    /// On its way to the supplier, or in doubt whether it got there.
    Placing,
    /// The supplier has taken it.
    PlacedAtSupplier,
    /// Billing has the service.
    Billed,
    /// Runs and is billed.
    Active,
    /// A person said no.
    Rejected,
    /// Taken back before anything was bought, or a scheduled purchase was called off.
    Cancelled,
    /// Waits for a person, with what to do.
    Held,
    /// The supplier said no; nothing was bought.
    Failed,
}

/// There is no such step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} cannot become {to}")]
pub struct IllegalStep {
    /// How it stands.
    pub from: OrderState,
    /// What was asked.
    pub to: OrderState,
}

impl OrderState {
    /// All of them, in the order of an order's life.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::PendingApproval,
        Self::Approved,
        Self::Placing,
        Self::PlacedAtSupplier,
        Self::Billed,
        Self::Active,
        Self::Rejected,
        Self::Cancelled,
        Self::Held,
        Self::Failed,
    ];

    /// Every step there is. `approved → pending_approval` is taken when the price moved before placing;
    /// `placing → approved` when the order certainly was not sent; `failed → approved` when a person tries again
    /// what the supplier had refused.
    pub const STEPS: [(Self, Self); 28] = [
        (Self::Draft, Self::PendingApproval),
        (Self::Draft, Self::Cancelled),
        (Self::PendingApproval, Self::Approved),
        (Self::PendingApproval, Self::Rejected),
        (Self::PendingApproval, Self::Cancelled),
        (Self::Approved, Self::PendingApproval),
        (Self::Approved, Self::Placing),
        (Self::Approved, Self::Held),
        (Self::Approved, Self::Cancelled),
        (Self::Approved, Self::Failed),
        (Self::Placing, Self::Approved),
        (Self::Placing, Self::PlacedAtSupplier),
        (Self::Placing, Self::Failed),
        (Self::Placing, Self::Held),
        (Self::PlacedAtSupplier, Self::Billed),
        (Self::PlacedAtSupplier, Self::Held),
        (Self::PlacedAtSupplier, Self::Cancelled),
        (Self::PlacedAtSupplier, Self::Failed),
        (Self::Billed, Self::Active),
        (Self::Billed, Self::Held),
        (Self::Held, Self::Approved),
        (Self::Held, Self::Placing),
        (Self::Held, Self::PlacedAtSupplier),
        (Self::Held, Self::Billed),
        (Self::Held, Self::Active),
        (Self::Held, Self::Cancelled),
        (Self::Failed, Self::Approved),
        (Self::Failed, Self::Cancelled),
    ];

    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::PendingApproval => "pending_approval",
            Self::Approved => "approved",
            Self::Placing => "placing",
            Self::PlacedAtSupplier => "placed_at_supplier",
            Self::Billed => "billed",
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }

    /// Reads the text form.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether there is a step from here to there.
    ///
    /// # Errors
    /// When there is none.
    pub fn step(self, to: Self) -> Result<(), IllegalStep> {
        if Self::STEPS.contains(&(self, to)) { Ok(()) } else { Err(IllegalStep { from: self, to }) }
    }

    /// Whether something is left to be done: by us, or by a person. Orders that are not open rest for good.
    pub fn is_open(self) -> bool {
        match self {
            Self::Draft
            | Self::PendingApproval
            | Self::Approved
            | Self::Placing
            | Self::PlacedAtSupplier
            | Self::Billed
            | Self::Held => true,
            Self::Active | Self::Rejected | Self::Cancelled | Self::Failed => false,
        }
    }

    /// Whether we go on with it by ourselves.
    pub fn is_ours_to_do(self) -> bool {
        match self {
            Self::Approved | Self::Placing | Self::PlacedAtSupplier | Self::Billed => true,
            Self::Draft
            | Self::PendingApproval
            | Self::Active
            | Self::Rejected
            | Self::Cancelled
            | Self::Held
            | Self::Failed => false,
        }
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
