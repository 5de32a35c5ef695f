//! The provisioning module behind an account, as a script (hostbill §14, §16.8).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::answer::{Answer, Call, Payload};
use super::model::Model;

/// What the provider behind a module does with the next action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleResult {
    /// Done.
    Ok,
    /// Refused with this text; the account stays as it was (*documented* behaviour of `false`, hostbill §14.3).
    Fail(String),
    /// Done, after this long.
    Slow(Duration),
    /// Done, but the caller never hears.
    OkButReplyLost,
}

/// Scripted results per account, then for any account, then `Ok`.
#[derive(Clone, Debug, Default)]
pub struct Plug {
    by_account: BTreeMap<u32, VecDeque<ModuleResult>>,
    any: VecDeque<ModuleResult>,
}

impl Plug {
    /// The next action on this account ends so.
    pub fn script(&mut self, account: u32, result: ModuleResult) {
        self.by_account.entry(account).or_default().push_back(result);
    }

    /// The next action on an account without a script of its own ends so.
    pub fn script_any(&mut self, result: ModuleResult) {
        self.any.push_back(result);
    }

    fn next(&mut self, account: u32) -> ModuleResult {
        let own = self.by_account.get_mut(&account).and_then(VecDeque::pop_front);
        own.or_else(|| self.any.pop_front()).unwrap_or(ModuleResult::Ok)
    }
}

/// One action of the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleCall {
    /// Account.
    pub account: u32,
    /// `Create`, `Suspend`, `Unsuspend`, `Terminate`, `getSynchInfo`.
    pub action: String,
    /// How it ended.
    pub result: ModuleResult,
}

/// An action's event and the status it leads to.
struct Action {
    method: &'static str,
    status: Option<&'static str>,
    event: &'static str,
}

const CREATE: Action = Action { method: "Create", status: Some("Active"), event: "after_accountcreate" };
const SUSPEND: Action =
    Action { method: "Suspend", status: Some("Suspended"), event: "after_accountsuspend" };
const UNSUSPEND: Action =
    Action { method: "Unsuspend", status: Some("Active"), event: "after_accountunsuspend" };
const TERMINATE: Action =
    Action { method: "Terminate", status: Some("Terminated"), event: "after_accountterminate" };
const SYNCH: Action = Action { method: "getSynchInfo", status: None, event: "" };

/// `accountCreate`
pub(crate) fn create(model: &mut Model, call: &Call<'_>) -> Answer {
    act(model, call, &CREATE, "Account created")
}

/// `accountSuspend`
pub(crate) fn suspend(model: &mut Model, call: &Call<'_>) -> Answer {
    act(model, call, &SUSPEND, "Account suspended")
}

/// `accountUnsuspend`
pub(crate) fn unsuspend(model: &mut Model, call: &Call<'_>) -> Answer {
    act(model, call, &UNSUSPEND, "Account unsuspended")
}

/// `accountTerminate`
pub(crate) fn terminate(model: &mut Model, call: &Call<'_>) -> Answer {
    act(model, call, &TERMINATE, "Account terminated")
}

/// `accountSynch`: stores the date, changes no status (*observed*, hostbill §14.3).
pub(crate) fn synch(model: &mut Model, call: &Call<'_>) -> Answer {
    act(model, call, &SYNCH, "Account synchronised")
}

fn act(model: &mut Model, call: &Call<'_>, action: &Action, said: &str) -> Answer {
    let id = call.params.id("id").map_err(|text| vec![text])?;
    if model.accounts.get(id).is_none() {
        return Err(vec!["Account not found".to_owned()]);
    }
    let result = model.perform(id, action, call.name);
    match result {
        ModuleResult::Fail(text) => Err(vec![text]),
        ModuleResult::Ok => Ok(Payload::info(said)),
        ModuleResult::Slow(delay) => Ok(Payload { delay, ..Payload::info(said) }),
        ModuleResult::OkButReplyLost => Ok(Payload { lost: true, ..Payload::info(said) }),
    }
}

impl Model {
    /// Runs Create for an account that an order activates.
    pub(crate) fn module_create(&mut self, account: u32, call: &str) -> ModuleResult {
        self.perform(account, &CREATE, call)
    }

    /// Runs Suspend for an account that is overdue.
    pub(crate) fn module_suspend(&mut self, account: u32, call: &str) -> ModuleResult {
        self.perform(account, &SUSPEND, call)
    }

    /// Runs Terminate for an account whose order is deleted.
    pub(crate) fn module_terminate(&mut self, account: u32, call: &str) -> ModuleResult {
        self.perform(account, &TERMINATE, call)
    }

    fn perform(&mut self, id: u32, action: &Action, call: &str) -> ModuleResult {
        let result = self.plug.next(id);
        let now = self.clock.now();
        let failed = matches!(result, ModuleResult::Fail(_));
        if let Some(account) = self.accounts.get_mut(id) {
            if action.status.is_none() {
                account.columns.insert("synch_date".to_owned(), now.date_time_text());
                account.columns.insert("synch_error".to_owned(), u8::from(failed).to_string());
            }
            if let Some(status) = action.status.filter(|_| !failed) {
                account.set_status(now, call, status);
            }
        }
        if !failed && !action.event.is_empty() {
            self.fire_of_account(action.event, id);
        }
        self.module_calls.push(ModuleCall {
            account: id,
            action: action.method.to_owned(),
            result: result.clone(),
        });
        result
    }
}
