//! How things look on a screen: colours, numbers, tables.

use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle,
};
use connector_kit::tame;

pub mod plan;
pub mod record;
pub mod run;

/// How output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether there are colours.
    pub colour: bool,
    /// Whether there are progress bars.
    pub progress: bool,
    /// How wide a table may be, in characters.
    pub width: u16,
}

impl Look {
    /// No colours, no progress, a fixed width: for files, tests and documents.
    pub fn plain() -> Self {
        Self { colour: false, progress: false, width: 118 }
    }

    fn painted(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A heading.
    pub fn bold(self, text: &str) -> String {
        self.painted("1", text)
    }

    /// What is less important.
    pub fn dim(self, text: &str) -> String {
        self.painted("2", text)
    }

    /// What is well.
    pub fn good(self, text: &str) -> String {
        self.painted("32", text)
    }

    /// What wants attention.
    pub fn warn(self, text: &str) -> String {
        self.painted("33", text)
    }

    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.painted("31", text)
    }

    /// What can be typed.
    pub fn code(self, text: &str) -> String {
        self.painted("36", text)
    }

    /// `✔` or `✘`.
    pub fn tick(self, well: bool) -> String {
        if well { self.good("✔") } else { self.bad("✘") }
    }
}

/// A table in the making.
pub struct Sheet {
    heads: Vec<String>,
    kinds: Vec<Kind>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// As wide as its words.
    Words,
    /// As wide as its numbers, which end at the right.
    Numbers,
    /// Sentences, broken where there is no room.
    Sentences,
}

impl Sheet {
    /// A table with these columns; a heading that begins with `>` is a column of numbers, one that begins with
    /// `~` one of sentences, which are broken where there is no room.
    pub fn new(heads: &[&str]) -> Self {
        let kind = |head: &&str| match head.as_bytes().first() {
            Some(b'>') => Kind::Numbers,
            Some(b'~') => Kind::Sentences,
            Some(_) | None => Kind::Words,
        };
        Self {
            heads: heads.iter().map(|head| head.trim_start_matches(['>', '~']).to_owned()).collect(),
            kinds: heads.iter().map(kind).collect(),
            rows: Vec::new(),
        }
    }

    /// Leaves out columns of numbers that are zero or empty in every row, except these.
    #[must_use]
    pub fn without_zeros(mut self, kept: &[&str]) -> Self {
        let empty = |at: usize| {
            self.rows.iter().all(|row| row.get(at).is_none_or(|cell| cell.is_empty() || cell == "0"))
        };
        let columns = self.heads.iter().zip(&self.kinds).enumerate();
        let left: Vec<bool> = columns
            .map(|(at, (head, kind))| *kind != Kind::Numbers || kept.contains(&head.as_str()) || !empty(at))
            .collect();
        let mut keep = left.iter();
        self.heads.retain(|_| keep.next() == Some(&true));
        let mut keep = left.iter();
        self.kinds.retain(|_| keep.next() == Some(&true));
        for row in &mut self.rows {
            let mut keep = left.iter();
            row.retain(|_| keep.next() == Some(&true));
        }
        self
    }

    /// One row more.
    pub fn row<I: IntoIterator<Item = T>, T: Into<String>>(&mut self, cells: I) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text, without a line end.
    pub fn text(&self, look: Look) -> String {
        let mut table = Table::new();
        let ruled = LineStyle::none().fill('─').junction('─');
        table.load_style(TableStyle::new().header_separator(ruled));
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(look.width);
        if look.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let head = |text: &String| Cell::new(text).add_attribute(Attribute::Bold);
        table.set_header(self.heads.iter().map(head).collect::<Vec<_>>());
        for row in &self.rows {
            table.add_row(row.iter().map(Cell::new).collect::<Vec<_>>());
        }
        for (column, kind) in table.column_iter_mut().zip(&self.kinds) {
            match kind {
                Kind::Sentences => {}
                Kind::Words => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
                Kind::Numbers => {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        let lines = table.lines().map(|line| line.trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A foreign name made fit for a table.
pub fn name(text: &str) -> String {
    tame(text, 34)
}

/// A whole number with thousands set apart: `12 345`.
pub fn count(number: impl Into<u64>) -> String {
    grouped(&number.into().to_string())
}

/// A plain amount with thousands set apart; signs and decimals are kept.
pub fn amount(plain: &str) -> String {
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", plain),
    };
    match digits.split_once('.') {
        Some((whole, part)) => format!("{sign}{}.{part}", grouped(whole)),
        None => format!("{sign}{}", grouped(digits)),
    }
}

/// `1 thing`, `2 things`.
pub fn of(number: impl Into<u64>, one: &str, many: &str) -> String {
    let number = number.into();
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
