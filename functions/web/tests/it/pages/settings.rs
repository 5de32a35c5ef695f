//! Settings, people, tokens, and what everybody decides about themselves.

use super::browser::Browser;
use crate::world::{Kept, World};
use domain::access::Role;
use domain::ports::AccessStore as _;
use simulators::Fault;

#[tokio::test]
async fn a_token_is_shown_once_and_works_and_sending_the_form_again_makes_no_other() {
    let world = World::new().await;
    let mut ada = Browser::of(&world, "ada", Role::Admin).await;
    let page = ada.get("/settings/tokens").await;
    let fields = Browser::filled(
        &page,
        "/settings/tokens",
        &[("name", "nightly report"), ("scope", "read"), ("expires", "2027-01-31")],
    );
    let answer = ada.post_raw("/settings/tokens", &fields).await.with(200);
    let shown = ada.follow("/settings/tokens", answer).await;
    let secret = shown.html.elements.iter().find(|e| e.attribute("id") == Some("secret")).unwrap();
    let secret = secret.attribute("value").unwrap().to_owned();
    assert!(secret.starts_with("bb_"));
    world.get(&secret, "/api/records?organisation=acme").await.with(200);
    let again = ada.post_raw("/settings/tokens", &fields).await.with(409);
    assert!(!again.text.contains(&secret));
    ada.follow("/settings/tokens", again).await.says("shown once");
    let tokens = world.store.tokens().await.unwrap();
    assert_eq!(tokens.iter().filter(|token| token.name == "nightly report").count(), 1);
    assert_eq!(tokens[0].expires.unwrap().to_string(), "2027-02-01T00:00:00Z", "until the end of the day");
    let list = ada.get("/settings/tokens").await;
    list.says("nightly report").does_not_say(&secret);
    let confirm = list.html.link("Revoke nightly report");
    let page = ada.get(&confirm).await;
    page.says("Whatever uses it stops working");
    ada.submit(&page, &confirm, &[]).await.says("The token is revoked").says("Revoked");
    world.get(&secret, "/api/records?organisation=acme").await.with(401);
}

#[tokio::test]
async fn a_token_without_a_name_a_scope_or_a_sensible_day_is_not_made() {
    let world = World::new().await;
    let mut ada = Browser::of(&world, "ada", Role::Admin).await;
    let before = world.store.tokens().await.unwrap().len();
    let wrong = [
        (vec![("name", ""), ("scope", "read")], "Say what the token is for"),
        (vec![("name", "report")], "Choose at least one thing"),
        (vec![("name", "report"), ("scope", "everything")], "There is no such scope"),
        (vec![("name", "report"), ("scope", "read"), ("expires", "soon")], "Enter the last day"),
        (
            vec![("name", "report"), ("scope", "read"), ("expires", "2020-01-01")],
            "would end before it begins",
        ),
        (vec![("name", "report"), ("scope", "read"), ("owner", "usr_nobody")], "obody of id usr_nobody"),
    ];
    for (fields, says) in wrong {
        let page = ada.get("/settings/tokens").await;
        let page = ada.submit(&page, "/settings/tokens", &fields).await;
        assert_eq!(page.answer.status, 422, "{says}");
        page.says(says);
    }
    assert_eq!(world.store.tokens().await.unwrap().len(), before);
}

#[tokio::test]
async fn a_person_is_added_with_a_link_that_lets_them_in_once() {
    let world = World::new().await;
    let mut ada = Browser::of(&world, "ada", Role::Admin).await;
    let page = ada.get("/settings/people").await;
    let fields = Browser::filled(
        &page,
        "/settings/people",
        &[("name", "Lin Chen"), ("email", "lin@reseller.example"), ("role", "approver")],
    );
    let answer = ada.post_raw("/settings/people", &fields).await.with(200);
    let shown = ada.follow("/settings/people", answer).await;
    shown.says("Sign-in link for Lin Chen").says("shown here once");
    let link = shown.html.elements.iter().find(|e| e.attribute("id") == Some("secret")).unwrap();
    let link = link.attribute("value").unwrap().to_owned();
    let path = link.strip_prefix("https://billbridge.example").unwrap();
    ada.post_raw("/settings/people", &fields).await.with(409);
    let users = world.store.users().await.unwrap();
    assert_eq!(users.iter().filter(|user| user.name == "Lin Chen").count(), 1);
    let mut lin = Browser::of_nobody(&world);
    for _ in 0..3 {
        lin.get(path).await.says("It is used when you press the button");
    }
    let page = lin.get(path).await;
    lin.submit(&page, "/sign-in/code", &[]).await.says("Dashboard").says("Lin Chen");
    let mut other = Browser::of_nobody(&world);
    let answer = other.submit(&page, "/sign-in/code", &[]).await;
    assert_eq!(answer.answer.status, 401, "it is good once");
    let list = ada.get("/settings/people").await;
    let disable = list.html.link("Disable Lin Chen");
    let page = ada.get(&disable).await;
    ada.submit(&page, &disable, &[]).await.says("can no longer sign in");
    lin.answer("/").await.with(303);
}

#[tokio::test]
async fn nobody_disables_themselves() {
    let world = World::new().await;
    let mut ada = Browser::of(&world, "ada", Role::Admin).await;
    let page = ada.get("/settings/people/usr_ada/disable").await;
    let refused = ada.submit(&page, "/settings/people/usr_ada/disable", &[]).await;
    assert_eq!(refused.answer.status, 409);
    refused.says("another administrator has to disable it");
    ada.get("/").await;
}

#[tokio::test]
async fn ones_own_sign_in_is_tried_first_kept_and_never_shown_again() {
    let world = World::new().await;
    let mut anna = Browser::of(&world, "anna", Role::Clerk).await;
    let page = anna.get("/settings/me").await;
    page.says("crayon").says("Not configured");
    let action = "/settings/me/sign-ins/crayon";
    let name = ("username", "anna@reseller.example");
    let refused = anna.submit(&page, action, &[name, ("password", "wrong pass phrase")]).await;
    assert_eq!(refused.answer.status, 422);
    refused.says("does not take this name and password: nothing was kept");
    assert!(world.kept.all().is_empty());
    let kept = anna.submit(&refused, action, &[name, ("password", "anna's own pass phrase")]).await;
    kept.says("Your sign-in was tried and is kept").does_not_say("anna@reseller.example");
    assert_eq!(world.kept.all().len(), 1);
    assert_eq!(world.kept.all().into_keys().next().unwrap().0.as_str(), "usr_anna");
    let removed = anna.submit(&kept, "/settings/me/sign-ins/crayon/remove", &[]).await;
    removed.says("Your sign-in is removed");
    assert!(Kept::all(&world.kept).is_empty());
}

#[tokio::test]
async fn a_price_rule_is_shown_in_words_and_worked_out_on_an_example() {
    let world = World::new().await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let page = viewer.get("/settings/prices").await;
    page.says("standard").says("exactly the supplier's resale price");
    let page =
        viewer.get("/settings/prices?rule=standard&quantity=12&resale=3.28&cost=2.85&from=EUR&to=EUR").await;
    page.says("39.36\u{a0}EUR").says("resale 3.28 EUR").says("5.16\u{a0}EUR of it is kept");
    let page = viewer.get("/settings/prices?rule=standard&quantity=12&cost=2.85").await;
    page.says("starts from the supplier's resale price, which is not stated");
    viewer.get("/settings/prices?rule=standard&resale=lots").await.says("Resale: enter a number");
    viewer.get("/settings/prices?rule=nobody&resale=1").await.says("No price rule fits");
}

#[tokio::test]
async fn each_connection_is_tested_step_by_step_with_its_cure() {
    let world = World::new().await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    viewer.get("/settings/connections").await.says("crayon").says("hostbill").does_not_say("Well");
    let page = viewer.get("/settings/connections?test=yes").await;
    page.says("crayon").says("Well").does_not_say("Down");
    world.clock.advance(jiff::SignedDuration::from_mins(2));
    world.hostbill.with(|model| model.faults.add(Fault::status(403).always()));
    let page = viewer.get("/settings/connections?test=yes").await;
    page.says("Down");
    let part = viewer.part("/dashboard/health").await.with(200);
    assert!(part.text.contains("Down"), "{}", part.text);
}
