use super::{functions, text};
use crate::template::reading::Function;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const DEFAULT: &str = "$default";
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// What the gateway sends where.
struct Route {
    method: String,
    path: String,
    function: String,
}

impl Route {
    fn key(&self) -> String {
        if self.path == DEFAULT { DEFAULT.to_owned() } else { format!("{} {}", self.method, self.path) }
    }

    /// How well it fits, as the gateway ranks it: each part of the path from the left, fixed before variable
    /// before greedy, then a method of its own before any. Nothing if it does not fit.
    fn rank(&self, method: &str, path: &str) -> Option<(Vec<u8>, u8)> {
        if self.path == DEFAULT {
            return Some((Vec::new(), 0));
        }
        let method = match self.method.as_str() {
            "ANY" => 0,
            own if own == method => 1,
            _ => return None,
        };
        let (ours, mut theirs) = (self.path.split('/'), path.split('/'));
        let mut parts = Vec::new();
        for part in ours {
            let asked = theirs.next()?;
            if part.ends_with("+}") {
                parts.push(1);
                return (!asked.is_empty()).then_some((parts, method));
            }
            let variable = part.starts_with('{');
            if !(part == asked || variable && !asked.is_empty()) {
                return None;
            }
            parts.push(if variable { 2 } else { 3 });
        }
        theirs.next().is_none().then_some((parts, method))
    }
}

fn routes(functions: &[Function]) -> Vec<Route> {
    let mut routes = Vec::new();
    for function in functions {
        for trigger in function.triggered_by("HttpApi") {
            assert_eq!(trigger.properties["ApiId"], "<HttpApi>", "{}: another gateway", trigger.name);
            let field = |name: &str| trigger.properties.get(name).and_then(Value::as_str);
            routes.push(Route {
                method: field("Method").unwrap_or("ANY").to_uppercase(),
                path: field("Path").unwrap_or(DEFAULT).to_owned(),
                function: function.name.clone(),
            });
        }
    }
    routes
}

/// Where the gateway sends a request: the one route that fits best.
pub(super) fn served_by(functions: &[Function], method: &str, path: &str) -> Option<(String, String)> {
    let routes = routes(functions);
    let ranked = routes.iter().filter_map(|route| Some((route.rank(method, path)?, route)));
    let best = ranked.max_by(|(one, _), (other, _)| one.cmp(other))?.1;
    Some((best.function.clone(), best.key()))
}

/// Every method and path that a description tells of, with something in the place of its variables.
fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let parts: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "anything" } else { part }).collect();
        let methods = item.as_object().unwrap().keys().filter(|key| METHODS.contains(&key.as_str()));
        found.extend(methods.map(|method| (method.to_uppercase(), parts.join("/"))));
    }
    found
}

/// What each function says that it serves.
fn served() -> BTreeMap<&'static str, BTreeSet<(String, String)>> {
    let [orders, web] =
        [order_intake::openapi(), web::openapi()].map(|api| operations(&serde_json::to_value(api).unwrap()));
    BTreeMap::from([("order-intake", orders), ("web", web)])
}

#[test]
fn every_route_of_the_interface_reaches_the_function_that_serves_it() {
    let functions = functions();
    for (function, operations) in served() {
        assert!(operations.len() > 5, "{function}: {operations:?}");
        for (method, path) in operations {
            let (reached, route) = served_by(&functions, &method, &path).unwrap();
            assert_eq!(reached, function, "{method} {path} is routed by {route}");
        }
    }
}

#[test]
fn every_route_of_the_description_is_served_by_exactly_one_function() {
    let described = operations(&serde_json::from_str(&text("infra/openapi.json")).unwrap());
    for operation in &described {
        let by: Vec<_> =
            served().into_iter().filter(|(_, all)| all.contains(operation)).map(|(f, _)| f).collect();
        assert_eq!(by.len(), 1, "{operation:?} is served by {by:?}");
    }
    let all: BTreeSet<_> = served().into_values().flatten().collect();
    assert_eq!(all, described);
}

#[test]
fn no_two_functions_take_the_same_route_and_no_route_leads_to_nothing() {
    let functions = functions();
    let keys: Vec<String> = routes(&functions).iter().map(Route::key).collect();
    let distinct: BTreeSet<_> = keys.iter().cloned().collect();
    assert_eq!(keys.len(), distinct.len(), "a route stands twice in {keys:?}");
    let operations: BTreeSet<_> = served().into_values().flatten().collect();
    let used: BTreeSet<String> =
        operations.iter().filter_map(|(method, path)| Some(served_by(&functions, method, path)?.1)).collect();
    assert_eq!(distinct, used, "what is routed, and what is asked for");
}

#[test]
fn a_path_is_ranked_as_the_gateway_ranks_it() {
    let route = |method: &str, path: &str| Route {
        method: method.to_owned(),
        path: path.to_owned(),
        function: String::new(),
    };
    let rank = |one: &Route, path: &str| one.rank("GET", path);
    let greedy = route("ANY", "/api/orders/{proxy+}");
    assert!(rank(&greedy, "/api/orders/1/approve").is_some());
    assert!(rank(&greedy, "/api/orders").is_none(), "greedy takes at least one part");
    let (fixed, variable) = (route("ANY", "/api/orders/quote"), route("GET", "/api/orders/{id}"));
    let at = "/api/orders/quote";
    assert!(rank(&fixed, at) > rank(&variable, at) && rank(&variable, at) > rank(&greedy, at));
    assert!(rank(&greedy, at) > rank(&route("ANY", DEFAULT), at));
    assert!(route("POST", at).rank("GET", at).is_none());
}
