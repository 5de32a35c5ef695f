use super::*;
use proptest::prelude::*;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

#[test]
fn amounts_show_the_places_of_their_currency() {
    assert_eq!(money("12.5 EUR").to_string(), "12.50 EUR");
    assert_eq!(money("980 JPY").to_string(), "980 JPY");
    assert_eq!(money("1.25 KWD").to_string(), "1.250 KWD");
    assert_eq!(money("3.2805 EUR").to_string(), "3.2805 EUR", "a finer amount is never cut by showing it");
}

#[test]
fn every_rounding_has_a_name_and_does_what_it_says() {
    let cases = [
        (RoundingMode::HalfUp, "0.13", "-0.13"),
        (RoundingMode::HalfEven, "0.12", "-0.12"),
        (RoundingMode::Up, "0.13", "-0.13"),
        (RoundingMode::Down, "0.12", "-0.12"),
    ];
    for (mode, up, down) in cases {
        assert_eq!(RoundingMode::find(mode.name()), Some(mode));
        assert_eq!(money("0.125 EUR").rounded(mode).plain(), up);
        assert_eq!(money("-0.125 EUR").rounded(mode).plain(), down);
    }
    assert_eq!(money("1234.5 JPY").rounded(RoundingMode::HalfUp).plain(), "1235");
    assert_eq!(money("0.0005 KWD").rounded(RoundingMode::HalfUp).plain(), "0.001");
}

#[test]
fn currencies_are_never_mixed() {
    assert_eq!(
        money("1 EUR").checked_add(money("1 USD")).unwrap_err().to_string(),
        "EUR and USD cannot be added: convert one first"
    );
}

#[test]
fn bad_amounts_are_refused_with_an_example() {
    for text in ["", "12.50", "12,50 EUR", "1e3 EUR", "NaN EUR", "12.50 EURO", "12.50 eur"] {
        assert!(text.parse::<Money>().is_err(), "{text:?} was accepted");
    }
}

#[test]
fn a_conversion_uses_the_quoted_rate_exactly() {
    let rate = ExchangeRate {
        from: "EUR".parse().unwrap(),
        to: "NOK".parse().unwrap(),
        rate: "11.7305".parse().unwrap(),
        source: "ECB".into(),
        date: "2026-11-20".parse().unwrap(),
    };
    assert_eq!(rate.convert(money("3.28 EUR")).unwrap().to_string(), "38.47604 NOK");
    assert!(rate.convert(money("3.28 USD")).is_err());
}

proptest! {
    #[test]
    fn money_survives_its_text_form(units in -1_000_000_000i64..1_000_000_000, scale in 0u32..6) {
        let amount = Money::new(Decimal::new(units, scale), "EUR".parse().unwrap());
        prop_assert_eq!(amount.to_string().parse::<Money>().unwrap(), amount);
    }

    #[test]
    fn rounding_moves_an_amount_by_less_than_one_unit(units in -1_000_000_000i64..1_000_000_000, scale in 0u32..8) {
        let exact = Money::new(Decimal::new(units, scale), "EUR".parse().unwrap());
        for mode in [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down] {
            let moved = (exact.rounded(mode).amount - exact.amount).abs();
            prop_assert!(moved < Decimal::new(1, 2));
        }
    }
}
