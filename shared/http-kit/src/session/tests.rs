use super::*;
use crate::key::random_text;
use domain::secret::Secret;
use http::HeaderValue;
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::new(&Secret::new("k".repeat(32))).unwrap()
}

fn cookies(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
    }
    headers
}

#[test]
fn the_cookie_goes_to_our_host_over_tls_only_and_no_script_sees_it() {
    let text = set_cookie("value", true, SignedDuration::from_hours(12));
    assert_eq!(text, "__Host-billbridge=value; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=43200");
    let plain = set_cookie("value", false, SignedDuration::from_hours(12));
    assert_eq!(plain, "billbridge=value; HttpOnly; SameSite=Lax; Path=/; Max-Age=43200");
}

#[test]
fn our_cookie_is_found_among_others() {
    let id = random_text().unwrap();
    let ours = cookie_value(&key(), &id);
    let headers = cookies(&["theme=dark; other=1", &format!("a=b; __Host-billbridge={ours}; c=d")]);
    assert_eq!(session_id(&key(), true, &headers), Some(id));
    assert_eq!(session_id(&key(), false, &headers), None);
}

#[test]
fn a_cookie_of_the_same_name_that_is_not_ours_does_not_hide_ours() {
    let id = random_text().unwrap();
    let ours = cookie_value(&key(), &id);
    let headers = cookies(&[&format!("billbridge=planted; billbridge={ours}")]);
    assert_eq!(session_id(&key(), false, &headers), Some(id));
}

#[test]
fn a_cookie_signed_with_another_key_is_nothing() {
    let other = SigningKey::new(&Secret::new("o".repeat(32))).unwrap();
    let value = cookie_value(&other, &random_text().unwrap());
    assert_eq!(read_value(&key(), &value), None);
}

proptest! {
    #[test]
    fn what_is_written_into_a_cookie_is_read_from_it(bytes: [u8; 32]) {
        let id = encode(&bytes);
        let value = cookie_value(&key(), &id);
        prop_assert_eq!(read_value(&key(), &value), Some(id.as_str()));
    }

    #[test]
    fn a_cookie_with_one_character_changed_is_nothing(bytes: [u8; 32], at in 0_usize..87, to in "[A-Za-z0-9_.-]") {
        let value = cookie_value(&key(), &encode(&bytes));
        let mut changed = value.clone();
        changed.replace_range(at..=at, &to);
        prop_assume!(changed != value);
        prop_assert_eq!(read_value(&key(), &changed), None);
    }

    #[test]
    fn no_text_breaks_the_reading_of_a_cookie(text in ".{0,200}") {
        prop_assert_eq!(read_value(&key(), &text), None);
    }
}
