//! The same request twice is the same answer twice, and is carried out once.

use crate::access::Access;
use crate::around::{Around, Middle, Next};
use crate::body::{ONCE_FIELD, field, is_form, peek};
use crate::origin::is_safe;
use crate::principal::Principal;
use crate::problem::{PROBLEM_TYPE, Problem};
use async_trait::async_trait;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, OriginalUri, Request};
use axum::response::{IntoResponse as _, Response};
use domain::access::SecretHash;
use domain::digest::{hex, sha256, sha256_of_parts};
use domain::ports::{Asked, KeptAnswer};
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use jiff::Timestamp;

/// The header that a request's key stands in.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header that says that an answer was given before.
pub const REPLAYED: &str = "idempotency-replayed";
/// The longest answer that is kept: an item of the table must hold it.
const KEPT_BYTES: usize = 300 * 1024;
const KEY_LENGTH: usize = 200;

/// What ids are made from in a handler: the same for the same request with the same key, also when it is
/// handled again after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    /// When the request was first seen.
    pub at: Timestamp,
    /// Its own number.
    pub seed: u64,
}

/// Response extension: the answer carries a secret and is not kept. Asked again, we say that it was shown once.
#[derive(Debug, Clone, Copy)]
pub struct NeverKept;

/// Lets a request carry a key (`Idempotency-Key`, or a form's field `once`), for `.route_layer(…)` before the
/// guard: asked again with it, the answer is the one that was given, for good. Answers from 500 on and 429
/// are forgotten, so that it may be tried again; so are 400 and 422 to a form, so that whoever goes back to it may
/// correct it and send it again.
pub fn once(access: &Access) -> Around {
    Around::new(KeepAnswers { access: access.clone() })
}

struct KeepAnswers {
    access: Access,
}

#[async_trait]
impl Middle for KeepAnswers {
    async fn run(&self, request: Request, next: Next) -> Response {
        if is_safe(request.method()) {
            return next.run(request).await;
        }
        let known = request.extensions().get::<Principal>().map(|principal| principal.actor.id.clone());
        let Some(actor) = known else {
            return Problem::internal()
                .because("answers are kept for nobody: there is no guard")
                .into_response();
        };
        let (request, given, body) = match key_of(request).await {
            Ok(Keyed::With(request, key, body)) => (request, key, body),
            Ok(Keyed::Without(request)) => return next.run(request).await,
            Err(problem) => return problem.into_response(),
        };
        let key = SecretHash(sha256_of_parts(&[
            &actor,
            request.method().as_str(),
            original(request.extensions(), request.uri()).path(),
            &given,
        ]));
        let asked = hash_of(&request, &body);
        match self.access.answers().begin_answer(&key, &asked, self.access.now()).await {
            Ok(Asked::Unanswered { begun }) => self.handle(key, begun, request, next).await,
            Ok(Asked::InProgress) => in_progress().into_response(),
            Ok(Asked::Another) => another().into_response(),
            Ok(Asked::Answered(kept)) => replay(kept),
            Err(failure) => Problem::from(failure).into_response(),
        }
    }
}

impl KeepAnswers {
    async fn handle(&self, key: SecretHash, begun: Timestamp, mut request: Request, next: Next) -> Response {
        let by_form = !request.headers().contains_key(IDEMPOTENCY_KEY);
        request.extensions_mut().insert(Once { at: begun, seed: seed_of(&key) });
        let response = next.run_caught(request).await;
        let answers = self.access.answers();
        let freed = match Outcome::of(response.status(), by_form) {
            Outcome::Answered => None,
            Outcome::Unknown => Some(answers.release_answer(&key).await),
            Outcome::NotDone => Some(answers.forget_answer(&key).await),
        };
        if let Some(freed) = freed {
            if let Err(failure) = freed {
                // It is begun again after a minute, with the same `Once`.
                tracing::error!(error = %failure, "a request that failed could not be freed");
            }
            return response;
        }
        let (response, kept) = match kept_of(response).await {
            Ok(both) => both,
            Err(problem) => return problem.into_response(),
        };
        if let Err(failure) = self.access.answers().keep_answer(&key, &kept).await {
            // It was carried out, and that is the answer. Asked again, it is handled again with the same `Once`.
            tracing::error!(error = %failure, "an answer could not be kept");
        }
        response
    }
}

/// What an answer says of the request, and with it what becomes of its key.
enum Outcome {
    /// It is the answer: the same one again.
    Answered,
    /// Something of it may have been done: the same request may be tried again and makes the same ids.
    Unknown,
    /// A form to be corrected, and sent again with the key that it carries.
    NotDone,
}

impl Outcome {
    fn of(status: StatusCode, by_form: bool) -> Self {
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Self::Unknown;
        }
        let to_be_corrected = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
        if by_form && to_be_corrected { Self::NotDone } else { Self::Answered }
    }
}

enum Keyed {
    With(Request, String, Bytes),
    Without(Request),
}

async fn key_of(request: Request) -> Result<Keyed, Problem> {
    let from_header = header_key(request.headers())?;
    if from_header.is_none() && !is_form(request.headers()) {
        return Ok(Keyed::Without(request));
    }
    let (request, body) = peek(request).await?;
    match from_header.or_else(|| field(&body, ONCE_FIELD)) {
        Some(key) if is_key(&key) => Ok(Keyed::With(request, key, body)),
        Some(_) => Err(bad_key()),
        None => Ok(Keyed::Without(request)),
    }
}

fn header_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY).iter();
    match (keys.next(), keys.next()) {
        (None, _) => Ok(None),
        (Some(key), None) => key.to_str().map(|key| Some(key.to_owned())).map_err(|_| bad_key()),
        (Some(_), Some(_)) => Err(bad_key()),
    }
}

fn is_key(text: &str) -> bool {
    (1..=KEY_LENGTH).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

fn original<'u>(extensions: &'u http::Extensions, uri: &'u Uri) -> &'u Uri {
    extensions.get::<OriginalUri>().map_or(uri, |original| &original.0)
}

fn hash_of(request: &Request, body: &[u8]) -> SecretHash {
    let uri = original(request.extensions(), request.uri());
    let address = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    SecretHash(sha256_of_parts(&[request.method().as_str(), address, &hex(&sha256(body))]))
}

fn seed_of(key: &SecretHash) -> u64 {
    key.0.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// What is kept of a response, and the response as it was.
async fn kept_of(response: Response) -> Result<(Response, KeptAnswer), Problem> {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|e| Problem::internal().because(format!("an answer broke off: {e}")))?;
    let kept = if parts.extensions.get::<NeverKept>().is_some() {
        instead(&shown_once())
    } else if body.len() > KEPT_BYTES {
        instead(&too_long())
    } else {
        KeptAnswer {
            status: parts.status.as_u16(),
            content_type: text_of(&parts.headers, &CONTENT_TYPE),
            location: text_of(&parts.headers, &LOCATION),
            body: body.to_vec(),
        }
    };
    Ok((Response::from_parts(parts, Body::from(body)), kept))
}

fn text_of(headers: &HeaderMap, name: &http::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn instead(problem: &Problem) -> KeptAnswer {
    KeptAnswer {
        status: problem.status.as_u16(),
        content_type: Some(PROBLEM_TYPE.to_owned()),
        location: None,
        body: problem.to_json().into_bytes(),
    }
}

fn replay(kept: KeptAnswer) -> Response {
    let Ok(status) = StatusCode::from_u16(kept.status) else {
        return Problem::internal().because("a kept answer has no status").into_response();
    };
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = status;
    for (name, value) in [(CONTENT_TYPE, kept.content_type), (LOCATION, kept.location)] {
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn bad_key() -> Problem {
    let must = format!("must be 1 to {KEY_LENGTH} visible ASCII characters, once");
    Problem::new(StatusCode::BAD_REQUEST, "bad-key", "The idempotency key is not valid")
        .detail(format!("Idempotency-Key {must}."))
        .field("Idempotency-Key", must)
}

fn in_progress() -> Problem {
    Problem::new(StatusCode::CONFLICT, "in-progress", "The same request is being carried out")
        .detail("Ask again in a moment with the same key.")
        .retry_after(1)
}

fn another() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key-used", "The key was used for another request")
        .detail("A key stands for one request. Take a new one.")
}

fn shown_once() -> Problem {
    Problem::new(StatusCode::CONFLICT, "shown-once", "The answer was shown once")
        .detail("It was carried out. Its answer holds a secret that is not kept.")
}

fn too_long() -> Problem {
    Problem::new(StatusCode::CONFLICT, "answer-too-long", "The answer was too long to be kept")
        .detail("It was carried out. Read the result where it is listed.")
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if let Some(once) = parts.extensions.get::<Self>() {
            return Ok(*once);
        }
        let access = parts.extensions.get::<Access>();
        let access =
            access.ok_or_else(|| Problem::internal().because("a handler tells the time and has no guard"))?;
        Ok(Self { at: access.now(), seed: fastrand::u64(..) })
    }
}
