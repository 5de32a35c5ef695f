//! What people and programs do alike: ask for a run, approve a plan, apply it.

use crate::state::Web;
use domain::access::Actor;
use domain::failure::Failure;
use domain::id::{OrganisationId, RunId};
use domain::plan::PlanHash;
use domain::ports::Notice;
use domain::run::{Run, RunMode, RunState, StoredPlan};
use jiff::Timestamp;

/// Why something was not done. Each says so in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The settings have no such organisation.
    #[error("there is no organisation {0}")]
    NoOrganisation(OrganisationId),
    /// No plan of this hash was kept.
    #[error("there is no plan {0}")]
    NoPlan(String),
    /// Several plans begin like this.
    #[error("{0} plans begin with these digits: give more of them")]
    SeveralPlans(usize),
    /// The run is kept as failed: nobody could be told to begin it.
    #[error("run {0} could not be handed over, and was not begun: ask again")]
    NotHandedOver(RunId),
    /// The table failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// When something was asked for, and a word that makes ids of it: the same for a request that is repeated
/// under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The word.
    pub seed: u64,
}

/// How somebody is named in runs and in the audit log: so that people know them, and for good.
pub fn signature(actor: &Actor) -> String {
    if actor.name == actor.id { actor.id.to_string() } else { format!("{} ({})", actor.name, actor.id) }
}

/// Asks for a run: its report can be read at once, and says `requested` until somebody has begun it. Asked
/// again with the same moment it is the same run, which is begun once.
///
/// # Errors
/// When there is no such organisation, when nobody could be told, or when the table fails.
pub async fn request_run(
    web: &Web,
    (organisation, mode): (&OrganisationId, RunMode),
    actor: &Actor,
    moment: Moment,
) -> Result<Run, NotDone> {
    if web.find_organisation(organisation).await?.is_none() {
        return Err(NotDone::NoOrganisation(organisation.clone()));
    }
    let id = RunId::new(moment.at, moment.seed);
    if let Some(known) = web.store.find_run(organisation, &id).await?
        && known.state != RunState::Requested
        && known.state != not_handed_over()
    {
        return Ok(known);
    }
    let run = Run::requested(id.clone(), organisation.clone(), mode.clone(), signature(actor), moment.at);
    let run = Run { updated: web.clock.now(), ..run };
    if let Err(failure) = web.store.put_run(&run).await {
        // It may be there although we never heard: a report must not say `requested` for ever.
        let failed = Run { state: not_handed_over(), ..run };
        if let Err(again) = web.store.put_run(&failed).await {
            tracing::error!(run.id = %id, "whether run {id} is kept as requested is not known: {again}");
        }
        return Err(failure.into());
    }
    let notice = Notice::SyncRequested {
        organisation: organisation.clone(),
        mode,
        actor: run.actor.clone(),
        run: Some(id.clone()),
    };
    let Err(failure) = web.bus.publish(&notice).await else {
        tracing::info!(run.id = %id, organisation.id = %organisation, "{} asked for run {id}", actor.id);
        return Ok(run);
    };
    tracing::error!(run.id = %id, organisation.id = %organisation, "run {id} could not be handed over: {failure}");
    // The notice may have arrived although its receipt did not: then the run is at work, and says so.
    match web.store.find_run(organisation, &id).await? {
        Some(begun) if begun.state != RunState::Requested => Ok(begun),
        Some(_) | None => {
            let failed = Run { state: not_handed_over(), updated: web.clock.now(), ..run };
            web.store.put_run(&failed).await?;
            Err(NotDone::NotHandedOver(id))
        }
    }
}

fn not_handed_over() -> RunState {
    RunState::Failed("it could not be handed over, and was not begun".to_owned())
}

/// The plan whose hash is or begins with this: at least eight hexadecimal digits.
///
/// # Errors
/// When there is none, or more than one, or when the table fails.
pub async fn find_plan(web: &Web, text: &str) -> Result<(PlanHash, StoredPlan), NotDone> {
    let text = text.to_ascii_lowercase();
    let none = || NotDone::NoPlan(text.chars().take(64).collect());
    let is_hash = (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash {
        return Err(none());
    }
    let hash = match text.parse::<PlanHash>() {
        Ok(whole) => whole,
        Err(_) => match web.store.find_hashes(&text).await?.as_slice() {
            [one] => one.clone(),
            [] => return Err(none()),
            many => return Err(NotDone::SeveralPlans(many.len())),
        },
    };
    let stored = web.store.find_plan(&hash).await?.ok_or_else(none)?;
    Ok((hash, stored))
}

/// Approves a plan; the first approval stands. What comes back is the plan as it then is.
///
/// # Errors
/// When there is no such plan, or when the table fails.
pub async fn approve_plan(web: &Web, text: &str, actor: &Actor) -> Result<(PlanHash, StoredPlan), NotDone> {
    let (hash, _) = find_plan(web, text).await?;
    web.store.approve_plan(&hash, &signature(actor), web.clock.now()).await?;
    tracing::info!(plan.hash = %hash, "{} approved plan {}", actor.id, hash.short());
    let stored = web.store.find_plan(&hash).await?;
    stored.map(|stored| (hash.clone(), stored)).ok_or_else(|| NotDone::NoPlan(hash.to_string()))
}

/// Asks for a run that applies exactly this plan, and refuses if the world moved since. Whoever asks approves
/// it thereby, unless somebody has already.
///
/// # Errors
/// As [`find_plan`] and [`request_run`].
pub async fn apply_plan(web: &Web, text: &str, actor: &Actor, moment: Moment) -> Result<Run, NotDone> {
    let (hash, stored) = approve_plan(web, text, actor).await?;
    request_run(web, (&stored.plan.organisation, RunMode::Apply(hash)), actor, moment).await
}
