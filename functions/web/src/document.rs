//! What programs can call: the document that says so (`OpenAPI`), and the same for people to read.

use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use utoipa::openapi::OpenApi;

/// The document as it is served and as it is shown.
#[derive(Debug, Clone)]
pub struct Document {
    json: Cow<'static, str>,
    reference: OnceLock<Reference>,
}

impl Document {
    /// Prepares a document.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(api: &OpenApi) -> Result<Self, serde_json::Error> {
        Ok(Self::from_json(serde_json::to_string(api)?))
    }

    /// A document that was written before. It is read when somebody looks at it: most processes of the function
    /// never show it, and all would wait for it to start.
    pub fn from_json(text: impl Into<Cow<'static, str>>) -> Self {
        Self { json: text.into(), reference: OnceLock::new() }
    }

    /// The text, as programs get it.
    pub fn json(&self) -> Cow<'static, str> {
        self.json.clone()
    }

    /// The same, for people.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn reference(&self) -> Result<&Reference, serde_json::Error> {
        if let Some(reference) = self.reference.get() {
            return Ok(reference);
        }
        let reference = Reference::of(&serde_json::from_str(&self.json)?);
        Ok(self.reference.get_or_init(|| reference))
    }
}

/// Everything that can be called, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// What it is.
    pub title: String,
    /// Of which version.
    pub version: String,
    /// What there is to know first; paragraphs with empty lines between them.
    pub description: String,
    /// Calls that belong together, in the document's order.
    pub groups: Vec<Group>,
    /// The shapes that bodies have, by name.
    pub shapes: Vec<Shape>,
}

/// Calls that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The tag.
    pub name: String,
    /// What they are about.
    pub description: String,
    /// The calls.
    pub calls: Vec<Call>,
}

/// One call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Its stable name, which is also a good anchor.
    pub id: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// With `{placeholders}`.
    pub path: String,
    /// One line.
    pub summary: String,
    /// More, if there is more.
    pub description: String,
    /// The scopes that are needed; none for a public call.
    pub scopes: Vec<String>,
    /// What it takes besides a body.
    pub parameters: Vec<Parameter>,
    /// What it takes as body.
    pub body: Option<Content>,
    /// What it answers, by status.
    pub answers: Vec<Answer>,
}

/// A parameter of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it may not be left out.
    pub required: bool,
    /// What it may be, in words.
    pub kind: String,
    /// What it means.
    pub description: String,
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Its media type.
    pub media: String,
    /// What it is, in words.
    pub kind: String,
    /// The shape it has, where it has a named one.
    pub shape: Option<String>,
    /// An example, indented.
    pub example: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// `200`, `404`, …
    pub status: String,
    /// When it is given.
    pub description: String,
    /// Its bodies, by media type.
    pub bodies: Vec<Content>,
}

/// A named shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What it is made of; empty where it is no object.
    pub fields: Vec<Field>,
    /// What it is, where it is no object.
    pub kind: String,
}

/// A member of a shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it may be, in words.
    pub kind: String,
    /// The shape it has, where it has a named one.
    pub shape: Option<String>,
    /// Whether it may not be left out.
    pub required: bool,
    /// What it means.
    pub description: String,
}

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
const OTHERS: &str = "other";
const NOTHING: &str = "nothing";

impl Reference {
    /// Reads a document.
    pub fn of(document: &Value) -> Self {
        let mut groups: Vec<Group> = each(&document["tags"])
            .map(|tag| Group {
                name: text(&tag["name"]),
                description: text(&tag["description"]),
                calls: Vec::new(),
            })
            .collect();
        for (path, item) in members(&document["paths"]) {
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let tag = operation["tags"][0].as_str().unwrap_or(OTHERS);
                let call = call(document, (method, path), operation);
                match groups.iter_mut().find(|group| group.name == tag) {
                    Some(group) => group.calls.push(call),
                    None => groups.push(Group {
                        name: tag.to_owned(),
                        description: String::new(),
                        calls: vec![call],
                    }),
                }
            }
        }
        groups.retain(|group| !group.calls.is_empty());
        let schemas = members(&document["components"]["schemas"]);
        Self {
            title: text(&document["info"]["title"]),
            version: text(&document["info"]["version"]),
            description: text(&document["info"]["description"]),
            groups,
            shapes: schemas.map(|(name, schema)| shape(name, schema)).collect(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// What a reference within the document points to, or the value itself.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn call(document: &Value, (method, path): (&str, &str), operation: &Value) -> Call {
    let security = operation.get("security").unwrap_or(&document["security"]);
    let mut scopes: Vec<String> = Vec::new();
    for scope in each(security).flat_map(members).flat_map(|(_, scopes)| each(scopes)) {
        if let Some(scope) = scope.as_str()
            && !scopes.iter().any(|known| known == scope)
        {
            scopes.push(scope.to_owned());
        }
    }
    let parameters = each(&operation["parameters"]).map(|one| parameter(resolved(document, one)));
    let body = resolved(document, &operation["requestBody"]);
    let answers = members(&operation["responses"]).map(|(status, answer)| {
        let answer = resolved(document, answer);
        Answer {
            status: status.clone(),
            description: text(&answer["description"]),
            bodies: contents(&answer["content"]).collect(),
        }
    });
    Call {
        id: text(&operation["operationId"]),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        scopes,
        parameters: parameters.collect(),
        body: contents(&body["content"]).next(),
        answers: answers.collect(),
    }
}

fn parameter(value: &Value) -> Parameter {
    Parameter {
        name: text(&value["name"]),
        place: text(&value["in"]),
        required: value["required"].as_bool().unwrap_or_default(),
        kind: kind(&value["schema"]),
        description: text(&value["description"]),
    }
}

fn contents(value: &Value) -> impl Iterator<Item = Content> {
    members(value).map(|(media, content)| {
        let schema = &content["schema"];
        let example = content.get("example").or_else(|| schema.get("example"));
        Content {
            media: media.clone(),
            kind: kind(schema),
            shape: named(schema),
            example: example.and_then(|value| serde_json::to_string_pretty(value).ok()),
        }
    })
}

fn shape(name: &str, schema: &Value) -> Shape {
    let required: Vec<&str> = each(&schema["required"]).filter_map(Value::as_str).collect();
    let fields: Vec<Field> = members(&schema["properties"])
        .map(|(name, value)| Field {
            name: name.clone(),
            kind: kind(value),
            shape: named(value),
            required: required.contains(&name.as_str()),
            description: text(&value["description"]),
        })
        .collect();
    let kind = if fields.is_empty() { kind(schema) } else { String::new() };
    Shape { name: name.to_owned(), description: text(&schema["description"]), fields, kind }
}

/// The named shape that a schema is, or is a list or a choice of.
fn named(schema: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().map(str::to_owned);
    }
    let parts = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|name| each(&schema[name]));
    parts.chain(schema.get("items")).find_map(named)
}

/// What a schema allows, in words: `text, at most 200 characters`, `one of: a, b`.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let choices: Vec<String> = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|name| each(&schema[name]))
        .map(kind)
        .filter(|kind| !kind.is_empty())
        .collect();
    if !choices.is_empty() {
        let (nothing, something): (Vec<_>, Vec<_>) = choices.into_iter().partition(|kind| kind == NOTHING);
        return something.into_iter().chain(nothing).collect::<Vec<_>>().join(" or ");
    }
    let words: Vec<String> = each(&schema["enum"]).filter_map(Value::as_str).map(str::to_owned).collect();
    if !words.is_empty() {
        return format!("one of: {}", words.join(", "));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let types: Vec<String> = types.into_iter().map(|name| type_in_words(name, schema)).collect();
    let types = types.join(" or ");
    let parts = Some(types).filter(|types| !types.is_empty()).into_iter().chain(limits(schema));
    parts.collect::<Vec<_>>().join(", ")
}

fn type_in_words(name: &str, schema: &Value) -> String {
    match name {
        "string" => match schema["format"].as_str() {
            Some("date-time") => "moment".to_owned(),
            Some(format) => format.to_owned(),
            None => "text".to_owned(),
        },
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" => "object".to_owned(),
        "null" => NOTHING.to_owned(),
        other => other.to_owned(),
    }
}

fn limits(schema: &Value) -> Vec<String> {
    let known: BTreeMap<&str, &str> = [
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
        ("minItems", "items, at least"),
        ("maxItems", "items, at most"),
        ("pattern", "like"),
        ("default", "usually"),
    ]
    .into();
    let each = known.into_iter().filter_map(|(name, words)| {
        let value = schema.get(name)?;
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(format!("{words} {value}"))
    });
    each.collect()
}

#[cfg(test)]
mod tests;
