//! Why an order waits for a person, and what that person does about it.

/// Why an order waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HoldReason {
    /// The customer has not accepted the publisher's customer agreement.
    AgreementMissing,
    /// The supplier does not take the credentials that the order is placed with.
    CredentialsRefused,
    /// No answer, and no trace of the order at the supplier: only a person may send it again.
    SupplierUnclear,
    /// The supplier took the order and has not delivered.
    SupplierSlow,
    /// The subscription is not as it was when the order was made.
    SubscriptionMoved,
    /// Bought, and billing cannot be brought into step: its record says why.
    BillingParked,
    /// Bought, and billing refused.
    BillingRefused,
    /// Bought, and the plan that bills it wants approval, for it charges another sum than was approved.
    PlanWaits,
    /// A person wants a scheduled purchase called off; the supplier is asked next.
    CallOff,
}

impl HoldReason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::AgreementMissing,
        Self::CredentialsRefused,
        Self::SupplierUnclear,
        Self::SupplierSlow,
        Self::SubscriptionMoved,
        Self::BillingParked,
        Self::BillingRefused,
        Self::PlanWaits,
        Self::CallOff,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgreementMissing => "agreement-missing",
            Self::CredentialsRefused => "credentials-refused",
            Self::SupplierUnclear => "supplier-unclear",
            Self::SupplierSlow => "supplier-slow",
            Self::SubscriptionMoved => "subscription-moved",
            Self::BillingParked => "billing-parked",
            Self::BillingRefused => "billing-refused",
            Self::PlanWaits => "plan-waits",
            Self::CallOff => "call-off",
        }
    }

    /// Finds a reason by its code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What a person does about it.
    pub fn cure(self) -> &'static str {
        match self {
            Self::AgreementMissing => {
                "have the customer accept the Microsoft Customer Agreement, record it in Cloud-iQ, then retry"
            }
            Self::CredentialsRefused => {
                "correct the Crayon sign-in that the order is placed with, then retry"
            }
            Self::SupplierUnclear => {
                "look for the order in Cloud-iQ; if it is there, wait; if it certainly is not, retry sends it again"
            }
            Self::SupplierSlow => "look for the order in Cloud-iQ and ask Crayon; retry looks again",
            Self::SubscriptionMoved => {
                "compare the subscription with the order, then cancel it or make a new one"
            }
            Self::BillingParked => "cure the parked subscription on the sync page, then retry",
            Self::BillingRefused => "settle what billing refused, then retry",
            Self::PlanWaits => "read the plan on the sync page and approve it, then retry",
            Self::CallOff => "nothing: the supplier is asked to call it off; retry to let it run after all",
        }
    }

    /// Whether the supplier has the order already, so that a retry goes on with billing and never orders again.
    pub fn is_after_supplier(self) -> bool {
        match self {
            Self::AgreementMissing
            | Self::CredentialsRefused
            | Self::SupplierUnclear
            | Self::SubscriptionMoved => false,
            Self::SupplierSlow
            | Self::BillingParked
            | Self::BillingRefused
            | Self::PlanWaits
            | Self::CallOff => true,
        }
    }

    /// Whether it is bought and only billing is behind: it goes on by itself once billing is in step.
    pub fn is_about_billing(self) -> bool {
        match self {
            Self::BillingParked | Self::BillingRefused | Self::PlanWaits => true,
            Self::AgreementMissing
            | Self::CredentialsRefused
            | Self::SupplierUnclear
            | Self::SupplierSlow
            | Self::SubscriptionMoved
            | Self::CallOff => false,
        }
    }
}

/// An order set aside for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// What exactly, without secrets.
    pub detail: String,
}
