use serde_json::json;
use simulators::crayon::{Crayon, Model};

use crate::wire::Caller;

async fn sample() -> (Crayon, Caller) {
    let crayon = Crayon::start(Model::sample()).await.unwrap();
    let caller = Caller::of(&crayon).await;
    (crayon, caller)
}

#[tokio::test]
async fn tenants_are_listed_and_shown_in_detail() {
    let (_crayon, caller) = sample().await;
    let page = caller.get("customertenants?OrganizationId=4013280").await.json();
    assert_eq!(page["TotalHits"], 2);
    assert_eq!(page["Items"][0]["ExternalPublisherCustomerId"].as_str().unwrap().len(), 36);
    let detail = caller.get("customertenants/5312/detailed/").await.json();
    assert_eq!(detail["Tenant"]["Name"], "Fjord Kaffe AB");
    assert_eq!(detail["Profile"]["Contact"]["Email"], "ada@fjordkaffe.example");
    assert!(detail["User"]["Password"].is_null());
    assert_eq!(caller.get("customertenants/5312/azurePlan").await.status, 404);
    assert_eq!(caller.get("customertenants?DomainPrefix=fjordkaffe").await.json()["TotalHits"], 1);
}

#[tokio::test]
async fn a_tenant_for_a_foreign_organisation_gets_the_observed_400() {
    let (crayon, _caller) = sample().await;
    let second = Caller::second(&crayon).await;
    let body = json!({"tenant": {"name": "New", "domainPrefix": "new", "organization": {"id": 4_013_280}}});
    let answer = second.send("POST", "customertenants", &body.to_string()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["Message"], "Invalid organization id");
}

#[tokio::test]
async fn a_new_tenant_shows_its_password_once_and_must_accept_the_agreement() {
    let (_crayon, caller) = sample().await;
    let body = json!({
        "Tenant": {"Name": "New", "DomainPrefix": "new", "Organization": {"Id": 4_013_280}, "CustomerTenantType": 2},
        "Profile": {"Contact": {"FirstName": "Bo", "Email": "bo@new.example"}},
        "Company": {"OrganizationRegistrationNumber": "5560000001"},
    });
    let made = caller.send("POST", "customertenants/", &body.to_string()).await.json();
    let id = made["Tenant"]["Id"].as_u64().unwrap();
    assert!(made["User"]["Password"].is_string());
    assert!(caller.get(&format!("customertenants/{id}/detailed")).await.json()["User"]["Password"].is_null());
    let agreements = format!("customertenants/{id}/agreements");
    assert_eq!(caller.get(&format!("{agreements}?AgreementTypeConsent=1")).await.json()["TotalHits"], 0);
    let consent = json!({"FirstName": "Bo", "LastName": "Ek", "Email": "bo@new.example",
                         "DateAgreed": "2026-03-01T00:00:00Z", "AgreementType": 1});
    assert_eq!(caller.send("POST", &agreements, &consent.to_string()).await.status, 200);
    assert_eq!(caller.get(&format!("{agreements}?AgreementTypeConsent=1")).await.json()["TotalHits"], 1);
}

#[tokio::test]
async fn the_price_list_is_filtered_by_query_and_by_body() {
    let (_crayon, caller) = sample().await;
    let by_query = caller
        .get("agreementproducts?OrganizationId=4013280&AgreementTypeIds=13&Include.PartNumbers=CFQ7TTC0LH16%3A0001")
        .await
        .json();
    assert_eq!(by_query["TotalHits"], 3);
    let yearly = &by_query["Items"][1];
    assert_eq!(yearly["SalesPrice"], json!({"Value": 3.28, "CurrencyCode": "EUR"}));
    assert_eq!(yearly["ProductVariant"]["MinimumCommitment"]["Months"], 12);
    assert_eq!(by_query["Filter"]["OrganizationId"], 4_013_280);
    let body = json!({"organizationId": 4_013_280, "agreementTypeIds": [13], "include": {"partNumbers": ["CFQ7TTC0LH16:0001"]}});
    let by_body = caller.send("POST", "agreementproducts/getaspost", &body.to_string()).await.json();
    assert_eq!(by_body["Items"], by_query["Items"]);
}

#[tokio::test]
async fn supported_cycles_want_the_customer_and_are_a_bare_array() {
    let (_crayon, caller) = sample().await;
    let path = "agreementproducts/CFQ7TTC0LH16%3A0001/supportedbillingcycles";
    let without = caller.get(path).await;
    assert_eq!((without.status, &without.json()["Message"]), (500, &json!("Ops. Something broke")));
    assert_eq!(caller.get(&format!("{path}?resellerCustomerId=5312")).await.json(), json!([1, 2, 8]));
}

#[tokio::test]
async fn agreements_and_invoice_profiles_belong_to_organisations() {
    let (_crayon, caller) = sample().await;
    let agreements = caller.get("agreements?OrganizationId=4013281").await.json();
    assert_eq!(agreements["TotalHits"], 2);
    assert_eq!(agreements["Items"][0]["SalesPriceCurrencyCode"], "NOK");
    assert_eq!(agreements["Filter"]["OrganizationId"], 4_013_281);
    let profiles = caller.get("invoiceprofiles?OrganizationId=4013280").await.json();
    assert_eq!(profiles["Items"][0]["Id"], 80408);
    assert_eq!(caller.get("invoiceprofiles/80408").await.json()["Name"], "Default");
}
