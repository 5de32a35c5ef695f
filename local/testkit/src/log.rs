//! What is logged while a test runs.

use std::io;
use std::sync::{Arc, Mutex};
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::fmt::{MakeWriter, Subscriber};
use tracing_subscriber::registry;

/// Keeps every line, of whatever level and from whichever crate, that is logged on this thread while it is there.
#[derive(Debug)]
pub struct Listening {
    heard: Heard,
    _on_this_thread: DefaultGuard,
    /// With one subscriber alone, whether a line is wanted is asked once, on whichever thread comes by first: another
    /// test's, where nobody listens. With two it is asked of both.
    _second: Dispatch,
}

#[derive(Debug, Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Listening {
    /// Lines as people read them.
    pub fn to_text() -> Self {
        let heard = Heard::default();
        let writer = heard.clone();
        Self::by(
            heard,
            Subscriber::builder().with_max_level(tracing::Level::TRACE).with_writer(writer).finish(),
        )
    }

    /// A JSON object a line, and one for each of these moments of a span.
    pub fn to_json(spans: FmtSpan) -> Self {
        let heard = Heard::default();
        let subscriber = Subscriber::builder().json().flatten_event(true).with_span_events(spans);
        let subscriber = subscriber.with_max_level(tracing::Level::TRACE).with_writer(heard.clone()).finish();
        Self::by(heard, subscriber)
    }

    fn by(heard: Heard, subscriber: impl Into<Dispatch>) -> Self {
        let (second, subscriber) = (Dispatch::new(registry()), subscriber.into());
        Self { heard, _on_this_thread: tracing::dispatcher::set_default(&subscriber), _second: second }
    }

    /// What was logged until now.
    pub fn text(&self) -> String {
        String::from_utf8(self.heard.0.lock().expect("a test's lock").clone()).expect("log lines are text")
    }
}

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a test's lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Heard {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
