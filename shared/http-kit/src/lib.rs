//! What every HTTP function needs: who asks and may they, what went wrong, paging, the same answer for the same
//! request, and headers.
//!
//! ```
//! use axum::routing::{get, post};
//! use axum::{Extension, Router};
//! use domain::access::Scope;
//! use http_kit::{Access, Json, Once, Paged, Paging, Principal, Problem, Routes};
//!
//! # #[derive(serde::Deserialize)] struct Draft { customer: String }
//! async fn list(paging: Paging, Extension(access): Extension<Access>) -> Result<Json<Paged<String>>, Problem> {
//!     // The store is asked from `paging.cursor` on, and says where to go on.
//!     let next = access.next_cursor(&paging, Some("ord_2".to_owned()));
//!     Ok(Json(Paged { items: vec!["ord_1".to_owned()], next }))
//! }
//!
//! async fn create(by: Principal, once: Once, Json(draft): Json<Draft>) -> Result<Json<String>, Problem> {
//!     if draft.customer.is_empty() {
//!         return Err(Problem::invalid("who is it for?").field("customer", "is empty"));
//!     }
//!     Ok(Json(format!("{} made {} at {}", by.actor, once.seed, once.at)))
//! }
//!
//! fn router(access: &Access) -> Router {
//!     let reads = Routes::new()
//!         .route("/api/orders", get(list))
//!         .route_layer(&http_kit::api(access, Scope::Read));
//!     // Of several layers the last one runs first: the guard, then the answers that are kept.
//!     let writes = Routes::new()
//!         .route("/api/orders", post(create))
//!         .route_layer(&http_kit::once(access))
//!         .route_layer(&http_kit::api(access, Scope::OrdersWrite));
//!     http_kit::finish(reads.merge(writes).into_router(&()), access)
//! }
//! ```

mod access;
mod around;
mod body;
pub mod document;
mod extract;
mod finish;
pub mod gateway;
mod guard;
mod key;
mod limit;
mod once;
mod openapi;
mod origin;
mod pages;
mod paging;
mod principal;
mod problem;
mod route;
mod session;
mod trace;

#[doc(hidden)]
pub use utoipa;
#[doc(hidden)]
pub use utoipa_axum;

pub use access::{Access, Guarding, NewToken, SESSION_TIME, SetCookie};
pub use around::{Around, Surrounded};
pub use body::{BODY_LIMIT, BodyLimit, body_limit};
pub use extract::{Filter, Form, Json, Path, Query, Raw};
pub use finish::finish;
pub use guard::{api, page};
pub use key::{SigningKey, WeakKey};
pub use once::{IDEMPOTENCY_KEY, NeverKept, Once, REPLAYED, once};
pub use openapi::security_schemes;
pub use pages::{next_page, problem_pages};
pub use paging::{DEFAULT_LIMIT, MAX_LIMIT, Paged, Paging};
pub use principal::{Principal, Via};
pub use problem::{FieldProblem, PROBLEM_TYPE, Problem};
#[doc(hidden)]
pub use route::each_method;
pub use route::{Gathered, Routes};
pub use trace::RequestId;
