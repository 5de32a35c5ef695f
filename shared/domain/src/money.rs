//! Money is decimal with a currency; every rounding has a name.

use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimal places amounts of this currency have: EUR 2, JPY 0, KWD 3 (ISO 4217).
    pub fn decimals(self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The reasons why a text is not money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not an ISO 4217 code.
    #[error("{0:?} is not an ISO 4217 currency code")]
    UnknownCurrency(String),
    /// Not a decimal number.
    #[error("{0:?} is not an amount: expected digits, a point and a currency, for example \"12.50 EUR\"")]
    NotAnAmount(String),
    /// Two amounts of different currencies met.
    #[error("{0} and {1} cannot be added: convert one first")]
    CurrencyMismatch(Currency, Currency),
    /// The result does not fit in 28 digits.
    #[error("the amount is too large")]
    TooLarge,
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let known = iso_currency::Currency::from_code(text);
        match (known, text.as_bytes()) {
            (Some(_), [a, b, c]) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::UnknownCurrency(text.chars().take(20).collect())),
        }
    }
}

/// How a price is brought to the places of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum RoundingMode {
    /// Half away from zero: 0.125 → 0.13. What invoices of most countries use, and HostBill's `HALF_UP`.
    #[default]
    HalfUp,
    /// Half to the even digit: 0.125 → 0.12.
    HalfEven,
    /// Always up (away from zero): 0.121 → 0.13.
    Up,
    /// Always down (towards zero): 0.129 → 0.12.
    Down,
}

impl RoundingMode {
    const NAMES: [(Self, &'static str); 4] =
        [(Self::HalfUp, "half-up"), (Self::HalfEven, "half-even"), (Self::Up, "up"), (Self::Down, "down")];

    /// The name used in settings and explanations.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(mode, _)| *mode == self).map_or("half-up", |(_, name)| name)
    }

    /// Finds a mode by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, n)| *n == name).map(|(mode, _)| *mode)
    }

    /// Rounds to a number of decimal places.
    pub fn round(self, value: Decimal, decimals: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Up => RoundingStrategy::AwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
        };
        value.round_dp_with_strategy(decimals, strategy)
    }
}

/// An amount in one currency. Text form `12.50 EUR`, always with the currency's own places or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount, exact.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// An amount in a currency, kept exact.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    pub fn zero(currency: Currency) -> Self {
        Self::new(Decimal::ZERO, currency)
    }

    /// The sum; only within one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(amount, self.currency))
    }

    /// The difference; only within one currency.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.checked_add(Self::new(-other.amount, other.currency))
    }

    /// This much, `quantity` times, exact.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(Decimal::from(quantity)).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(amount, self.currency))
    }

    /// Brought to the currency's places by a named rounding.
    #[must_use]
    pub fn rounded(self, mode: RoundingMode) -> Self {
        self.rounded_to(self.currency.decimals(), mode)
    }

    /// Brought to a chosen number of places by a named rounding.
    #[must_use]
    pub fn rounded_to(self, decimals: u32, mode: RoundingMode) -> Self {
        Self::new(mode.round(self.amount, decimals), self.currency)
    }

    /// The number alone, with the currency's places: `12.50`, `980`, `1.250`.
    pub fn plain(self) -> String {
        let mut amount = self.amount.normalize();
        if amount.scale() < self.currency.decimals() {
            amount.rescale(self.currency.decimals());
        }
        amount.to_string()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.currency)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let refused = || MoneyError::NotAnAmount(text.chars().take(40).collect());
        let (amount, currency) = text.split_once(' ').ok_or_else(refused)?;
        Ok(Self::new(Decimal::from_str_exact(amount).map_err(|_| refused())?, currency.parse()?))
    }
}

/// A rate from one currency to another, with where and when it was quoted: a conversion without these is not
/// explainable and therefore not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRate {
    /// The currency converted from.
    pub from: Currency,
    /// The currency converted to.
    pub to: Currency,
    /// How many of `to` one of `from` buys.
    pub rate: Decimal,
    /// Who quoted it, for example `ECB`.
    pub source: String,
    /// The day of the quotation.
    pub date: jiff::civil::Date,
}

impl ExchangeRate {
    /// Converts exactly; rounding is the price rule's business.
    pub fn convert(&self, money: Money) -> Result<Money, MoneyError> {
        if money.currency != self.from {
            return Err(MoneyError::CurrencyMismatch(money.currency, self.from));
        }
        let amount = money.amount.checked_mul(self.rate).ok_or(MoneyError::TooLarge)?;
        Ok(Money::new(amount, self.to))
    }
}

#[cfg(test)]
mod tests;
