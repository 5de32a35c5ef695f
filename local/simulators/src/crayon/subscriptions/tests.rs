//! Size and selection.

use super::Subscription;
use crate::crayon::Model;

#[test]
fn a_million_subscriptions_fit_into_160_megabytes() {
    assert!(size_of::<Subscription>() <= 160, "{}", size_of::<Subscription>());
}

#[test]
fn a_selection_is_remembered_until_something_changes() {
    let mut model = Model::sample();
    let mut asked = 0;
    let mut select = |model: &mut Model| {
        model.subscriptions.selection("all", |rows| {
            asked += 1;
            (0..).zip(rows).map(|(at, _)| at).collect()
        })
    };
    assert_eq!(select(&mut model).len(), 5);
    select(&mut model);
    model.subscription_mut(120_045).unwrap().quantity = 1;
    select(&mut model);
    assert_eq!(asked, 2);
}
