//! The figures: one line each, as a table or as JSON. The only module that prints.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool: its output is what it is for"
)]

use crate::facts::Facts;
use e2e::Trouble;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What a figure is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// The least that is possible.
    Minimum(Decimal),
    /// What was decided to be enough.
    Budget(Decimal),
    /// Nothing: it is worth knowing.
    Nothing,
}

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What was measured.
    pub(crate) what: String,
    /// Of how many subscriptions.
    pub(crate) subscriptions: Option<u64>,
    /// How much it was; nothing when it could not be measured.
    pub(crate) measured: Option<Decimal>,
    /// In what.
    pub(crate) unit: &'static str,
    /// What it is held against.
    pub(crate) against: Against,
    /// What a reader must know.
    pub(crate) note: String,
}

impl Line {
    pub(crate) fn new(
        what: impl Into<String>,
        subscriptions: u64,
        measured: impl Into<Decimal>,
        unit: &'static str,
        against: Against,
    ) -> Self {
        let (what, measured) = (what.into(), Some(measured.into()));
        Self { what, subscriptions: Some(subscriptions), measured, unit, against, note: String::new() }
    }

    /// A figure that is about no subscriptions.
    pub(crate) fn alone(
        what: impl Into<String>,
        measured: Option<Decimal>,
        unit: &'static str,
        against: Against,
    ) -> Self {
        Self { what: what.into(), subscriptions: None, measured, unit, against, note: String::new() }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether it is at most what it is held against.
    fn is_within(&self) -> bool {
        match (self.against, self.measured) {
            (Against::Minimum(limit) | Against::Budget(limit), Some(measured)) => measured <= limit,
            (Against::Nothing, _) | (_, None) => true,
        }
    }

    fn cells(&self) -> [String; 7] {
        let (kind, limit) = match self.against {
            Against::Minimum(limit) => ("minimum", shown(limit)),
            Against::Budget(limit) => ("budget", shown(limit)),
            Against::Nothing => ("", String::new()),
        };
        let verdict = match (self.measured, self.against) {
            (None, _) => "not measured",
            (Some(_), Against::Nothing) => "",
            (Some(_), Against::Minimum(_) | Against::Budget(_)) if self.is_within() => "ok",
            (Some(_), Against::Minimum(_) | Against::Budget(_)) => "OVER",
        };
        [
            self.what.clone(),
            self.subscriptions.map_or(String::new(), grouped),
            self.measured.map_or("–".to_owned(), shown),
            limit,
            kind.to_owned(),
            self.unit.to_owned(),
            verdict.to_owned(),
        ]
    }

    fn to_json(&self) -> Value {
        let (minimum, budget) = match self.against {
            Against::Minimum(limit) => (Some(limit.to_string()), None),
            Against::Budget(limit) => (None, Some(limit.to_string())),
            Against::Nothing => (None, None),
        };
        json!({
            "what": self.what,
            "subscriptions": self.subscriptions,
            "measured": self.measured.map(|measured| measured.to_string()),
            "minimum": minimum,
            "budget": budget,
            "unit": self.unit,
            "within": self.is_within(),
            "note": self.note,
        })
    }
}

/// Everything that was measured, and where.
pub(crate) struct Report {
    pub(crate) facts: Facts,
    pub(crate) lines: Vec<Line>,
}

impl Report {
    pub(crate) fn is_within(&self) -> bool {
        self.lines.iter().all(Line::is_within)
    }
}

/// Prints the whole report.
pub(crate) fn show(report: &Report, as_json: bool) {
    if as_json {
        let lines: Vec<Value> = report.lines.iter().map(Line::to_json).collect();
        println!("{}", json!({"facts": report.facts.to_json(), "lines": lines}));
        return;
    }
    for (name, value) in report.facts.pairs() {
        println!("{name:<9} {value}");
    }
    println!();
    let head = ["", "subscriptions", "measured", "limit", "", "unit", ""].map(str::to_owned);
    let rows: Vec<[String; 7]> = report.lines.iter().map(Line::cells).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|at| rows.iter().chain([&head]).map(|row| row[at].chars().count()).max().unwrap_or(0))
        .collect();
    let notes = report.lines.iter().map(|line| line.note.as_str());
    for (row, note) in [&head].into_iter().chain(&rows).zip([""].into_iter().chain(notes)) {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            if (1..=3).contains(&at) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line = format!("{}  {note}", cells.collect::<Vec<_>>().join("  "));
        println!("{}", line.trim_end());
    }
    let over = report.lines.iter().filter(|line| !line.is_within()).count();
    println!("\n{}", if over == 0 { "all within".to_owned() } else { format!("{over} over") });
}

/// Prints a name and a number a line.
pub(crate) fn list(counts: &[(String, u64)]) {
    for (name, count) in counts {
        println!("{name} {count}");
    }
}

/// Says why there is no report.
pub(crate) fn complain(trouble: &Trouble) {
    eprintln!("bench: {trouble}");
}

/// Says what is being done, on the other stream.
pub(crate) fn progress(what: &str) {
    eprintln!("bench: {what}");
}

fn shown(value: Decimal) -> String {
    let places = match value.abs() {
        large if large >= Decimal::ONE_HUNDRED => 0,
        small if small < Decimal::ONE => 6,
        _ => 2,
    };
    let value = value.round_dp(places).normalize();
    if value.scale() == 0 {
        u64::try_from(value).map_or_else(|_| value.to_string(), grouped)
    } else {
        value.to_string()
    }
}

/// `1,000,000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
