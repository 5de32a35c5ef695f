//! What goes wrong around a function, and what the next event finds.

use super::samples::named;
use super::{Actor, SUBSCRIPTIONS, Said, Stage};
use crate::processes;
use crate::world::{LONG, expect};
use domain::clock::Clock as _;
use domain::id::RunId;
use domain::ports::LeaseStore as _;
use e2e::{Sample, Trouble, eventually, until};
use jiff::SignedDuration;
use lambda_kit::SystemClock;
use serde_json::{Value, json};
use std::time::Duration;

/// What Lambda hands over at most, in bytes.
const MOST: usize = 6 * 1024 * 1024;

pub(super) async fn a_function_that_is_out_of_time_is_ended_and_the_next_event_is_answered_by_a_new_one(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    let one_second = [("AWS_LAMBDA_FUNCTION_TIMEOUT", "1")];
    for function in e2e::functions()? {
        let actor = stage.enter_with(&function, "held", &one_second).await?;
        // A thing that nobody knows is answered without a look at anything: the process is up.
        actor.ask(&json!({"hello": "world"})).await?;
        let before = actor.emulator.process()?;
        processes::hold(before)?;
        let late = actor.ask(&first_sample(&function)?.payload).await?;
        expect(late.text.contains("Task timed out after 1.00 seconds"), || {
            format!("{function}: {}", late.text)
        })?;
        nothing_was_done(&actor)?;
        // A second is too little for a run; it is enough to say no.
        let answer = actor.ask(&json!({"hello": "world"})).await?;
        expect(is_refusal(&answer), || format!("{function}, afterwards: {}", answer.text))?;
        expect(actor.emulator.process()? != before, || format!("{function}: the same process"))?;
        actor.leave().await?;
    }
    Ok(())
}

pub(super) async fn a_payload_that_nobody_knows_is_refused_and_changes_nothing(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    let odd: [&[u8]; 6] = [b"", b"no JSON", b"null", b"[1, 2, 3]", br#"{"hello": "world"}"#, b"\"\xff\xfe\""];
    for function in e2e::functions()? {
        let actor = stage.enter(&function, "odd").await?;
        for payload in odd {
            let said = actor.emulator.invoke(payload).await?;
            let shown = String::from_utf8_lossy(payload);
            expect(is_refusal(&said), || format!("{function}: {shown:?} was answered with {}", said.text))?;
        }
        is_unharmed(&actor).await?;
        actor.leave().await?;
    }
    Ok(())
}

pub(super) async fn six_megabytes_are_refused_and_the_function_goes_on(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    for function in e2e::functions()? {
        let actor = stage.enter(&function, "large").await?;
        let as_text = format!("\"{}\"", "x".repeat(MOST - 2));
        let said = actor.emulator.invoke(as_text.as_bytes()).await?;
        expect(is_refusal(&said), || format!("{function}: answered with {}", said.text))?;
        for sample in e2e::samples(&function)? {
            // A request whose body fills the event: too long for what it says.
            if sample.payload.get("body").is_none() {
                continue;
            }
            let mut request = sample.payload.clone();
            let around = request.to_string().len() - request["body"].to_string().len();
            request["body"] = json!("x".repeat(MOST - around - 2));
            let said = actor.ask(&request).await?;
            expect(said.value["statusCode"] == 413, || format!("{}: {}", sample.place(), said.text))?;
        }
        is_unharmed(&actor).await?;
        actor.leave().await?;
    }
    Ok(())
}

pub(super) async fn a_function_that_crashed_starts_again_for_the_next_event(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    for function in e2e::functions()? {
        let actor = stage.enter(&function, "crashed").await?;
        actor.ask(&json!({"hello": "world"})).await?;
        let before = actor.emulator.process()?;
        processes::kill(before)?;
        let failed = actor.ask(&first_sample(&function)?.payload).await?;
        expect(has_exited(&failed), || format!("{function}: {}", failed.text))?;
        nothing_was_done(&actor)?;
        goes_on(&actor, before).await?;
        actor.leave().await?;
    }
    Ok(())
}

pub(super) async fn a_run_that_was_killed_is_brought_to_its_end_by_a_later_event_and_nothing_is_done_twice(
    stage: &Stage<'_>,
) -> Result<(), Trouble> {
    let settling = [("SYNC_QUIET_SECONDS", "5")];
    let actor = stage.enter_with("subscription-sync", "killed", &settling).await?;
    let hostbill = &actor.surroundings.hostbill;
    let requested = named("subscription-sync", "sync-requested.json")?.payload;
    hostbill.with(|model| model.faults.latency = Duration::from_millis(150));
    let killing = async {
        let some = || hostbill.with(|model| !model.accounts.is_empty());
        eventually("a service is there", LONG, some).await?;
        processes::kill(actor.emulator.process()?)
    };
    let (failed, killed) = tokio::join!(actor.ask(&requested), killing);
    killed?;
    let failed = failed?;
    expect(has_exited(&failed), || failed.text.clone())?;
    let so_far = hostbill.with(|model| model.accounts.len());
    expect(so_far < SUBSCRIPTIONS, || format!("killed in the middle, at {so_far}"))?;
    hostbill.with(|model| model.faults.latency = Duration::ZERO);

    let_the_lease_run_out(&actor).await?;
    // What was cut off may still be under way at billing: a run leaves it to a later one until it is quiet.
    until("everything is in billing", Duration::from_mins(3), async || {
        let run = actor.ask(&requested).await?;
        expect(run.is_answer(), || run.text.clone())?;
        let services = actor.surroundings.services()?;
        Ok((run.value["left"] == 0 && services.iter().all(|count| *count == 1)).then_some(()))
    })
    .await?;
    let all = hostbill.with(|model| model.accounts.len());
    expect(all == SUBSCRIPTIONS, || format!("{all} services in all"))?;
    actor.leave().await
}

fn first_sample(function: &str) -> Result<Sample, Trouble> {
    let first = e2e::samples(function)?.into_iter().next();
    first.ok_or_else(|| Trouble::new(format!("{function} has no sample")))
}

/// Answered by another process than before.
async fn goes_on(actor: &Actor, before: u32) -> Result<(), Trouble> {
    let function = &actor.function;
    let answer = actor.ask(&first_sample(function)?.payload).await?;
    expect(answer.is_answer(), || format!("{function}, afterwards: {}", answer.text))?;
    expect(actor.emulator.process()? != before, || format!("{function}: the same process"))
}

/// Nothing was done, and the same process answers the next event.
async fn is_unharmed(actor: &Actor) -> Result<(), Trouble> {
    nothing_was_done(actor)?;
    let function = &actor.function;
    let process = actor.emulator.process()?;
    let answer = actor.ask(&first_sample(function)?.payload).await?;
    expect(answer.is_answer(), || format!("{function}, afterwards: {}", answer.text))?;
    expect(actor.emulator.process()? == process, || format!("{function} was started again"))
}

fn nothing_was_done(actor: &Actor) -> Result<(), Trouble> {
    let published = actor.surroundings.bus.take("sync.requested").len();
    let asked = actor.surroundings.asked();
    expect(published == 0 && asked == 0, || {
        format!("{}: {published} events were published, {asked} requests made", actor.function)
    })
}

/// The handler gave it up, or the runtime client could not read it.
fn is_refusal(said: &Said) -> bool {
    let terminal = said.value.get("outcome").is_some_and(|outcome| outcome == "terminal");
    said.status == 200 && (terminal || said.value.get("errorType").is_some_and(Value::is_string))
}

fn has_exited(said: &Said) -> bool {
    said.value["errorType"] == "Runtime.ExitError"
}

/// As if the time had passed for which a run that was killed still holds its organisation.
async fn let_the_lease_run_out(actor: &Actor) -> Result<(), Trouble> {
    let now = SystemClock.now();
    let later = now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now);
    let store = actor.surroundings.table.store();
    let taken = store.acquire("sync/nordic", &RunId::new(now, 0), later, now).await?;
    expect(taken.is_ok(), || "the lease is still held".into())
}
