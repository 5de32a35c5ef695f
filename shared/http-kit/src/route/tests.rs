use super::{Gathered, Routes};
use crate::around::{Around, Middle, Next};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
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

fn all<R: Gathered<State = ()>>() -> R {
    R::default().also(crate::route!(doors::show)).also(crate::route!(doors::close))
}

async fn ask(router: Router, method: Method) -> StatusCode {
    let request = Request::builder().method(method).uri("/doors/2").body(Body::empty()).unwrap();
    router.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_route_is_served_alike_for_either_purpose() {
    for (method, status) in [
        (Method::GET, StatusCode::OK),
        (Method::DELETE, StatusCode::OK),
        (Method::POST, StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let (described, _) = all::<OpenApiRouter>().split_for_parts();
        assert_eq!(ask(all::<Routes>().into_router(&()), method.clone()).await, status, "{method}");
        assert_eq!(ask(described, method.clone()).await, status, "{method}");
    }
}

#[test]
fn what_is_described_is_told_of() {
    let document = all::<OpenApiRouter>().into_openapi();
    let each = document.paths.paths.values().flat_map(|item| [&item.get, &item.delete]);
    let told: Vec<String> = each.filter_map(|one| one.as_ref()?.summary.clone()).collect();
    assert_eq!(told, ["Look in", "Close it"]);
}

#[tokio::test]
async fn what_is_around_routes_is_around_those_that_were_there() {
    let around = |name: &'static str| Around::new(Naming(name));
    let rooms = Routes::new().route("/room", get(|| async { "a room" }));
    let rooms = rooms.route_layer(&around("first")).route_layer(&around("second"));
    let router = rooms.route("/yard", get(|| async { "a yard" })).into_router(&());
    let ask = async |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let names = response.headers().get_all("passed").iter();
        names.map(|name| name.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ask(Method::GET, "/room").await, ["first", "second"], "the last one is outermost");
    assert!(ask(Method::POST, "/room").await.is_empty(), "there is no such method");
    assert!(ask(Method::GET, "/yard").await.is_empty(), "it came later");
}

struct Naming(&'static str);

#[async_trait]
impl Middle for Naming {
    async fn run(&self, request: axum::extract::Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        response.headers_mut().append("passed", HeaderValue::from_static(self.0));
        response
    }
}
