use super::*;
use testkit::FixedClock;

#[test]
fn addresses_of_one_ipv6_network_are_one_caller() {
    let of = |text: &str| network(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
    assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
}

#[test]
fn a_bucket_fills_up_again_and_full_ones_are_thrown_away() {
    let clock = FixedClock::default();
    let limiter = Limiter::new(Arc::new(clock.clone()), 60);
    let one = Caller::Actor("usr_1".into());
    for _ in 0..60 {
        limiter.take(&one).unwrap();
    }
    assert_eq!(limiter.take(&one), Err(1));
    clock.advance(jiff::SignedDuration::from_secs(1));
    limiter.take(&one).unwrap();
    assert_eq!(limiter.take(&one), Err(1));

    for n in 0..2 * CLEAN_EVERY {
        clock.advance(jiff::SignedDuration::from_secs(1));
        limiter.take(&Caller::Actor(n.to_string().into())).unwrap();
    }
    assert!(limiter.buckets.len() <= CLEAN_EVERY as usize + 1, "{}", limiter.buckets.len());
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let clock = FixedClock::default();
    let limiter = Limiter::new(Arc::new(clock.clone()), 60);
    let one = Caller::Nowhere;
    clock.advance(jiff::SignedDuration::from_hours(2));
    while limiter.take(&one).is_ok() {}
    clock.advance(jiff::SignedDuration::from_hours(-1));
    assert!(limiter.take(&one).is_err());
    clock.advance(jiff::SignedDuration::from_secs(1));
    limiter.take(&one).unwrap();
}
