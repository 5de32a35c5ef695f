//! The bus within the process: the same notices, delivered to the same handlers as in AWS.
//!
//! Delivery is at least once: a handler that asks for another try gets it, a few times and ever later; what
//! still fails, or can never succeed, is *parked*. Notices waiting and parked live in memory. Nothing is lost
//! with them: what a notice stands for is in the table (a run that stopped at a checkpoint is found there when
//! `serve` starts, and whatever else was due is due again with the next schedule), and each parked notice is
//! logged as an error with all it said.

use async_trait::async_trait;
use domain::failure::Failure;
use domain::ports::{Bus, Notice};
use events::{Event, SOURCE};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The end that publishes: every notice goes to whoever wants it. Clones are the same bus.
#[derive(Debug, Clone, Default)]
pub struct InProcessBus(Arc<Mutex<Vec<Subscription>>>);

#[derive(Debug)]
struct Subscription {
    wants: fn(&Notice) -> bool,
    sender: UnboundedSender<Notice>,
}

/// The end that delivers.
#[derive(Debug)]
pub struct Inbox(UnboundedReceiver<Notice>);

impl InProcessBus {
    /// What is published from now on and wanted, in order.
    pub fn subscribe(&self, wants: fn(&Notice) -> bool) -> Inbox {
        let (sender, receiver) = unbounded_channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Subscription { wants, sender });
        Inbox(receiver)
    }
}

#[async_trait]
impl Bus for InProcessBus {
    async fn publish(&self, notice: &Notice) -> Result<(), Failure> {
        let subscriptions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for subscription in subscriptions.iter().filter(|subscription| (subscription.wants)(notice)) {
            // Without its inbox the process is about to end: whoever starts next finds in the table what is to
            // be done.
            drop(subscription.sender.send(notice.clone()));
        }
        Ok(())
    }
}

impl Inbox {
    /// The next notice, as soon as there is one.
    pub async fn next(&mut self) -> Option<Notice> {
        self.0.recv().await
    }

    /// The next notice, if there is one.
    pub fn find_next(&mut self) -> Option<Notice> {
        self.0.try_recv().ok()
    }
}

/// A notice as a handler gets it: the event that EventBridge would hand to the function.
pub fn payload(notice: &Notice) -> Value {
    let event = Event::of(notice);
    json!({"source": SOURCE, "detail-type": event.detail_type, "detail": event.detail})
}
