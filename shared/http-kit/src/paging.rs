//! Lists, a page at a time.

use crate::access::Access;
use crate::extract::pairs;
use crate::key::{MAC_BYTES, decode, encode};
use crate::principal::Principal;
use crate::problem::Problem;
use axum::extract::{FromRequestParts, OriginalUri};
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::{IntoParams, ToSchema};

/// How many items a page has at most.
pub const MAX_LIMIT: u32 = 200;
/// How many items a page has where nothing is said.
pub const DEFAULT_LIMIT: u32 = 50;
const PURPOSE: &str = "cursor";

/// Which page of a list is asked for: `limit` and `cursor` of the query. A cursor is good for whoever it was
/// given to, for the same list with the same filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// How many items, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// Where the page before ended, as the store said it.
    pub cursor: Option<String>,
    bound: Bound,
}

/// What a cursor is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    actor: Box<str>,
    path: String,
    filters: String,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Paged<T> {
    /// The items.
    pub items: Vec<T>,
    /// Given back as `cursor` to read on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

impl Access {
    /// The cursor of the next page, from what the store said; nothing at the end.
    pub fn next_cursor(&self, paging: &Paging, next: Option<String>) -> Option<String> {
        next.map(|next| {
            let mut signed = self.key().sign(PURPOSE, &paging.bound.parts(&next)).to_vec();
            signed.extend_from_slice(next.as_bytes());
            encode(&signed)
        })
    }

    fn open_cursor(&self, bound: &Bound, cursor: &str) -> Result<String, Problem> {
        let signed = decode(cursor).filter(|signed| signed.len() >= MAC_BYTES).ok_or_else(bad_cursor)?;
        let (mac, position) = signed.split_at(MAC_BYTES);
        let position = std::str::from_utf8(position).map_err(|_| bad_cursor())?;
        if self.key().verify(PURPOSE, &bound.parts(position), mac) {
            Ok(position.to_owned())
        } else {
            Err(bad_cursor())
        }
    }
}

impl Bound {
    fn of(parts: &Parts, principal: &Principal) -> Self {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let query = uri.query().unwrap_or_default().as_bytes();
        let mut filters: Vec<_> =
            form_urlencoded::parse(query).filter(|(name, _)| name != "limit" && name != "cursor").collect();
        filters.sort();
        let filters = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
        Self { actor: principal.actor.id.clone(), path: uri.path().to_owned(), filters }
    }

    fn parts<'p>(&'p self, position: &'p str) -> [&'p str; 4] {
        [&self.actor, &self.path, &self.filters, position]
    }
}

fn bad_cursor() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad-cursor", "The cursor is not good")
        .detail("It was not given to you for this list. Begin without one.")
        .field("cursor", "is not one that was given for this list")
}

/// Only these two of whatever else is in the query.
#[derive(Deserialize)]
struct Asked {
    limit: Option<u32>,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = (parts.extensions.get::<Principal>(), parts.extensions.get::<Access>());
        let (Some(principal), Some(access)) = known else {
            return Err(Problem::internal().because("a list is paged and has no guard"));
        };
        let asked: Asked = pairs(parts.uri.query().unwrap_or_default().as_bytes(), &[])?;
        let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            let must = format!("must be 1 to {MAX_LIMIT}");
            return Err(Problem::invalid(format!("limit {must}")).field("limit", must));
        }
        let bound = Bound::of(parts, principal);
        let cursor = asked.cursor.map(|cursor| access.open_cursor(&bound, &cursor)).transpose()?;
        Ok(Self { limit, cursor, bound })
    }
}

impl IntoParams for Paging {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()));
        let cursor = ObjectBuilder::new().schema_type(Type::String);
        [
            ("limit", "How many items a page has.", limit),
            ("cursor", "`next` of the page before; opaque.", cursor),
        ]
        .into_iter()
        .map(|(name, description, schema)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(description))
                .schema(Some(schema))
                .build()
        })
        .collect()
    }
}

#[cfg(test)]
mod tests;
