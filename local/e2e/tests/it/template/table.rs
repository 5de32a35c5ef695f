use super::{stack, text};
use serde_json::{Value, json};

#[test]
fn the_table_is_the_one_that_every_local_table_is_made_from() {
    let declared: Value = serde_json::from_str(&text("infra/table.json")).unwrap();
    let tables = stack().of_type("AWS::DynamoDB::Table");
    assert_eq!(tables.len(), 1);
    let properties = &tables["Table"]["Properties"];
    for (name, value) in declared.as_object().unwrap() {
        assert_eq!(&properties[name], value, "{name}");
    }
    assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    // What a local table has no use for is here and nowhere else.
    let mut more = properties.as_object().unwrap().clone();
    more.retain(|name, _| declared.get(name).is_none());
    let wanted = json!({
        "DeletionProtectionEnabled": true,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
        "SSESpecification": {"SSEEnabled": true},
    });
    assert_eq!(Value::Object(more), wanted);
}

#[test]
fn the_table_outlives_its_stack() {
    let table = &stack().resources()["Table"];
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        assert_eq!(table[policy], "Retain", "{policy}");
    }
}
