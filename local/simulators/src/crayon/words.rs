//! Crayon's enumerations, as numbers on the wire (crayon §5.1, *documented*).

/// Subscription status; the wire form is a flag so that filters can add them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(pub u16);

impl Status {
    /// 1
    pub const ACTIVE: Status = Status(1);
    /// 2
    pub const SUSPENDED: Status = Status(2);
    /// 4
    pub const DELETED: Status = Status(4);
    /// 8
    pub const CUSTOMER_CANCELLATION: Status = Status(8);
    /// 16
    pub const CONVERTED: Status = Status(16);
    /// 32
    pub const EXPIRED: Status = Status(32);
    /// 64
    pub const PENDING: Status = Status(64);
    /// 128
    pub const CANCELLED: Status = Status(128);
    /// 256
    pub const DISABLED: Status = Status(256);
    /// The sum of all, 511.
    pub const ALL: Status = Status(511);

    pub(crate) fn named(name: &str) -> Option<Status> {
        let known = [
            ("None", 0),
            ("Active", 1),
            ("Suspended", 2),
            ("Deleted", 4),
            ("CustomerCancellation", 8),
            ("Converted", 16),
            ("Expired", 32),
            ("Pending", 64),
            ("Cancelled", 128),
            ("Disabled", 256),
            ("Inactive", 446),
            ("All", 511),
        ];
        known.iter().find(|(text, _)| text.eq_ignore_ascii_case(name)).map(|(_, number)| Status(*number))
    }

    pub(crate) fn ends_it(self) -> bool {
        matches!(self, Self::DELETED | Self::CUSTOMER_CANCELLATION | Self::CANCELLED)
    }
}

/// How often a subscription is billed: `BillingCycleEnum` on subscriptions and in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cycle {
    /// 0
    Unknown = 0,
    /// 1
    Monthly = 1,
    /// 2
    Annual = 2,
    /// 3
    None = 3,
    /// 4
    OneTime = 4,
    /// 5 on a subscription (on an order 5 is triennial)
    BiAnnually = 5,
    /// 7
    TwoYears = 7,
    /// 8 on a subscription; 5 on an order
    ThreeYears = 8,
    /// 9
    Quarterly = 9,
}

const CYCLES: [(Cycle, &str); 9] = [
    (Cycle::Unknown, "Unknown"),
    (Cycle::Monthly, "Monthly"),
    (Cycle::Annual, "Annual"),
    (Cycle::None, "None"),
    (Cycle::OneTime, "OneTime"),
    (Cycle::BiAnnually, "BiAnnually"),
    (Cycle::TwoYears, "TwoYears"),
    (Cycle::ThreeYears, "ThreeYears"),
    (Cycle::Quarterly, "Quarterly"),
];

impl Cycle {
    /// The number on a subscription.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The word used in text places (`ScheduledNextTermInstructions.Product.BillingCycle`).
    pub fn word(self) -> &'static str {
        if self == Self::ThreeYears {
            return "Triennial";
        }
        CYCLES.iter().find(|(cycle, _)| *cycle == self).map_or("Unknown", |(_, name)| name)
    }

    /// From a subscription's number (`BillingCycleEnum`).
    pub fn from_subscription(number: i64) -> Option<Self> {
        CYCLES.iter().map(|(cycle, _)| *cycle).find(|cycle| i64::from(cycle.number()) == number)
    }

    /// From an order's number (`BillingCycleType`), where 5 is triennial.
    pub fn from_order(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Monthly),
            2 => Some(Self::Annual),
            3 => Some(Self::None),
            4 => Some(Self::OneTime),
            5 => Some(Self::ThreeYears),
            _ => None,
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("Triennial") {
            return Some(Self::ThreeYears);
        }
        CYCLES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(cycle, _)| *cycle)
    }

    pub(crate) fn all() -> impl Iterator<Item = (Cycle, &'static str)> {
        CYCLES.into_iter()
    }

    /// Months in one billing cycle, for prices.
    pub(crate) fn months(self) -> u32 {
        match self {
            Self::Annual => 12,
            Self::ThreeYears => 36,
            Self::TwoYears => 24,
            Self::Quarterly => 3,
            Self::BiAnnually => 6,
            Self::Unknown | Self::Monthly | Self::None | Self::OneTime => 1,
        }
    }
}

/// Length of a new-commerce term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// `P1M`
    Month,
    /// `P1Y`
    Year,
    /// `P3Y`
    ThreeYears,
}

impl Term {
    /// ISO 8601.
    pub fn text(self) -> &'static str {
        match self {
            Self::Month => "P1M",
            Self::Year => "P1Y",
            Self::ThreeYears => "P3Y",
        }
    }

    /// Calendar months.
    pub fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Year => 12,
            Self::ThreeYears => 36,
        }
    }

    /// From ISO 8601.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Month, Self::Year, Self::ThreeYears]
            .into_iter()
            .find(|term| term.text().eq_ignore_ascii_case(text.trim()))
    }
}
