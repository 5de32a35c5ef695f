//! An item as one line of DynamoDB's own JSON, members by name, and back.

use crate::error::malformed;
use crate::item::Item;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::failure::Failure;
use serde_json::{Map, Value, json};

/// One line. `serde_json` keeps members by name, so equal items have equal lines.
pub(crate) fn write(item: &Item) -> Result<String, Failure> {
    write_members(item)
        .map(|members| Value::Object(members).to_string())
        .ok_or_else(|| malformed("an item holds a type that is never written"))
}

fn write_members(item: &Item) -> Option<Map<String, Value>> {
    let members = item.iter().map(|(name, value)| Some((name.clone(), write_value(value)?)));
    members.collect()
}

fn write_value(value: &AttributeValue) -> Option<Value> {
    if let AttributeValue::S(text) = value {
        Some(json!({ "S": text }))
    } else if let AttributeValue::N(number) = value {
        Some(json!({ "N": number }))
    } else if let AttributeValue::B(bytes) = value {
        Some(json!({ "B": STANDARD.encode(bytes) }))
    } else if let AttributeValue::Bool(value) = value {
        Some(json!({ "BOOL": value }))
    } else if let AttributeValue::Null(_) = value {
        Some(json!({ "NULL": true }))
    } else if let AttributeValue::L(list) = value {
        Some(json!({ "L": list.iter().map(write_value).collect::<Option<Vec<_>>>()? }))
    } else if let AttributeValue::M(map) = value {
        Some(json!({ "M": write_members(map)? }))
    } else {
        None
    }
}

/// Reads a line back.
pub(crate) fn read(line: &str) -> Result<Item, String> {
    let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    read_members(value)
}

fn read_members(value: Value) -> Result<Item, String> {
    let Value::Object(members) = value else {
        return Err("an object was expected".into());
    };
    let members = members.into_iter().map(|(name, value)| {
        let value = read_value(value).map_err(|why| format!("{name}: {why}"))?;
        Ok((name, value))
    });
    members.collect()
}

fn read_value(value: Value) -> Result<AttributeValue, String> {
    let wrong = || "a value with its type was expected, for example {\"S\":\"text\"}".to_owned();
    let Value::Object(members) = value else {
        return Err(wrong());
    };
    let mut members = members.into_iter();
    let (Some((kind, value)), None) = (members.next(), members.next()) else {
        return Err(wrong());
    };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => Ok(AttributeValue::S(text)),
        ("N", Value::String(number)) => Ok(AttributeValue::N(number)),
        ("B", Value::String(text)) => {
            let bytes = STANDARD.decode(text).map_err(|e| e.to_string())?;
            Ok(AttributeValue::B(Blob::new(bytes)))
        }
        ("BOOL", Value::Bool(value)) => Ok(AttributeValue::Bool(value)),
        ("NULL", Value::Bool(true)) => Ok(AttributeValue::Null(true)),
        ("L", Value::Array(list)) => {
            let list = list.into_iter().map(read_value).collect::<Result<_, _>>()?;
            Ok(AttributeValue::L(list))
        }
        ("M", map) => read_members(map).map(AttributeValue::M),
        _ => Err(wrong()),
    }
}
