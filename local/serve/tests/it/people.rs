use crate::open::Serving;
use crate::world::World;
use serde_json::Value;
use serve::exit::Exit;

/// The code of the one link in a text.
fn code<'t>(text: &'t str, page: &str) -> &'t str {
    let found: Vec<_> = text.split(&format!("/{page}?c=")).collect();
    assert_eq!(found.len(), 2, "one link to /{page} is in: {text}");
    found[1].split_whitespace().next().unwrap()
}

async fn people(world: &World) -> Vec<Value> {
    let text = world.done(&["users", "list", "--json"]).await.results();
    let value: Value = serde_json::from_str(&text).unwrap();
    value["users"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_prints_one_link_which_makes_the_first_administrator_once() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let told = serving.told();
    let code = code(&told, "setup");
    let (nobody, page) = (serving.nobody(), format!("/setup?c={code}"));
    assert_eq!(nobody.get("/").await.header("location"), Some("/sign-in"));
    // Looking does not use it up, and neither does a form that is not filled in.
    for _ in 0..2 {
        assert_eq!(nobody.get(&page).await.status, 200);
        assert_eq!(nobody.form("/setup", &format!("c={code}&name=")).await.status, 422);
    }
    assert_eq!(people(&world).await, Vec::<Value>::new());

    // Both at once: one of them is too late.
    let (ada, eve) = (format!("c={code}&name=Ada+Berg"), format!("c={code}&name=Eve+Moss"));
    let (ada, eve) = tokio::join!(nobody.form("/setup", &ada), nobody.form("/setup", &eve));
    let (first, second) = if ada.status == 303 { (ada, eve) } else { (eve, ada) };
    assert_eq!((first.status, second.status), (303, 401), "{} {}", first.body, second.body);
    let known = people(&world).await;
    assert_eq!((known.len(), &known[0]["role"]), (1, &"admin".into()));
    let name = known[0]["name"].as_str().unwrap();
    let dashboard = serving.with_cookie(&first.cookie()).get("/").await;
    assert_eq!(dashboard.status, 200);
    assert!(dashboard.body.contains(name), "the page greets {name}");
    assert_eq!(nobody.form("/setup", &format!("c={code}&name=Again")).await.status, 401);
    assert_eq!(serving.close().await, Exit::Done);

    let again = Serving::open(&world).await;
    assert!(!again.told().contains("setup"), "{}", again.told());
    assert_eq!(again.with_cookie(&first.cookie()).get("/").await.status, 200, "who was in stays in");
    assert_eq!(people(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_comes_in_with_their_link_once_and_is_out_at_once_when_they_are_disabled() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let added = world.done(&["users", "add", "--name", "Nils Lund", "--role", "viewer"]).await;
    assert_eq!(people(&world).await[0]["role"], "viewer");
    let nils = people(&world).await[0]["user"].as_str().unwrap().to_owned();
    let link = added.results();
    let fields = format!("c={}", code(&link, "sign-in/code"));
    let entered = serving.nobody().form("/sign-in/code", &fields).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    assert_eq!(serving.nobody().form("/sign-in/code", &fields).await.status, 401, "the link was good once");
    let browser = serving.with_cookie(&entered.cookie());
    assert_eq!(browser.get("/sync").await.status, 200);
    assert_eq!(browser.get("/settings/people").await.status, 403, "a viewer looks at nobody's papers");

    let link = world.done(&["users", "link", &nils]).await.results();
    let unused = format!("c={}", code(&link, "sign-in/code"));
    world.done(&["users", "disable", &nils]).await;
    let shut = browser.get("/sync").await;
    assert_eq!((shut.status, shut.header("location")), (303, Some("/sign-in?next=/sync")));
    assert_eq!(serving.nobody().form("/sign-in/code", &unused).await.status, 401);
    let (exit, captured) = world.line(&["users", "link", &nils]).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    assert!(people(&world).await[0]["disabled"].is_string());
    let (exit, captured) = world.line(&["users", "disable", "usr_nobody"]).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_machine_can_make_an_administrator_when_nobody_can_sign_in_any_more() {
    let world = World::ready().await;
    world.done(&["users", "add", "--name", "Ada Berg", "--role", "admin"]).await;
    let ada = people(&world).await[0]["user"].as_str().unwrap().to_owned();
    world.done(&["users", "disable", &ada]).await;
    let serving = Serving::open(&world).await;
    let link = world.done(&["users", "set-up"]).await.results();
    let made = serving.nobody().form("/setup", &format!("c={}&name=Tor+Vik", code(&link, "setup"))).await;
    assert_eq!(made.status, 303, "{}", made.body);
    assert_eq!(serving.with_cookie(&made.cookie()).get("/settings/people").await.status, 200);
    assert_eq!(people(&world).await.len(), 2);
}
