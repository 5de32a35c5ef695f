use std::collections::BTreeSet;

use serde_json::json;
use simulators::hostbill::{HostBill, Matching, Model};

use crate::wire::{FORM, call, done, refused, send, try_call};

async fn sample() -> HostBill {
    HostBill::start(Model::sample()).await.unwrap()
}

#[tokio::test]
async fn hostbill_answers_200_for_a_wrong_key() {
    let hostbill = sample().await;
    let body = "api_id=wrong&api_key=wrong&call=getClients";
    let answer = send("POST", hostbill.url(), &[("Content-Type", FORM)], body).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["success"], false);
    assert!(answer.json()["error"][0].as_str().unwrap().contains("Wrong API"));
    assert_eq!(answer.json()["call"], "getClients");
}

#[tokio::test]
async fn a_key_reaches_only_its_calls_and_its_networks() {
    let hostbill = sample().await;
    hostbill.with(|model| model.keys[0].calls = Some(BTreeSet::from(["getClients".to_owned()])));
    done(&hostbill, "getClients", "").await;
    refused(&hostbill, "addOrder", "").await;
    hostbill.with(|model| model.keys[0].networks = vec!["10.0.0.0/8".to_owned()]);
    assert!(refused(&hostbill, "getClients", "").await.contains("ip_banned_login"));
    hostbill.with(|model| model.settings.seen_from = Some([10, 9, 8, 7].into()));
    done(&hostbill, "getClients", "").await;
}

#[tokio::test]
async fn calls_come_by_get_and_by_multipart_as_well() {
    let hostbill = sample().await;
    let (id, key) = hostbill.with(|model| model.credentials());
    let url = format!("{}?api_id={id}&api_key={key}&call=getClientDetails&id=512", hostbill.url());
    assert_eq!(send("GET", &url, &[], "").await.unwrap().json()["client"]["id"], "512");
    let part = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body =
        [part("api_id", &id), part("api_key", &key), part("call", "getClients"), "--B--\r\n".to_owned()]
            .concat();
    let headers = [("Content-Type", "multipart/form-data; boundary=B")];
    assert_eq!(send("POST", hostbill.url(), &headers, &body).await.unwrap().json()["success"], true);
}

#[tokio::test]
async fn unknown_calls_and_add_product_are_refused_unless_offered() {
    let hostbill = sample().await;
    refused(&hostbill, "acceptOrder", "").await;
    refused(&hostbill, "getclients", "").await;
    let methods = done(&hostbill, "getAPIMethods", "").await["methods"].to_string();
    assert!(methods.contains("\"addOrder\"") && !methods.contains("addProduct"));
    refused(&hostbill, "addProduct", "name=New&category_id=14").await;
    hostbill.with(|model| model.missing_calls.clear());
    let made = done(&hostbill, "addProduct", "name=New&category_id=14&m=3.50").await;
    let details =
        done(&hostbill, "getProductDetails", &format!("id={}", made["product_id"].as_str().unwrap())).await;
    assert_eq!(details["product"]["m"], "3.50");
    assert_eq!(details["product"]["m_enabled"], "1");
    assert_eq!(details["product"]["a_enabled"], "0");
}

#[tokio::test]
async fn page_numbers_are_zero_based_newest_first_and_the_sorter_names_the_next() {
    let hostbill = sample().await;
    hostbill.with(|model| {
        model.settings.perpage = 2;
        for number in 0..3 {
            model.add_client(&format!("c{number}@x.example"), &format!("C {number}"));
        }
    });
    let first = done(&hostbill, "getClients", "").await;
    assert_eq!(first["clients"][0]["id"], "516");
    assert_eq!(first["sorter"], json!({"perpage": 2, "totalpages": 3, "sorterrecords": 5, "sorterpage": 1}));
    assert_eq!(done(&hostbill, "getClients", "page=0").await["clients"], first["clients"]);
    assert_eq!(done(&hostbill, "getClients", "page=2").await["clients"].as_array().unwrap().len(), 1);
    assert_eq!(done(&hostbill, "getClients", "page=3").await["clients"], json!([]));
    assert_eq!(done(&hostbill, "getClients", "perpage=100").await["sorter"]["perpage"], 2);
    hostbill.with(|model| model.settings.honour_perpage = true);
    assert_eq!(done(&hostbill, "getClients", "perpage=100").await["sorter"]["totalpages"], 1);
}

#[tokio::test]
async fn a_client_is_found_by_a_searchable_field_which_the_list_does_not_show() {
    let hostbill = sample().await;
    hostbill.with(|model| {
        model.clients.get_mut(&512).unwrap().fields.insert("crayontenant".to_owned(), "8a4d-1".to_owned());
    });
    let found = done(&hostbill, "getClients", "filter%5Bcrayontenant%5D=8a4d-1").await;
    assert_eq!(found["clients"][0]["id"], "512");
    assert!(found["clients"][0].get("crayontenant").is_none());
    assert_eq!(found["sorter"]["sorterrecords"], 1);
    let details = done(&hostbill, "getClientDetails", "id=512").await;
    assert_eq!(details["client"]["crayontenant"], "8a4d-1");
    assert!(details["client"]["password"].as_str().unwrap().starts_with("$2y$"));
    assert_eq!(details["client"]["companyname"], "Fjord Kaffe AB");
}

#[tokio::test]
async fn filters_contain_by_default_and_can_be_exact() {
    let hostbill = sample().await;
    let count = || async {
        done(&hostbill, "getClients", "filter[email]=fjord").await["clients"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 1);
    hostbill.with(|model| model.settings.matching = Matching::Exact);
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_client_is_added_with_its_custom_fields_and_its_email_stays_unique() {
    let hostbill = sample().await;
    let form = "email=it%40moor.example&password=S3&password2=S3&firstname=Ole&companyname=Moor+AS&country=NO\
                &crayontenant=T-1&currency_id=2";
    let made = done(&hostbill, "addClient", form).await;
    assert_eq!(made["client_id"], "514");
    refused(&hostbill, "addClient", form).await;
    refused(&hostbill, "addClient", "email=b%40b.example&password=a&password2=b").await;
    done(&hostbill, "setClientDetails", "id=514&crayontenant=T-2&city=Oslo").await;
    hostbill.with(|model| {
        let client = &model.clients[&514];
        assert_eq!((client.fields["crayontenant"].as_str(), client.column("city")), ("T-2", "Oslo"));
        assert_eq!((client.currency_id, client.column("firstname")), (2, "Ole"));
    });
}

#[tokio::test]
async fn products_are_a_map_and_an_empty_page_is_an_empty_list() {
    let hostbill = sample().await;
    let page = done(&hostbill, "getProducts", "id=14").await;
    assert_eq!(page["products"]["91"]["m"], "4.50");
    let krone = done(&hostbill, "getProducts", "id=14&currency_id=2").await;
    assert_eq!(krone["products"]["91"]["m"], "51.75");
    assert_eq!(done(&hostbill, "getProducts", "id=99").await["products"], json!([]));
    assert_eq!(done(&hostbill, "getOrderPages", "").await["categories"][0]["products"], "4");
    let currencies = done(&hostbill, "getCurrencies", "").await;
    assert_eq!(
        (&currencies["main"]["id"], &currencies["currencies"][0]["rate"]),
        (&json!(0), &json!("11.5000"))
    );
    done(&hostbill, "editProduct", "id=91&m=5.00&name=Mail").await;
    hostbill.with(|model| assert_eq!(model.products[&91].prices["m"].price.to_string(), "5.00"));
}

#[tokio::test]
async fn text_beyond_ascii_and_slashes_are_escaped_on_the_wire() {
    let hostbill = sample().await;
    hostbill.with(|model| model.add_client("a@x.example", "Blåbær 🫐 A/S"));
    let answer = try_call(&hostbill, "getClientDetails", "id=514").await.unwrap();
    assert!(answer.body.contains(r"Bl\u00e5b\u00e6r \ud83e\uded0 A\/S"), "{}", answer.body);
    assert_eq!(answer.json()["client"]["companyname"], "Blåbær 🫐 A/S");
    assert_eq!(call(&hostbill, "getClientDetails", "id=9").await["success"], false);
}
