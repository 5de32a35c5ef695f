use super::*;
use proptest::prelude::*;

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn rule(id: &str, method: Method) -> PriceRule {
    PriceRule {
        id: id.parse().unwrap(),
        scope: Scope::default(),
        valid_from: None,
        valid_until: None,
        method,
        rounding: RoundingMode::HalfUp,
        decimals: None,
    }
}

fn markup(percent: &str) -> Method {
    Method::Markup { percent: percent.parse().unwrap(), basis: Basis::Cost }
}

fn cost(text: &str) -> SupplierPrices {
    SupplierPrices { cost: Some(money(text)), ..SupplierPrices::default() }
}

fn unit(method: Method, prices: &SupplierPrices, currency: &str) -> Result<String, PriceError> {
    price_unit(&rule("r", method), prices, currency.parse().unwrap(), &[], None).map(|p| p.unit.to_string())
}

#[test]
fn every_method_sets_the_price_it_names() {
    let margin = Method::Margin { percent: "20".parse().unwrap(), basis: Basis::Cost };
    assert_eq!(unit(markup("15"), &cost("2.85 EUR"), "EUR").unwrap(), "3.28 EUR");
    assert_eq!(unit(margin, &cost("2.85 EUR"), "EUR").unwrap(), "3.56 EUR");
    assert_eq!(
        unit(Method::Fixed(money("4.00 EUR")), &SupplierPrices::default(), "EUR").unwrap(),
        "4.00 EUR"
    );
    assert_eq!(unit(Method::PassThrough(Basis::Cost), &cost("2.85 EUR"), "EUR").unwrap(), "2.85 EUR");
}

#[test]
fn yen_have_no_places_and_dinars_have_three() {
    assert_eq!(unit(markup("10"), &cost("1234 JPY"), "JPY").unwrap(), "1357 JPY");
    assert_eq!(unit(markup("10"), &cost("1.235 KWD"), "KWD").unwrap(), "1.359 KWD");
}

#[test]
fn a_price_explains_itself() {
    let priced =
        price_unit(&rule("standard", markup("15")), &cost("2.85 EUR"), "EUR".parse().unwrap(), &[], None);
    assert_eq!(priced.unwrap().explanation, "cost 2.85 EUR + 15 % = 3.2775 EUR → 3.28 EUR (half-up)");
}

#[test]
fn an_endless_fraction_is_shown_to_six_places_and_kept_exact() {
    let margin = Method::Margin { percent: "18".parse().unwrap(), basis: Basis::Cost };
    let priced =
        price_unit(&rule("frame", margin), &cost("92.52 EUR"), "EUR".parse().unwrap(), &[], None).unwrap();
    let said = "cost 92.52 EUR at 18 % margin = 112.829268… EUR → 112.83 EUR (half-up)";
    assert_eq!((priced.explanation.as_str(), priced.unit), (said, money("112.83 EUR")));
}

#[test]
fn a_conversion_names_its_rate_source_and_day_and_uses_the_latest() {
    let rates = [nok_rate("EUR", "11.70", "2026-11-19"), nok_rate("EUR", "11.73", "2026-11-20")];
    let pass = rule("pass", Method::PassThrough(Basis::Cost));
    let priced = price_unit(&pass, &cost("2.00 EUR"), "NOK".parse().unwrap(), &rates, None).unwrap();
    assert_eq!(priced.explanation, "cost 2.00 EUR × 11.73 (ECB, 2026-11-20) = 23.46 NOK");
    let missing = price_unit(&pass, &cost("2.00 EUR"), "USD".parse().unwrap(), &rates, None).unwrap_err();
    assert_eq!(missing.to_string(), "no exchange rate from EUR to USD");
}

fn nok_rate(from: &str, rate: &str, date: &str) -> ExchangeRate {
    ExchangeRate {
        from: from.parse().unwrap(),
        to: "NOK".parse().unwrap(),
        rate: rate.parse().unwrap(),
        source: "ECB".into(),
        date: date.parse().unwrap(),
    }
}

#[test]
fn a_price_knows_what_one_costs_whatever_it_was_set_from() {
    let prices =
        SupplierPrices { resale: Some(money("4.00 EUR")), list: Some(money("5.00 EUR")), ..cost("2.85 EUR") };
    let methods = [
        markup("15"),
        Method::Margin { percent: "20".parse().unwrap(), basis: Basis::Cost },
        Method::Fixed(money("4.00 EUR")),
        Method::PassThrough(Basis::Resale),
        Method::PassThrough(Basis::List),
    ];
    for method in methods {
        let found = price_unit(&rule("r", method), &prices, "EUR".parse().unwrap(), &[], None).unwrap();
        assert_eq!(found.cost, Some(money("2.85 EUR")), "{method:?}");
    }
}

#[test]
fn a_cost_is_converted_by_the_latest_rate_and_never_rounded() {
    let rates = [nok_rate("EUR", "11.70", "2026-11-19"), nok_rate("EUR", "11.7325", "2026-11-20")];
    let priced =
        price_unit(&rule("r", markup("15")), &cost("2.85 EUR"), "NOK".parse().unwrap(), &rates, None)
            .unwrap();
    assert_eq!(priced.cost, Some(money("33.437625 NOK")));
    assert_eq!(priced.unit, money("38.45 NOK"), "the price is rounded, its cost is not");
}

#[test]
fn a_cost_that_is_not_stated_or_has_no_rate_is_unknown_and_holds_no_price_up() {
    let fixed = rule("r", Method::Fixed(money("40.00 NOK")));
    let price = |prices: &SupplierPrices, rates: &[ExchangeRate]| {
        price_unit(&fixed, prices, "NOK".parse().unwrap(), rates, None).unwrap().cost
    };
    assert_eq!(price(&SupplierPrices::default(), &[]), None);
    assert_eq!(price(&cost("2.85 EUR"), &[]), None);
    assert_eq!(price(&cost("2.85 EUR"), &[nok_rate("USD", "10", "2026-11-20")]), None);
    let vast = cost("79228162514264337593543950335 EUR");
    assert_eq!(price(&vast, &[nok_rate("EUR", "10", "2026-11-20")]), None, "beyond all digits");
}

#[test]
fn a_missing_basis_is_said_and_never_taken_as_zero() {
    let error = unit(markup("15"), &SupplierPrices::default(), "EUR").unwrap_err();
    assert_eq!(error.to_string(), "price rule r starts from the supplier's cost price, which is not stated");
}

#[test]
fn senseless_rules_are_refused() {
    let margin = Method::Margin { percent: "100".parse().unwrap(), basis: Basis::Cost };
    for method in [margin, markup("-101"), Method::Fixed(money("-1 EUR"))] {
        assert!(rule("r", method).validate().is_err());
    }
    let mut backwards = rule("r", markup("1"));
    backwards.valid_from = Some("2026-02-01".parse().unwrap());
    backwards.valid_until = Some("2026-02-01".parse().unwrap());
    assert!(backwards.validate().is_err());
}

#[test]
fn the_first_match_is_customer_then_offer_then_publisher_then_all() {
    let scoped = |id: &str, scope: Scope| PriceRule { scope, ..rule(id, markup("1")) };
    let customer: CustomerId = "cus_a".parse().unwrap();
    let offer: OfferId = "ofr_a".parse().unwrap();
    let all = [
        scoped("all", Scope::default()),
        scoped("publisher", Scope { publisher: Some("Microsoft".into()), ..Scope::default() }),
        scoped("offer", Scope { offer: Some(offer.clone()), ..Scope::default() }),
        scoped("customer", Scope { customer: Some(customer.clone()), ..Scope::default() }),
    ];
    let day = "2026-11-21".parse().unwrap();
    for expected in ["customer", "offer", "publisher", "all"] {
        let first = all.iter().position(|r| r.id.as_str() == expected).unwrap();
        let rules = PriceRules::new(all[..=first].to_vec());
        assert_eq!(rules.find(&customer, &offer, Some("Microsoft"), day).unwrap().id.as_str(), expected);
    }
}

#[test]
fn a_rule_sets_prices_only_within_its_days_and_the_latest_wins() {
    let dated = |id: &str, from: &str, until: Option<&str>| PriceRule {
        valid_from: Some(from.parse().unwrap()),
        valid_until: until.map(|u| u.parse().unwrap()),
        ..rule(id, markup("1"))
    };
    let rules = PriceRules::new(vec![
        dated("old", "2026-01-01", None),
        dated("new", "2026-07-01", Some("2026-09-01")),
    ]);
    let on = |day: &str| {
        rules
            .find(&"cus_a".parse().unwrap(), &"ofr_a".parse().unwrap(), None, day.parse().unwrap())
            .map(|r| r.id.to_string())
    };
    assert_eq!(on("2025-12-31"), None);
    assert_eq!(on("2026-06-30").as_deref(), Some("old"));
    assert_eq!(on("2026-07-01").as_deref(), Some("new"));
    assert_eq!(on("2026-09-01").as_deref(), Some("old"));
}

proptest! {
    #[test]
    fn price_rules_never_lose_a_cent_that_rounding_does_not_name(
        cents in 0i64..100_000_000, percent in -100i64..400, quantity in 0u32..100_000, margin: bool,
        code in prop::sample::select(vec!["EUR", "JPY", "KWD"]),
    ) {
        let currency: Currency = code.parse().unwrap();
        let price = Money::new(Decimal::new(cents, currency.decimals()), currency);
        let method = if margin {
            Method::Margin { percent: Decimal::from(percent.min(99)), basis: Basis::Cost }
        } else {
            Method::Markup { percent: Decimal::from(percent), basis: Basis::Cost }
        };
        let prices = SupplierPrices { cost: Some(price), ..SupplierPrices::default() };
        let rule = rule("r", method);
        let (exact, _) = apply_method(&rule, &prices).unwrap();
        let priced = price_unit(&rule, &prices, currency, &[], None).unwrap();
        let step = Decimal::new(1, currency.decimals());
        prop_assert!((priced.unit.amount - exact.amount).abs() * Decimal::TWO <= step, "rounding moved more than half a step");
        let total = priced.unit.times(quantity).unwrap();
        prop_assert_eq!(total.rounded(RoundingMode::Down), total, "an amount of whole units needs no second rounding");
    }
}
