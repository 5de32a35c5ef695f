use super::*;

fn key(id: u32) -> SubscriptionKey {
    SubscriptionKey::of(&id.to_string())
}

fn digest(text: &str) -> Digest {
    Digest::from_hash(&crate::digest::sha256(text.as_bytes()))
}

#[test]
fn the_index_tells_unchanged_changed_new_repeated_and_missing_apart() {
    let mut index =
        DigestIndex::new(vec![(key(1), digest("a")), (key(2), digest("a")), (key(3), Digest::LOOK)]);
    assert_eq!(index.observe(key(1), digest("a")), Sight::Unchanged);
    assert_eq!(index.observe(key(2), digest("b")), Sight::Changed);
    assert_eq!(index.observe(key(4), digest("a")), Sight::New);
    assert_eq!(index.observe(key(4), digest("a")), Sight::Repeated);
    assert_eq!(index.observe(key(1), digest("a")), Sight::Repeated);
    assert_eq!(index.missing().collect::<Vec<_>>(), [key(3)]);
    index.look_again();
    assert_eq!(index.missing().count(), 3);
}

#[test]
fn a_subscription_to_look_at_is_never_unchanged() {
    let mut index = DigestIndex::new(vec![(key(3), Digest::LOOK)]);
    assert_eq!(index.observe(key(3), digest("a")), Sight::Changed);
}

#[test]
fn chunks_of_different_age_make_a_key_looked_at() {
    let index = DigestIndex::new(vec![(key(1), digest("a")), (key(1), digest("b")), (key(2), digest("a"))]);
    assert_eq!(index.len(), 2);
    assert!(index.entries().contains(&(key(1), Digest::LOOK)));
}

#[test]
fn a_listing_is_whole_only_when_total_and_distinct_rows_agree() {
    let proof = |steps: &dyn Fn(&mut Listing)| {
        let mut listing = Listing::default();
        steps(&mut listing);
        listing.proof()
    };
    let unproven = |why: &str| Proof::Unproven(why.into());
    assert_eq!(proof(&|l| (0..2).for_each(|_| l.page(Some(4), 2))), Proof::Whole);
    assert_eq!(proof(&|l| l.page(Some(4), 2)), unproven("2 of 4 subscriptions arrived"));
    assert_eq!(proof(&|l| l.page(None, 2)), unproven("the supplier stated no total"));
    let repeated = |l: &mut Listing| {
        l.page(Some(2), 2);
        l.repeated();
    };
    assert_eq!(proof(&repeated), unproven("1 rows came twice"));
    let moving = |l: &mut Listing| {
        l.page(Some(4), 2);
        l.page(Some(3), 1);
    };
    assert_eq!(proof(&moving), unproven("the stated total changed from 4 to 3 while listing"));
    let torn = |l: &mut Listing| {
        l.page(Some(2), 2);
        l.unreadable();
    };
    assert_eq!(proof(&torn), unproven("1 rows could not be read"));
}
