//! The real binary beside a collector of the test's own.

use crate::world::{SECRETS, World};
use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::Value;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(HeaderMap, Value)>>>);

impl Collector {
    /// Takes whatever comes; gives its address.
    async fn open(&self) -> String {
        let taken = self.0.clone();
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let body = serde_json::from_slice(&body).unwrap();
            taken.lock().unwrap().push((headers, body));
            "{}"
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().iter().map(|(_, body)| body.to_string()).collect()
    }

    fn spans(&self) -> Vec<Value> {
        let list = |value: &Value, key: &str| value[key].as_array().unwrap().clone();
        let bodies: Vec<Value> = self.0.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
        let resources = bodies.iter().flat_map(|body| list(body, "resourceSpans"));
        let scopes = resources.flat_map(|resource| list(&resource, "scopeSpans"));
        scopes.flat_map(|scope| list(&scope, "spans")).collect()
    }
}

fn attribute(span: &Value, name: &str) -> Option<String> {
    let all = span["attributes"].as_array()?;
    Some(all.iter().find(|one| one["key"] == name)?["value"]["stringValue"].as_str()?.to_owned())
}

async fn synced(world: &World, more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_billbridge"));
    command.arg("sync").env_clear().current_dir(world.dir.path()).stdin(Stdio::null());
    command.envs(world.pairs()).envs(more.iter().copied());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_each_run_with_its_changes_and_the_calls_that_they_led_to_and_no_credential() {
    let world = World::ready().await;
    let collector = Collector::default();
    let url = collector.open().await;
    let headers = format!("X-Api-Key=SECRET-COLLECTOR, tenant={}", "ours");
    let output = synced(
        &world,
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &url),
            ("OTEL_EXPORTER_OTLP_HEADERS", &headers),
            ("OTEL_SERVICE_NAME", "billing"),
        ],
    )
    .await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(|span| span["name"] == name).collect::<Vec<_>>();
    let runs = named("run");
    assert_eq!(runs.len(), 1, "{spans:#?}");
    let (run, trace) = (runs[0], &runs[0]["traceId"]);
    assert_eq!(attribute(run, "organisation.id").as_deref(), Some("nordic"));
    let listed = world.done(&["runs", "--json"]).await.results();
    assert!(listed.contains(&attribute(run, "run.id").unwrap()), "{listed}");
    let changes = named("change");
    assert_eq!(changes.len(), 9, "one for each subscription");
    for change in &changes {
        assert_eq!(&change["parentSpanId"], &run["spanId"]);
        let calls = spans.iter().filter(|span| span["parentSpanId"] == change["spanId"]);
        let systems: Vec<_> = calls.filter_map(|call| attribute(call, "system")).collect();
        assert!(!systems.is_empty() && systems.iter().all(|system| system == "hostbill"), "{systems:?}");
    }
    assert!(spans.iter().filter(|span| span["traceId"] == *trace).count() > 20, "one trace tells it all");

    let text = collector.text();
    assert!(text.contains("\"billing\""), "the service's name");
    for secret in SECRETS.iter().chain(&["SECRET-COLLECTOR"]) {
        assert!(!text.contains(secret), "{secret} is in a trace");
    }
    let taken = collector.0.lock().unwrap();
    assert!(taken.iter().all(|(headers, _)| headers["x-api-key"] == "SECRET-COLLECTOR"));
    assert!(taken.iter().all(|(headers, _)| headers["content-type"] == "application/json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_loses_traces_and_nothing_else() {
    let world = World::ready().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let output = synced(&world, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody), ("LOG_LEVEL", "warn")]).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert_eq!(told.matches("traces are lost until the collector takes them").count(), 1, "{told}");
    let records = world.done(&["records", "--json"]).await.results();
    assert_eq!(records.matches("\"active\"").count(), 9, "{records}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_none_is_refused_before_anything_is_done() {
    let world = World::ready().await;
    world.hostbill.with(|model| model.requests.reset());
    for more in [
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "over there"), ("OTEL_EXPORTER_OTLP_HEADERS", "")],
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "SECRET-COLLECTOR"),
        ],
    ] {
        let output = synced(&world, &more).await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains('→') && !told.contains("SECRET"), "{told}");
    }
    assert_eq!(world.hostbill.with(|model| model.requests.total()), 0);
}
