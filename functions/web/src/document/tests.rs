use super::*;
use serde_json::json;

#[test]
fn what_a_schema_allows_is_said_in_words() {
    for (schema, words) in [
        (json!({"type": "string"}), "text"),
        (json!({"type": "string", "maxLength": 5}), "text, characters, at most 5"),
        (json!({"type": ["string", "null"], "format": "date-time"}), "moment or nothing"),
        (json!({"type": "integer", "minimum": 1, "maximum": 200}), "whole number, at most 200, at least 1"),
        (json!({"type": "string", "enum": ["a", "b"]}), "one of: a, b"),
        (json!({"type": "array", "items": {"$ref": "#/components/schemas/Run"}}), "list of Run"),
        (json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Run"}]}), "Run or nothing"),
        (json!({"type": "boolean", "default": false}), "true or false, usually false"),
    ] {
        assert_eq!(kind(&schema), words, "{schema}");
    }
}

#[test]
fn a_shape_is_found_through_lists_and_choices() {
    let run = json!({"$ref": "#/components/schemas/Run"});
    for schema in
        [run.clone(), json!({"type": "array", "items": run}), json!({"oneOf": [{"type": "null"}, run]})]
    {
        assert_eq!(named(&schema).as_deref(), Some("Run"), "{schema}");
    }
    assert_eq!(named(&json!({"type": "string"})), None);
}

#[test]
fn calls_are_grouped_by_tag_with_their_scopes_parameters_and_answers() {
    let document = json!({
        "info": {"title": "Billbridge", "version": "1"},
        "tags": [{"name": "runs", "description": "Runs."}, {"name": "empty"}],
        "paths": {"/api/runs/{run}": {"get": {
            "tags": ["runs"], "operationId": "getRun", "summary": "Show a run",
            "security": [{"token": ["read"]}, {"session": ["read"]}],
            "parameters": [{"name": "run", "in": "path", "required": true, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "the run", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}}},
        }}},
        "components": {"schemas": {"Run": {"type": "object", "description": "A run.", "required": ["id"],
            "properties": {"id": {"type": "string", "description": "Its id."}, "why": {"type": "string"}}}}},
    });
    let reference = Reference::of(&document);
    let [group] = &reference.groups[..] else { panic!("{:?}", reference.groups) };
    let [call] = &group.calls[..] else { panic!("{:?}", group.calls) };
    assert_eq!((group.description.as_str(), call.method.as_str()), ("Runs.", "GET"));
    assert_eq!((call.id.as_str(), &call.scopes), ("getRun", &vec!["read".to_owned()]));
    assert_eq!((call.parameters[0].place.as_str(), call.parameters[0].required), ("path", true));
    assert_eq!(call.answers[0].bodies[0].shape.as_deref(), Some("Run"));
    let [shape] = &reference.shapes[..] else { panic!("{:?}", reference.shapes) };
    let fields: Vec<_> = shape.fields.iter().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(fields, [("id", true), ("why", false)]);
}

#[test]
fn the_document_of_the_deployed_function_can_be_read() {
    let document = Document::from_json(include_str!("../../../../infra/openapi.json"));
    let reference = document.reference().unwrap();
    assert_eq!(reference.title, "Billbridge");
    assert!(reference.groups.iter().any(|group| group.name == "orders"), "it is of every function");
}

#[test]
fn a_document_that_is_none_is_an_error_for_whoever_wants_to_read_it() {
    assert!(Document::from_json("{\"info\": ").reference().is_err());
}
