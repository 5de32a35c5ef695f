use super::*;

#[test]
fn large_sums_are_read_in_groups_and_small_ones_as_they_are() {
    assert_eq!(grouped("1234.50"), "1234.50");
    assert_eq!(grouped("12345.50"), "12\u{202f}345.50");
    assert_eq!(grouped("1234567"), "1\u{202f}234\u{202f}567");
    assert_eq!(grouped("-98765.4"), "−98\u{202f}765.4");
}

#[test]
fn money_always_says_its_currency_and_its_places() {
    assert_eq!(money(&"39.3 EUR".parse().unwrap()), "39.30\u{a0}EUR");
    assert_eq!(change(&Decimal::new(-1250, 2), &"EUR".parse().unwrap()), "−12.50\u{a0}EUR");
    assert_eq!(change(&Decimal::new(1250, 2), &"EUR".parse().unwrap()), "+12.50\u{a0}EUR");
}

#[test]
fn a_moment_can_be_read_without_script_and_is_exact_on_hover() {
    let at: Timestamp = "2026-11-05T08:00:30.75Z".parse().unwrap();
    assert_eq!(
        when(&at).as_str(),
        r#"<time datetime="2026-11-05T08:00:31Z" title="2026-11-05T08:00:31Z" data-zone="utc">2026-11-05 08:00 UTC</time>"#
    );
}

#[test]
fn a_word_from_elsewhere_cannot_become_markup() {
    assert_eq!(
        Mark::Bad.on("<script>alert('x')</script>").as_str(),
        r#"<span class="state bad">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</span>"#
    );
}

#[test]
fn durations_are_said_in_the_unit_that_matters() {
    assert_eq!(millis(1_290), "1.2 s");
    assert_eq!(millis(42_900), "42 s");
    assert_eq!(millis(125_000), "2 min 5 s");
    assert_eq!(millis(7_380_000), "2 h 3 min");
}
