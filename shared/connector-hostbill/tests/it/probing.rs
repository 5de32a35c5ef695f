//! `check`: each thing by itself, and for each failure a cure.

use crate::house::{CLIENT, config, connect, never, with_config, with_model};
use crate::replay::Replay;
use domain::ports::{BillingTarget, Probe};
use simulators::Fault;
use simulators::hostbill::Model;

fn told(probes: &[Probe]) -> String {
    let line = |probe: &Probe| match &probe.outcome {
        Ok(detail) => format!("ok {}: {detail}\n", probe.what),
        Err((failure, cure)) => format!("NO {}: {failure} -> {cure}\n", probe.what),
    };
    probes.iter().map(line).collect()
}

fn failures(told: &str) -> Vec<&str> {
    told.lines().filter(|line| line.starts_with("NO")).collect()
}

async fn probed(model: Model) -> String {
    let (_simulated, hostbill) = with_model(model).await;
    told(&hostbill.probe(never()).await)
}

#[tokio::test]
async fn a_healthy_hostbill_passes() {
    let mut model = Model::sample();
    let fields = &mut model.clients.get_mut(&CLIENT).unwrap().fields;
    fields.insert("crayontenant".to_owned(), "7741".to_owned());
    assert_eq!(
        probed(model).await,
        "ok sign in: HostBill 2026-01-15, over an unencrypted connection\n\
         ok read clients: getClients, getClientDetails, getCurrencies\n\
         ok read products: getOrderPages, getProducts, getProductDetails\n\
         ok read services: getClientAccounts, getAccountDetailsBasic\n\
         ok place orders: addOrder, getOrderDetails, setOrderActive\n\
         ok change services: editAccountDetails\n\
         ok suspend and end services: accountSuspend, accountUnsuspend, accountTerminate\n\
         ok create clients: addClient\n\
         ok create products: addProduct is not offered: what is missing is created by hand and linked\n\
         ok currencies: EUR, NOK\n\
         ok clients: 2 clients\n\
         ok client field crayontenant: searchable\n"
    );
}

#[tokio::test]
async fn a_probe_changes_nothing() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    hostbill.probe(never()).await;
    let calls: Vec<String> = simulated.with(|model| model.requests.counts().keys().cloned().collect());
    assert!(calls.iter().all(|call| call.starts_with("get")), "{calls:?}");
}

#[tokio::test]
async fn a_call_that_is_not_offered_is_named_with_its_cure() {
    let mut model = Model::sample();
    model.missing_calls.extend(["addOrder", "setOrderActive", "accountTerminate"].map(str::to_owned));
    let told = probed(model).await;
    let failures = failures(&told);
    assert_eq!(failures.len(), 2, "one for each group: {told}");
    assert!(
        failures[0].contains("place orders") && failures[0].contains("addOrder, setOrderActive"),
        "{told}"
    );
    assert!(failures[1].contains("accountTerminate"), "{told}");
    assert!(failures.iter().all(|line| line.contains("Settings → Security → API Access")), "{told}");
}

#[tokio::test]
async fn a_field_that_is_not_searchable_is_noticed() {
    let mut model = Model::sample();
    model.client_fields[0].searchable = false;
    let told = probed(model).await;
    let failures = failures(&told);
    assert_eq!(failures.len(), 1, "{told}");
    assert!(failures[0].contains("is not applied") && failures[0].contains("mark it searchable"), "{told}");
}

#[tokio::test]
async fn a_field_nobody_carries_a_value_in_cannot_be_proven_and_says_so() {
    let told = probed(Model::sample()).await;
    assert!(told.contains("shows once a client carries a value"), "{told}");
    assert!(failures(&told).is_empty());
}

#[tokio::test]
async fn a_wrong_key_is_told_from_a_banned_address() {
    let (_simulated, hostbill) = with_config(Model::sample(), |config| {
        config.api_key = domain::secret::Secret::new("wrong-key");
    })
    .await;
    let wrong = told(&hostbill.probe(never()).await);
    assert!(failures(&wrong)[0].contains("check api_id and api_key"), "{wrong}");
    assert_eq!(wrong.lines().count(), 1, "a wrong key is not repeated: addresses are banned for it");

    let mut model = Model::sample();
    model.keys[0].networks = vec!["192.0.2.7".to_owned()];
    let banned = probed(model).await;
    assert!(failures(&banned)[0].contains("lift the ban"), "{banned}");
}

#[tokio::test]
async fn what_stands_in_front_of_hostbill_is_told_apart() {
    for (fault, cure) in [
        (Fault::status(401), "HTTP Basic"),
        (Fault::status(404), "admin directory"),
        (Fault::status(301), "the URL that the redirect leads to"),
        (Fault::Html, "open it in a browser"),
        (Fault::Empty, "open it in a browser"),
    ] {
        let (simulated, hostbill) = with_model(Model::sample()).await;
        simulated.with(|model| model.faults.add(fault.clone().always()));
        let told = told(&hostbill.probe(never()).await);
        assert!(failures(&told)[0].contains(cure), "{fault:?}: {told}");
    }
}

#[tokio::test]
async fn a_key_that_may_not_ask_for_the_version_is_tried_further() {
    let mut model = Model::sample();
    model.keys[0].calls = Some(["getAPIMethods", "getClients", "getClientDetails"].map(str::to_owned).into());
    let told = probed(model).await;
    assert!(failures(&told)[0].contains("sign in") && told.contains("ok clients: 2 clients"), "{told}");
    assert!(told.contains("NO currencies"), "{told}");
}

#[tokio::test]
async fn a_hostbill_that_is_down_is_said_once() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    simulated.stop().await;
    let told = told(&hostbill.probe(never()).await);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("check that HostBill is up"), "{told}");
}

#[tokio::test]
async fn a_version_under_another_name_is_no_obstacle() {
    let replay = Replay::of(&[r#"{"success":true,"product":"x"}"#]).await;
    let told = told(&connect(config(replay.url(), "id", "key")).probe(never()).await);
    assert!(told.starts_with("ok sign in: HostBill of an unstated version"), "{told}");
    assert!(told.contains("getAPIMethods: methods is missing"), "{told}");
}
