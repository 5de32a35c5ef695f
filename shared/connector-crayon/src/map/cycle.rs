//! Two enumerations that look alike: a subscription's billing cycle and an order's. Value 5 is `BiAnnually` in
//! one and `Triennial` in the other, so they are two types and only a conversion leads from one to the other.

use crate::wire;
use domain::subscription::BillingCycle;

/// A subscription's and the catalogue's billing cycle (Cloud-iQ: `BillingCycleEnum`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionCycle {
    /// 0: Cloud-iQ does not know.
    Unknown,
    /// 1
    Monthly,
    /// 2
    Annual,
    /// 3: never paid by cycle.
    None,
    /// 4
    OneTime,
    /// 5: taken as twice a year. No source says; every two years has a value of its own.
    BiAnnually,
    /// 7 (there is no 6)
    TwoYears,
    /// 8
    ThreeYears,
    /// 9
    Quarterly,
}

/// An order's, a next term's and an asset's billing cycle (Cloud-iQ: `BillingCycleType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderCycle {
    /// 0
    Unknown,
    /// 1
    Monthly,
    /// 2
    Annual,
    /// 3
    None,
    /// 4
    OneTime,
    /// 5: every three years.
    Triennial,
}

/// The other enumeration has no such cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchCycle;

const SUBSCRIPTION: [(SubscriptionCycle, u32, &str); 9] = [
    (SubscriptionCycle::Unknown, 0, "Unknown"),
    (SubscriptionCycle::Monthly, 1, "Monthly"),
    (SubscriptionCycle::Annual, 2, "Annual"),
    (SubscriptionCycle::None, 3, "None"),
    (SubscriptionCycle::OneTime, 4, "OneTime"),
    (SubscriptionCycle::BiAnnually, 5, "BiAnnually"),
    (SubscriptionCycle::TwoYears, 7, "TwoYears"),
    (SubscriptionCycle::ThreeYears, 8, "ThreeYears"),
    (SubscriptionCycle::Quarterly, 9, "Quarterly"),
];

const ORDER: [(OrderCycle, u32, &str); 6] = [
    (OrderCycle::Unknown, 0, "Unknown"),
    (OrderCycle::Monthly, 1, "Monthly"),
    (OrderCycle::Annual, 2, "Annual"),
    (OrderCycle::None, 3, "None"),
    (OrderCycle::OneTime, 4, "OneTime"),
    (OrderCycle::Triennial, 5, "Triennial"),
];

fn find<T: Copy>(table: &[(T, u32, &str)], text: &str) -> Option<T> {
    let number: Option<u32> = text.parse().ok();
    let fits = |(_, value, name): &&(T, u32, &str)| number == Some(*value) || name.eq_ignore_ascii_case(text);
    table.iter().find(fits).map(|(cycle, ..)| *cycle)
}

impl SubscriptionCycle {
    /// Finds a cycle by its number or its name, whatever its case.
    pub fn find(text: &str) -> Option<Self> {
        find(&SUBSCRIPTION, text)
    }

    /// The value on the wire.
    pub fn number(self) -> u32 {
        SUBSCRIPTION.iter().find(|(cycle, ..)| *cycle == self).map_or(0, |(_, number, _)| *number)
    }

    /// The business's word for it.
    pub fn cycle(self) -> BillingCycle {
        match self {
            Self::Unknown => BillingCycle::Other("unknown".into()),
            Self::Monthly => BillingCycle::Monthly,
            Self::Annual => BillingCycle::Annual,
            Self::None => BillingCycle::Other("none".into()),
            Self::OneTime => BillingCycle::OneTime,
            Self::BiAnnually => BillingCycle::SemiAnnual,
            Self::TwoYears => BillingCycle::TwoYears,
            Self::ThreeYears => BillingCycle::ThreeYears,
            Self::Quarterly => BillingCycle::Quarterly,
        }
    }
}

impl OrderCycle {
    /// Finds a cycle by its number or its name, whatever its case.
    pub fn find(text: &str) -> Option<Self> {
        find(&ORDER, text)
    }

    /// The value on the wire.
    pub fn number(self) -> u32 {
        ORDER.iter().find(|(cycle, ..)| *cycle == self).map_or(0, |(_, number, _)| *number)
    }

    /// The name on the wire, where a cycle is written as text (a next term's instructions).
    pub fn name(self) -> &'static str {
        ORDER.iter().find(|(cycle, ..)| *cycle == self).map_or("Unknown", |(.., name)| name)
    }
}

impl TryFrom<SubscriptionCycle> for OrderCycle {
    type Error = NoSuchCycle;

    fn try_from(cycle: SubscriptionCycle) -> Result<Self, NoSuchCycle> {
        match cycle {
            SubscriptionCycle::Unknown => Ok(Self::Unknown),
            SubscriptionCycle::Monthly => Ok(Self::Monthly),
            SubscriptionCycle::Annual => Ok(Self::Annual),
            SubscriptionCycle::None => Ok(Self::None),
            SubscriptionCycle::OneTime => Ok(Self::OneTime),
            SubscriptionCycle::ThreeYears => Ok(Self::Triennial),
            SubscriptionCycle::BiAnnually | SubscriptionCycle::TwoYears | SubscriptionCycle::Quarterly => {
                Err(NoSuchCycle)
            }
        }
    }
}

impl From<OrderCycle> for SubscriptionCycle {
    fn from(cycle: OrderCycle) -> Self {
        match cycle {
            OrderCycle::Unknown => Self::Unknown,
            OrderCycle::Monthly => Self::Monthly,
            OrderCycle::Annual => Self::Annual,
            OrderCycle::None => Self::None,
            OrderCycle::OneTime => Self::OneTime,
            OrderCycle::Triennial => Self::ThreeYears,
        }
    }
}

/// A subscription's cycle from its member; one we do not know is carried.
pub(super) fn read(raw: wire::Raw<'_>) -> Option<BillingCycle> {
    let Some(raw) = raw else {
        return Some(SubscriptionCycle::Unknown.cycle());
    };
    let text = wire::text_or_number(raw)?;
    Some(SubscriptionCycle::find(&text).map_or_else(|| unknown(&text), SubscriptionCycle::cycle))
}

fn unknown(text: &str) -> BillingCycle {
    if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
        return BillingCycle::Other(format!("cycle-{text}").into());
    }
    // A slash separates the parts of an offer's text form.
    BillingCycle::from_text(&text.replace('/', "-"))
}
