use std::time::Duration;

use serde_json::json;
use simulators::hostbill::{HostBill, Matching, Model, ModuleResult};

use crate::wire::{done, refused, try_call};

async fn sample() -> HostBill {
    HostBill::start(Model::sample()).await.unwrap()
}

const ORDER: &str = "client_id=512&product=91&cycle=m&confirm=0&invoice_generate=0&invoice_info=0";

async fn active(hostbill: &HostBill) -> u32 {
    let order = done(hostbill, "addOrder", ORDER).await["order_id"].as_str().unwrap().to_owned();
    done(hostbill, "setOrderActive", &format!("id={order}")).await;
    hostbill.with(|model| model.orders[&order.parse().unwrap()].accounts[0])
}

#[tokio::test]
async fn an_order_answers_its_id_only_and_makes_a_pending_account_without_domain() {
    let hostbill = sample().await;
    let made = done(&hostbill, "addOrder", ORDER).await;
    let mut members: Vec<&String> = made.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["call", "info", "order_id", "server_time", "success"]);
    let details = done(&hostbill, "getOrderDetails", "id=2207").await["details"].clone();
    assert_eq!(details["status"], "Pending");
    assert_eq!(details["number"].as_str().unwrap().len(), 9);
    assert_eq!(details["invoice_id"], "0");
    assert_eq!(
        details["hosting"],
        json!([{"id": "3310", "name": "Exchange Online (Plan 1)", "domain": "", "status": "Pending"}])
    );
    assert_eq!(details["addons"], json!([]));
    hostbill.with(|model| assert_eq!(model.accounts.get(3310).unwrap().total.to_string(), "4.50"));
}

#[tokio::test]
async fn a_repeated_add_order_creates_a_second_order() {
    let hostbill = sample().await;
    done(&hostbill, "addOrder", ORDER).await;
    done(&hostbill, "addOrder", ORDER).await;
    assert_eq!(hostbill.with(|model| (model.orders.len(), model.accounts_of(512).len())), (2, 2));
}

#[tokio::test]
async fn an_order_is_refused_without_what_it_needs() {
    let hostbill = sample().await;
    for form in [
        "product=91&cycle=m&confirm=0&invoice_generate=0&invoice_info=0",
        "client_id=512&product=91&cycle=m",
        "client_id=512&product=93&cycle=a&confirm=0&invoice_generate=0&invoice_info=0",
        "client_id=999&product=91&cycle=m&confirm=0&invoice_generate=0&invoice_info=0",
        "client_id=512&product=999&cycle=m&confirm=0&invoice_generate=0&invoice_info=0",
    ] {
        refused(&hostbill, "addOrder", form).await;
    }
    assert!(hostbill.with(|model| model.orders.is_empty() && model.accounts.is_empty()));
}

#[tokio::test]
async fn the_amount_is_in_the_clients_currency() {
    let hostbill = sample().await;
    let form = "client_id=513&product=91&cycle=a&confirm=0&invoice_generate=1&invoice_info=0";
    done(&hostbill, "addOrder", form).await;
    let details = done(&hostbill, "getOrderDetails", "id=2207").await["details"].clone();
    assert_eq!((&details["total"], &details["currency_id"]), (&json!("621.00"), &json!("2")));
    assert_eq!(details["invstatus"], "Unpaid");
    hostbill.with(|model| assert_eq!(model.invoices_of(513)[0].items[0].item_id, 3310));
}

#[tokio::test]
async fn activation_makes_the_account_active_unless_auto_setup_is_off() {
    let hostbill = sample().await;
    let account = active(&hostbill).await;
    hostbill.with(|model| {
        assert_eq!(model.accounts.get(account).unwrap().status, "Active");
        model.settings.auto_setup = false;
    });
    let account = active(&hostbill).await;
    assert_eq!(hostbill.with(|model| model.accounts.get(account).unwrap().status.clone()), "Pending");
    done(&hostbill, "accountCreate", &format!("id={account}")).await;
    assert_eq!(hostbill.with(|model| model.accounts.get(account).unwrap().status.clone()), "Active");
}

#[tokio::test]
async fn cancel_and_delete_reach_the_orders_accounts() {
    let hostbill = sample().await;
    done(&hostbill, "addOrder", ORDER).await;
    done(&hostbill, "setOrderCancel", "id=2207").await;
    assert_eq!(hostbill.with(|model| model.accounts.get(3310).unwrap().status.clone()), "Cancelled");
    let account = active(&hostbill).await;
    done(&hostbill, "deleteOrder", "id=2208").await;
    hostbill.with(|model| {
        assert_eq!(model.accounts.get(account).unwrap().status, "Terminated");
        assert!(!model.orders.contains_key(&2208));
    });
    let listed = done(&hostbill, "getOrders", "list=cancelled").await;
    assert_eq!(listed["orders"][0]["id"], "2207");
}

#[tokio::test]
async fn editing_writes_the_record_leaves_the_rest_and_never_calls_the_module() {
    let hostbill = sample().await;
    let account = active(&hostbill).await;
    let calls = hostbill.with(|model| model.module_calls.len());
    let form = format!(
        "id={account}&total=25.005&next_due=2031-01-31&domain=sub-5f2a&status=Suspended&billingcycle=Annually"
    );
    assert_eq!(done(&hostbill, "editAccountDetails", &form).await["info"], json!(["account_updated2"]));
    hostbill.with(|model| {
        let row = model.accounts.get(account).unwrap();
        assert_eq!((row.total.to_string().as_str(), row.domain.as_str()), ("25.01", "sub-5f2a"));
        assert_eq!((row.status.as_str(), row.cycle.as_str()), ("Suspended", "Monthly"));
        assert_eq!(row.first_payment.to_string(), "4.50");
        assert_eq!(model.module_calls.len(), calls);
        let edited = row.audit.iter().filter(|change| change.call == "editAccountDetails");
        let fields: Vec<(&str, &str, &str)> = edited
            .map(|change| (change.field.as_str(), change.before.as_str(), change.after.as_str()))
            .collect();
        assert!(fields.contains(&("total", "4.50", "25.01")), "{fields:?}");
        assert!(fields.contains(&("domain", "", "sub-5f2a")), "{fields:?}");
    });
    let basic = done(&hostbill, "getAccountDetailsBasic", &format!("id={account}")).await["details"].clone();
    assert_eq!(
        (&basic["next_due"], &basic["custom"], &basic["extra_details"]),
        (&json!("2031-01-31"), &json!(false), &json!([]))
    );
    assert!(basic.get("password").is_none());
}

#[tokio::test]
async fn an_account_is_found_by_domain_product_status_and_list() {
    let hostbill = sample().await;
    let first = active(&hostbill).await;
    let second = active(&hostbill).await;
    done(&hostbill, "editAccountDetails", &format!("id={first}&domain=sub-1")).await;
    done(&hostbill, "editAccountDetails", &format!("id={second}&domain=sub-11&status=Suspended")).await;
    let ids = |rest: &'static str| {
        let hostbill = &hostbill;
        async move {
            let page = done(hostbill, "getAccounts", rest).await;
            page["accounts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_str().unwrap().parse().unwrap())
                .collect::<Vec<u32>>()
        }
    };
    assert_eq!(ids("filter[domain]=sub-1").await, [second, first]);
    assert_eq!(ids("filter[domain]=sub-1&list=all_active").await, [first]);
    assert_eq!(ids("filter[product_id]=91&filter[status]=Suspended").await, [second]);
    assert_eq!(ids("filter[client_name]=fjord").await, [second, first]);
    hostbill.with(|model| model.settings.matching = Matching::Exact);
    assert_eq!(ids("filter[domain]=sub-1").await, [first]);
    let mine = done(&hostbill, "getClientAccounts", "id=512&status[]=Suspended&status[]=Pending").await;
    assert_eq!(mine["accounts"].as_array().unwrap().len(), 1);
    assert_eq!(mine["accounts"][0]["total"], "4.50");
}

#[tokio::test]
async fn a_module_decides_and_the_status_changes_only_on_success() {
    let hostbill = sample().await;
    let account = active(&hostbill).await;
    let id = format!("id={account}");
    let status = || hostbill.with(|model| model.accounts.get(account).unwrap().status.clone());
    hostbill.with(|model| model.plug.script(account, ModuleResult::Fail("Provider refused".into())));
    assert!(refused(&hostbill, "accountSuspend", &id).await.contains("Provider refused"));
    assert_eq!(status(), "Active");
    hostbill.with(|model| model.plug.script(account, ModuleResult::OkButReplyLost));
    assert!(try_call(&hostbill, "accountSuspend", &id).await.is_err());
    assert_eq!(status(), "Suspended");
    hostbill.with(|model| model.plug.script_any(ModuleResult::Slow(Duration::from_millis(1))));
    done(&hostbill, "accountUnsuspend", &id).await;
    done(&hostbill, "accountSynch", &id).await;
    done(&hostbill, "accountTerminate", &id).await;
    let details = done(&hostbill, "getAccountDetails", &id).await["details"].clone();
    assert_eq!(
        (&details["status"], &details["date_terminated"]),
        (&json!("Terminated"), &json!("2026-03-02"))
    );
    assert_eq!(details["synch_date"], "2026-03-02 08:00:00");
    hostbill.with(|model| {
        assert!(model.events.ends_with(&["after_accountunsuspend".into(), "after_accountterminate".into()]));
    });
}

#[tokio::test]
async fn a_module_that_refuses_at_activation_stands_beside_the_success() {
    let hostbill = sample().await;
    hostbill.with(|model| model.plug.script_any(ModuleResult::Fail("No stock".into())));
    done(&hostbill, "addOrder", ORDER).await;
    let answer = done(&hostbill, "setOrderActive", "id=2207").await;
    assert_eq!(answer["error"], json!(["No stock"]));
    hostbill.with(|model| {
        assert_eq!(model.orders[&2207].status, "Active");
        assert_eq!(model.accounts.get(3310).unwrap().status, "Pending");
    });
}
