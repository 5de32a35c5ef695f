//! Nothing secret leaves: not in errors, logs, addresses or values.

use crate::house::{CLIENT, config, connect, id, never, tenant, with_model};
use crate::replay::Replay;
use connector_hostbill::HttpBasic;
use domain::ports::BillingTarget;
use domain::secret::Secret;
use simulators::Fault;
use simulators::hostbill::Model;
use testkit::Listening;

const API_ID: &str = "ident1ty";
const API_KEY: &str = "k3yk3yk3y";
const BASIC: &str = "b4sicpw";

#[tokio::test]
async fn credentials_appear_in_no_log_no_error_and_no_debug_form() {
    let log = Listening::to_text();

    // A HostBill that repeats what it was sent.
    let echo =
        format!(r#"{{"success":false,"error":["rejected {API_ID} / {API_KEY} of it@varga.example"]}}"#);
    let replay = Replay::with_status(&[(503, "later"), (200, "<p>k3yk3yk3y</p>"), (200, &echo)]).await;
    let mut config = config(&format!("{}?api_key=0ld", replay.url()), API_ID, API_KEY);
    config.http_basic = Some(HttpBasic { user: "door".to_owned(), password: Secret::new(BASIC) });
    let mut seen = format!("{config:?}");
    let hostbill = connect(config);
    seen.push_str(&format!("{hostbill:?}"));
    for _ in 0..2 {
        let failure = hostbill.find_service(&id(9), never()).await.unwrap_err();
        seen.push_str(&format!("{failure} {failure:?}"));
    }
    for probe in hostbill.probe(never()).await {
        seen.push_str(&format!("{probe:?}"));
    }
    seen.push_str(&log.text());

    assert!(seen.contains("asking again"), "the log was captured");
    assert!(seen.contains("rejected *** / *** of ***"), "the rest of the message is shown");
    for secret in [API_ID, API_KEY, BASIC, "0ld", "inurl", "it@varga", "ZG9vcjpiNHNpY3B3"] {
        assert!(!seen.contains(secret), "{secret} is seen");
    }
}

#[tokio::test]
async fn credentials_travel_in_the_body_and_nowhere_else() {
    let replay = Replay::of(&[r#"{"success":true,"details":[]}"#]).await;
    let url = replay.url().replace("http://", "http://door:inurl@");
    let mut config = config(&format!("{url}?api_key=0ld#x"), API_ID, API_KEY);
    config.http_basic = Some(HttpBasic { user: "door".to_owned(), password: Secret::new(BASIC) });
    let hostbill = connect(config);
    assert_eq!(hostbill.find_service(&id(9), never()).await, Ok(None));
    let asked = replay.asked();
    let (head, body) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /admin/api.php HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("application/x-www-form-urlencoded"), "{head}");
    assert_eq!(head.matches("Basic ").count(), 1, "{head}");
    assert!(head.contains("Basic ZG9vcjpiNHNpY3B3"), "{head}");
    assert!(!head.contains(API_ID) && !head.contains(API_KEY) && !head.contains("0ld"), "{head}");
    assert_eq!(body, format!("call=getAccountDetailsBasic&api_id={API_ID}&api_key={API_KEY}&id=9"));
}

#[tokio::test]
async fn a_clients_password_hash_is_dropped() {
    let (_simulated, hostbill) = with_model(Model::sample()).await;
    let client = hostbill.find_client(&id(CLIENT), never()).await.unwrap();
    let shown = format!("{client:?}");
    assert!(!shown.contains("$2y$") && !shown.contains("password"), "{shown}");
}

#[tokio::test]
async fn a_new_clients_password_is_random_and_told_to_nobody() {
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let replay = Replay::of(&["{}"]).await;
        let hostbill = connect(config(replay.url(), API_ID, API_KEY));
        let failure =
            hostbill.create_client(&tenant("7741", Some("it@skagerrak.example")), never()).await.unwrap_err();
        let asked = replay.asked();
        let value = |name: &str| {
            let (_, rest) = asked[0].split_once(&format!("&{name}=")).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        assert_eq!(value("password"), value("password2"));
        assert!(value("password").len() > 30);
        assert!(!failure.to_string().contains(&value("password")));
        passwords.push(value("password"));
    }
    assert_ne!(passwords[0], passwords[1]);
}

#[tokio::test]
async fn a_message_that_repeats_the_new_password_is_blanked() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let long = format!("Email already in use {}", "x".repeat(5000));
    simulated.with(|model| model.faults.add(Fault::Refused(vec![long]).on("addClient")));
    let failure =
        hostbill.create_client(&tenant("7741", Some("it@skagerrak.example")), never()).await.unwrap_err();
    assert!(failure.what.starts_with("addClient: Email already in use x"));
    assert!(failure.what.chars().count() < 350, "nobody reads five thousand characters");
}
