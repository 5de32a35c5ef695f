//! Every page, for everybody.

use super::browser::Browser;
use super::html::Html;
use super::looks::{WORST, furnish};
use crate::world::World;
use domain::access::Role;
use testkit::builders::{order_id, run_id};

/// Every address that shows something, and who may see it.
fn addresses(hash: &str) -> Vec<(String, Role)> {
    let anybody = [
        "/",
        "/charts",
        "/orders",
        "/orders?state=open",
        "/orders?state=held",
        "/sync",
        "/sync?state=parked",
        "/sync?state=synced",
        "/sync?find=s-synced",
        "/sync/parked",
        "/sync/runs",
        "/sync/records/acme/s-synced",
        "/sync/records/acme/s-parked",
        "/sync/records/acme/s-error",
        "/sync/records/acme/s-synced?history=yes",
        "/sync/link/customer/acme?theirs=500",
        "/sync/link/offer/acme?theirs=CFQ7TTC0LH16:0001/P1Y/monthly",
        "/settings",
        "/settings/connections",
        "/settings/connections?test=yes",
        "/settings/prices",
        "/settings/prices?rule=standard&resale=2.85&quantity=12",
        "/settings/me",
        "/api/docs",
    ];
    let mut all: Vec<_> = anybody.iter().map(|path| ((*path).to_owned(), Role::Viewer)).collect();
    all.extend([
        (format!("/sync/plans/{hash}"), Role::Viewer),
        (format!("/sync/runs/acme/{}", run_id(3)), Role::Viewer),
        (format!("/sync/runs/acme/{}", run_id(7)), Role::Viewer),
        (format!("/orders/acme/{}", order_id(1)), Role::Viewer),
        (format!("/orders/acme/{}", order_id(2)), Role::Viewer),
        ("/orders/new".to_owned(), Role::Clerk),
        ("/orders/new?subscription=s-synced".to_owned(), Role::Clerk),
        ("/settings/tokens".to_owned(), Role::Admin),
        ("/settings/people".to_owned(), Role::Admin),
        ("/settings/people/usr_viewer/disable".to_owned(), Role::Admin),
        (
            format!("/settings/tokens/{}/revoke", testkit::builders::api_token(1, Role::Viewer).id),
            Role::Admin,
        ),
    ]);
    all
}

#[tokio::test]
async fn every_page_is_whole_for_everybody_who_may_see_it_and_says_so_to_everybody_else() {
    let world = World::new().await;
    let hash = furnish(&world).await;
    for role in Role::ALL {
        let mut browser = Browser::of(&world, role.as_str(), role).await;
        for (path, least) in addresses(hash.as_str()) {
            let status = if role >= least { 200 } else { 403 };
            let page = browser.page(&path, status).await;
            if status == 403 {
                page.says("You may not do this").says("An administrator can give you another role");
            }
            let place = path.split(['?', '#']).next().unwrap();
            let here: Vec<_> =
                page.html.all("a").filter(|link| link.attribute("aria-current") == Some("true")).collect();
            assert!(here.len() <= 1, "{place} is in {} places", here.len());
        }
    }
}

#[tokio::test]
async fn whatever_something_is_called_it_is_text_and_never_a_script() {
    let world = World::new().await;
    world.crayon.with(|model| model.add_tenant(world.organisation, &format!("Ibsen {WORST}"), "ibsen"));
    let hash = furnish(&world).await;
    Browser::of(&world, "viewer", Role::Viewer).await;
    let mut browser = Browser::of(&world, "admin", Role::Admin).await;
    let mut seen = 0;
    for (path, _) in addresses(hash.as_str()) {
        let page = browser.page(&path, 200).await;
        assert!(!page.answer.text.contains("<script>"), "{path}");
        seen += usize::from(page.text().contains(WORST));
    }
    assert!(seen >= 10, "the name was to be read on {seen} pages only");
    browser.get("/orders/new").await.says(&format!("Ibsen {WORST}"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_the_sign_in_and_back_afterwards() {
    let world = World::new().await;
    let hash = furnish(&world).await;
    for (path, _) in addresses(hash.as_str()) {
        let mut nobody = Browser::of_nobody(&world);
        if path == "/api/docs" {
            nobody.get(&path).await;
            continue;
        }
        let answer = nobody.answer(&path).await.with(303);
        let location = answer.header("location").to_owned();
        assert!(
            location == "/sign-in"
                || location.starts_with("/sign-in?next=%2F")
                || location.starts_with("/sign-in?next=/"),
            "{path} leads to {location}"
        );
        assert!(!answer.text.contains("acme"), "{path} shows something on the way");
        nobody.get(&location).await.says("Sign in");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_with_status_404() {
    let world = World::new().await;
    furnish(&world).await;
    let mut browser = Browser::of(&world, "viewer", Role::Viewer).await;
    let missing = [
        "/nowhere",
        "/sync/records/acme/unknown",
        "/sync/records/nobody/s-synced",
        "/sync/runs/acme/run_none",
        "/sync/plans/ffffffffffffffff",
        "/orders/acme/ord_none",
        "/orders?organisation=nobody",
        "/sync/link/country/acme?theirs=500",
        "/%2e%2e/%2e%2e/etc/passwd",
    ];
    for path in missing {
        browser.page(path, 404).await.says("There is nothing here").says("To the dashboard");
    }
    Browser::of_nobody(&world).page("/nowhere", 404).await.says("There is nothing here");
}

#[tokio::test]
async fn a_fault_of_ours_is_a_page_with_its_status_and_the_requests_id() {
    let world = World::new().await;
    let mut browser = Browser::of(&world, "viewer", Role::Viewer).await;
    // The session and the person are read first.
    world.store.fail_after(3, testkit::Moment::Before);
    let page = browser.page("/sync", 503).await;
    let id = page.answer.header("x-request-id").to_owned();
    page.says(&id);
    browser.get("/sync").await;
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_answered_with_what_is_wrong() {
    let world = World::new().await;
    let mut browser = Browser::of(&world, "viewer", Role::Viewer).await;
    for path in ["/sync?state=sideways", "/orders?state=sideways"] {
        browser.page(path, 422).await.says("There is no such state");
    }
    browser.page("/sync?cursor=forged", 400).await.says("The cursor is not good");
}

#[tokio::test]
async fn before_anything_is_set_up_the_pages_say_what_to_do() {
    let world = World::new().await;
    world.store.set_settings(domain::settings::Settings::default());
    let mut browser = Browser::of(&world, "admin", Role::Admin).await;
    browser.get("/").await.says("No organisation is set up yet").says("billbridge settings init");
    browser.get("/settings").await.says("Nothing is stored yet");
    browser.page("/sync", 404).await.says("billbridge settings init");
}

#[tokio::test]
async fn a_first_visit_to_the_fullest_page_takes_less_than_sixty_kilobytes() {
    let world = World::new().await;
    furnish(&world).await;
    let mut browser = Browser::of(&world, "admin", Role::Admin).await;
    for path in ["/", "/sync", "/orders/new"] {
        let page = browser.get(path).await;
        let mut addresses: Vec<String> =
            page.html.all("script").map(|script| script.attributes["src"].clone()).collect();
        addresses.extend(page.html.all("link").map(|link| link.attributes["href"].clone()));
        assert_eq!(addresses.len(), 4, "{addresses:?}");
        let parts = page.html.elements.iter().filter_map(|element| element.attribute("hx-get"));
        addresses.extend(parts.map(str::to_owned));
        addresses.push(path.to_owned());
        let mut bytes = 0;
        for address in &addresses {
            let request = axum::http::Request::builder().uri(address).header("accept-encoding", "gzip");
            let cookie = format!("{}={}", browser.cookies[0].0, browser.cookies[0].1);
            let request = request.header("cookie", cookie).body(axum::body::Body::empty()).unwrap();
            let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
            assert_eq!(response.status(), 200, "{address}");
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            bytes += body.len();
        }
        assert!(bytes <= 60 * 1024, "{path} takes {bytes} bytes");
    }
}

#[tokio::test]
async fn files_are_kept_by_browsers_for_good_for_their_name_changes_with_their_content() {
    let world = World::new().await;
    let mut nobody = Browser::of_nobody(&world);
    let page = nobody.get("/sign-in").await;
    for script in page.html.all("script").chain(page.html.all("link")) {
        let path = script.attribute("src").or(script.attribute("href")).unwrap();
        let file = nobody.answer(path).await.with(200);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
    }
    nobody.answer("/assets/billbridge.000000000000.css").await.with(404);
    nobody.answer("/assets/..%2F..%2FCargo.toml").await.with(404);
    let page = nobody.answer("/sign-in").await;
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn parts_of_pages_are_well_formed_too() {
    let world = World::new().await;
    furnish(&world).await;
    let mut browser = Browser::of(&world, "viewer", Role::Viewer).await;
    for path in ["/dashboard/health", "/charts/part", "/sync/records/acme/s-synced/history"] {
        let part = browser.part(path).await.with(200);
        let html = Html::read(&part.text);
        assert_eq!(html.all("html").count(), 0, "{path} is a whole page");
        assert!(!part.text.contains("<script>"));
    }
    let answer = Browser::of_nobody(&world).part("/charts/part").await.with(401);
    assert_eq!(answer.header("hx-redirect"), "/sign-in", "the browser leaves the page");
}

#[test]
fn no_template_writes_anything_without_escaping_it() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"))];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(path.extension().unwrap(), "html", "only these are escaped by themselves");
            for word in ["|safe", "| safe", "escape(", "autoescape"] {
                assert!(!text.contains(word), "{} says {word}", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 30, "{read} templates");
}
