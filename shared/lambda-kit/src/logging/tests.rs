use super::*;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing::{debug, info, info_span, trace};

/// Keeps what was written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines(level: LevelFilter, work: impl FnOnce()) -> Vec<serde_json::Value> {
    let kept = Kept::default();
    let to = kept.clone();
    tracing::subscriber::with_default(subscriber(level, move || to.clone()), work);
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_line_is_one_json_object_with_the_fields_beside_the_message() {
    let lines = lines(LevelFilter::INFO, || {
        let _entered = info_span!("invocation", request.id = "r-1").entered();
        info!(run.id = "run_1", changes = 3, "applied 3 changes");
    });

    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["level"], "INFO");
    assert_eq!(lines[0]["message"], "applied 3 changes");
    assert_eq!(lines[0]["run.id"], "run_1");
    assert_eq!(lines[0]["changes"], 3);
    assert_eq!(lines[0]["spans"][0]["request.id"], "r-1");
    let time: jiff::Timestamp = lines[0]["timestamp"].as_str().unwrap().parse().unwrap();
    assert!(time > jiff::Timestamp::UNIX_EPOCH);
    assert!(lines[0]["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn the_level_is_the_lowest_that_is_shown() {
    let lines = lines(LevelFilter::DEBUG, || {
        debug!("shown");
        trace!("hidden");
    });
    assert_eq!(lines.len(), 1);
}

#[test]
fn crates_that_might_show_a_body_are_heard_only_when_they_warn() {
    let lines = lines(LevelFilter::TRACE, || {
        trace!(target: "aws_smithy_runtime::client", "a whole request");
        info!(target: "hyper_util::client", "chatter");
        warn!(target: "aws_config::profile", "worth knowing");
        error!(target: REPEATS, "what we said already");
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message"], "worth knowing");
}

#[test]
fn off_is_off() {
    let lines = lines(LevelFilter::OFF, || error!(target: "hyper", "anything"));
    assert_eq!(lines, Vec::<serde_json::Value>::new());
}
