use super::*;

fn key(text: &str) -> SigningKey {
    SigningKey::new(&Secret::new(text)).unwrap()
}

#[test]
fn a_key_that_could_be_guessed_is_refused() {
    assert_eq!(SigningKey::new(&Secret::new("x".repeat(31))).unwrap_err(), WeakKey);
    SigningKey::new(&Secret::new("x".repeat(32))).unwrap();
}

#[test]
fn a_signature_is_good_for_its_key_its_purpose_and_its_parts_only() {
    let (ours, theirs) = (key(&"a".repeat(32)), key(&"b".repeat(32)));
    let mac = ours.sign("cursor", &["ab", "c"]);
    assert!(ours.verify("cursor", &["ab", "c"], &mac));
    assert!(!theirs.verify("cursor", &["ab", "c"], &mac));
    assert!(!ours.verify("session", &["ab", "c"], &mac));
    assert!(!ours.verify("cursor", &["a", "bc"], &mac));
    assert!(!ours.verify("cursor", &["abc"], &mac));
    assert!(!ours.verify("cursor", &["ab", "c"], &mac[..31]));
    assert!(!ours.verify("cursor", &["ab", "c"], &[]));
}

#[test]
fn a_key_is_never_printed() {
    assert_eq!(format!("{:?}", key(&"hunter2 ".repeat(8))), "SigningKey(…)");
}

#[test]
fn random_secrets_differ_and_are_known_by_their_form() {
    let (one, other) = (random_text().unwrap(), random_text().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.len(), 43);
    assert!(is_random_text(&one));
    for wrong in ["", "short", &one[1..], &format!("{one}A"), &format!("{}!", &one[1..])] {
        assert!(!is_random_text(wrong), "{wrong}");
    }
}
