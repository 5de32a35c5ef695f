//! From a request to a call: keys, the list of calls, HostBill's own faults, the control face.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::answer::{Answer, Call, Payload, envelope, php, refuse};
use super::model::Model;
use super::params::Params;
use super::{
    accounts_calls, catalogue_calls, client_calls, hooks, invoice_calls, metered, order_calls, plug,
};
use crate::control::{self, Asked};
use crate::faults::{Fault, Faults, ListFault};
use crate::http::{Reply, Request};
use crate::requests::RequestLog;
use crate::server::Face;

type Handler = fn(&mut Model, &Call<'_>) -> Answer;

const CALLS: &[(&str, Handler)] = &[
    ("getAPIMethods", api_methods),
    ("getHostBillversion", version),
    ("getClients", client_calls::list),
    ("getClientDetails", client_calls::details),
    ("addClient", client_calls::add),
    ("setClientDetails", client_calls::set),
    ("getClientAccounts", accounts_calls::of_client),
    ("getClientOrders", order_calls::of_client),
    ("getClientInvoices", invoice_calls::of_client),
    ("getOrderPages", catalogue_calls::order_pages),
    ("getProducts", catalogue_calls::products),
    ("getProductDetails", catalogue_calls::details),
    ("editProduct", catalogue_calls::edit),
    ("addProduct", catalogue_calls::add),
    ("getCurrencies", catalogue_calls::currencies),
    ("addOrder", order_calls::add),
    ("getOrders", order_calls::list),
    ("getOrderDetails", order_calls::details),
    ("setOrderActive", order_calls::activate),
    ("setOrderPending", order_calls::pending),
    ("setOrderCancel", order_calls::cancel),
    ("setOrderFraud", order_calls::fraud),
    ("deleteOrder", order_calls::delete),
    ("getAccounts", accounts_calls::list),
    ("getAccountDetails", accounts_calls::details),
    ("getAccountDetailsBasic", accounts_calls::details_basic),
    ("editAccountDetails", accounts_calls::edit),
    ("accountCreate", plug::create),
    ("accountSuspend", plug::suspend),
    ("accountUnsuspend", plug::unsuspend),
    ("accountTerminate", plug::terminate),
    ("accountSynch", plug::synch),
    ("addInvoice", invoice_calls::add),
    ("addInvoiceItem", invoice_calls::add_item),
    ("convertInvoice", invoice_calls::convert),
    ("getInvoices", invoice_calls::list),
    ("getInvoiceDetails", invoice_calls::details),
    ("setInvoiceStatus", invoice_calls::set_status),
    ("addInvoicePayment", invoice_calls::pay),
    ("deleteInvoice", invoice_calls::delete),
    ("addInvoiceQueueItem", invoice_calls::queue),
    ("meteredGetVariables", metered::variables),
    ("meteredAddUsage", metered::add),
    ("meteredAddUsageBulk", metered::add_bulk),
    ("meteredGetUsage", metered::usage),
];

/// `getAPIMethods` (*documented*, hostbill §11).
fn api_methods(model: &mut Model, _call: &Call<'_>) -> Answer {
    let offered = CALLS.iter().map(|(name, _)| *name).filter(|name| !model.missing_calls.contains(*name));
    Ok(Payload::with("methods", json!(offered.collect::<Vec<_>>())))
}

/// `getHostBillversion`; the member's name is *assumed*.
fn version(_model: &mut Model, _call: &Call<'_>) -> Answer {
    Ok(Payload::with("version", json!("2026-01-15")))
}

impl Model {
    /// Why a request may not do this (*observed* texts `Wrong API` and `ip_banned_login`, hostbill §1.3; the
    /// rest of the texts is ours).
    fn forbidden(&self, params: &Params, call: &str, peer: IpAddr) -> Option<&'static str> {
        let (id, secret) =
            (params.text("api_id").unwrap_or_default(), params.text("api_key").unwrap_or_default());
        let Some(key) = self.keys.iter().find(|key| key.id == id && key.key == secret) else {
            return Some("Wrong API ID or key");
        };
        let from = self.settings.seen_from.unwrap_or(peer);
        if !key.networks.iter().any(|network| contains(network, from)) {
            return Some("ip_banned_login");
        }
        let allowed = key.calls.as_ref().is_none_or(|calls| calls.contains(call));
        (!allowed).then_some("This API key has no access to this function")
    }

    fn work(&mut self, request: &Request, list_faults: &[ListFault]) -> Reply {
        let params = Params::of(request);
        let name = params.text("call").unwrap_or_default().to_owned();
        let now = self.clock.now();
        if let Some(reason) = self.forbidden(&params, &name, request.peer) {
            return envelope(refuse(reason), &name, now);
        }
        let offered = CALLS.iter().find(|(known, _)| *known == name && !self.missing_calls.contains(&name));
        let Some((_, handler)) = offered else { return envelope(refuse("Unknown call"), &name, now) };
        let answer = handler(self, &Call { name: &name, params, list_faults });
        envelope(answer, &name, now)
    }
}

impl Face for Model {
    fn label(&self, request: &Request) -> String {
        let params = Params::of(request);
        params.text("call").filter(|name| !name.is_empty()).unwrap_or("(none)").to_owned()
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn requests(&mut self) -> &mut RequestLog {
        &mut self.requests
    }

    fn answer(&mut self, request: &Request, list_faults: &[ListFault]) -> Reply {
        let known = request.path.trim_end_matches('/').ends_with("/api.php");
        match request.method.as_str() {
            "GET" | "POST" if known => self.work(request, list_faults),
            // The directory is configuration; a wrong one is the web server's 404 (hostbill §1.1).
            _ => Reply::html(404),
        }
    }

    fn refusal(&self, status: u16) -> Reply {
        Reply::html(status)
    }

    fn refused_by(&mut self, fault: &Fault, label: &str) -> Option<Reply> {
        let now = self.clock.now();
        if let Fault::Refused(texts) = fault {
            return Some(envelope(Err(texts.clone()), label, now));
        }
        let Fault::RefusedAsObject(texts) = fault else { return None };
        let texts: serde_json::Map<String, Value> =
            texts.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
        let body = json!({"success": false, "error": texts, "call": label, "server_time": now.seconds()});
        Some(Reply::json(200, php(&body.to_string())))
    }

    fn spoilt_by(&self, mut reply: Reply, fault: &Fault) -> Reply {
        if let Fault::LostStatus(code) = fault {
            return Reply { delay: reply.delay, ..Reply::html(*code) };
        }
        if let Fault::SuccessWithError(text) = fault {
            let with = format!("{{\"success\":true,\"error\":[{}],", php(&json!(text).to_string()));
            reply.body = reply.body.replacen("{\"success\":true,", &with, 1);
        }
        reply
    }

    fn control(&mut self, request: &Request) -> Reply {
        let now = self.clock.now();
        match control::common(request, now, &mut self.faults, &mut self.requests) {
            Asked::Done(reply) => reply,
            Asked::Clock(moment) => {
                self.advance_to(moment);
                control::ok(&json!({"now": self.clock.now().date_time_text()}))
            }
            Asked::Unknown if request.method == "GET" && request.path == "/_sim/state" => {
                let active = self.accounts.iter().filter(|account| account.status == "Active").count();
                control::ok(&json!({
                    "clients": self.clients.len(),
                    "products": self.products.len(),
                    "orders": self.orders.len(),
                    "accounts": self.accounts.len(),
                    "accounts_active": active,
                    "invoices": self.invoices.len(),
                }))
            }
            Asked::Unknown if request.method == "POST" && request.path == "/_sim/hooks" => {
                let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
                match hooks::from_json(&body) {
                    Ok(hook) => control::ok(&json!({"id": self.add_hook(hook)})),
                    Err(reason) => control::refuse(reason),
                }
            }
            Asked::Unknown if request.method == "DELETE" && request.path == "/_sim/hooks" => {
                self.hooks.clear();
                control::ok(&json!({"hooks": 0}))
            }
            Asked::ChangePercent(_) | Asked::Unknown => control::unknown(),
        }
    }
}

/// The four notations of a key's networks (*documented*, hostbill §1.1).
pub(crate) fn contains(network: &str, address: IpAddr) -> bool {
    if network.trim().eq_ignore_ascii_case("all") {
        return true;
    }
    let (base, mask) = network.split_once('/').unwrap_or((network, "32"));
    let (Ok(IpAddr::V4(base)), IpAddr::V4(address)) = (base.trim().parse(), address) else {
        return network.trim().parse() == Ok(address);
    };
    let bits = match mask.parse::<std::net::Ipv4Addr>() {
        Ok(dotted) => u32::from(dotted),
        Err(_) => {
            mask.parse::<u32>().map_or(u32::MAX, |bits| u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0))
        }
    };
    u32::from(base) & bits == u32::from(address) & bits
}
