//! What the routes are about, and refusals of their own.

use utoipa::openapi::OpenApi;

http_kit::refusals! {
    /// A web hook is not believed.
    HookRefusals: [
        (400, "a header is missing or not as promised"),
        (401, "not signed with our secret, changed on the way, or signed more than a minute from now"),
        (404, "no web hooks are expected from this connection"),
        (409, "this web hook was taken already"),
        (413, "the body is too long"),
        (429, "too many requests: `Retry-After` says when to come back"),
        (503, "the table or the bus does not answer now"),
    ];
}

/// Says what these routes are about.
pub(super) fn described(api: OpenApi) -> OpenApi {
    let tags = [
        ("orders", "Orders: taken, approved, placed, followed until they are billed and active."),
        ("hooks", "What other systems tell us."),
    ];
    http_kit::document::described(api, &tags)
}
