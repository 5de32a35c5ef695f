//! What a page needs besides itself, in the binary, under names that change with their content.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::digest::{hex, sha256};
use std::sync::LazyLock;

/// Whoever has a file under its name need never ask again.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

struct Asset {
    path: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = &hex(&sha256(bytes))[..12];
        Self { path: format!("/assets/{name}.{hash}.{ending}"), kind, bytes }
    }
}

/// Every file.
pub(crate) struct Assets {
    style: Asset,
    script: Asset,
    htmx: Asset,
    icon: Asset,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    style: Asset::new(
        "billbridge",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../../assets/billbridge.css"),
    ),
    script: Asset::new(
        "billbridge",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/billbridge.js"),
    ),
    htmx: Asset::new(
        "htmx",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/htmx.min.js"),
    ),
    icon: Asset::new("billbridge", "svg", "image/svg+xml", include_bytes!("../../assets/billbridge.svg")),
});

impl Assets {
    /// Where each of them is.
    pub(crate) fn all() -> &'static Self {
        &ASSETS
    }

    pub(crate) fn style(&self) -> &str {
        &self.style.path
    }

    pub(crate) fn script(&self) -> &str {
        &self.script.path
    }

    pub(crate) fn htmx(&self) -> &str {
        &self.htmx.path
    }

    pub(crate) fn icon(&self) -> &str {
        &self.icon.path
    }

    fn find(&self, name: &str) -> Option<&Asset> {
        [&self.style, &self.script, &self.htmx, &self.icon]
            .into_iter()
            .find(|asset| asset.path.strip_prefix("/assets/") == Some(name))
    }
}

/// `GET /assets/{name}`
pub(super) async fn get(Path(name): Path<String>) -> Response {
    let Some(asset) = Assets::all().find(&name) else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, FOR_GOOD)];
    (headers, asset.bytes).into_response()
}
