use crate::open::{Serving, eventually, token};
use crate::world::{PART_NUMBERS, SECRETS, StillClock, World, surroundings};
use domain::clock::Clock;
use domain::ports::VariableSource as _;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::env::Env;
use serde_json::{Value, json};
use serve::exit::Exit;
use serve::surroundings::{EnvFile, Surroundings};
use simulators::Fault;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;

const RUNS: &str = "/api/runs?organisation=nordic";
/// Asks the supplier, whoever asks it.
const CATALOGUE: &str = "/api/catalogue?organisation=nordic&search=CFQ7";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_door_until_it_is_revoked_and_its_secret_is_shown_once() {
    let world = World::ready().await;
    world.done(&["sync"]).await;
    let serving = Serving::open(&world).await;
    let made = world.done(&["tokens", "create", "--name", "month end", "--scope", "read"]).await;
    let secret = made.results().trim().to_owned();
    assert_eq!(made.all().matches(&secret).count(), 1);
    let program = serving.with_token(&secret);
    assert_eq!(serving.nobody().get(RUNS).await.status, 401);
    let runs = program.get(RUNS).await;
    assert_eq!(runs.status, 200, "{}", runs.body);
    assert_eq!(runs.json()["items"].as_array().unwrap().len(), 1);
    let refused = program.post("/api/sync/manual", "key-1", &json!({"organisation": "nordic"})).await;
    assert_eq!(refused.status, 403, "it may read and nothing else: {}", refused.body);

    let listed = world.done(&["tokens", "list", "--json"]).await.results();
    let tokens: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (&tokens["tokens"][0]["name"], &tokens["tokens"][0]["scopes"]),
        (&"month end".into(), &json!(["read"]))
    );
    assert!(tokens["tokens"][0]["lastUsed"].is_string(), "{listed}");
    world.done(&["tokens", "revoke", tokens["tokens"][0]["token"].as_str().unwrap()]).await;
    let revoked = program.get(RUNS).await;
    assert_eq!(revoked.status, 401, "from the next request on");
    assert_eq!(world.line(&["tokens", "revoke", "tok_unknown"]).await.0, Exit::Usage);

    let export = world.dir.path().join("table.jsonl");
    world.done(&["export", export.to_str().unwrap()]).await;
    let told = serving.told();
    assert_eq!(serving.close().await, Exit::Done);
    let mut shown =
        [listed, refused.body, revoked.body, told, std::fs::read_to_string(export).unwrap()].concat();
    shown.push_str(&world.done(&["tokens", "list"]).await.all());
    assert!(shown.contains("revoked"), "{shown}");
    let table = std::fs::read(&world.data).unwrap();
    shown.push_str(&String::from_utf8_lossy(&table));
    assert!(!shown.contains(&secret) && !shown.contains(secret.trim_start_matches("bb_")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_programs_can_call_is_described_alike_wherever_it_is_asked_for() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let printed = world.done(&["openapi"]).await.results();
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(serving.nobody().get("/api/openapi.json").await.json(), printed);
    for path in ["/api/runs", "/api/sync/manual", "/api/orders/{id}/approve", "/hooks/hostbill"] {
        assert!(printed["paths"][path].is_object(), "{path} is described");
    }
    // Before the document is made for the first time there is nothing to compare with.
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/openapi.json");
    if kept.exists() {
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
        assert!(kept == printed, "infra/openapi.json is not what the code says: `cargo xtask openapi`");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_for_over_http_is_done_once_and_its_report_is_where_it_was_promised() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let program = serving.with_token(&token(&world, &["read", "sync"]).await);
    let wanted = json!({"organisation": "nordic"});
    let asked = program.post("/api/sync/manual", "monday", &wanted).await;
    assert_eq!(asked.status, 202, "{}", asked.body);
    let address = asked.header("location").unwrap().to_owned();
    let ended = eventually("the run ends", || async {
        let report = program.get(&address).await.json();
        let state = report["state"].as_str().unwrap();
        (!["requested", "running"].contains(&state)).then_some(report)
    });
    let report = ended.await;
    assert_eq!((&report["state"], &report["counts"]["created"]), (&"finished".into(), &9.into()), "{report}");
    assert_eq!(world.services(), 9);

    let again = program.post("/api/sync/manual", "monday", &wanted).await;
    assert_eq!((again.status, again.header("location")), (202, Some(address.as_str())));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(program.get(RUNS).await.json()["items"].as_array().unwrap().len(), 1);
    let unknown = program.post("/api/sync/manual", "tuesday", &json!({"organisation": "nordik"})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.body);
    assert_eq!(program.get(RUNS).await.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(serving.close().await, Exit::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_at_closing_time_is_answered_and_nobody_comes_in_any_more() {
    let world = World::ready().await;
    let serving = Serving::open(&world).await;
    let program = serving.with_token(&token(&world, &["read"]).await);
    world.crayon.with(|model| {
        model.requests.reset();
        model.faults.add(Fault::Slow(Duration::from_secs(2)).times(1));
    });
    let inside = tokio::spawn({
        let program = program.clone();
        async move { program.get(CATALOGUE).await }
    });
    let asked = || std::future::ready(world.crayon.with(|model| (model.requests.total() > 0).then_some(())));
    eventually("the supplier is asked", asked).await;
    serving.ask_to_stop();
    assert!(!inside.is_finished(), "the answer is still to come");
    let address = serving.address;
    let answer = inside.await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["items"][0]["partNumber"], PART_NUMBERS[0], "{}", answer.body);
    assert_eq!(serving.close().await, Exit::Done);
    assert!(TcpStream::connect(address).await.is_err(), "the port is free again");
}

/// Goes on when it is told to.
struct ToldClock(Mutex<Timestamp>);

impl ToldClock {
    fn advance(&self, time: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }
}

impl Clock for ToldClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_is_rotated_in_the_env_file_is_used_without_a_restart() {
    let world = World::ready().await;
    let mut pairs = world.pairs();
    pairs.retain(|(name, _)| name != "CRAYON_PASSWORD");
    let file = world.file(".env", &format!("CRAYON_PASSWORD='{}'\n", SECRETS[1]));
    let lasting = Env::from_pairs(pairs);
    let secrets = EnvFile(Some(file.clone())).variables().await.unwrap();
    let clock = Arc::new(ToldClock(Mutex::new(StillClock.now())));
    let around = surroundings(lasting.clone().with_layer(secrets), clock.clone());
    let serving = Serving::around(Surroundings { lasting, file: Some(file), ..around }).await;
    let program = serving.with_token(&token(&world, &["read"]).await);
    assert_eq!(program.get(CATALOGUE).await.status, 200);

    // Rotated at the supplier, which takes neither the old tokens nor the old password.
    world.crayon.with(|model| {
        model.users[0].password = "SECRET-ROTATED".into();
        model.tokens.requests_per_token = Some(0);
    });
    clock.advance(SignedDuration::from_mins(6));
    let mut failed = program.get(CATALOGUE).await;
    assert_eq!(failed.status, 502, "{}", failed.body);
    world.crayon.with(|model| model.tokens.requests_per_token = None);
    clock.advance(SignedDuration::from_mins(6));
    failed.body.push_str(&program.get(CATALOGUE).await.body);
    assert!(failed.body.matches("\"status\":502").count() == 2, "{}", failed.body);

    world.file(".env", "CRAYON_PASSWORD='SECRET-ROTATED'\n");
    clock.advance(SignedDuration::from_mins(6));
    let answer = program.get(CATALOGUE).await;
    assert_eq!(answer.status, 200, "{}", answer.body);

    // A file that cannot be read changes nothing.
    world.file(".env", "CRAYON PASSWORD \"SECRET-BROKEN\n");
    clock.advance(SignedDuration::from_mins(6));
    assert_eq!(program.get(CATALOGUE).await.status, 200);
    assert!(![failed.body, answer.body, serving.told()].concat().contains("SECRET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_a_clear_problem_and_leaves_nothing_behind() {
    let world = World::ready().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let listen = [("BILLBRIDGE_LISTEN", address.as_str())];
    for (line, around) in
        [(vec!["serve", "--listen", &address], world.around()), (vec!["serve"], world.around_with(&listen))]
    {
        let (exit, captured) = crate::world::run(&line, around).await;
        assert_eq!(exit, Exit::Failed, "{}", captured.all());
        let told = captured.notes();
        assert!(told.contains(&address) && told.contains("--listen"), "{told}");
        assert!(!told.contains("/setup"), "no link that leads nowhere: {told}");
    }
    let (exit, captured) = world.line(&["serve", "--listen", "somewhere"]).await;
    assert_eq!(exit, Exit::Usage, "{}", captured.all());
    assert!(captured.notes().contains("127.0.0.1:8080"), "{}", captured.notes());
    assert_eq!(world.services(), 0);
}
