//! Links are looked up on both sides before they are made.

use crate::world::{PART, World};
use domain::link::Link;
use domain::ports::LinkStore as _;
use serde_json::{Value, json};
use simulators::Fault;

const PLACE: &str = "/api/links";

async fn links(world: &World) -> Vec<Link> {
    world.store.links().await.unwrap()
}

fn tenant(world: &World, at: usize) -> Value {
    json!({"kind": "tenant", "system": "crayon", "theirs": world.tenants[at].to_string(), "id": "cus_two"})
}

fn client(world: &World, at: usize) -> Value {
    json!({"kind": "client", "system": "hostbill", "theirs": world.clients[at].to_string(), "id": "cus_two"})
}

#[tokio::test]
async fn a_customer_is_linked_with_the_currency_that_billing_charges_it_in() {
    let world = World::new().await;
    let token = world.admin().await;
    let before = links(&world).await.len();
    let changes = json!({"add": [tenant(&world, 1), client(&world, 1)]});
    let done = world.post(&token, PLACE, &changes).await.with(200).json();
    assert_eq!(done["added"].as_array().unwrap().len(), 2);
    assert_eq!(done["added"][1]["currency"], "EUR");
    assert_eq!(links(&world).await.len(), before + 2);
    let again = world.post(&token, PLACE, &changes).await.with(200).json();
    assert_eq!(again, json!({"added": [], "removed": []}));
    assert_eq!(links(&world).await.len(), before + 2);
    let customers = world.get(&token, "/api/customers?search=nordlys").await.with(200).json();
    assert_eq!(customers["items"][0]["linked"], true);
    assert_eq!(customers["items"][0]["customer"], "cus_two");
}

#[tokio::test]
async fn an_offer_gets_the_id_that_follows_from_the_suppliers_where_none_is_given() {
    let world = World::new().await;
    let token = world.admin().await;
    let offer = format!("{PART}/P1Y/annual");
    let changes = json!({"add": [{"kind": "offer", "system": "crayon", "theirs": offer}]});
    let done = world.post(&token, PLACE, &changes).await.with(200).json();
    assert!(done["added"][0]["id"].as_str().unwrap().starts_with("ofr_"));
}

#[tokio::test]
async fn a_link_that_is_not_right_is_named_and_none_is_changed() {
    let world = World::new().await;
    let token = world.admin().await;
    let before = links(&world).await;
    let product = world.product.to_string();
    let wrong = [
        json!({"kind": "client", "system": "hostbill", "theirs": "999999", "id": "cus_two"}),
        json!({"kind": "client", "system": "hostbill", "theirs": world.clients[1].to_string(), "id": "cus_two", "currency": "NOK"}),
        json!({"kind": "client", "system": "hostbill", "theirs": world.clients[1].to_string()}),
        json!({"kind": "client", "system": "nowhere", "theirs": world.clients[1].to_string(), "id": "cus_two"}),
        json!({"kind": "tenant", "system": "hostbill", "theirs": "500"}),
        json!({"kind": "tenant", "system": "crayon", "theirs": "999999"}),
        json!({"kind": "tenant", "system": "crayon", "theirs": "500", "currency": "EUR"}),
        json!({"kind": "product", "system": "hostbill", "theirs": "999999", "id": "ofr_new"}),
        json!({"kind": "product", "system": "hostbill", "theirs": product, "id": "cus_two"}),
        json!({"kind": "offer", "system": "crayon", "theirs": "no offer"}),
        json!({"kind": "planet", "system": "crayon", "theirs": "500"}),
        json!({"kind": "tenant", "system": "crayon", "theirs": "500", "extra": 1}),
    ];
    for link in wrong {
        let changes = json!({"add": [tenant(&world, 1), link]});
        let answer = world.post(&token, PLACE, &changes).await.with(422);
        let field = answer.json()["errors"][0]["field"].as_str().unwrap().to_owned();
        assert!(field.starts_with("add[1]"), "{link}: {field}");
        assert_eq!(links(&world).await, before, "{link}");
    }
}

#[tokio::test]
async fn a_product_that_cannot_be_ordered_in_the_offers_cycle_is_not_linked_to_it() {
    let world = World::new().await;
    let token = world.admin().await;
    let before = links(&world).await;
    let changes = json!({"add": [
        {"kind": "offer", "system": "crayon", "theirs": format!("{PART}/P1Y/annual"), "id": "ofr_annual"},
        {"kind": "product", "system": "hostbill", "theirs": world.product.to_string(), "id": "ofr_annual"},
    ]});
    let answer = world.post(&token, PLACE, &changes).await.with(422);
    assert!(answer.text.contains("cannot be ordered annual"), "{}", answer.text);
    assert_eq!(links(&world).await, before);
}

#[tokio::test]
async fn a_link_that_contradicts_another_is_refused_unless_the_other_goes() {
    let world = World::new().await;
    let token = world.admin().await;
    world.post(&token, PLACE, &json!({"add": [tenant(&world, 1), client(&world, 1)]})).await.with(200);
    let before = links(&world).await;
    let moved = json!({"add": [client(&world, 0)]});
    let answer = world.post(&token, PLACE, &moved).await.with(409);
    assert_eq!(answer.code(), "linked-otherwise");
    assert_eq!(links(&world).await, before);
    let mut gone = client(&world, 1);
    gone["currency"] = json!("EUR");
    let moved = json!({"add": [client(&world, 0)], "remove": [gone]});
    world.post(&token, PLACE, &moved).await.with(200);
    let listed = world.get(&token, "/api/links?id=cus_two&kind=client").await.with(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["theirs"], world.clients[0].to_string());
}

#[tokio::test]
async fn while_billing_cannot_be_asked_nothing_is_linked() {
    let world = World::new().await;
    let token = world.admin().await;
    let before = links(&world).await;
    world.hostbill.with(|model| model.faults.add(Fault::DropBefore.always()));
    let changes = json!({"add": [tenant(&world, 1), client(&world, 1)]});
    world.post(&token, PLACE, &changes).await.with(503);
    assert_eq!(links(&world).await, before);
}
