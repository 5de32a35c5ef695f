use super::*;

#[test]
fn parts_cannot_be_shifted_into_each_other() {
    assert_ne!(sha256_of_parts(&["ab", "c"]), sha256_of_parts(&["a", "bc"]));
}

#[test]
fn the_hash_of_the_empty_text_is_the_published_one() {
    assert_eq!(hex(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn a_digest_survives_its_bytes_and_text_and_never_equals_look() {
    let digest = Digest::from_hash(&sha256(b"x"));
    assert_eq!(Digest::from_bytes(digest.to_bytes()), digest);
    assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
    assert_ne!(Digest::from_hash(&[0; 32]), Digest::LOOK);
}

#[test]
fn a_price_written_with_more_zeros_is_the_same_price() {
    let print = |text: &str| {
        let mut f = Fingerprint::new("price");
        f.decimal(text.parse().unwrap());
        f.finish()
    };
    assert_eq!(print("1.0"), print("1.000"));
    assert_ne!(print("1.0"), print("10"));
}

#[test]
fn keys_keep_their_order_in_bytes_and_fall_evenly_into_buckets() {
    let mut keys: Vec<_> = (0..4096).map(|id| SubscriptionKey::of(&id.to_string())).collect();
    keys.sort_unstable();
    assert!(keys.is_sorted_by_key(|key| key.to_bytes()));
    assert!(keys.iter().all(|key| SubscriptionKey::from_bytes(key.to_bytes()) == *key && key.bucket(0) == 0));
    let largest = (0..16).map(|b| keys.iter().filter(|key| key.bucket(4) == b).count()).max();
    assert!(largest.is_some_and(|n| n < 350), "{largest:?} of 4096 keys in one of 16 buckets");
}
