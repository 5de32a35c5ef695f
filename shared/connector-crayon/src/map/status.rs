//! A subscription's state: flags on the wire, one word in the business.

use crate::wire;
use connector_kit::tame;
use domain::subscription::SupplierStatus;

/// Cloud-iQ's `SubscriptionStatus`: a sum of flags, of which a subscription has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusFlags(pub u32);

impl StatusFlags {
    /// Running.
    pub const ACTIVE: Self = Self(1);
    /// Stopped for now.
    pub const SUSPENDED: Self = Self(2);
    /// Removed.
    pub const DELETED: Self = Self(4);
    /// Cancelled by the customer.
    pub const CUSTOMER_CANCELLATION: Self = Self(8);
    /// Turned into another subscription.
    pub const CONVERTED: Self = Self(16);
    /// Its term ended.
    pub const EXPIRED: Self = Self(32);
    /// Ordered.
    pub const PENDING: Self = Self(64);
    /// Cancelled.
    pub const CANCELLED: Self = Self(128);
    /// Disabled; what that means is not said.
    pub const DISABLED: Self = Self(256);
    /// Every state: what a whole list is asked for.
    pub const ALL: Self = Self(511);

    const NAMES: [(Self, &'static str); 9] = [
        (Self::ACTIVE, "Active"),
        (Self::SUSPENDED, "Suspended"),
        (Self::DELETED, "Deleted"),
        (Self::CUSTOMER_CANCELLATION, "CustomerCancellation"),
        (Self::CONVERTED, "Converted"),
        (Self::EXPIRED, "Expired"),
        (Self::PENDING, "Pending"),
        (Self::CANCELLED, "Cancelled"),
        (Self::DISABLED, "Disabled"),
    ];

    /// The business's word for it. No flag, several flags and new flags are states without a rule.
    pub fn status(self) -> SupplierStatus {
        match self {
            Self::ACTIVE => SupplierStatus::Active,
            Self::SUSPENDED => SupplierStatus::Suspended,
            Self::DELETED => SupplierStatus::Deleted,
            Self::CUSTOMER_CANCELLATION | Self::CANCELLED => SupplierStatus::Cancelled,
            Self::CONVERTED => SupplierStatus::Converted,
            Self::EXPIRED => SupplierStatus::Expired,
            Self::PENDING => SupplierStatus::Pending,
            Self::DISABLED => SupplierStatus::Unknown("disabled".into()),
            Self(0) => SupplierStatus::Unknown("none".into()),
            Self(other) => SupplierStatus::Unknown(format!("status-{other}").into()),
        }
    }
}

/// How much of an unknown state's name is carried, in characters.
const MAX_NAME: usize = 60;

/// A state from its member: a number, or names separated by commas as .NET writes flags.
pub(super) fn read(raw: &str) -> Option<SupplierStatus> {
    let text = wire::text_or_number(raw)?;
    if let Ok(number) = text.parse() {
        return Some(StatusFlags(number).status());
    }
    let flag = |name: &str| {
        let mut known = StatusFlags::NAMES.iter();
        known.find(|(_, known)| known.eq_ignore_ascii_case(name.trim())).map(|(flags, _)| flags.0)
    };
    let sum = text.split(',').map(flag).try_fold(0, |sum, flag| Some(sum | flag?));
    Some(match sum {
        Some(sum) => StatusFlags(sum).status(),
        None if text.eq_ignore_ascii_case("none") => StatusFlags(0).status(),
        None => SupplierStatus::Unknown(tame(&text, MAX_NAME).into()),
    })
}
