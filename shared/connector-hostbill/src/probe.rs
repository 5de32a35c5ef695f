//! What `check` tries, each by itself, with the cure for what fails.

use crate::HostBill;
use crate::clients;
use crate::wire::form::Form;
use crate::wire::node::Node;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::ports::Probe;

const VERSION: &str = "getHostBillversion";
/// No tenant has this id; a filter that lets clients through for it was not applied.
const NOBODY: &str = "billbridge-check-nobody";
/// How many clients are looked at for one that carries a tenant id.
const LOOKED_AT: usize = 10;

const ALLOW: &str = "allow the call for this API key: Settings → Security → API Access";

/// The calls we need, by what they are for.
const NEEDED: [(&str, &[&str]); 6] = [
    ("read clients", &["getClients", "getClientDetails", "getCurrencies"]),
    ("read products", &["getOrderPages", "getProducts", "getProductDetails"]),
    ("read services", &["getClientAccounts", "getAccountDetailsBasic"]),
    ("place orders", &["addOrder", "getOrderDetails", "setOrderActive"]),
    ("change services", &["editAccountDetails"]),
    ("suspend and end services", &["accountSuspend", "accountUnsuspend", "accountTerminate"]),
];

/// The calls that only some policies need.
const OPTIONAL: [(&str, &str); 2] = [("create clients", "addClient"), ("create products", "addProduct")];

impl HostBill {
    pub(crate) async fn try_everything(&self, deadline: Deadline) -> Vec<Probe> {
        let sign_in = self.sign_in(deadline).await;
        let hopeless = sign_in.as_ref().is_err_and(is_hopeless);
        let mut probes = vec![probe("sign in", sign_in)];
        if hopeless {
            return probes;
        }
        match self.methods(deadline).await {
            Ok(methods) => {
                probes.extend(NEEDED.iter().map(|(what, calls)| self.offered(what, calls, methods)));
                probes.extend(OPTIONAL.iter().map(|(what, call)| optional(what, call, methods)));
            }
            Err(failure) => probes.push(probe("list of calls", Err(failure))),
        }
        probes.push(probe("currencies", self.read_currencies(deadline).await));
        probes.push(probe("clients", self.read_clients(deadline).await));
        probes.push(self.tenant_field(deadline).await);
        probes
    }

    async fn sign_in(&self, deadline: Deadline) -> Result<String, Failure> {
        let json = self.api.read(VERSION, Form::new(), deadline).await?;
        let root = Node::root(&json);
        let version = ["version", "hostbill_version"].iter().find_map(|key| root.find(key)?.text().ok());
        let version = connector_kit::tame(version.unwrap_or("of an unstated version"), 40);
        let warning = if self.api.is_plain() { ", over an unencrypted connection" } else { "" };
        Ok(format!("HostBill {version}{warning}"))
    }

    fn offered(&self, what: &str, calls: &[&str], methods: &[String]) -> Probe {
        let missing: Vec<&str> = calls.iter().copied().filter(|call| !has(methods, call)).collect();
        let outcome = if missing.is_empty() {
            Ok(calls.join(", "))
        } else {
            let problem = format!("not offered to this key: {}", missing.join(", "));
            Err((self.api.failure(FailureKind::Refused, "getAPIMethods", problem), ALLOW.to_owned()))
        };
        Probe { what: what.to_owned(), outcome }
    }

    async fn read_currencies(&self, deadline: Deadline) -> Result<String, Failure> {
        let known = self.currencies(deadline).await?;
        let codes: Vec<&str> = known.iter().map(|(_, currency)| currency.code()).collect();
        Ok(codes.join(", "))
    }

    async fn read_clients(&self, deadline: Deadline) -> Result<String, Failure> {
        let page = self.page((clients::LIST, "clients"), &Form::new(), 0, deadline).await?;
        Ok(format!("{} clients", page.size()))
    }

    /// The field must exist and be searchable, or a client we created is not found again. That shows in two
    /// ways: nobody may come for an id that nobody has, and somebody who carries an id must come for it.
    async fn tenant_field(&self, deadline: Deadline) -> Probe {
        let field = &self.config.tenant_field;
        let cure = format!(
            "create the client field {field} and mark it searchable: Settings → Client Settings → Registration Fields"
        );
        let outcome = match self.search(deadline).await {
            Err(failure) if failure.kind == FailureKind::Refused => Err((failure, cure)),
            Err(failure) => {
                let cure = cure_of(&failure);
                Err((failure, cure))
            }
            Ok(outcome) => outcome
                .map_err(|problem| (self.api.failure(FailureKind::Refused, clients::LIST, problem), cure)),
        };
        Probe { what: format!("client field {field}"), outcome }
    }

    async fn search(&self, deadline: Deadline) -> Result<Result<String, String>, Failure> {
        let field = &self.config.tenant_field;
        if !self.candidates(NOBODY, deadline).await?.is_empty() {
            return Ok(Err(format!(
                "filter[{field}] is not applied: clients come for an id that nobody has"
            )));
        }
        let page = self.page((clients::LIST, "clients"), &Form::new(), 0, deadline).await?;
        let ids: Vec<_> = page.into_ids().take(LOOKED_AT).filter_map(|id| id.parse().ok()).collect();
        for id in ids {
            let Some(client) = self.client(&id, deadline).await? else {
                continue;
            };
            let Some(value) = self.tenant_of(&client) else {
                continue;
            };
            let found = self.candidates(value, deadline).await?;
            if found.contains(&id) {
                return Ok(Ok("searchable".to_owned()));
            }
            return Ok(Err(format!("filter[{field}] does not find client {id}, who carries a value in it")));
        }
        Ok(Ok("accepted as a filter; that it finds anything shows once a client carries a value".to_owned()))
    }
}

fn optional(what: &str, call: &str, methods: &[String]) -> Probe {
    let detail = if has(methods, call) {
        call.to_owned()
    } else {
        format!("{call} is not offered: what is missing is created by hand and linked")
    };
    Probe { what: what.to_owned(), outcome: Ok(detail) }
}

fn has(methods: &[String], call: &str) -> bool {
    methods.iter().any(|method| method == call)
}

fn probe(what: &str, outcome: Result<String, Failure>) -> Probe {
    Probe {
        what: what.to_owned(),
        outcome: outcome.map_err(|failure| {
            let cure = cure_of(&failure);
            (failure, cure)
        }),
    }
}

/// Whether every other call would say the same: each after its own time-out, and a wrong key is best not
/// repeated, since HostBill bans addresses that sign in wrongly.
fn is_hopeless(failure: &Failure) -> bool {
    let lower = failure.what.to_lowercase();
    let says = ["wrong api", "ip_banned", "answered http"].iter().any(|text| lower.contains(text));
    says || failure.is_transient() || failure.kind == FailureKind::Malformed
}

/// What a person can do about it.
fn cure_of(failure: &Failure) -> String {
    let lower = failure.what.to_lowercase();
    let says = |text: &str| lower.contains(text);
    if says("ip_banned") {
        return "our address is banned: lift the ban under Security → Banned IPs, and allow it for the API key"
            .to_owned();
    }
    if says("http 401") {
        return "the web server in front of HostBill asks for its own password (HTTP Basic): configure it"
            .to_owned();
    }
    if says("http 404") {
        return "the admin directory is probably another: set the whole URL of its api.php".to_owned();
    }
    if says("redirects") {
        return "set the URL that the redirect leads to, with https".to_owned();
    }
    if says("web page") || says("is empty") || says("no json") {
        return "the URL answers something else than the API, or PHP failed: open it in a browser, and see HostBill's \
                error log"
            .to_owned();
    }
    match failure.kind {
        FailureKind::Unauthorised => {
            format!("check api_id and api_key and the addresses allowed for them; {ALLOW}")
        }
        FailureKind::Refused | FailureKind::NotFound | FailureKind::Conflict => ALLOW.to_owned(),
        FailureKind::NotSent
        | FailureKind::Unavailable
        | FailureKind::RateLimited(_)
        | FailureKind::OutOfTime => {
            "check that HostBill is up and that its address is right, then try again".to_owned()
        }
        FailureKind::Malformed | FailureKind::LeaseLost => {
            "this HostBill answers differently from what is documented: see docs/systems/hostbill.md"
                .to_owned()
        }
    }
}
