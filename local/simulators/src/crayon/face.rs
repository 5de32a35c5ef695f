//! From a request to a handler: paths, sign-in, errors, the control face.

use serde_json::json;

use super::input::Query;
use super::model::Model;
use super::settings::Profile;
use super::{catalogue, identity, orders, subscription_calls, tags, tenants};
use crate::control::{self, Asked};
use crate::faults::{Fault, Faults, ListFault};
use crate::http::{Reply, Request};
use crate::json::Json;
use crate::requests::RequestLog;
use crate::server::Face;

/// One authorised request.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    /// Position of the user among the model's users.
    pub(crate) user: usize,
    pub(crate) query: Query,
    /// What stood in the braces of the route, in order.
    pub(crate) path: Vec<String>,
    pub(crate) list_faults: &'a [ListFault],
}

impl Call<'_> {
    /// The numbered part of the path as an id; anything else is an id that nothing has.
    pub(crate) fn id(&self, at: usize) -> u32 {
        self.path.get(at).and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

type Handler = fn(&mut Model, &Call<'_>) -> Reply;

/// Literal segments stand before the braces that would swallow them.
const ROUTES: &[(&str, &str, Handler)] = &[
    ("POST", "/connect/token", identity::token),
    ("GET", "/ping", identity::ping),
    ("GET", "/me", identity::me),
    ("GET", "/organizations", identity::organisations),
    ("GET", "/organizations/HasAccess/{id}", identity::has_access),
    ("GET", "/organizations/{id}", identity::organisation),
    ("GET", "/organizationaccess", identity::access),
    ("GET", "/organizationaccess/grant", identity::access),
    ("GET", "/publishers", catalogue::publishers),
    ("GET", "/invoiceprofiles", catalogue::invoice_profiles),
    ("GET", "/invoiceprofiles/{id}", catalogue::invoice_profile),
    ("GET", "/agreements", catalogue::agreements),
    ("GET", "/agreementproducts", catalogue::products),
    ("POST", "/agreementproducts", catalogue::products_by_body),
    ("POST", "/agreementproducts/getaspost", catalogue::products_by_body),
    ("GET", "/agreementproducts/{partNumber}/supportedbillingcycles", catalogue::supported_cycles),
    ("GET", "/billingcycles", catalogue::billing_cycles),
    ("GET", "/customertenants", tenants::list),
    ("POST", "/customertenants", tenants::create),
    ("GET", "/customertenants/{id}", tenants::one),
    ("GET", "/customertenants/{id}/detailed", tenants::detailed),
    ("GET", "/customertenants/{id}/agreements", tenants::agreements),
    ("POST", "/customertenants/{id}/agreements", tenants::accept),
    ("GET", "/customertenants/{id}/azurePlan", tenants::azure_plan),
    ("GET", "/subscriptions", subscription_calls::list),
    ("POST", "/subscriptions", subscription_calls::create),
    ("POST", "/subscriptions/new-commerce-orders", orders::place),
    ("GET", "/subscriptions/new-commerce-orders/{orderId}", orders::follow),
    ("GET", "/subscriptions/{id}", subscription_calls::one),
    ("PUT", "/subscriptions/{id}", subscription_calls::update),
    ("GET", "/subscriptions/{id}/price", subscription_calls::price),
    ("POST", "/subscriptions/{id}/next-term-instructions", orders::next_term),
    ("GET", "/subscriptions/{id}/tags", tags::get),
    ("POST", "/subscriptions/{id}/tags", tags::set),
    ("DELETE", "/subscriptions/{id}/tags", tags::delete),
    ("GET", "/purchaserequest/orders", orders::processed),
    ("GET", "/scheduledpurchaserequest", orders::scheduled),
    (
        "PUT",
        "/scheduledpurchaserequest/cancel-order/{orderReferenceId}/{orderNumber}",
        orders::cancel_scheduled,
    ),
];

/// A route's method, template and handler, with what stood in its braces.
enum Found {
    Route(usize, Vec<String>),
    WrongVerb(usize),
    Nothing,
}

/// Paths match whatever their case, with or without a trailing slash, and with doubled slashes
/// (*observed*, crayon §2.2).
fn find(request: &Request) -> Found {
    let decoded = percent_encoding::percent_decode_str(&request.path).decode_utf8_lossy().into_owned();
    let mut segments = decoded.split('/').filter(|segment| !segment.is_empty());
    let base = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    if !base.0.eq_ignore_ascii_case("api") || !base.1.eq_ignore_ascii_case("v1") {
        return Found::Nothing;
    }
    let rest: Vec<&str> = segments.collect();
    let mut wrong_verb = Found::Nothing;
    for (at, (method, template, _)) in ROUTES.iter().enumerate() {
        let Some(held) = captures(template, &rest) else { continue };
        if request.method == *method {
            return Found::Route(at, held);
        }
        wrong_verb = Found::WrongVerb(at);
    }
    wrong_verb
}

fn captures(template: &str, segments: &[&str]) -> Option<Vec<String>> {
    let mut held = Vec::new();
    let mut parts = template[1..].split('/');
    for segment in segments {
        let part = parts.next()?;
        if part.starts_with('{') {
            held.push((*segment).to_owned());
        } else if !part.eq_ignore_ascii_case(segment) {
            return None;
        }
    }
    parts.next().is_none().then_some(held)
}

impl Model {
    /// An error in Crayon's form (*observed*, crayon §2.8).
    pub(crate) fn error(&self, status: u16, message: &str) -> Reply {
        let mut json = self.json();
        json.object(|json| {
            json.put("ErrorCode", format!("{status} {}", status_name(status)));
            json.put("Message", message);
            json.put_object("Parameters", |_| {});
            json.put_array("ObjectErrors", |_| {});
        });
        Reply::json(status, json.finish())
    }

    pub(crate) fn bad_request(&self, message: &str) -> Reply {
        self.error(400, message)
    }

    /// A foreign or missing object: 404 (*assumed*, crayon §16).
    pub(crate) fn not_found(&self) -> Reply {
        self.error(404, "Not found")
    }

    pub(crate) fn json(&self) -> Json {
        Json::new(self.profile == Profile::OpenApi)
    }

    /// A whole reply from one filling.
    pub(crate) fn reply(&self, fill: impl FnOnce(&mut Json)) -> Reply {
        let mut json = self.json();
        fill(&mut json);
        Reply::json(200, json.finish())
    }

    /// The literal `true` as the whole body (*documented*, crayon §2.4).
    pub(crate) fn yes() -> Reply {
        Reply::json(200, "true")
    }

    /// Whether the caller may see an organisation (crayon §6.2).
    pub(crate) fn sees(&self, call: &Call<'_>, organisation: u32) -> bool {
        self.users.get(call.user).is_some_and(|user| user.organisations.contains(&organisation))
    }

    fn unauthorised(&self) -> Reply {
        if self.tokens.empty_401 {
            return Reply::empty(401);
        }
        self.error(401, "Invalid token")
    }

    /// Position of the user whose live token the request carries; counts the use.
    fn authorised(&mut self, request: &Request) -> Option<usize> {
        let (scheme, token) = request.header("authorization")?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let now = self.clock.now();
        let limit = self.tokens.requests_per_token;
        let issued = self.issued.get_mut(token.trim())?;
        let worn = limit.is_some_and(|limit| issued.uses >= limit);
        if worn || issued.expires <= now {
            return None;
        }
        issued.uses += 1;
        Some(issued.user)
    }
}

impl Face for Model {
    fn label(&self, request: &Request) -> String {
        match find(request) {
            Found::Route(at, _) => format!("{} {}", ROUTES[at].0, ROUTES[at].1),
            Found::WrongVerb(at) => format!("{} {}", request.method, ROUTES[at].1),
            Found::Nothing => format!("{} (unknown)", request.method),
        }
    }

    fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn requests(&mut self) -> &mut RequestLog {
        &mut self.requests
    }

    fn answer(&mut self, request: &Request, list_faults: &[ListFault]) -> Reply {
        let (at, path) = match find(request) {
            Found::Route(at, path) => (at, path),
            Found::WrongVerb(_) => return Reply::empty(405),
            Found::Nothing => return Reply::empty(404),
        };
        let (_, template, handler) = ROUTES[at];
        let open = matches!(template, "/connect/token" | "/ping");
        let user = if open {
            0
        } else {
            match self.authorised(request) {
                Some(user) => user,
                None => return self.unauthorised(),
            }
        };
        handler(self, &Call { request, user, query: Query::of(&request.query), path, list_faults })
    }

    fn refusal(&self, status: u16) -> Reply {
        match status {
            401 => self.unauthorised(),
            500 => self.error(500, "Ops. Something broke"),
            _ => self.error(status, status_name(status)),
        }
    }

    fn refused_by(&mut self, fault: &Fault, _label: &str) -> Option<Reply> {
        if let Fault::Refused(texts) = fault {
            return Some(self.bad_request(&texts.join(" ")));
        }
        None
    }

    fn spoilt_by(&self, reply: Reply, fault: &Fault) -> Reply {
        if let Fault::LostStatus(status) = fault {
            return Reply { delay: reply.delay, ..self.refusal(*status) };
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
            Asked::ChangePercent(percent) => control::ok(&json!({"changed": self.change_percent(percent)})),
            Asked::Unknown => match (request.method.as_str(), request.path.as_str()) {
                ("POST", "/_sim/tick") => {
                    self.tick();
                    control::ok(&json!({"ticked": true}))
                }
                ("GET", "/_sim/state") => control::ok(&json!({
                    "subscriptions": self.subscriptions.len(),
                    "tenants": self.tenants.len(),
                    "orders": self.orders.len(),
                })),
                _ => control::unknown(),
            },
        }
    }
}

fn status_name(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        429 => "TooManyRequests",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => "InternalServerError",
    }
}
