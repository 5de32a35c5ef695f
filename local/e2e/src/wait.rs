//! Waiting for a condition, never for a time.

use crate::Trouble;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
/// Where a look is a request.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(50);

/// Looks again and again until the condition holds; gives up after `at_most`, which is generous and says that
/// something is broken.
pub async fn eventually(
    what: &str,
    at_most: Duration,
    mut holds: impl FnMut() -> bool,
) -> Result<(), Trouble> {
    let looking = async {
        let mut looks = interval(BETWEEN_LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !holds() {
            looks.tick().await;
        }
    };
    let seconds = at_most.as_secs();
    timeout(at_most, looking).await.map_err(|_| Trouble::new(format!("{what}: not within {seconds} s")))
}

/// Asks again and again until there is an answer; a question that fails ends it. Gives up as [`eventually`] does.
pub async fn until<T>(
    what: &str,
    at_most: Duration,
    mut ask: impl AsyncFnMut() -> Result<Option<T>, Trouble>,
) -> Result<T, Trouble> {
    let asking = async {
        let mut questions = interval(BETWEEN_QUESTIONS);
        questions.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            questions.tick().await;
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
        }
    };
    let seconds = at_most.as_secs();
    let late = || Trouble::new(format!("{what}: not within {seconds} s"));
    timeout(at_most, asking).await.unwrap_or_else(|_| Err(late()))
}
