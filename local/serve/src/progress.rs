//! Progress on long work, out of what the function itself reports: a layer that watches its log events and
//! moves a bar. Without a terminal, and without somebody who has begun, it does nothing.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Where the function reports a change that was made.
const APPLY: &str = "subscription_sync::apply";
/// Where it reports a page that was read.
const OBSERVE: &str = "subscription_sync::observe";

static BAR: LazyLock<Mutex<Option<ProgressBar>>> = LazyLock::new(Mutex::default);

/// A bar on standard error until dropped. There is one at a time.
pub struct Progress(());

impl Progress {
    /// Shows what is being done, towards `total` changes where that is known.
    pub fn begin(shown: bool, what: &str, total: Option<u64>) -> Self {
        let bar = shown.then(|| bar(what, total));
        *BAR.lock().unwrap_or_else(PoisonError::into_inner) = bar;
        Self(())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = BAR.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(what: &str, total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
    let template = if total.is_some() {
        "  {msg} {bar:36.cyan/dim} {human_pos} of {human_len}  {eta} left"
    } else {
        "  {spinner:.cyan} {msg}  {human_pos} done  {elapsed}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸─"));
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// Moves the bar.
#[derive(Debug, Clone, Copy, Default)]
pub struct Watch;

impl Watch {
    /// Whether an event can move the bar.
    pub fn wants(metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        (target == APPLY && *metadata.level() <= Level::INFO) || target == OBSERVE
    }
}

impl<S: Subscriber> Layer<S> for Watch {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let bar = BAR.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bar) = bar.as_ref() else { return };
        let mut seen = Seen::default();
        event.record(&mut seen);
        if event.metadata().target() == APPLY && seen.subscription {
            bar.inc(1);
        } else if seen.page && bar.length().is_none() {
            bar.tick();
        }
    }
}

#[derive(Default)]
struct Seen {
    subscription: bool,
    page: bool,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, _: &dyn std::fmt::Debug) {
        self.subscription |= field.name() == "subscription.id";
        self.page |= field.name() == "page.number";
    }
}
