use crate::world::{PART_NUMBERS, World};
use serde_json::Value;
use serve::exit::Exit;

const HEADER: &str =
    "kind,supplier,supplier_id,supplier_name,billing,billing_id,billing_name,evidence,confidence,accept";

async fn links(world: &World) -> Vec<Value> {
    let text = world.done(&["links", "list", "--json"]).await.results();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn nothing_is_ever_suggested_because_of_a_name() {
    let world = World::new().await;
    world.settle("{}").await;
    world.hostbill.with(|model| {
        for client in model.clients.values_mut() {
            client.fields.clear();
        }
        for product in model.products.values_mut() {
            product.columns.clear();
        }
        model.add_client("someone@elsewhere.example", "Fjord Kaffe");
        model.add_client("other@elsewhere.example", "Fjord Kaffe AB");
    });
    let text = world.done(&["links", "suggest", "--accept-unique", "--json"]).await.results();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 6, "{text}");
    for row in rows {
        assert_eq!(row["confidence"], "none", "{row}");
        assert_eq!(row["billingId"], "", "{row}");
        assert_eq!(row["accept"], "", "{row}");
    }
}

#[tokio::test]
async fn what_is_linked_is_not_suggested_again_and_importing_again_changes_nothing() {
    let world = World::ready().await;
    let before = links(&world).await;
    assert_eq!(before.len(), 12);
    let file = world.dir.path().join("links.csv");
    world.done(&["links", "import", file.to_str().unwrap()]).await;
    assert_eq!(links(&world).await, before);
    let text = world.done(&["links", "suggest", "--json"]).await.results();
    assert_eq!(serde_json::from_str::<Vec<Value>>(&text).unwrap(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_ambiguous_pair_is_listed_once_for_each_candidate_and_never_accepted() {
    let world = World::new().await;
    world.settle("{}").await;
    let guid = world.crayon.with(|model| model.tenants[&world.tenants[0]].guid.clone());
    world.hostbill.with(|model| {
        let twin = model.add_client("twin@elsewhere.example", "A twin");
        model.clients.get_mut(&twin).unwrap().fields.insert("crayontenant".into(), guid);
    });
    let text = world.done(&["links", "suggest", "--accept-unique", "--json"]).await.results();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let tenant = world.tenants[0].to_string();
    let of_it: Vec<_> = rows.iter().filter(|row| row["supplierId"].as_str() == Some(&tenant)).collect();
    assert_eq!(of_it.len(), 2);
    assert!(of_it.iter().all(|row| row["confidence"] == "ambiguous" && row["accept"] == ""));
}

#[tokio::test]
async fn every_bad_row_is_reported_with_its_line_and_nothing_is_imported() {
    let world = World::new().await;
    world.settle("{}").await;
    let (tenant, client, product) = (world.tenants[0], world.clients[0], world.products[0]);
    let offer = format!("{}/P1Y/monthly", PART_NUMBERS[0]);
    let yearly = format!("{}/P1Y/annual", PART_NUMBERS[0]);
    let rows = [
        format!("customer,crayon,{tenant},,hostbill,{client},,,,yes"),
        format!("customer,crayon,999999,,hostbill,{client},,,,yes"),
        format!("customer,crayon,{tenant},,hostbill,999999,,,,yes"),
        format!("customer,azure,{tenant},,hostbill,{client},,,,yes"),
        format!("tenant,crayon,{tenant},,hostbill,{client},,,,yes"),
        format!("offer,crayon,{offer},,hostbill,{product},,,,maybe"),
        format!("offer,crayon,no offer at all,,hostbill,{product},,,,yes"),
        format!("offer,crayon,{offer},,hostbill,999999,,,,yes"),
        format!("offer,crayon,{yearly},,hostbill,{product},,,,yes"),
        format!("customer,crayon,{tenant},,hostbill,{},,,,yes", world.clients[1]),
        "offer,crayon,,,hostbill,,,,none,".to_owned(),
    ];
    let file = world.file("bad.csv", &format!("{HEADER}\n{}\n", rows.join("\n")));
    let file = file.to_str().unwrap();
    let (exit, captured) = world.line(&["links", "import", file, "--json"]).await;
    assert_eq!(exit, Exit::Usage);
    let report: Value = serde_json::from_str(&captured.results()).unwrap();
    let lines: Vec<_> =
        report["bad"].as_array().unwrap().iter().map(|bad| bad["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9, 10, 11], "{report:#}");
    assert!(report["bad"].as_array().unwrap().iter().all(|bad| !bad["cure"].as_str().unwrap().is_empty()));
    assert_eq!(links(&world).await, Vec::<Value>::new());
    let (exit, _) = world.line(&["links", "import", file, "--skip-bad", "--dry-run"]).await;
    assert_eq!(exit, Exit::Done);
    assert_eq!(links(&world).await, Vec::<Value>::new());
    world.done(&["links", "import", file, "--skip-bad"]).await;
    assert_eq!(links(&world).await.len(), 2);
}

#[tokio::test]
async fn a_product_must_be_orderable_in_the_offers_cycle() {
    let world = World::new().await;
    world.settle("{}").await;
    world.hostbill.with(|model| {
        let price = model.products[&world.products[0]].prices["m"];
        let product = model.products.get_mut(&world.products[0]).unwrap();
        product.prices = [("a".to_owned(), price)].into();
    });
    let row = format!("offer,crayon,{}/P1Y/monthly,,hostbill,{},,,,yes", PART_NUMBERS[0], world.products[0]);
    let file = world.file("cycle.csv", &format!("{HEADER}\n{row}\n"));
    let (exit, captured) = world.line(&["links", "import", file.to_str().unwrap()]).await;
    assert_eq!(exit, Exit::Usage);
    assert!(captured.results().contains("cannot be ordered monthly"), "{}", captured.results());
}

#[tokio::test]
async fn a_tenant_that_is_linked_otherwise_is_not_linked_anew_unseen() {
    let world = World::ready().await;
    let row = format!("customer,crayon,{},,hostbill,{},,,,yes", world.tenants[0], world.clients[1]);
    let file = world.file("other.csv", &format!("{HEADER}\n{row}\n"));
    let (exit, captured) = world.line(&["links", "import", file.to_str().unwrap()]).await;
    assert_eq!(exit, Exit::Usage);
    assert!(captured.results().contains("links remove"), "{}", captured.results());
}
