use super::{Hook, HookHeaders, HookRefused, verify};
use domain::secret::Secret;
use jiff::Timestamp;

// openssl: printf '1923264002{"id":"9051"}' | openssl dgst -sha256 -hmac 'whsec-42'
const BODY: &[u8] = br#"{"id":"9051"}"#;
const SIGNED: &str = "09ff7e924552c819fcd398e2d75ea801ce1b2f0069ed2da75c343305909bdddb";
const AT: i64 = 1_923_264_002;

fn hook<'a>(timestamp: &'a str, signature: &'a str) -> HookHeaders<'a> {
    HookHeaders { hook: "4", event: "after_invoicefullpaid", timestamp, signature }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn verified(headers: &HookHeaders<'_>, body: &[u8], secret: &str, now: i64) -> Result<Hook, HookRefused> {
    verify(headers, body, &Secret::new(secret), at(now))
}

#[test]
fn a_web_hook_that_hostbill_signed_just_now_is_believed() {
    let good = hook("1923264002", SIGNED);
    let expected = Hook { id: "4".to_owned(), event: "after_invoicefullpaid".to_owned(), at: at(AT) };
    for now in [AT - 60, AT, AT + 60] {
        assert_eq!(verified(&good, BODY, "whsec-42", now), Ok(expected.clone()));
    }
    assert_eq!(expected.to_string(), "after_invoicefullpaid (hook 4)");
}

#[test]
fn a_web_hook_from_another_time_is_not_believed() {
    let good = hook("1923264002", SIGNED);
    assert_eq!(verified(&good, BODY, "whsec-42", AT + 61), Err(HookRefused::Stale));
    assert_eq!(verified(&good, BODY, "whsec-42", AT - 61), Err(HookRefused::Early));
}

#[test]
fn a_web_hook_that_was_changed_is_not_believed() {
    let good = hook("1923264002", SIGNED);
    assert_eq!(verified(&good, br#"{"id":"9052"}"#, "whsec-42", AT), Err(HookRefused::Forged));
    assert_eq!(verified(&good, b"", "whsec-42", AT), Err(HookRefused::Forged));
    assert_eq!(verified(&good, BODY, "whsec-43", AT), Err(HookRefused::Forged));
    assert_eq!(verified(&hook("1923264003", SIGNED), BODY, "whsec-42", AT), Err(HookRefused::Forged));
    let forged = "0".repeat(64);
    assert_eq!(verified(&hook("1923264002", &forged), BODY, "whsec-42", AT), Err(HookRefused::Forged));
}

#[test]
fn a_digit_moved_from_the_time_into_the_body_is_no_newer_web_hook() {
    // The message that was signed is the same, byte for byte.
    let moved = verified(&hook("192326400", SIGNED), br#"2{"id":"9051"}"#, "whsec-42", AT);
    assert_eq!(moved, Err(HookRefused::Stale));
}

#[test]
fn an_empty_secret_believes_nobody() {
    // printf '1923264002{"id":"9051"}' | openssl dgst -sha256 -hmac ''
    let signed = "1c777b02340dc49af5193ddf0787b301098a663204c8485a4d2926efff662dd3";
    assert_eq!(verified(&hook("1923264002", signed), BODY, "", AT), Err(HookRefused::Forged));
}

#[test]
fn headers_that_are_not_as_promised_are_named() {
    let good = hook("1923264002", SIGNED);
    let upper = SIGNED.to_uppercase();
    let long = "x".repeat(101);
    let rows = [
        (HookHeaders { hook: "", ..good }, "HB-Hook"),
        (HookHeaders { hook: "4\r\nX: y", ..good }, "HB-Hook"),
        (HookHeaders { event: "", ..good }, "HB-Event"),
        (HookHeaders { event: &long, ..good }, "HB-Event"),
        (HookHeaders { timestamp: "", ..good }, "HB-Timestamp"),
        (HookHeaders { timestamp: " 1923264002", ..good }, "HB-Timestamp"),
        (HookHeaders { timestamp: "+1923264002", ..good }, "HB-Timestamp"),
        (HookHeaders { timestamp: "-1", ..good }, "HB-Timestamp"),
        (HookHeaders { timestamp: "99999999999999999999", ..good }, "HB-Timestamp"),
        (HookHeaders { signature: "", ..good }, "HB-Signature"),
        (HookHeaders { signature: &SIGNED[..62], ..good }, "HB-Signature"),
        // One spelling only: a second one would slip past whoever remembers signatures.
        (HookHeaders { signature: &upper, ..good }, "HB-Signature"),
    ];
    for (headers, named) in rows {
        let refused = verified(&headers, BODY, "whsec-42", AT);
        assert_eq!(refused, Err(HookRefused::Header(named)), "{headers:?}");
    }
}
