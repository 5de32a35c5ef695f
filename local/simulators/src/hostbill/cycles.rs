//! Billing cycles: a code going in, a name coming out (hostbill §2, *documented*).

/// A billing cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cycle(usize);

const CYCLES: [(&str, &str, Option<i32>); 11] = [
    ("d", "Daily", None),
    ("w", "Weekly", None),
    ("h", "Hourly", None),
    ("m", "Monthly", Some(1)),
    ("q", "Quarterly", Some(3)),
    ("s", "Semi-Annually", Some(6)),
    ("a", "Annually", Some(12)),
    ("b", "Biennially", Some(24)),
    ("t", "Triennially", Some(36)),
    ("Free", "Free", None),
    ("Once", "One Time", None),
];

impl Cycle {
    /// From what `addOrder` takes; `free` and `once` in any case.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        CYCLES
            .iter()
            .position(|(known, ..)| *known == code || known.len() > 1 && known.eq_ignore_ascii_case(code))
            .map(Self)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        CYCLES.iter().position(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(Self)
    }

    pub(crate) fn name(self) -> &'static str {
        CYCLES.get(self.0).map_or("Free", |(_, name, _)| name)
    }

    /// Calendar months, for cycles of whole months.
    pub(crate) fn months(self) -> Option<i32> {
        CYCLES.get(self.0).and_then(|(.., months)| *months)
    }
}
