//! Reading and writing moments.

use super::Moment;

#[test]
fn the_sentinels_are_the_documented_days() {
    assert_eq!(Moment::FOREVER.date_time_text(), "9999-12-31 00:00:00");
    assert_eq!(Moment::NEVER.date_time_text(), "0001-01-01 00:00:00");
}

#[test]
fn every_documented_form_is_read() {
    let wanted = Moment::ymd(2026, 3, 2).plus_seconds(3600);
    for text in [
        "2026-03-02T01:00:00Z",
        "2026-03-02T02:00:00+01:00",
        "2026-03-02T01:00:00.0000000+00:00",
        "2026-03-02T01:00:00",
        "2026-03-02 01:00:00.000",
    ] {
        assert_eq!(Moment::parse(text), Some(wanted), "{text}");
    }
    assert_eq!(Moment::parse("2026-03-02"), Some(Moment::ymd(2026, 3, 2)));
    assert_eq!(Moment::parse("9999-12-31T00:00:00+00:00"), Some(Moment::FOREVER));
    assert_eq!(Moment::parse("soon"), None);
}

#[test]
fn months_keep_the_day_or_fall_back_to_the_last() {
    assert_eq!(Moment::ymd(2026, 1, 31).plus_months(1), Moment::ymd(2026, 2, 28));
    assert_eq!(Moment::ymd(2026, 3, 1).plus_months(-12), Moment::ymd(2025, 3, 1));
}
