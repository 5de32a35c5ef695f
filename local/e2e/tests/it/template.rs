//! `template.yaml`, read as CloudFormation reads it and held against the code: what is deployed is what was built.

mod building;
mod configuration;
mod cost;
mod documents;
mod powers;
mod reading;
mod routes;
mod samples;
mod table;
mod watching;

use reading::{Function, Stack, Template};
use std::path::PathBuf;

/// Variables of a stack that a person has to give.
const GIVEN: (&str, &str) =
    ("SecretArns", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:connections-AbCdEf");

fn template() -> Template {
    Template::read(&text("template.yaml"))
}

/// The stack that is made when nothing is said but what has to be.
fn stack() -> Stack {
    template().stack(&[GIVEN])
}

/// Whichever of ours is deployed, by name.
fn functions() -> Vec<Function> {
    let functions = stack().functions();
    assert!(functions.len() >= 3, "only {} functions were found in the template", functions.len());
    functions
}

fn text(path: &str) -> String {
    std::fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn at(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
