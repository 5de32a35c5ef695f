use super::*;
use crate::{Paged, Paging, Problem};
use serde::Serialize;
use utoipa::{OpenApi as _, ToSchema};

#[derive(Serialize, ToSchema)]
struct Thing {
    name: String,
}

#[utoipa::path(
    get,
    path = "/api/things",
    params(Paging),
    security(("token" = ["read"]), ("session" = ["read"])),
    responses((status = 200, body = Paged<Thing>), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
#[expect(dead_code, reason = "only its documentation is looked at")]
fn list() {}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list))]
struct Document;

#[test]
fn problems_pages_and_the_ways_to_come_in_are_documented() {
    let mut document = Document::openapi();
    security_schemes(&mut document);
    let json = serde_json::to_value(&document).unwrap();
    let schemas = &json["components"]["schemas"];
    assert_eq!(
        schemas["Problem"]["required"],
        serde_json::json!(["type", "title", "status", "code"]),
        "{schemas:#}"
    );
    assert_eq!(schemas["Problem"]["properties"]["detail"]["type"], "string");
    assert_eq!(schemas["FieldProblem"]["required"], serde_json::json!(["field", "problem"]));
    let listed = &json["paths"]["/api/things"]["get"];
    assert_eq!(listed["parameters"][0]["in"], "query");
    assert_eq!(
        listed["responses"]["4XX"]["content"]["application/problem+json"]["schema"]["$ref"],
        "#/components/schemas/Problem"
    );
    let ways = &json["components"]["securitySchemes"];
    assert_eq!((&ways["token"]["type"], &ways["token"]["scheme"]), (&"http".into(), &"bearer".into()));
    assert_eq!((&ways["session"]["in"], &ways["session"]["name"]), (&"cookie".into(), &SECURE_NAME.into()));
    let page = listed["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
    let page = &schemas[page.rsplit('/').next().unwrap()];
    assert_eq!(page["required"], serde_json::json!(["items"]));
}
