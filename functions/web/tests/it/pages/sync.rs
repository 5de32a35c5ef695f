//! What a clerk does about syncs: asks for runs, reads and applies plans, cures what is parked.

use super::browser::Browser;
use super::looks::{acme, furnish, put_order, put_plan, put_records, record, run};
use crate::world::{World, offer_key};
use domain::access::Role;
use domain::link::Link;
use domain::ports::{FiguresStore as _, LinkStore as _, Notice, PlanStore as _, RunStore as _};
use domain::record::{ParkReason, SyncState};
use domain::run::{RunMode, RunState};
use testkit::builders::{self, parsed, run_id};

#[tokio::test]
async fn a_dry_run_is_asked_for_with_a_button_and_followed_on_its_page() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/sync").await;
    let forms: Vec<_> =
        page.html.all("form").filter(|f| f.attribute("action") == Some("/sync/run")).collect();
    assert_eq!(forms.len(), 2, "a dry run and a sync");
    let shown = clerk.submit(&page, "/sync/run", &[]).await;
    shown.says("The run was asked for").says("Requested").says("Dry run of acme");
    let runs = world.store.runs(&acme(), 10).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!((&runs[0].mode, &runs[0].state), (&RunMode::DryRun, &RunState::Requested));
    assert!(runs[0].actor.contains("kim"), "{}", runs[0].actor);
    let published = world.bus.all();
    let [Notice::SyncRequested { run: Some(id), .. }] = published.as_slice() else {
        panic!("one run was to be published")
    };
    assert_eq!(*id, runs[0].id);
    let path = format!("/sync/runs/acme/{id}/progress?seen={}", runs[0].updated.as_millisecond());
    assert_eq!(clerk.part(&path).await.status, 204, "nothing new");
    let mut done = runs[0].clone();
    done.state = RunState::Finished;
    world.store.put_run(&done).await.unwrap();
    let part = clerk.part(&path).await.with(200).text;
    assert!(part.contains("Finished") && !part.contains("hx-get"), "it is asked no more: {part}");
}

#[tokio::test]
async fn a_double_click_asks_for_one_run() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/sync/runs").await;
    let fields = Browser::filled(&page, "/sync/run", &[]);
    let first = clerk.post_raw("/sync/run", &fields).await.with(303);
    let second = clerk.post_raw("/sync/run", &fields).await.with(303);
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(world.store.runs(&acme(), 10).await.unwrap().len(), 1);
    assert_eq!(world.bus.all().len(), 1);
}

#[tokio::test]
async fn a_form_that_is_not_of_this_session_changes_nothing() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/sync").await;
    let mut fields = Browser::filled(&page, "/sync/run", &[("csrf", "0123456789abcdef0123456789abcdef")]);
    let answer = clerk.post_raw("/sync/run", &fields).await.with(403);
    clerk.follow("/sync/run", answer).await.says("The form is not of this session");
    fields.retain(|(name, _)| name != "csrf");
    clerk.post_raw("/sync/run", &fields).await.with(403);
    assert!(world.store.runs(&acme(), 10).await.unwrap().is_empty());
    assert!(world.bus.all().is_empty());
}

#[tokio::test]
async fn who_only_looks_has_no_buttons_and_sending_the_form_anyway_does_nothing() {
    let world = World::new().await;
    let hash = furnish(&world).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    for path in ["/", "/sync", "/sync/parked", "/sync/runs"] {
        assert!(!viewer.get(path).await.html.has_form("/sync/run"), "{path}");
    }
    let plan = format!("/sync/plans/{hash}");
    assert!(!viewer.get(&plan).await.html.has_form(&format!("{plan}/apply")));
    let form = clerk.get("/sync").await;
    let mut fields = Browser::filled(&form, "/sync/run", &[]);
    let own = viewer.get("/").await.html.form("/sign-out").fields();
    fields.retain(|(name, _)| name != "csrf");
    fields.push(own.into_iter().find(|(name, _)| name == "csrf").unwrap());
    viewer.post_raw("/sync/run", &fields).await.with(403);
    assert!(world.bus.all().is_empty());
}

#[tokio::test]
async fn when_nobody_can_be_told_of_a_run_the_page_says_so_and_it_can_be_asked_for_again() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/sync").await;
    world.bus.lose_next();
    let fields = Browser::filled(&page, "/sync/run", &[]);
    let answer = clerk.post_raw("/sync/run", &fields).await.with(503);
    clerk.follow("/sync/run", answer).await.says("The run was not begun");
    clerk.post_raw("/sync/run", &fields).await.with(303);
    assert_eq!(world.bus.all().len(), 1);
}

#[tokio::test]
async fn a_plan_shows_each_change_with_its_money_and_why_and_what_holds_it() {
    let world = World::new().await;
    let hash = put_plan(&world).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let page = viewer.get(&format!("/sync/plans/{}", hash.short())).await;
    page.says("Fjord Kaffe AB")
        .says("no service")
        .says("10 × 4.00\u{a0}EUR = 40.00\u{a0}EUR each month")
        .says("+40.00\u{a0}EUR")
        .says("new subscription")
        .says("resale 4.00 EUR")
        .says("The brake holds this plan")
        .says("more than the 0 allowed")
        .says("customer 77 has no client")
        .says("Nobody has approved it yet");
}

#[tokio::test]
async fn a_plan_is_applied_by_who_ticks_the_sum_and_only_then() {
    let world = World::new().await;
    let hash = put_plan(&world).await;
    let plan = format!("/sync/plans/{hash}");
    let (apply, approve) = (format!("{plan}/apply"), format!("{plan}/approve"));
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get(&plan).await;
    assert_eq!(page.html.form(&apply).button(), "Approve and apply: +40.00\u{a0}EUR");
    let refused = clerk.submit(&page, &apply, &[]).await;
    assert_eq!(refused.answer.status, 422);
    refused.says("Tick that you have read it");
    let wrong = clerk.submit(&page, &apply, &[("sure", "1 4000.00 EUR"), ("once", "another")]).await;
    assert_eq!(wrong.answer.status, 422);
    assert!(world.bus.all().is_empty());
    assert_eq!(world.store.find_plan(&hash).await.unwrap().unwrap().approved, None);
    let sure = page.html.form(&apply).choice("I have read it");
    let page = clerk.get(&plan).await;
    let applied = clerk.submit(&page, &apply, &[("sure", &sure)]).await;
    applied.says("Apply a plan of acme").says("Requested");
    let (by, _) = world.store.find_plan(&hash).await.unwrap().unwrap().approved.unwrap();
    assert!(by.contains("kim"), "{by}");
    let published = world.bus.all();
    let [Notice::SyncRequested { mode, .. }] = published.as_slice() else { panic!("one run") };
    assert_eq!(*mode, RunMode::Apply(hash.clone()));
    let page = clerk.get(&plan).await;
    page.says("Approved by kim");
    assert!(!page.html.has_form(&approve), "it is approved already");
    assert_eq!(page.html.form(&apply).button(), "Apply: +40.00\u{a0}EUR");
}

#[tokio::test]
async fn a_plan_can_be_approved_by_one_and_applied_by_another() {
    let world = World::new().await;
    let hash = put_plan(&world).await;
    let plan = format!("/sync/plans/{hash}");
    let approve = format!("{plan}/approve");
    let mut kim = Browser::of(&world, "kim", Role::Clerk).await;
    let mut lou = Browser::of(&world, "lou", Role::Clerk).await;
    let (first, second) = (kim.get(&plan).await, lou.get(&plan).await);
    kim.submit(&first, &approve, &[]).await.says("The plan is approved").says("Approved by kim");
    lou.submit(&second, &approve, &[])
        .await
        .says("Somebody else has approved it already")
        .says("Approved by kim");
    assert!(world.bus.all().is_empty(), "approving applies nothing");
}

#[tokio::test]
async fn a_parked_customer_is_linked_where_it_is_shown_and_the_client_is_looked_up_first() {
    let world = World::new().await;
    let tenant = world.tenants[1].to_string();
    let detail = format!("customer {tenant} has no billing client");
    let mut parked =
        record(&world, "s-1", SyncState::Parked { reason: ParkReason::CustomerUnlinked, detail });
    parked.tenant = parsed(&tenant);
    put_records(&world, &[parked]).await;
    let mut admin = Browser::of(&world, "ada", Role::Admin).await;
    let page = admin.get("/sync/parked").await;
    page.says("Customers without a billing client").says("Nordlys Regnskap AS");
    let link = page.html.link("Link the customer");
    let before = world.store.links().await.unwrap().len();
    let page = admin.get(&link).await;
    page.says("Nordlys Regnskap AS");
    let wrong = admin.submit(&page, "/sync/links", &[("other", "99999")]).await;
    assert_eq!(wrong.answer.status, 422);
    wrong.says("has no client 99999");
    let none = admin.submit(&wrong, "/sync/links", &[("other", "")]).await;
    none.says("Choose one of the suggestions, or enter an id");
    assert_eq!(world.store.links().await.unwrap().len(), before, "nothing was linked");
    let client = world.clients[1].to_string();
    let linked = admin.submit(&none, "/sync/links", &[("other", &client)]).await;
    linked.says("The customer is linked").says(&format!("client {client}, charged in EUR")).says("Sync now");
    let links = world.store.links().await.unwrap();
    assert!(
        links.iter().any(|link| matches!(link, Link::Client { client: it, .. } if it.as_str() == client))
    );
    let removed = admin.submit(&linked, "/sync/links/remove", &[]).await;
    removed.says("The link is removed");
    let links = world.store.links().await.unwrap();
    assert!(
        !links.iter().any(|link| matches!(link, Link::Client { client: it, .. } if it.as_str() == client))
    );
}

#[tokio::test]
async fn a_parked_offer_is_linked_to_a_product_that_can_be_ordered_in_its_cycle() {
    let world = World::new().await;
    let annual = format!("{}/P1Y/annual", crate::world::PART);
    let mut admin = Browser::of(&world, "ada", Role::Admin).await;
    let page = admin.get(&format!("/sync/link/offer/acme?theirs={annual}")).await;
    let product = world.product.to_string();
    let refused = admin.submit(&page, "/sync/links", &[("other", &product)]).await;
    assert_eq!(refused.answer.status, 422);
    refused.says("cannot be ordered annual");
    let page = admin.get(&format!("/sync/link/offer/acme?theirs={}", offer_key())).await;
    page.says(&format!("product {product}"));
}

#[tokio::test]
async fn only_administrators_link() {
    let world = World::new().await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get(&format!("/sync/link/customer/acme?theirs={}", world.tenants[1])).await;
    assert!(!page.html.has_form("/sync/links"));
    page.says("An administrator makes links");
}

#[tokio::test]
async fn a_record_shows_what_is_charged_and_where_each_number_comes_from() {
    let world = World::new().await;
    put_records(&world, &[record(&world, "s-1", SyncState::Synced)]).await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/sync/records/acme/s-1").await;
    page.says("40.00\u{a0}EUR")
        .says("each month: 10 × 4.00\u{a0}EUR")
        .says("resale 4.00 EUR")
        .says("Set by rule")
        .says("the supplier did not say")
        .says("Fjord Kaffe AB")
        .says("Order seats");
    let part = clerk.part("/sync/records/acme/s-1/history").await.with(200);
    assert!(part.text.contains("Nothing was done about it"), "{}", part.text);
}

#[tokio::test]
async fn a_list_longer_than_a_page_leads_on_and_every_record_is_on_one_page() {
    let world = World::new().await;
    let records: Vec<_> = (0..120).map(|n| record(&world, &format!("s-{n:03}"), SyncState::Synced)).collect();
    put_records(&world, &records).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut next = Some("/sync?organisation=acme".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let page = viewer.get(&path).await;
        pages += 1;
        let links = page.html.all("a").filter_map(|link| link.attribute("href"));
        seen.extend(links.filter(|href| href.starts_with("/sync/records/")).map(str::to_owned));
        let more = page.html.all("a").find(|link| link.text.contains("Next page"));
        next = more.map(|link| link.attributes["href"].clone());
    }
    assert_eq!((pages, seen.len()), (3, 120));
}

#[tokio::test]
async fn no_page_reads_more_than_a_page_of_a_large_estate() {
    let world = World::new().await;
    let records: Vec<_> = (0..2_000)
        .map(|n| {
            let state = if n % 2 == 0 {
                SyncState::Synced
            } else {
                SyncState::Parked { reason: ParkReason::PriceUnknown, detail: "no rule".into() }
            };
            record(&world, &format!("s-{n:04}"), state)
        })
        .collect();
    put_records(&world, &records).await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    for path in ["/", "/sync", "/sync?state=parked", "/sync/parked"] {
        let before = world.store.steps();
        let page = viewer.get(path).await;
        let reads = world.store.steps() - before;
        assert!(reads <= 14, "{path} asked the table {reads} times");
        let rows = page
            .html
            .all("a")
            .filter(|a| a.attribute("href").is_some_and(|h| h.starts_with("/sync/records/")));
        assert!(rows.count() <= 50, "{path} shows more than a page");
    }
}

#[tokio::test]
async fn the_dashboard_counts_shows_money_at_stake_and_says_when_it_was_counted() {
    let world = World::new().await;
    furnish(&world).await;
    let mut clerk = Browser::of(&world, "kim", Role::Clerk).await;
    let page = clerk.get("/").await;
    page.says("12 synced")
        .says("2 parked")
        .says("8.00\u{a0}EUR a month at stake")
        .says("as counted 2026-11-05 08:00 UTC")
        .says("30 days or longer 1")
        .says("not imported yet")
        .says("Not configured")
        .says("The next one of the schedule is expected about")
        .says("Held");
    assert_eq!(page.html.link("parked"), "/sync/parked?organisation=acme");
}

#[tokio::test]
async fn orders_wait_for_who_may_do_something_about_them() {
    let world = World::new().await;
    put_order(&world, 1, &[domain::order::OrderState::PendingApproval]).await;
    let mut others = Browser::of(&world, "bo", Role::Approver).await;
    others.get("/").await.says("1 order waits for you");
    let mut author = Browser::of(&world, "ada", Role::Approver).await;
    author.get("/").await.says("0 orders wait for you");
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    viewer.get("/").await.says("0 orders wait for you");
}

#[tokio::test]
async fn charts_have_their_numbers_beside_them_and_say_what_makes_them_appear() {
    let world = World::new().await;
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let page = viewer.get("/charts").await;
    page.says("Nothing has been counted yet");
    assert_eq!(page.html.all("svg").count(), 0);
    world.store.put_figures(&builders::figures(parsed("2026-11-04"))).await.unwrap();
    world.store.put_figures(&builders::figures(parsed("2026-10-31"))).await.unwrap();
    world.store.put_run(&run(1, RunMode::Sync, RunState::Finished)).await.unwrap();
    let page = viewer.get("/charts").await;
    page.says("Recurring revenue and margin by month in EUR")
        .says("2026-10 39.20 35.20 32.80 2.40")
        .says("2026-11 39.20 35.20 32.80 2.40")
        .says("2026-11-04 1 0 0 1")
        .says("42 s");
    assert_eq!(page.html.all("svg").count(), 3);
    for svg in page.html.all("svg") {
        assert_eq!(svg.attribute("role"), Some("img"));
        assert!(svg.has("aria-labelledby"));
    }
}

#[tokio::test]
async fn a_run_says_what_it_counted_and_why_it_ended_early() {
    let world = World::new().await;
    let mut failed = run(3, RunMode::Sync, RunState::Failed("the supplier did not answer".into()));
    failed.problems = vec!["subscription 7: billing said no".into()];
    failed.unproven = Some("200 rows are missing".into());
    world.store.put_run(&failed).await.unwrap();
    let mut viewer = Browser::of(&world, "vera", Role::Viewer).await;
    let page = viewer.get(&format!("/sync/runs/acme/{}", run_id(3))).await;
    page.says("It ended early. the supplier did not answer")
        .says("Subscriptions observed 1000")
        .says("subscription 7: billing said no")
        .says("200 rows are missing");
}
