//! A mutation is sent once, and whoever asked learns whether it was certainly not done.

use crate::house::{CLIENT, PRODUCT, id, never, tenant, with_config, with_model};
use connector_hostbill::HostBill;
use domain::failure::{Failure, FailureKind};
use domain::id::BillingOrderId;
use domain::ports::BillingTarget;
use domain::subscription::BillingCycle;
use simulators::Fault;
use simulators::hostbill::{Model, ModuleResult};
use std::time::Duration;

async fn order(hostbill: &HostBill) -> Result<BillingOrderId, Failure> {
    hostbill.place_order(&id(CLIENT), &id(PRODUCT), &BillingCycle::Monthly, never()).await
}

#[tokio::test]
async fn an_order_whose_reply_is_lost_is_placed_once_and_in_doubt() {
    let faults = [
        Fault::DropAfter,
        Fault::CutAfter(40),
        Fault::LostGarbage,
        Fault::LostHtml,
        Fault::LostEmpty,
        Fault::LostNull,
        Fault::LostStatus(500),
        Fault::LostStatus(502),
        Fault::LostStatus(201),
        Fault::Truncated,
        Fault::SuccessWithError("The notification could not be sent".to_owned()),
    ];
    for fault in faults {
        let (simulated, hostbill) = with_model(Model::sample()).await;
        simulated.with(|model| model.faults.add(fault.clone().on("addOrder").always()));
        let failure = order(&hostbill).await.unwrap_err();
        assert!(!failure.certainly_not_done(), "{fault:?}: {failure}");
        simulated.with(|model| {
            assert_eq!(model.requests.count("addOrder"), 1, "{fault:?}");
            assert_eq!(model.orders.len(), 1, "{fault:?}");
        });
    }
}

#[tokio::test]
async fn an_order_that_takes_too_long_is_in_doubt_and_not_repeated() {
    let (simulated, hostbill) = with_config(Model::sample(), |config| {
        config.mutation_timeout = Duration::from_secs(1);
        config.least_time_for_mutation = Duration::ZERO;
    })
    .await;
    simulated.with(|model| model.faults.add(Fault::SlowReply(Duration::from_secs(30)).on("addOrder")));
    let failure = order(&hostbill).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable, "{failure}");
    assert_eq!(simulated.with(|model| model.orders.len()), 1);
}

#[tokio::test]
async fn a_module_may_take_longer_than_a_record() {
    let mut model = Model::sample();
    let account = model.add_account(CLIENT, PRODUCT, "m", "");
    model.plug.script(account, ModuleResult::Slow(Duration::from_millis(300)));
    let (simulated, hostbill) = with_config(model, |config| {
        config.mutation_timeout = Duration::from_millis(50);
        config.least_time_for_mutation = Duration::ZERO;
    })
    .await;
    hostbill.suspend(&id(account), never()).await.unwrap();
    assert_eq!(simulated.with(|model| model.accounts.get(account).unwrap().status.clone()), "Suspended");
}

#[tokio::test]
async fn an_order_that_was_refused_was_certainly_not_placed() {
    let texts = |text: &str| vec![text.to_owned()];
    let faults = [
        (Fault::Refused(texts("This product is out of stock")), FailureKind::Refused),
        (Fault::Refused(vec![]), FailureKind::Refused),
        (
            Fault::RefusedAsObject(vec![("cycle".to_owned(), "not available".to_owned())]),
            FailureKind::Refused,
        ),
        (Fault::Refused(texts("Client not found")), FailureKind::NotFound),
        (Fault::Refused(texts("Wrong API ID or key")), FailureKind::Unauthorised),
        (Fault::Refused(texts("ip_banned_login")), FailureKind::Unauthorised),
        (Fault::status(401), FailureKind::Unauthorised),
        (Fault::status(403), FailureKind::Unauthorised),
        (Fault::status(404), FailureKind::Refused),
        (Fault::too_many(Some(60)), FailureKind::RateLimited(Some("2026-11-05T08:01:00Z".parse().unwrap()))),
    ];
    for (fault, kind) in faults {
        let (simulated, hostbill) = with_model(Model::sample()).await;
        simulated.with(|model| model.faults.add(fault.clone().on("addOrder").always()));
        let failure = order(&hostbill).await.unwrap_err();
        assert_eq!(failure.kind, kind, "{fault:?}: {failure}");
        assert!(failure.certainly_not_done());
        simulated.with(|model| {
            assert_eq!(model.requests.count("addOrder"), 1, "{fault:?}");
            assert!(model.orders.is_empty());
        });
    }
}

#[tokio::test]
async fn a_key_that_may_not_do_it_or_comes_from_elsewhere_is_unauthorised() {
    let mut model = Model::sample();
    model.keys[0].calls = Some(["getClients".to_owned()].into());
    let (_simulated, hostbill) = with_model(model).await;
    assert_eq!(order(&hostbill).await.unwrap_err().kind, FailureKind::Unauthorised);

    let mut model = Model::sample();
    model.keys[0].networks = vec!["192.0.2.0/24".to_owned()];
    let (_simulated, hostbill) = with_model(model).await;
    assert_eq!(order(&hostbill).await.unwrap_err().kind, FailureKind::Unauthorised);
}

#[tokio::test]
async fn nobody_listening_means_certainly_not_done() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    simulated.stop().await;
    let failure = order(&hostbill).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotSent, "{failure}");
}

#[tokio::test]
async fn a_bare_null_is_believed_only_after_reading_back() {
    let mut model = Model::sample();
    let account = model.add_account(CLIENT, PRODUCT, "m", "");
    let (simulated, hostbill) = with_model(model).await;

    simulated.with(|model| model.faults.add(Fault::LostNull.on("accountSuspend")));
    hostbill.suspend(&id(account), never()).await.unwrap();

    // Nothing was done, or reading back failed: in both cases nobody knows.
    simulated.with(|model| model.faults.add(Fault::Null.on("accountUnsuspend")));
    let undone = hostbill.unsuspend(&id(account), never()).await.unwrap_err();
    simulated.with(|model| {
        model.faults.add(Fault::LostNull.on("accountTerminate"));
        let refused = Fault::Refused(vec!["Account not found".to_owned()]);
        model.faults.add(refused.on("getAccountDetailsBasic"));
    });
    let unread = hostbill.terminate(&id(account), never()).await.unwrap_err();
    for failure in [undone, unread] {
        assert_eq!(failure.kind, FailureKind::Malformed, "{failure}");
    }
    simulated.with(|model| {
        for call in ["accountSuspend", "accountUnsuspend", "accountTerminate"] {
            assert_eq!(model.requests.count(call), 1);
        }
    });
}

#[tokio::test]
async fn a_service_that_its_provider_will_not_suspend_stays_as_it_was() {
    let mut model = Model::sample();
    let account = model.add_account(CLIENT, PRODUCT, "m", "");
    model.plug.script(account, ModuleResult::Fail("Provider refused: subscription is locked".to_owned()));
    let (simulated, hostbill) = with_model(model).await;
    let failure = hostbill.suspend(&id(account), never()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.what.contains("subscription is locked"), "{failure}");
    assert_eq!(simulated.with(|model| model.accounts.get(account).unwrap().status.clone()), "Active");
}

#[tokio::test]
async fn an_order_that_activates_while_its_module_complains_is_in_doubt() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let placed = order(&hostbill).await.unwrap();
    simulated.with(|model| model.plug.script_any(ModuleResult::Fail("no capacity".to_owned())));
    let failure = hostbill.activate_order(&placed, never()).await.unwrap_err();
    assert!(!failure.certainly_not_done(), "{failure}");
}

#[tokio::test]
async fn a_client_is_created_once_even_when_the_reply_is_lost() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    let new = tenant("7741", Some("it@skagerrak.example"));
    simulated.with(|model| model.faults.add(Fault::DropAfter.on("addClient")));
    let failure = hostbill.create_client(&new, never()).await.unwrap_err();
    assert!(!failure.certainly_not_done());
    // What the journal does next.
    assert_eq!(hostbill.clients_of_tenant(&new.id, never()).await.unwrap().len(), 1);
    assert_eq!(simulated.with(|model| model.requests.count("addClient")), 1);
}

#[tokio::test]
async fn a_product_is_not_begun_while_the_list_of_calls_cannot_be_read() {
    let (simulated, hostbill) = with_model(Model::sample()).await;
    simulated.with(|model| model.faults.add(Fault::Html.on("getAPIMethods").always()));
    let failure = hostbill.create_product("A", "B", &BillingCycle::Annual, never()).await.unwrap_err();
    assert!(failure.certainly_not_done(), "{failure}");
    assert_eq!(simulated.with(|model| model.requests.count("addProduct")), 0);
}
