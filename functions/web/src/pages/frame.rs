//! What stands around every page: who is signed in, where one can go, what has just been done.

use super::assets::Assets;
use super::flash::{Flash, Said};
use super::html::{Html, escaped};
use crate::state::Web;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::Scope;
use http_kit::{Principal, Problem};

/// The parts that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Dashboard,
    Orders,
    Sync,
    Settings,
    Api,
    /// Pages that belong to none of them.
    Nowhere,
}

impl Section {
    const PLACES: [(Self, &'static str, &'static str); 5] = [
        (Self::Dashboard, "/", "Dashboard"),
        (Self::Orders, "/orders", "Orders"),
        (Self::Sync, "/sync", "Sync"),
        (Self::Settings, "/settings", "Settings"),
        (Self::Api, "/api/docs", "API"),
    ];
}

/// One place of the navigation.
pub(crate) struct Place {
    pub(crate) href: &'static str,
    pub(crate) name: &'static str,
    pub(crate) here: bool,
}

/// What stands around a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// In the browser's title.
    pub(crate) title: String,
    section: Section,
    principal: Option<Principal>,
    said: Option<Flash>,
    entropy: fn() -> u64,
}

impl Frame {
    /// Around a page for somebody who is signed in.
    pub(crate) fn new(web: &Web, principal: &Principal, section: Section, title: impl Into<String>) -> Self {
        Self { principal: Some(principal.clone()), ..Self::outside(web, title).within(section) }
    }

    /// Around a page that anybody may see.
    pub(crate) fn outside(web: &Web, title: impl Into<String>) -> Self {
        let title = title.into();
        Self { title, section: Section::Nowhere, principal: None, said: None, entropy: web.entropy }
    }

    fn within(self, section: Section) -> Self {
        Self { section, ..self }
    }

    /// Says what has just been done.
    #[must_use]
    pub(crate) fn saying(self, Said(said): Said) -> Self {
        Self { said, ..self }
    }

    /// For whom, where it is known.
    #[must_use]
    pub(crate) fn whoever(self, principal: Option<Principal>) -> Self {
        Self { principal, ..self }
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(crate) fn assets(&self) -> &'static Assets {
        Assets::all()
    }

    pub(crate) fn person(&self) -> Option<&str> {
        self.principal.as_ref().map(|principal| &*principal.actor.name)
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let section = self.section;
        Section::PLACES.into_iter().map(move |(place, href, name)| Place {
            href,
            name,
            here: place == section,
        })
    }

    pub(crate) fn said(&self) -> Option<Flash> {
        self.said
    }

    /// The hidden fields of every form: that it is theirs, and that it is done once however often it is sent.
    pub(crate) fn hidden(&self) -> Html {
        let csrf = self.principal.as_ref().map_or("", Principal::csrf);
        let once = format!("{:016x}{:016x}", (self.entropy)(), (self.entropy)());
        Html::of_ours(format!(
            r#"<input type="hidden" name="csrf" value="{}"><input type="hidden" name="once" value="{once}">"#,
            escaped(csrf)
        ))
    }

    fn may(&self, scope: Scope) -> bool {
        self.principal.as_ref().is_some_and(|principal| principal.may(scope))
    }

    pub(crate) fn may_sync(&self) -> bool {
        self.may(Scope::Sync)
    }

    pub(crate) fn may_order(&self) -> bool {
        self.may(Scope::OrdersWrite)
    }

    pub(crate) fn may_approve(&self) -> bool {
        self.may(Scope::OrdersApprove)
    }

    pub(crate) fn may_admin(&self) -> bool {
        self.may(Scope::Admin)
    }
}

/// What a page's handler gives back.
pub(crate) type Shown = Result<Response, Problem>;

/// A page, or a part of one.
pub(crate) fn render(template: &impl Template) -> Shown {
    render_as(StatusCode::OK, template)
}

/// A page with a status of its own.
pub(crate) fn render_as(status: StatusCode, template: &impl Template) -> Shown {
    let text = template.render().map_err(|error| Problem::internal().because(error))?;
    Ok((status, html_headers(), text).into_response())
}

/// Pages are one person's and of one moment: nobody keeps them.
pub(crate) fn html_headers() -> [(header::HeaderName, HeaderValue); 2] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// Where a form that was sent leads.
pub(crate) fn see(path: &str) -> Response {
    axum::response::Redirect::to(path).into_response()
}
