//! A JSON writer for what Crayon sends: ordered keys, two-space indent, CRLF, either casing.
//!
//! Written straight into one string, because a page of subscriptions is rendered a million times in a
//! benchmark and a tree of values would be most of the cost.

use std::fmt::Write as _;

use rust_decimal::Decimal;

const SPACES: &str = "                                ";

/// Text being built.
pub(crate) struct Json {
    out: String,
    camel: bool,
    depth: usize,
    fresh: bool,
}

impl Json {
    pub(crate) fn new(camel: bool) -> Self {
        Self { out: String::with_capacity(512), camel, depth: 0, fresh: true }
    }

    pub(crate) fn sized(camel: bool, bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), camel, depth: 0, fresh: true }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An object as the next value.
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Json)) {
        self.nest('{', '}', fill);
    }

    /// An array as the next value; every element starts with [`Json::item`].
    pub(crate) fn array(&mut self, fill: impl FnOnce(&mut Json)) {
        self.nest('[', ']', fill);
    }

    /// The place of the next array element.
    pub(crate) fn item(&mut self) {
        self.place();
    }

    /// A member name; the value must follow.
    pub(crate) fn key(&mut self, name: &str) {
        self.place();
        self.out.push('"');
        let mut chars = name.chars();
        match chars.next() {
            Some(first) if self.camel => self.out.push(first.to_ascii_lowercase()),
            Some(first) => self.out.push(first),
            None => {}
        }
        self.out.push_str(chars.as_str());
        self.out.push_str("\": ");
    }

    /// A member with a plain value.
    pub(crate) fn put(&mut self, name: &str, value: impl Scalar) {
        self.key(name);
        value.write(self);
    }

    /// A member that is an object.
    pub(crate) fn put_object(&mut self, name: &str, fill: impl FnOnce(&mut Json)) {
        self.key(name);
        self.object(fill);
    }

    /// A member that is an array.
    pub(crate) fn put_array(&mut self, name: &str, fill: impl FnOnce(&mut Json)) {
        self.key(name);
        self.array(fill);
    }

    /// The value `null` under a name.
    pub(crate) fn put_null(&mut self, name: &str) {
        self.key(name);
        self.out.push_str("null");
    }

    /// A plain value where a value is due.
    pub(crate) fn value(&mut self, value: impl Scalar) {
        value.write(self);
    }

    /// Text quoted and escaped.
    pub(crate) fn text(&mut self, text: &str) {
        self.out.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out.push_str(&text[from..at]);
            from = at + 1;
            match byte {
                b'"' => self.out.push_str("\\\""),
                b'\\' => self.out.push_str("\\\\"),
                b'\n' => self.out.push_str("\\n"),
                b'\r' => self.out.push_str("\\r"),
                b'\t' => self.out.push_str("\\t"),
                _ => self.display(format_args!("\\u{byte:04x}")),
            }
        }
        self.out.push_str(&text[from..]);
        self.out.push('"');
    }

    /// Anything that is JSON already once displayed.
    pub(crate) fn display(&mut self, value: impl std::fmt::Display) {
        // Writing into a string cannot fail.
        let _ = write!(self.out, "{value}");
    }

    fn nest(&mut self, open: char, close: char, fill: impl FnOnce(&mut Json)) {
        self.out.push(open);
        self.depth += 1;
        self.fresh = true;
        fill(self);
        self.depth -= 1;
        if !self.fresh {
            self.line();
        }
        self.fresh = false;
        self.out.push(close);
    }

    fn place(&mut self) {
        if !self.fresh {
            self.out.push(',');
        }
        self.fresh = false;
        self.line();
    }

    fn line(&mut self) {
        self.out.push_str("\r\n");
        let width = (self.depth * 2).min(SPACES.len());
        self.out.push_str(&SPACES[..width]);
    }
}

/// A value without members.
pub(crate) trait Scalar {
    fn write(self, json: &mut Json);
}

macro_rules! displayed {
    ($($kind:ty),*) => { $(impl Scalar for $kind {
        fn write(self, json: &mut Json) { json.display(self); }
    })* };
}
displayed!(bool, u8, u16, u32, u64, i32, i64, usize);

impl Scalar for &str {
    fn write(self, json: &mut Json) {
        json.text(self);
    }
}

impl Scalar for &String {
    fn write(self, json: &mut Json) {
        json.text(self);
    }
}

impl Scalar for String {
    fn write(self, json: &mut Json) {
        json.text(&self);
    }
}

impl Scalar for Decimal {
    /// Json.NET writes a decimal with at least one fraction digit.
    fn write(self, json: &mut Json) {
        let trimmed = self.normalize();
        if trimmed.scale() == 0 {
            json.display(format_args!("{trimmed}.0"));
        } else {
            json.display(trimmed);
        }
    }
}

impl<T: Scalar> Scalar for Option<T> {
    fn write(self, json: &mut Json) {
        match self {
            Some(value) => value.write(json),
            None => json.display("null"),
        }
    }
}

#[cfg(test)]
mod tests;
