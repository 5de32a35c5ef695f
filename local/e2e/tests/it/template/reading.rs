//! As much of CloudFormation as the template uses. Whatever else stands in it stops the test.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use yaml_serde::Value as Yaml;

/// What stands for a value that must not be there.
const NO_VALUE: &str = "AWS::NoValue";

/// The text, with its short forms (`!Ref`) written long.
pub(super) struct Template {
    document: Value,
}

/// The resources that are made of a template with these parameters.
///
/// A resource's `Ref` is `<Resource>`, an attribute of it `<Resource.Attribute>`.
pub(super) struct Stack {
    document: Value,
    parameters: BTreeMap<String, Value>,
}

/// One function, the template's common part included.
pub(super) struct Function {
    /// The package: what is built.
    pub(super) name: String,
    /// The resource.
    pub(super) resource: String,
    pub(super) properties: Value,
    pub(super) variables: BTreeMap<String, String>,
}

/// Something that invokes a function.
pub(super) struct Trigger {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) properties: Value,
}

impl Template {
    pub(super) fn read(text: &str) -> Self {
        Self { document: long(&yaml_serde::from_str(text).unwrap()) }
    }

    pub(super) fn parameters(&self) -> &Map<String, Value> {
        self.document["Parameters"].as_object().unwrap()
    }

    pub(super) fn stack(&self, given: &[(&str, &str)]) -> Stack {
        let parameters = self.parameters().iter().map(|(name, parameter)| {
            let given = given.iter().find(|(one, _)| one == name).map(|(_, value)| json!(value));
            let value = given.or_else(|| parameter.get("Default").cloned());
            let value = value.unwrap_or_else(|| panic!("parameter {name} has no value"));
            let list = parameter["Type"].as_str().is_some_and(|kind| kind.ends_with("List"));
            (name.clone(), if list { json!([value]) } else { value })
        });
        Stack { parameters: parameters.collect(), document: self.document.clone() }
    }
}

impl Stack {
    /// Every resource whose condition holds, everything in it worked out.
    pub(super) fn resources(&self) -> BTreeMap<String, Value> {
        let resources = self.document["Resources"].as_object().unwrap().iter();
        let made = resources.filter(|(_, one)| one.get("Condition").is_none_or(|name| self.holds(name)));
        made.map(|(name, one)| {
            let worked_out = one.as_object().unwrap().iter().filter(|(key, _)| *key != "Condition");
            let worked_out = worked_out.filter_map(|(key, value)| Some((key.clone(), self.value(value)?)));
            (name.clone(), Value::Object(worked_out.collect()))
        })
        .collect()
    }

    pub(super) fn of_type(&self, kind: &str) -> BTreeMap<String, Value> {
        let mut found = self.resources();
        found.retain(|_, resource| resource["Type"] == kind);
        found
    }

    pub(super) fn functions(&self) -> Vec<Function> {
        let common = self.value(&self.document["Globals"]["Function"]).unwrap();
        let found = self.of_type("AWS::Serverless::Function").into_iter().map(|(resource, mut one)| {
            let mut properties = common.clone();
            let own = one["Properties"].take();
            let mut variables = variables(&properties);
            variables.extend(self::variables(&own));
            properties.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
            let name = one["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap().to_owned();
            Function { name, resource, properties, variables }
        });
        found.collect()
    }

    pub(super) fn outputs(&self) -> Value {
        let outputs = self.document["Outputs"].as_object().unwrap().iter();
        let made = outputs.filter(|(_, one)| one.get("Condition").is_none_or(|name| self.holds(name)));
        made.map(|(name, one)| (name.clone(), self.value(&one["Value"]).unwrap())).collect()
    }

    /// Nothing for what must not be there.
    fn value(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Object(fields) => {
                if let Some((function, argument)) = fields.iter().next().filter(|_| fields.len() == 1)
                    && (function == "Ref" || function.starts_with("Fn::"))
                {
                    return self.worked_out(function, argument);
                }
                let fields = fields.iter().filter_map(|(name, one)| Some((name.clone(), self.value(one)?)));
                Some(Value::Object(fields.collect()))
            }
            Value::Array(items) => Some(items.iter().filter_map(|item| self.value(item)).collect()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.clone()),
        }
    }

    fn worked_out(&self, function: &str, argument: &Value) -> Option<Value> {
        match function {
            "Ref" if argument == NO_VALUE => None,
            "Ref" => Some(self.named(argument.as_str().unwrap())),
            "Fn::GetAtt" => {
                let parts: Vec<&str> =
                    argument.as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
                Some(self.named(&parts.join(".")))
            }
            "Fn::Sub" => Some(json!(self.filled(argument.as_str().unwrap()))),
            "Fn::Join" => {
                let parts = self.value(&argument[1]).unwrap();
                let parts: Vec<String> = parts.as_array().unwrap().iter().map(plain).collect();
                Some(json!(parts.join(argument[0].as_str().unwrap())))
            }
            "Fn::FindInMap" => {
                let [map, first, second] = [0, 1, 2].map(|at| plain(&self.value(&argument[at]).unwrap()));
                let found = &self.document["Mappings"][&map][&first][&second];
                assert!(!found.is_null(), "no {map} {first} {second}");
                Some(found.clone())
            }
            "Fn::If" => self.value(&argument[if self.holds(&argument[0]) { 1 } else { 2 }]),
            other => panic!("{other} is not known here"),
        }
    }

    /// What `${…}` in a text stands for.
    fn filled(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut filled = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            filled.push_str(&plain(&self.named(name)));
            filled.push_str(rest);
        }
        filled
    }

    fn named(&self, name: &str) -> Value {
        if let Some(value) = self.parameters.get(name) {
            return value.clone();
        }
        match name {
            "AWS::StackName" => return json!("billbridge"),
            "AWS::Region" => return json!("eu-west-1"),
            "AWS::AccountId" => return json!("123456789012"),
            "AWS::Partition" => return json!("aws"),
            "AWS::URLSuffix" => return json!("amazonaws.com"),
            _ => {}
        }
        let resource = name.split('.').next().unwrap();
        assert!(self.document["Resources"].get(resource).is_some(), "there is no {name}");
        json!(format!("<{name}>"))
    }

    /// Whether a condition holds, by its name or as it is written.
    fn holds(&self, condition: &Value) -> bool {
        if let Some(name) = condition.as_str() {
            let written = &self.document["Conditions"][name];
            assert!(!written.is_null(), "there is no condition {name}");
            return self.holds(written);
        }
        let (function, argument) = condition.as_object().unwrap().iter().next().unwrap();
        match function.as_str() {
            "Condition" => self.holds(argument),
            "Fn::Equals" => {
                let [one, other] = [0, 1].map(|at| plain(&self.value(&argument[at]).unwrap()));
                one == other
            }
            "Fn::Not" => !self.holds(&argument[0]),
            "Fn::And" => argument.as_array().unwrap().iter().all(|one| self.holds(one)),
            other => panic!("{other} is not known here"),
        }
    }
}

impl Function {
    pub(super) fn triggers(&self) -> Vec<Trigger> {
        let events = self.properties["Events"].as_object().into_iter().flatten();
        let all = events.map(|(name, event)| Trigger {
            name: name.clone(),
            kind: event["Type"].as_str().unwrap().to_owned(),
            properties: event["Properties"].clone(),
        });
        all.collect()
    }

    /// Those of one kind.
    pub(super) fn triggered_by(&self, kind: &str) -> Vec<Trigger> {
        let mut triggers = self.triggers();
        triggers.retain(|trigger| trigger.kind == kind);
        triggers
    }

    pub(super) fn statements(&self) -> Vec<Value> {
        let policies = self.properties["Policies"].as_array().unwrap().iter();
        policies.flat_map(|policy| policy["Statement"].as_array().unwrap().clone()).collect()
    }

    pub(super) fn list(&self, variable: &str) -> Vec<String> {
        let parts = self.variables.get(variable).map(String::as_str).unwrap_or_default().split(',');
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }
}

/// One or several texts, as IAM and CloudFormation allow it.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(|| vec![plain(value)], |items| items.iter().flat_map(texts).collect())
}

fn variables(properties: &Value) -> BTreeMap<String, String> {
    let variables = properties["Environment"]["Variables"].as_object().into_iter().flatten();
    variables.map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => panic!("{value} is no plain value"),
    }
}

fn long(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(one) => json!(one),
        Yaml::Number(one) => {
            one.as_i64().map_or_else(|| panic!("{one} is no whole number"), |one| json!(one))
        }
        Yaml::String(one) => json!(one),
        Yaml::Sequence(items) => items.iter().map(long).collect(),
        Yaml::Mapping(fields) => {
            fields.iter().map(|(name, one)| (name.as_str().unwrap().to_owned(), long(one))).collect()
        }
        Yaml::Tagged(tagged) => {
            let (tag, argument) = (tagged.tag.to_string(), long(&tagged.value));
            match tag.trim_start_matches('!') {
                name @ ("Ref" | "Condition") => {
                    // `Resource.Output` is what SAM itself makes beside a resource.
                    let made = argument.as_str().unwrap().split('.').next().unwrap();
                    json!({ name: made })
                }
                "GetAtt" => {
                    let (resource, attribute) = argument.as_str().unwrap().split_once('.').unwrap();
                    json!({"Fn::GetAtt": [resource, attribute]})
                }
                name => json!({ format!("Fn::{name}"): argument }),
            }
        }
    }
}
