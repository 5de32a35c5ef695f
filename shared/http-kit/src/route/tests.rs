use super::{Also as _, Describing, Purpose, Serving};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use utoipa_axum::router::OpenApiRouter;

mod doors {
    /// Look in
    #[utoipa::path(get, path = "/doors/{door}", responses((status = 200, description = "what is behind it")))]
    pub(super) async fn show() -> &'static str {
        "a room"
    }

    /// Close it
    #[utoipa::path(delete, path = "/doors/{door}", responses((status = 200, description = "it is closed")))]
    pub(super) async fn close() -> &'static str {
        "closed"
    }
}

fn all<P: Purpose>() -> OpenApiRouter {
    OpenApiRouter::default().also(crate::route!(P, doors::show)).also(crate::route!(P, doors::close))
}

async fn ask<P: Purpose>(method: Method) -> StatusCode {
    let request = Request::builder().method(method).uri("/doors/2").body(Body::empty()).unwrap();
    let (router, _) = all::<P>().split_for_parts();
    router.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_route_is_served_alike_for_either_purpose() {
    for (method, status) in [
        (Method::GET, StatusCode::OK),
        (Method::DELETE, StatusCode::OK),
        (Method::POST, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        assert_eq!(ask::<Serving>(method.clone()).await, status, "{method}");
        assert_eq!(ask::<Describing>(method.clone()).await, status, "{method}");
    }
}

#[test]
fn only_what_is_described_is_told_of() {
    let told = |document: utoipa::openapi::OpenApi| -> Vec<String> {
        let each = document.paths.paths.values().flat_map(|item| [&item.get, &item.delete]);
        each.filter_map(|one| one.as_ref()?.summary.clone()).collect()
    };
    assert_eq!(told(all::<Describing>().into_openapi()), ["Look in", "Close it"]);
    assert!(told(all::<Serving>().into_openapi()).is_empty());
}
