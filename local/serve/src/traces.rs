//! Traces, for whoever runs a collector: spans by OTLP over HTTP, as JSON, if `OTEL_EXPORTER_OTLP_ENDPOINT` says where.
//!
//! What is told is a short list of our own spans, and the warnings and errors inside them. Nothing of the libraries: their
//! spans may show headers.

use crate::exit::Problem;
use async_trait::async_trait;
use connector_kit::{
    Body, Idempotence, Method, Request, Transport, TransportConfig, Url, http_client, url_below,
};
use domain::clock::{Clock, Deadline};
use domain::id::SystemId;
use lambda_kit::env::Env;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tracing::instrument::WithSubscriber as _;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::NoSubscriber;
use tracing::{Level, Metadata, Subscriber, info, warn};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const SERVICE: &str = "OTEL_SERVICE_NAME";
/// Where below the endpoint traces are taken.
/// <https://opentelemetry.io/docs/specs/otlp/#otlphttp-request>
const PATH: &str = "v1/traces";
/// Spans that are told: what led to what, from a request or an invocation to each call of another system.
const TOLD: [&str; 6] = ["invocation", "request", "route", "run", "change", "call"];

/// Where spans go.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Nothing, unless an endpoint is configured. Has to be called in a runtime, which hands the spans over.
    ///
    /// # Errors
    /// When the variables cannot be understood.
    pub fn open(env: &Env, clock: Arc<dyn Clock>) -> Result<Option<Self>, Problem> {
        let Some(endpoint) = env.optional(ENDPOINT) else {
            return Ok(None);
        };
        let usage = |what: String, cure: &str| Problem::usage(what, cure);
        let base = Url::parse(&endpoint).map_err(|error| {
            usage(format!("{ENDPOINT} is no address: {error}"), "for example http://127.0.0.1:4318")
        })?;
        let url = url_below(&base, PATH);
        let headers = headers(&env.optional(HEADERS).unwrap_or_default()).ok_or_else(|| {
            usage(format!("{HEADERS} is not understood"), "name=value, with commas between")
        })?;
        let failed = |what: String| Problem::failed(what, "unset the variable to go on without traces");
        let http = http_client().map_err(|error| failed(error.to_string()))?;
        let transport = Transport::new(http, SystemId::billbridge(), clock, TransportConfig::default());
        let handover = Handover {
            transport: Arc::new(transport),
            url: url.clone(),
            headers,
            runtime: Handle::current(),
            is_failing: AtomicBool::new(false),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(url.as_str())
            .with_http_client(handover)
            .build()
            .map_err(|error| failed(format!("traces cannot be sent: {error}")))?;
        let service = env.optional(SERVICE).unwrap_or_else(|| "billbridge".to_owned());
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty().with_service_name(service).with_attribute(version).build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Some(Self { provider }))
    }

    /// What listens to spans.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer: OpenTelemetryLayer<S, SdkTracer> =
            tracing_opentelemetry::layer().with_tracer(self.provider.tracer("billbridge"));
        layer
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(is_told).with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Hands over what is left, for as long as a collector may take to answer.
    pub async fn close(self) {
        let closed = tokio::task::spawn_blocking(move || self.provider.shutdown()).await;
        if !matches!(closed, Ok(Ok(()))) {
            warn!("the last traces may not have been handed over");
        }
    }
}

fn is_told(metadata: &Metadata<'_>) -> bool {
    if metadata.is_span() { TOLD.contains(&metadata.name()) } else { *metadata.level() <= Level::WARN }
}

type Headers = Vec<(&'static str, String)>;

/// `name=value,name=value`. They may hold credentials: nothing shows them.
fn headers(text: &str) -> Option<Headers> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            let is_name = !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            // Read once in a process, so that nothing grows.
            is_name.then(|| (&*name.leak(), value.trim().to_owned()))
        })
        .collect()
}

/// Posts what the SDK has made ready, on the runtime: the SDK itself calls from a thread of its own.
struct Handover {
    transport: Arc<Transport>,
    url: Url,
    headers: Headers,
    runtime: Handle,
    is_failing: AtomicBool,
}

impl std::fmt::Debug for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handover").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Handover {
    async fn send_bytes(
        &self,
        request: opentelemetry_http::Request<Bytes>,
    ) -> Result<Response<Bytes>, HttpError> {
        let mut post = Request::new("POST v1/traces", Method::POST, self.url.clone(), Idempotence::Read)
            .body(Body::Json(request.into_body().to_vec()));
        for (name, value) in &self.headers {
            post = post.header(name, value);
        }
        let transport = self.transport.clone();
        // Unheard: a trace of handing over traces would never end.
        let sent = async move { transport.call(post, Deadline::never()).await };
        let reply = self.runtime.spawn(sent.with_subscriber(NoSubscriber::default())).await?;
        let reply = reply.and_then(|reply| {
            if reply.is_success() {
                Ok(reply)
            } else {
                Err(self.transport.failure_of("POST v1/traces", &reply))
            }
        });
        let was_failing = self.is_failing.swap(reply.is_err(), Ordering::Relaxed);
        match &reply {
            Ok(_) if was_failing => info!("traces are taken again"),
            Err(failure) if !was_failing => {
                warn!("traces are lost until the collector takes them: {failure}");
            }
            Ok(_) | Err(_) => {}
        }
        let reply = reply.map_err(|failure| failure.to_string())?;
        Ok(Response::builder().status(reply.status).body(reply.body.into())?)
    }
}
