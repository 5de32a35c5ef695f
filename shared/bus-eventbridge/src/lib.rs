//! Publishes notices on an EventBridge bus.

use async_trait::async_trait;
use aws_kit::{SdkConfig, failure};
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::operation::RequestId;
use aws_sdk_eventbridge::operation::put_events::PutEventsOutput;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::failure::{Failure, FailureKind};
use domain::id::SystemId;
use domain::ports::{Bus, Notice};
use events::{Event, SOURCE};
use std::sync::LazyLock;

static SYSTEM: LazyLock<SystemId> = LazyLock::new(|| match "eventbridge".parse() {
    Ok(system) => system,
    Err(_) => unreachable!("lower-case letters are a system's name"),
});

/// One bus.
#[derive(Debug, Clone)]
pub struct EventBridgeBus {
    client: Client,
    bus: String,
}

impl EventBridgeBus {
    /// The bus of this name, or with this ARN.
    pub fn new(config: &SdkConfig, bus: impl Into<String>) -> Self {
        Self { client: Client::new(config), bus: bus.into() }
    }
}

#[async_trait]
impl Bus for EventBridgeBus {
    /// Publishes at least once: the SDK sends again when it has no answer, and every reader bears it.
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        let event = Event::of(notice);
        let what = format!("publish {} on bus {}", event.detail_type, self.bus);
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(event.detail_type)
            .detail(event.detail.to_string())
            .build();
        let sent = self.client.put_events().entries(entry).send().await;
        let answer = sent.map_err(|error| failure::failure(&SYSTEM, &what, &error))?;
        accepted(&what, &answer)
    }
}

/// `PutEvents` succeeds as a call even when it took nothing: the entry says how it went.
fn accepted(what: &str, answer: &PutEventsOutput) -> Result<(), Failure> {
    let entry = answer.entries().first();
    if answer.failed_entry_count() == 0 && entry.is_some_and(|entry| entry.event_id().is_some()) {
        return Ok(());
    }
    let (kind, why) = match entry.and_then(|entry| Some((entry.error_code()?, entry.error_message()))) {
        Some((code, message)) => (failure::kind_of(code, None), failure::words(code, message)),
        None => (FailureKind::Malformed, "the answer does not say that it was taken".to_owned()),
    };
    Err(Failure {
        request: answer.request_id().map(str::to_owned),
        ..Failure::new(kind, &SYSTEM, format!("could not {what}: {why}"))
    })
}
