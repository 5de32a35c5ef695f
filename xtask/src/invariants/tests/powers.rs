use super::{breaches, file, holds, member, workspace};
use crate::workspace::Workspace;

const RULE: &str = "aws-powers";
const CALLS: &str = "
    let read = self\n.client\n.get_item().send();
    let part = TransactWriteItem::builder().condition_check(check).build();
    self.client.transact_write_items();
    let client: ClientId = client.parse();
    // self.client.scan() is only spoken of
";

fn house(source: &str, adapter: &str, function: &str) -> Workspace {
    let members = vec![
        member("shared/store-dynamodb", &["aws-sdk-dynamodb", "domain"]),
        member("functions/subscription-sync", &["store-dynamodb", "domain"]),
    ];
    let section = "[package.metadata.billbridge]\n";
    let files = vec![
        file("shared/store-dynamodb/src/lib.rs", source),
        file("shared/store-dynamodb/Cargo.toml", &format!("{section}{adapter}")),
        file("functions/subscription-sync/Cargo.toml", &format!("{section}{function}")),
    ];
    workspace(members, files, &[])
}

fn whats(workspace: &Workspace) -> Vec<String> {
    breaches(RULE, workspace).into_iter().map(|breach| format!("{}: {}", breach.place, breach.what)).collect()
}

const BOTH: &str = "aws = [\n  \"dynamodb:GetItem\",\n  \"dynamodb:ConditionCheckItem\",\n]\n";

#[test]
fn powers_that_are_used_and_stated_on_both_sides_are_in_order() {
    holds(RULE, &house(CALLS, BOTH, BOTH));
}

#[test]
fn a_call_that_no_list_names_is_a_breach() {
    let found = whats(&house(&format!("{CALLS} self.client.delete_item();"), BOTH, BOTH));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("call dynamodb:DeleteItem"), "{found:?}");
}

#[test]
fn an_action_that_nobody_calls_is_a_breach_of_the_adapter() {
    let more = BOTH.replace("\n]", "\n  \"dynamodb:Scan\",\n]");
    let found = whats(&house(CALLS, &more, &more));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("shared/store-dynamodb") && found[0].contains("dynamodb:Scan"), "{found:?}");
}

#[test]
fn a_function_states_what_its_adapters_need_and_no_more() {
    let less = whats(&house(CALLS, BOTH, "aws = [\"dynamodb:GetItem\"]"));
    assert!(less.len() == 1 && less[0].contains("need dynamodb:ConditionCheckItem"), "{less:?}");
    let calls = format!("{CALLS} self.client.scan(); self.client.put_item();");
    let adapter = format!("{BOTH}aws-by-hand = [\"dynamodb:Scan\"]\naws-for-some = [\"dynamodb:PutItem\"]\n");
    holds(RULE, &house(&calls, &adapter, BOTH));
    let some = BOTH.replace("\n]", "\n  \"dynamodb:PutItem\",\n]");
    holds(RULE, &house(&calls, &adapter, &some));
    let too_much = whats(&house(&calls, &adapter, &some.replace("PutItem", "Scan")));
    assert!(too_much.len() == 1 && too_much[0].contains("lists dynamodb:Scan"), "{too_much:?}");
}

#[test]
fn an_action_stands_in_one_list() {
    let adapter = format!("{BOTH}aws-by-hand = [\"dynamodb:GetItem\"]\n");
    let found = whats(&house(CALLS, &adapter, BOTH));
    assert!(found.len() == 1 && found[0].contains("twice"), "{found:?}");
}
