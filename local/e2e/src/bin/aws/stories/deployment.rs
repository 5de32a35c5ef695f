//! Deploying, again, beside another, and no more.

use crate::cloud::{tagged, text};
use crate::stack::{self, Deployed};
use crate::world::{Installation, LONG, SCHEDULED, SUBSCRIPTIONS, World, expect, sample};
use connector_kit::{Body, Method};
use e2e::{Trouble, until};
use serde_json::{Value, json};

pub(super) async fn a_deployment_from_nothing_answers_people_and_programs(
    world: &World,
) -> Result<(), Trouble> {
    let billbridge = world.installation("billbridge").await?;
    let (alive, said) = billbridge.ask((Method::GET, "/health"), None).await?;
    expect(alive == 200 && said["status"].is_string(), || format!("GET /health: {alive} {said}"))?;

    let health = billbridge.get("/api/health").await?;
    expect(health["well"] != false, || format!("everything is well: {health}"))?;
    let records = billbridge.get("/api/records").await?;
    expect(records["items"] == json!([]), || format!("no records yet: {records}"))?;
    let orders = billbridge.get("/api/orders").await?;
    expect(orders["items"] == json!([]), || format!("no orders yet, says the other function: {orders}"))?;

    let api = billbridge.stack.api()?;
    let stranger = world.cloud.ask_api(api, (Method::GET, "/api/records"), None, None).await?;
    expect(stranger.status == 401, || format!("a stranger sees nothing: {}", stranger.status))?;
    let hook = world.cloud.ask_api(api, (Method::POST, "/hooks/hostbill"), None, Some(&json!({}))).await?;
    expect((400..500).contains(&hook.status), || format!("an unsigned hook is refused: {}", hook.status))?;

    let link = billbridge.say(&["users", "set-up"]).await?;
    let page = link.trim().find("/setup").map(|start| link.trim()[start..].to_owned());
    let page = page.ok_or_else(|| Trouble::new(format!("no set-up link: {link}")))?;
    let setup = world.cloud.ask_api(api, (Method::GET, &page), None, None).await?;
    let shown = text(&setup);
    expect(setup.status == 200 && shown.contains("<form"), || {
        format!("the set-up page: {} {shown}", setup.status)
    })
}

pub(super) async fn deploying_again_without_a_change_changes_nothing(world: &World) -> Result<(), Trouble> {
    let first = world.deploy("billbridge").await?;
    expect(matches!(&first, Deployed::Changed(all) if all.len() > 30), || format!("the first: {first:?}"))?;
    let (stack, functions) = (stack::find(&world.cloud, "billbridge").await?, functions(world).await?);

    let again = world.deploy("billbridge").await?;

    expect(again == Deployed::Nothing, || format!("again: {again:?}"))?;
    expect(stack == stack::find(&world.cloud, "billbridge").await?, || "the outputs have changed".into())?;
    expect(functions == self::functions(world).await?, || "a function was touched".into())
}

pub(super) async fn a_change_to_one_function_leaves_the_others_as_they_are(
    world: &World,
) -> Result<(), Trouble> {
    world.deploy("billbridge").await?;
    let before = functions(world).await?;
    let changed = world.deploy_with("billbridge", &[("SyncConcurrency", "3")]).await?;

    let touched =
        |name: &str| matches!(&changed, Deployed::Changed(all) if all.iter().any(|one| one == name));
    expect(touched("SubscriptionSyncFunction"), || format!("changed: {changed:?}"))?;
    expect(!touched("WebFunction") && !touched("Table"), || format!("changed: {changed:?}"))?;
    let others = |all: &Value| -> Vec<Value> {
        let all = all.as_array().into_iter().flatten().cloned();
        all.filter(|one| one["FunctionName"] != "billbridge-subscription-sync").collect()
    };
    let after = functions(world).await?;
    expect(others(&before).len() == 2 && others(&before) == others(&after), || format!("{before} {after}"))
}

/// The emulator holds every function to the policy of its role: all other stories pass because it allows what they
/// do, this one because it allows no more.
pub(super) async fn a_function_reaches_its_own_table_and_no_other(world: &World) -> Result<(), Trouble> {
    let (north, south) = (world.installation("north").await?, world.installation("south").await?);
    let records = north.get("/api/records").await?;
    expect(records["items"] == json!([]), || format!("its own: {records}"))?;

    let foreign = south.stack.output("TableName")?;
    let to_foreign =
        |wanted: &mut Value| wanted["Environment"]["Variables"]["BILLBRIDGE_TABLE"] = json!(foreign);
    north.reconfigure("WebFunctionName", to_foreign).await?;
    // South's token is in that table: it opens nothing, because the table does not open.
    let api = north.stack.api()?;
    let asked = world.cloud.ask_api(api, (Method::GET, "/api/records"), Some(&south.token), None).await;

    expect(!matches!(&asked, Ok(reply) if reply.is_success()), || "it read a foreign table".into())?;
    let logged = world.cloud.logged("/aws/lambda/north-web").await?;
    let refused = logged.contains("AccessDeniedException") && logged.contains("dynamodb:GetItem");
    expect(refused, || format!("the refusal is logged: {logged}"))
}

pub(super) async fn every_function_is_refused_what_belongs_to_another_deployment(
    world: &World,
) -> Result<(), Trouble> {
    let (north, south) = (world.installation("north").await?, world.installation("south").await?);
    let wanted = json!({"Name": "elsewhere", "SecretString": world.connections().to_string()});
    let secret = world.cloud.json("secretsmanager", "secretsmanager.CreateSecret", &wanted).await?;
    let table = ("BILLBRIDGE_TABLE", south.stack.output("TableName")?, "dynamodb:");
    let secret = ("BILLBRIDGE_SECRETS", secret["ARN"].as_str().unwrap_or_default(), "GetSecretValue");
    for function in ["SubscriptionSyncFunctionName", "OrderIntakeFunctionName", "WebFunctionName"] {
        is_refused(&north, function, table).await?;
        is_refused(&north, function, secret).await?;
    }
    // `order-intake` and `web` publish where a person has decided something; their statement is the same.
    let bus = ("BILLBRIDGE_BUS", south.stack.output("BusName")?, "events:PutEvents");
    is_refused(&north, "SubscriptionSyncFunctionName", bus).await?;

    expect(south.runs().await?.is_empty(), || "the south has run".into())?;
    let records = south.get("/api/records").await?;
    expect(records["items"] == json!([]), || format!("the south has records: {records}"))
}

/// Points a function at what is not its own, gives it something to do, waits until the action is refused, and
/// points it back.
async fn is_refused(
    billbridge: &Installation<'_>,
    function: &str,
    (variable, foreign, action): (&str, &str, &str),
) -> Result<(), Trouble> {
    let name = billbridge.stack.output(function)?;
    let refusals = async || -> Result<usize, Trouble> {
        let cloud = &billbridge.world.cloud;
        let log = cloud.logged(&format!("/aws/lambda/{name}")).await? + &cloud.log()?;
        Ok(log.lines().filter(|line| line.contains("AccessDenied") && line.contains(action)).count())
    };
    let (before, mut own) = (refusals().await?, Value::Null);
    let point = |wanted: &mut Value| {
        own = std::mem::replace(&mut wanted["Environment"]["Variables"][variable], json!(foreign));
    };
    billbridge.reconfigure(function, point).await?;
    if function == "WebFunctionName" {
        let (api, asked) = (billbridge.stack.api()?, (Method::GET, "/api/records"));
        let asked = billbridge.world.cloud.ask_api(api, asked, Some(&billbridge.token), None).await;
        expect(!matches!(&asked, Ok(reply) if reply.is_success()), || format!("{name} was let in"))?;
    } else {
        billbridge.hand_over_to(function, &sample(SCHEDULED)?).await?;
    }
    until(&format!("{name} is refused {action}"), LONG, async || {
        Ok((refusals().await? > before).then_some(()))
    })
    .await?;
    let back = |wanted: &mut Value| wanted["Environment"]["Variables"][variable] = own;
    billbridge.reconfigure(function, back).await
}

pub(super) async fn two_deployments_in_one_account_know_nothing_of_each_other(
    world: &World,
) -> Result<(), Trouble> {
    let (north, south) = (world.installation("north").await?, world.installation("south").await?);
    let asked = json!({"organisation": crate::world::NORDIC});
    let (status, run) = north.ask((Method::POST, "/api/sync/manual"), Some(&asked)).await?;
    expect(status == 202, || format!("asked in the north: {status} {run}"))?;
    let run = north.ended(run["run"].as_str().unwrap_or_default()).await?;
    expect(run["state"] == "finished", || format!("in the north: {run}"))?;
    world.has_one_active_service_each()?;

    let (here, there) = (north.get("/api/records").await?, south.get("/api/records").await?);
    let count = |page: &Value| page["items"].as_array().map_or(0, Vec::len);
    expect((count(&here), count(&there)) == (SUBSCRIPTIONS, 0), || format!("records: {here} {there}"))?;
    expect(south.runs().await?.is_empty(), || "the south ran too".into())?;
    let foreign =
        world.cloud.ask_api(south.stack.api()?, (Method::GET, "/api/records"), Some(&north.token), None);
    let foreign = foreign.await?;
    expect(foreign.status == 401, || format!("a token of the north in the south: {}", foreign.status))
}

pub(super) async fn a_table_moves_to_a_file_and_to_another_deployment_unchanged(
    world: &World,
) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let north = world.installation("north").await?;
    north.hand_over(&sample(SCHEDULED)?).await?;
    let run = north.nth_run(1).await?;
    expect(run["state"] == "finished", || format!("in the north: {run}"))?;
    let calls = world.hostbill_calls();

    north.say(&["export", &path("north")]).await?;
    let embedded = path("billbridge.db");
    let embedded = [("BILLBRIDGE_DATA", embedded.as_str())];
    world.say(&embedded, &["import", &path("north")]).await?;
    world.say(&embedded, &["export", &path("file")]).await?;
    let south = world.empty_installation("south", &[]).await?;
    south.say(&["import", &path("file")]).await?;
    south.say(&["export", &path("south")]).await?;

    // And back into a file, so that each way begins and ends once with either kind of table.
    let other = path("other.db");
    let other = [("BILLBRIDGE_DATA", other.as_str())];
    world.say(&other, &["import", &path("south")]).await?;
    world.say(&other, &["export", &path("back")]).await?;

    let text = |name: &str| std::fs::read_to_string(path(name)).map_err(Trouble::from);
    let (from, copies) = (text("north")?, [text("file")?, text("south")?, text("back")?]);
    expect(from.lines().count() > SUBSCRIPTIONS, || format!("the north has {} items", from.lines().count()))?;
    let sizes = || copies.iter().map(String::len).collect::<Vec<_>>();
    expect(copies.iter().all(|copy| *copy == from), || {
        format!("bytes differ: {}, {:?}", from.len(), sizes())
    })?;
    // The token moved too, and so did the knowledge of what is billed already.
    let south = Installation { token: north.token.clone(), ..south };
    south.hand_over(&sample(SCHEDULED)?).await?;
    let run = south.nth_run(2).await?;
    let unchanged = run["counts"]["unchanged"].as_u64();
    expect(unchanged == Some(SUBSCRIPTIONS as u64), || format!("in the south: {run}"))?;
    expect(world.hostbill_calls() == calls, || "HostBill was asked for something again".into())
}

pub(super) async fn what_is_deleted_leaves_its_table_and_nothing_else(world: &World) -> Result<(), Trouble> {
    world.deploy("billbridge").await?;
    let table = stack::find(&world.cloud, "billbridge").await?.output("TableName")?.to_owned();

    let kept = stack::delete(&world.cloud, "billbridge").await?;

    expect(kept == ["Table"], || format!("kept: {kept:?}"))?;
    let tables = world.cloud.json("dynamodb", "DynamoDB_20120810.ListTables", &json!({})).await?;
    expect(tables["TableNames"] == json!([table]), || format!("tables: {tables}"))?;
    let functions = functions(world).await?;
    expect(functions == json!([]), || format!("functions are left: {functions}"))?;
    let queues = world.cloud.query("sqs", "ListQueues", &[]).await?;
    expect(tagged(&queues, "QueueUrl").is_empty(), || format!("queues are left: {queues}"))?;
    let buses = world.cloud.json("events", "AWSEvents.ListEventBuses", &json!({})).await?;
    let buses: Vec<_> =
        buses["EventBuses"].as_array().into_iter().flatten().map(|bus| &bus["Name"]).collect();
    expect(buses == ["default"], || format!("buses are left: {buses:?}"))?;
    let groups = world.cloud.json("logs", "Logs_20140328.DescribeLogGroups", &json!({})).await?;
    expect(groups["logGroups"] == json!([]), || format!("log groups are left: {groups}"))
}

/// The account's functions with everything that changes when one is touched.
async fn functions(world: &World) -> Result<Value, Trouble> {
    let said = world.cloud.rest((Method::GET, "/2015-03-31/functions"), "lambda", &[], Body::Empty).await?;
    let said: Value = serde_json::from_slice(&said.body)?;
    Ok(said["Functions"].clone())
}
