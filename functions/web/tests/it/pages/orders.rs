//! An order as two people take it: one writes it, another approves the number that both see.

use super::browser::{Browser, Page};
use super::looks::{acme, put_order, put_records, record};
use crate::world::{World, offer_key};
use domain::access::Role;
use domain::order::{Needs, Order, OrderState};
use domain::ports::{Notice, OrderStore as _};
use domain::record::SyncState;
use simulators::Fault;
use testkit::builders::{order_id, parsed};

fn order(world: &World) -> Order {
    world.store.all_orders(&acme()).pop().unwrap()
}

fn page_of(order: &Order) -> String {
    format!("/orders/{}/{}", order.organisation, order.id)
}

/// The form, filled in for twelve seats for the first customer.
async fn twelve_seats(browser: &mut Browser<'_>) -> (Page, Vec<(String, String)>) {
    let page = browser.get("/orders/new").await;
    let search = Browser::filled(&page, "/orders/new", &[("offer_search", "Exchange")]);
    let found = browser.post_raw("/orders/form", &search).await;
    let page = browser.follow("/orders/form", found).await;
    let form = page.html.form("/orders/new");
    let (tenant, offer) = (form.choice("Fjord Kaffe AB"), form.choice("1 year, paid each month"));
    let changes =
        [("tenant", tenant.as_str()), ("offer", offer.as_str()), ("quantity", "12"), ("reference", "PO 7")];
    let fields = Browser::filled(&page, "/orders/new", &changes);
    (page, fields)
}

#[tokio::test]
async fn a_clerk_searches_sees_the_total_and_where_it_comes_from_and_takes_the_order() {
    let world = World::new().await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    let answer = kim.post_raw("/orders/form", &fields).await;
    let page = kim.follow("/orders/form", answer).await;
    page.says("Total 34.20\u{a0}EUR")
        .says("each month: 12 × 2.85\u{a0}EUR, 1 year")
        .says("Price of one by rule standard: resale 2.85 EUR")
        .says("Somebody other than you has to approve it");
    assert!(world.store.all_orders(&acme()).is_empty(), "looking at the total keeps nothing");
    let part = kim.post_raw("/orders/form/total", &fields).await.with(200);
    assert!(part.text.contains("34.20\u{a0}EUR") && !part.text.contains("<html"), "{}", part.text);
    let answer = kim.post_raw("/orders/new", &fields).await.with(303);
    let page = kim.follow("/orders/new", answer).await;
    page.says("The order is taken and waits for approval")
        .says("Waiting for approval")
        .says("34.20\u{a0}EUR")
        .says("reference PO 7");
    let order = order(&world);
    assert_eq!(order.quote.total.to_string(), "34.20 EUR");
    assert_eq!((order.state, &order.offer), (OrderState::PendingApproval, &offer_key()));
    assert_eq!(&*order.author.id, "usr_kim");
}

#[tokio::test]
async fn an_order_that_is_sent_twice_is_taken_once() {
    let world = World::new().await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    let first = kim.post_raw("/orders/new", &fields).await.with(303);
    let second = kim.post_raw("/orders/new", &fields).await.with(303);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(world.store.all_orders(&acme()).len(), 1);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_taken() {
    let world = World::new().await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    let wrong = [
        ("quantity", "0", "cannot be bought"),
        ("quantity", "many", "Quantity: enter a whole number"),
        ("quantity", "-1", "Quantity: enter a whole number"),
        ("tenant", "", "Customer: choose a customer"),
        ("tenant", "424242", "Customer: choose a customer"),
        ("offer", "", "Offer: choose an offer"),
        ("offer", "NOPE:0001/P1Y/monthly", "catalogue does not have it"),
        ("scheduled", "yesterday", "Day: enter a day"),
        ("scheduled", "2020-01-01", "Day: 2020-01-01 is not after today"),
    ];
    for (n, (field, value, says)) in wrong.into_iter().enumerate() {
        let mut fields = fields.clone();
        fields.retain(|(name, _)| name != field && name != "once");
        fields.extend([(field.to_owned(), value.to_owned()), ("once".to_owned(), format!("once-{n}"))]);
        let answer = kim.post_raw("/orders/new", &fields).await;
        assert!(answer.status.is_client_error(), "{field}={value}: {}", answer.status);
        let page = kim.follow("/orders/new", answer).await;
        page.says(says);
        let marked =
            page.html.elements.iter().filter(|element| element.attribute("aria-invalid") == Some("true"));
        for element in marked {
            assert_eq!(element.attribute("name"), Some(field), "the field that is wrong is marked");
        }
        let kept = page.html.form("/orders/new").fields();
        assert!(kept.contains(&("reference".to_owned(), "PO 7".to_owned())), "what was entered stays");
    }
    assert!(world.store.all_orders(&acme()).is_empty());
}

#[tokio::test]
async fn the_author_is_told_who_can_approve_and_somebody_else_approves_the_number_on_the_button() {
    let world = World::new().await;
    let mut kim = Browser::of(&world, "kim", Role::Approver).await;
    let mut bo = Browser::of(&world, "bo", Role::Approver).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    kim.post_raw("/orders/new", &fields).await.with(303);
    let order_now = order(&world);
    let (path, approve) = (page_of(&order_now), format!("{}/approve", page_of(&order_now)));
    let page = kim.get(&path).await;
    page.says("You took this order, so somebody else has to approve it")
        .says("These people can approve it: bo.");
    assert!(!page.html.has_form(&approve), "the author has no button");
    let theirs = bo.get(&path).await;
    assert_eq!(theirs.html.form(&approve).button(), "Approve 34.20\u{a0}EUR each month");
    let mut forged = Browser::filled(&theirs, &approve, &[]);
    forged.retain(|(name, _)| name != "csrf");
    let own = page.html.form("/sign-out").fields().into_iter().find(|(name, _)| name == "csrf").unwrap();
    forged.push(own);
    let answer = kim.post_raw(&approve, &forged).await.with(403);
    kim.follow(&approve, answer).await.says("someone else has to approve it");
    assert_eq!(order(&world).state, OrderState::PendingApproval);
    let done = bo.submit(&theirs, &approve, &[]).await;
    done.says("Approved. The order is being placed").says("Approved by bo").says("at 34.20\u{a0}EUR");
    let approved = order(&world);
    assert_eq!(approved.approval.as_ref().unwrap().total.to_string(), "34.20 EUR");
    assert!(world.bus.all().contains(&Notice::OrderApproved { organisation: acme(), order: approved.id }));
}

#[tokio::test]
async fn approving_a_number_that_is_no_longer_the_orders_changes_nothing_and_says_so() {
    let world = World::new().await;
    let order = put_order(&world, 1, &[OrderState::PendingApproval]).await;
    let mut bo = Browser::of(&world, "bo", Role::Approver).await;
    let page = bo.get(&page_of(&order)).await;
    let approve = format!("{}/approve", page_of(&order));
    let refused = bo.submit(&page, &approve, &[("total", "39.99 EUR")]).await;
    assert_eq!(refused.answer.status, 409);
    refused
        .says("The order comes to 40.00 EUR each cycle now, not 39.99 EUR")
        .says("approve the sum it shows");
    let nonsense = bo.submit(&refused, &approve, &[("total", "all of it")]).await;
    assert_eq!(nonsense.answer.status, 422);
    assert_eq!(
        world.store.find_order(&acme(), &order.id).await.unwrap().unwrap().state,
        OrderState::PendingApproval
    );
}

#[tokio::test]
async fn an_order_is_rejected_or_cancelled_with_a_reason_that_stays_in_its_timeline() {
    let world = World::new().await;
    let first = put_order(&world, 1, &[OrderState::PendingApproval]).await;
    let second = put_order(&world, 2, &[OrderState::PendingApproval]).await;
    let mut bo = Browser::of(&world, "bo", Role::Approver).await;
    let page = bo.get(&page_of(&first)).await;
    let reject = format!("{}/reject", page_of(&first));
    let empty = bo.submit(&page, &reject, &[("why", "  ")]).await;
    assert_eq!(empty.answer.status, 422);
    bo.submit(&empty, &reject, &[("why", "too expensive")])
        .await
        .says("Rejected. Nothing was bought")
        .says("too expensive");
    let page = bo.get(&page_of(&second)).await;
    let cancel = format!("{}/cancel", page_of(&second));
    bo.submit(&page, &cancel, &[("why", "ordered twice")]).await.says("Cancelled").says("ordered twice");
    let states: Vec<_> = world.store.all_orders(&acme()).iter().map(|order| order.state).collect();
    assert_eq!(states, [OrderState::Rejected, OrderState::Cancelled]);
}

#[tokio::test]
async fn an_order_in_doubt_is_sent_again_only_by_who_says_that_they_have_looked() {
    let world = World::new().await;
    let states = [OrderState::PendingApproval, OrderState::Approved, OrderState::Placing, OrderState::Held];
    let order = put_order(&world, 1, &states).await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let page = kim.get(&page_of(&order)).await;
    page.says("Held: supplier-unclear").says("look for the order in Cloud-iQ").says("certainly is not there");
    let retry = format!("{}/retry", page_of(&order));
    let refused = kim.submit(&page, &retry, &[]).await;
    assert_eq!(refused.answer.status, 409);
    refused.says("could buy it twice");
    let tick = refused.html.form(&retry).choice("I have looked");
    kim.submit(&refused, &retry, &[("send_again", &tick)]).await.says("The order goes on");
    let after = world.store.find_order(&acme(), &order.id).await.unwrap().unwrap();
    assert!(after.send_again, "a person has said so");
}

#[tokio::test]
async fn more_seats_are_ordered_from_the_record_of_a_subscription() {
    let world = World::new().await;
    put_records(&world, &[record(&world, "s-1", SyncState::Synced)]).await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let link = kim.get("/sync/records/acme/s-1").await.html.link("Order seats");
    let page = kim.get(&link).await;
    page.says("Seats now 10").says("Fjord Kaffe AB");
    let fewer = kim.submit(&page, "/orders/new", &[("quantity", "4")]).await;
    assert_eq!(fewer.answer.status, 422);
    fewer.says("4 would be fewer");
    let taken = kim.submit(&fewer, "/orders/new", &[("quantity", "25")]).await;
    taken.says("10 → 25 seats").says("100.00\u{a0}EUR");
    assert_eq!(order(&world).quote.total.to_string(), "100.00 EUR");
}

#[tokio::test]
async fn an_order_below_the_policys_limit_is_approved_by_the_rule_and_says_which() {
    let world = World::new().await;
    let rule = domain::order::ApprovalRule {
        customer: None,
        offer: None,
        up_to: Some(parsed("50.00 EUR")),
        needs: Needs::Nobody,
    };
    world.store.edit_settings(|settings| settings.orders.rules = vec![rule]);
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    let answer = kim.post_raw("/orders/new", &fields).await.with(303);
    let page = kim.follow("/orders/new", answer).await;
    page.says("The order is taken.").says("by policy").says("approval rule 1 asks nobody");
}

#[tokio::test]
async fn orders_are_listed_by_state() {
    let world = World::new().await;
    put_order(&world, 1, &[OrderState::PendingApproval]).await;
    put_order(&world, 2, &[OrderState::PendingApproval, OrderState::Rejected]).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let links = |page: &Page, n: u32| {
        let href = format!("/orders/acme/{}", order_id(n));
        page.html.all("a").any(|link| link.attribute("href") == Some(href.as_str()))
    };
    let all = viewer.get("/orders").await;
    assert!(links(&all, 1) && links(&all, 2));
    let open = viewer.get("/orders?state=open").await;
    assert!(links(&open, 1) && !links(&open, 2));
    let rejected = viewer.get("/orders?organisation=acme&state=rejected").await;
    assert!(!links(&rejected, 1) && links(&rejected, 2));
}

#[tokio::test]
async fn the_page_of_an_order_is_loaded_anew_once_something_happened() {
    let world = World::new().await;
    let order = put_order(&world, 1, &[OrderState::PendingApproval, OrderState::Approved]).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let page = viewer.get(&page_of(&order)).await;
    page.says("It goes on by itself");
    let news = page.html.elements.iter().find_map(|element| element.attribute("hx-get")).unwrap().to_owned();
    assert_eq!(viewer.part(&news).await.status, 204);
    let mut moved = order.clone();
    moved.version += 1;
    moved.step(OrderState::Placing, &order.author, "sent", testkit::builders::moment(99)).unwrap();
    world.store.put_order(&moved, testkit::builders::order_audit(&moved)).await.unwrap();
    assert_eq!(viewer.part(&news).await.with(200).header("hx-refresh"), "true");
}

#[tokio::test]
async fn while_the_supplier_does_not_answer_the_form_says_so_and_can_be_sent_again() {
    let world = World::new().await;
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let (_, fields) = twelve_seats(&mut kim).await;
    world.crayon.with(|model| model.faults.add(Fault::status(403).always()));
    let answer = kim.post_raw("/orders/new", &fields).await.with(503);
    kim.follow("/orders/new", answer).await.says("The catalogue cannot be read");
    assert!(world.store.all_orders(&acme()).is_empty());
    world.crayon.with(|model| model.faults.clear());
    kim.post_raw("/orders/new", &fields).await.with(303);
    assert_eq!(world.store.all_orders(&acme()).len(), 1);
}
