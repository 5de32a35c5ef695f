//! Creates the table from its one declaration, for local use and tests. In AWS the template does it.

use crate::error::{failure, malformed};
use crate::store::DynamoStore;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, Projection, ProjectionType,
    ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification,
};
use domain::failure::{Failure, FailureKind};
use serde_json::Value;
use std::time::Duration;

/// `infra/table.json`: keys, indexes and expiry, in the shape of a `CreateTable` request without a name.
pub const TABLE_JSON: &str = include_str!("../../../infra/table.json");

const POLLS: u32 = 600;
const BETWEEN_POLLS: Duration = Duration::from_millis(100);

impl DynamoStore {
    /// Creates the table and waits until it can be used; a table that exists is left as it is.
    pub async fn create_table(&self) -> Result<(), Failure> {
        let declared: Value =
            serde_json::from_str(TABLE_JSON).map_err(|e| malformed(format!("infra/table.json: {e}")))?;
        let created = self
            .client
            .create_table()
            .table_name(&*self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(attributes(&declared)?))
            .set_key_schema(Some(key_schema(&declared)?))
            .set_global_secondary_indexes(Some(indexes(&declared)?))
            .send()
            .await;
        match created {
            Ok(_) => {}
            Err(e) if e.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {
                return self.wait_until_active().await;
            }
            Err(e) => return Err(self.failed("create the table", &e)),
        }
        self.wait_until_active().await?;
        self.set_expiry(&declared).await
    }

    async fn wait_until_active(&self) -> Result<(), Failure> {
        for _ in 0..POLLS {
            let described = self.client.describe_table().table_name(&*self.table).send().await;
            let described = described.map_err(|e| self.failed("look at the table", &e))?;
            let table = described.table();
            let indexes = table.map(TableDescription::global_secondary_indexes).unwrap_or_default();
            let ready = table.and_then(|t| t.table_status()) == Some(&TableStatus::Active)
                && indexes.iter().all(|i| i.index_status().is_none_or(|s| s.as_str() == "ACTIVE"));
            if ready {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_POLLS).await;
        }
        let what = format!("table {} did not become active within a minute", self.table);
        Err(failure(FailureKind::Unavailable, what))
    }

    async fn set_expiry(&self, declared: &Value) -> Result<(), Failure> {
        let attribute = string(&declared["TimeToLiveSpecification"], "AttributeName")?;
        let expiry = TimeToLiveSpecification::builder()
            .attribute_name(attribute)
            .enabled(true)
            .build()
            .map_err(|e| malformed(format!("infra/table.json: {e}")))?;
        self.client
            .update_time_to_live()
            .table_name(&*self.table)
            .time_to_live_specification(expiry)
            .send()
            .await
            .map_err(|e| self.failed("set the table's expiry", &e))?;
        Ok(())
    }
}

fn attributes(declared: &Value) -> Result<Vec<AttributeDefinition>, Failure> {
    each(declared, "AttributeDefinitions", |one| {
        AttributeDefinition::builder()
            .attribute_name(string(one, "AttributeName")?)
            .attribute_type(ScalarAttributeType::from(string(one, "AttributeType")?))
            .build()
            .map_err(|e| malformed(format!("infra/table.json: {e}")))
    })
}

fn key_schema(declared: &Value) -> Result<Vec<KeySchemaElement>, Failure> {
    each(declared, "KeySchema", |one| {
        KeySchemaElement::builder()
            .attribute_name(string(one, "AttributeName")?)
            .key_type(string(one, "KeyType")?.into())
            .build()
            .map_err(|e| malformed(format!("infra/table.json: {e}")))
    })
}

fn indexes(declared: &Value) -> Result<Vec<GlobalSecondaryIndex>, Failure> {
    each(declared, "GlobalSecondaryIndexes", |one| {
        let projection = ProjectionType::from(string(&one["Projection"], "ProjectionType")?);
        GlobalSecondaryIndex::builder()
            .index_name(string(one, "IndexName")?)
            .set_key_schema(Some(key_schema(one)?))
            .projection(Projection::builder().projection_type(projection).build())
            .build()
            .map_err(|e| malformed(format!("infra/table.json: {e}")))
    })
}

fn each<T>(
    declared: &Value,
    name: &str,
    read: impl FnMut(&Value) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let list = declared[name].as_array();
    list.into_iter().flatten().map(read).collect()
}

fn string<'a>(declared: &'a Value, name: &str) -> Result<&'a str, Failure> {
    declared[name].as_str().ok_or_else(|| malformed(format!("infra/table.json: {name} is missing")))
}
