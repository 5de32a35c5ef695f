//! Publishes events on an EventBridge bus.
