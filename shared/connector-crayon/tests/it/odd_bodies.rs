use crate::world::{LIST, ONE, TOKEN, World};
use domain::clock::Deadline;
use domain::failure::FailureKind;
use domain::ports::SubscriptionSource;
use simulators::{Decimal, Fault};

#[tokio::test]
async fn a_list_that_is_none_says_what_is_wrong() {
    let rows = [
        (Fault::Truncated, "the answer stops in the middle of its JSON"),
        (Fault::Html, "the answer is a web page, not JSON"),
        (Fault::Empty, "the answer is empty"),
        (Fault::Null, "the answer is neither a list nor an object with Items"),
        (Fault::LostGarbage, "the answer is not JSON from line 1, column 1 on"),
    ];
    for (fault, problem) in rows {
        let world = World::with(3).await;
        world.cloud.with(|model| model.faults.add(fault.on(LIST)));
        let failure = world.page(1).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert_eq!(failure.what, format!("GET subscriptions: {problem}"));
        assert_eq!(world.count(LIST), 1);
    }
}

#[tokio::test]
async fn details_that_are_none_say_what_is_wrong() {
    for fault in [Fault::Truncated, Fault::Html, Fault::Empty, Fault::Null] {
        let world = World::with(1).await;
        world.cloud.with(|model| model.faults.add(fault.on(ONE)));
        let id = "120045".parse().unwrap();
        let failure =
            world.crayon.find_details(&world.organisation, &id, Deadline::never()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert!(failure.what.starts_with("GET subscriptions/{id}: the answer "), "{failure}");
    }
}

#[tokio::test]
async fn a_sign_in_that_answers_nonsense_is_no_refusal() {
    for fault in [Fault::Html, Fault::Empty, Fault::Null, Fault::Truncated] {
        let world = World::with(1).await;
        world.cloud.with(|model| model.faults.add(fault.on(TOKEN)));
        let failure = world.page(1).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed);
        assert!(failure.what.starts_with("POST connect/token: "), "{failure}");
        world.page(1).await.unwrap();
    }
}

#[tokio::test]
async fn one_row_that_cannot_be_read_costs_that_row() {
    let world = World::with(3).await;
    world.cloud.with(|model| {
        let row = model.subscriptions.iter_mut().nth(1).unwrap();
        row.sales_price = Decimal::NEGATIVE_ONE;
    });
    let page = world.page(1).await.unwrap();
    assert_eq!(page.total, Some(3));
    assert!(page.rows[0].is_ok() && page.rows[2].is_ok());
    let odd = page.rows[1].as_ref().unwrap_err();
    assert_eq!((odd.id.as_deref(), odd.problem.as_str()), (Some("120046"), "SalesPrice is negative"));
}

#[tokio::test]
async fn errors_without_a_body_are_told_by_their_status() {
    for code in [400, 403, 404, 405] {
        let world = World::with(3).await;
        world
            .cloud
            .with(|model| model.faults.add(Fault::Status { code, retry_after: None, empty: true }.on(LIST)));
        assert_eq!(world.page(1).await.unwrap_err().what, format!("GET subscriptions: answered {code}"));
    }
}
