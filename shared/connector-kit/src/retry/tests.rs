use super::{Attempts, RetryPolicy, Trouble, retry_after};
use crate::request::Idempotence::{Login, Mutation, Read};
use std::time::Duration;

fn repeats(kind: crate::Idempotence, trouble: Trouble) -> u32 {
    let policy = RetryPolicy::default();
    let mut attempts = Attempts::default();
    let mut repeats = 0;
    while attempts.next(&policy, kind, trouble).is_some() {
        repeats += 1;
        assert!(repeats < 100, "{trouble:?} is repeated for ever");
    }
    repeats
}

#[test]
fn what_is_repeated_and_how_often() {
    let rows = [
        (Trouble::NoConnection, 3, 3),
        (Trouble::NoAnswer, 3, 0),
        (Trouble::Status(429, None), 3, 0),
        (Trouble::Status(502, None), 3, 0),
        (Trouble::Status(503, None), 3, 0),
        (Trouble::Status(504, None), 3, 0),
        (Trouble::Status(500, None), 1, 0),
        (Trouble::Status(501, None), 0, 0),
        (Trouble::Lasting, 0, 0),
    ];
    for (trouble, read, login) in rows {
        assert_eq!(repeats(Read, trouble), read, "read after {trouble:?}");
        assert_eq!(repeats(Login, trouble), login, "login after {trouble:?}");
        assert_eq!(repeats(Mutation, trouble), 0, "mutation after {trouble:?}");
    }
}

#[test]
fn waits_grow_and_stay_below_their_ends() {
    let policy = RetryPolicy { max_attempts: 40, ..RetryPolicy::default() };
    let mut attempts = Attempts::default();
    for round in 0..39_u32 {
        let end = Duration::from_millis(500) * 2_u32.pow(round.min(4));
        let wait = attempts.next(&policy, Read, Trouble::NoAnswer).unwrap();
        assert!(wait <= end, "{wait:?} in round {round}");
    }
}

#[test]
fn a_retry_after_is_waited_for_up_to_the_cap() {
    let policy = RetryPolicy::default();
    let asked = |seconds| {
        let trouble = Trouble::Status(429, Some(Duration::from_secs(seconds)));
        Attempts::default().next(&policy, Read, trouble)
    };
    let wait = asked(30).unwrap();
    assert!(wait >= Duration::from_secs(30) && wait <= Duration::from_millis(30_500));
    assert_eq!(asked(31), None);
}

#[test]
fn a_retry_after_is_seconds_or_a_date() {
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let read = |text| retry_after(text, now);
    assert_eq!(read(" 7 "), Some(Duration::from_secs(7)));
    assert_eq!(read("Sun, 01 Mar 2026 00:00:20 GMT"), Some(Duration::from_secs(20)));
    assert_eq!(read("Sat, 28 Feb 2026 00:00:00 GMT"), Some(Duration::ZERO));
    assert_eq!(read("soon"), None);
    assert_eq!(read("-1"), None);
}
