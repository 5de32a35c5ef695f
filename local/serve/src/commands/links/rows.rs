//! The CSV that goes to a person and comes back: one possible link a row.

use crate::exit::Problem;
use domain::id::SystemId;
use std::io::{Read, Write};

/// The columns, in order.
pub const COLUMNS: [&str; 10] = [
    "kind",
    "supplier",
    "supplier_id",
    "supplier_name",
    "billing",
    "billing_id",
    "billing_name",
    "evidence",
    "confidence",
    "accept",
];
/// The columns without which a row says nothing.
const NEEDED: [&str; 6] = ["kind", "supplier", "supplier_id", "billing", "billing_id", "accept"];

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tenant and a client.
    Customer,
    /// An offer and a product.
    Offer,
}

impl Kind {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Offer => "offer",
        }
    }
}

/// One suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is about.
    pub kind: Kind,
    /// The supplier's connection.
    pub supplier: SystemId,
    /// The tenant's id, or the offer.
    pub supplier_id: String,
    /// For people.
    pub supplier_name: String,
    /// The billing connection.
    pub billing: SystemId,
    /// The client's or product's id; empty where nothing was found.
    pub billing_id: String,
    /// For people.
    pub billing_name: String,
    /// What led there.
    pub evidence: String,
    /// `unique`, `ambiguous` or `none`.
    pub confidence: &'static str,
    /// `yes` where it is already decided.
    pub accept: &'static str,
}

/// A row of a reviewed file, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// `customer` or `offer`.
    pub kind: String,
    /// The supplier's connection.
    pub supplier: String,
    /// The tenant's id, or the offer.
    pub supplier_id: String,
    /// The billing connection.
    pub billing: String,
    /// The client's or product's id.
    pub billing_id: String,
    /// What the person wrote.
    pub accept: String,
}

/// Writes suggestions.
pub fn write(suggestions: &[Suggestion], to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(COLUMNS)?;
    for one in suggestions {
        let (supplier_name, billing_name) = (harmless(&one.supplier_name), harmless(&one.billing_name));
        writer.write_record([
            one.kind.as_str(),
            one.supplier.as_str(),
            &one.supplier_id,
            &supplier_name,
            one.billing.as_str(),
            &one.billing_id,
            &billing_name,
            &one.evidence,
            one.confidence,
            one.accept,
        ])?;
    }
    writer.flush()?;
    Ok(())
}

/// A foreign name that a spreadsheet does not take for a formula.
fn harmless(name: &str) -> String {
    let name = connector_kit::tame(name, 200);
    if name.starts_with(['=', '+', '-', '@']) { format!("'{name}") } else { name }
}

/// Reads a reviewed file. Columns may stand in any order, and those for people may be gone.
pub fn read(from: impl Read, shown: &str) -> Result<Vec<Reviewed>, Problem> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(from);
    let unreadable = |what: String| {
        Problem::usage(
            format!("{shown}: {what}; nothing was changed"),
            "save it as CSV in UTF-8 with commas, as `links suggest` wrote it",
        )
    };
    let header = reader.headers().map_err(|error| unreadable(error.to_string()))?.clone();
    // Spreadsheets begin a file with a mark.
    let names: Vec<_> =
        header.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect();
    let missing: Vec<_> =
        NEEDED.into_iter().filter(|needed| !names.iter().any(|name| name == needed)).collect();
    if !missing.is_empty() {
        let what = format!("the header lacks {}; it is: {}", missing.join(", "), names.join(","));
        return Err(unreadable(connector_kit::tame(&what, 300)));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(error.to_string()))?;
        let text = |name: &str| {
            let at = names.iter().position(|known| known == name);
            at.and_then(|at| record.get(at)).unwrap_or_default().to_owned()
        };
        rows.push(Reviewed {
            line: record.position().map_or(0, csv::Position::line),
            kind: text("kind"),
            supplier: text("supplier"),
            supplier_id: text("supplier_id"),
            billing: text("billing"),
            billing_id: text("billing_id"),
            accept: text("accept").to_lowercase(),
        });
    }
    Ok(rows)
}
