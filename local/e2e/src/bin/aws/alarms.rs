//! What CloudWatch does by itself and the emulator does not: it counts the lines that the deployed filters count,
//! measures the queue, and looks at every alarm. What Lambda measures (of functions that are invoked directly, and of
//! all that are held back), the alarms, and whom they tell, are the emulator's.

use crate::cloud::{tagged, unescaped};
use crate::world::{Installation, LONG, expect};
use e2e::{Trouble, counts, until};
use serde_json::{Value, json};

/// A topic's listener.
pub(crate) struct Listener(String);

/// A queue that hears every alarm, as a person's mailbox would.
pub(crate) async fn listen(billbridge: &Installation<'_>) -> Result<Listener, Trouble> {
    let cloud = &billbridge.world.cloud;
    let topic = billbridge.stack.output("AlarmsArn")?;
    let allowed = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }],
    });
    let (name, allowed) = ("Policy", allowed.to_string());
    let wanted = [("QueueName", "mailbox"), ("Attribute.1.Name", name), ("Attribute.1.Value", &*allowed)];
    let made = cloud.query("sqs", "CreateQueue", &wanted).await?;
    let url = tagged(&made, "QueueUrl").first().copied().unwrap_or_default().to_owned();
    let asked = [("QueueUrl", &*url), ("AttributeName.1", "QueueArn")];
    let said = cloud.query("sqs", "GetQueueAttributes", &asked).await?;
    let arn = tagged(&said, "Value").first().copied().unwrap_or_default().to_owned();
    let fields = [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", &*arn)];
    cloud.query("sns", "Subscribe", &fields).await?;
    Ok(Listener(url))
}

impl Listener {
    /// Waits for the message in which this alarm says that it rings.
    pub(crate) async fn hears(&self, billbridge: &Installation<'_>, alarm: &str) -> Result<(), Trouble> {
        let queue = [("QueueUrl", &*self.0), ("MaxNumberOfMessages", "10"), ("VisibilityTimeout", "1")];
        until(&format!("{alarm} is told to somebody"), LONG, async || {
            let said = billbridge.world.cloud.query("sqs", "ReceiveMessage", &queue).await?;
            let mut told = tagged(&said, "Body").into_iter().map(unescaped);
            Ok(told.any(|body| body.contains(alarm) && body.contains("ALARM")).then_some(()))
        })
        .await
    }
}

/// Waits until this alarm of the stack rings.
pub(crate) async fn rings(billbridge: &Installation<'_>, alarm: &str) -> Result<(), Trouble> {
    until(&format!("{alarm} rings"), LONG, async || {
        measure(billbridge).await?;
        Ok(ringing(billbridge).await?.iter().any(|name| name.contains(alarm)).then_some(()))
    })
    .await
}

/// The names of the alarms that ring.
pub(crate) async fn ringing(billbridge: &Installation<'_>) -> Result<Vec<String>, Trouble> {
    let asked = [("StateValue", "ALARM"), ("MaxRecords", "100")];
    let said = billbridge.world.cloud.query("monitoring", "DescribeAlarms", &asked).await?;
    Ok(tagged(&said, "AlarmName").into_iter().map(str::to_owned).collect())
}

/// Puts what there is to measure; with it the emulator looks at every alarm.
async fn measure(billbridge: &Installation<'_>) -> Result<(), Trouble> {
    let cloud = &billbridge.world.cloud;
    let known = cloud.json("logs", "Logs_20140328.DescribeMetricFilters", &json!({})).await?;
    let filters = known["metricFilters"].as_array().map(Vec::as_slice).unwrap_or_default();
    expect(filters.len() >= 6, || format!("the filters are deployed: {known}"))?;
    for filter in filters {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (group, pattern) = (text(&filter["logGroupName"]), text(&filter["filterPattern"]));
        let metric = &filter["metricTransformations"][0];
        let logged = cloud.logged(&group).await?;
        let lines = logged.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_line = |line: Value| match text(&metric["metricValue"]).strip_prefix("$.") {
            Some(field) => line[field].as_u64().unwrap_or_default(),
            None => 1,
        };
        let sum: u64 = lines.filter(|line| counts(&pattern, line)).map(of_line).sum();
        put(billbridge, &text(&metric["metricNamespace"]), &text(&metric["metricName"]), sum).await?;
    }
    let queue = [
        ("QueueUrl", billbridge.stack.output("DeadLettersUrl")?),
        ("AttributeName.1", "ApproximateNumberOfMessages"),
    ];
    let said = cloud.query("sqs", "GetQueueAttributes", &queue).await?;
    let waiting = tagged(&said, "Value").first().and_then(|value| value.parse().ok()).unwrap_or_default();
    put(billbridge, "AWS/SQS", "ApproximateNumberOfMessagesVisible", waiting).await
}

async fn put(billbridge: &Installation<'_>, namespace: &str, name: &str, value: u64) -> Result<(), Trouble> {
    let value = value.to_string();
    let fields = [
        ("Namespace", namespace),
        ("MetricData.member.1.MetricName", name),
        ("MetricData.member.1.Value", &*value),
    ];
    billbridge.world.cloud.query("monitoring", "PutMetricData", &fields).await.map(drop)
}
