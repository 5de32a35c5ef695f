use super::{TICK, Usage, peak, with_ended};
use std::time::Duration;

#[test]
fn a_process_may_have_a_name_with_brackets_and_spaces() {
    let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 400 0 0 0 12 3 0 0 20 0 1 0 100 1 1";
    assert_eq!(with_ended(stat), Some(TICK * 15));
}

#[test]
fn the_peak_is_in_bytes() {
    assert_eq!(peak("VmPeak:\t  9 kB\nVmHWM:\t   12 kB\nVmRSS:\t 3 kB\n"), Some(12 * 1024));
}

#[test]
fn this_very_process_has_used_something() {
    let usage = Usage::of(std::process::id()).unwrap();
    assert!(usage.cpu > Duration::ZERO && usage.peak_bytes > 100_000, "{usage:?}");
}
