//! A stack, deployed as `sam deploy` does it: by change sets.

use crate::cloud::{Cloud, tagged, unescaped};
use domain::clock::Clock as _;
use e2e::{Trouble, until};
use lambda_kit::SystemClock;
use std::collections::BTreeMap;
use std::time::Duration;

const DEPLOYED_WITHIN: Duration = Duration::from_mins(1);
const NOTHING_TO_DO: &str = "The submitted information didn't contain changes";

/// What the stack's outputs say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack {
    pub(crate) name: String,
    outputs: BTreeMap<String, String>,
}

/// What a deployment did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Deployed {
    /// These resources were made or changed.
    Changed(Vec<String>),
    /// There was nothing to do.
    Nothing,
}

impl Stack {
    /// An output by its name.
    pub(crate) fn output(&self, name: &str) -> Result<&str, Trouble> {
        let value = self.outputs.get(name).map(String::as_str);
        value.ok_or_else(|| Trouble::new(format!("stack {} has no output {name}", self.name)))
    }

    /// The id of its HTTP API.
    pub(crate) fn api(&self) -> Result<&str, Trouble> {
        let url = self.output("Url")?;
        let host = url.strip_prefix("https://").and_then(|host| host.split('.').next());
        host.ok_or_else(|| Trouble::new(format!("no API's address: {url}")))
    }
}

/// Deploys the template that lies in the bucket.
pub(crate) async fn deploy(
    cloud: &Cloud,
    name: &str,
    template: &str,
    parameters: &[(&str, &str)],
) -> Result<Deployed, Trouble> {
    // As `sam deploy` names them: a name is taken for good.
    let change_set = format!("deployment{}", SystemClock.now().as_nanosecond());
    let is_new = status(cloud, name).await?.is_none();
    let kind = if is_new { "CREATE" } else { "UPDATE" };
    let mut fields = vec![
        ("StackName".to_owned(), name),
        ("ChangeSetName".to_owned(), &change_set),
        ("ChangeSetType".to_owned(), kind),
        ("TemplateURL".to_owned(), template),
        ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM"),
    ];
    for (number, (key, value)) in parameters.iter().enumerate() {
        fields.push((format!("Parameters.member.{}.ParameterKey", number + 1), key));
        fields.push((format!("Parameters.member.{}.ParameterValue", number + 1), value));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    cloud.query("cloudformation", "CreateChangeSet", &fields).await?;
    let which = [("StackName", name), ("ChangeSetName", &*change_set)];
    let described = until("the change set is made", DEPLOYED_WITHIN, async || {
        let said = cloud.query("cloudformation", "DescribeChangeSet", &which).await?;
        Ok(Some(said).filter(|said| !first(said, "Status").ends_with("IN_PROGRESS")))
    })
    .await?;
    if first(&described, "Status") == "FAILED" {
        let why = unescaped(first(&described, "StatusReason"));
        let nothing = why.starts_with(NOTHING_TO_DO);
        return if nothing { Ok(Deployed::Nothing) } else { Err(Trouble::at("make a change set", &why)) };
    }
    cloud.query("cloudformation", "ExecuteChangeSet", &which).await?;
    let status = until("the stack is deployed", DEPLOYED_WITHIN, async || {
        Ok(status(cloud, name).await?.filter(|status| !status.ends_with("IN_PROGRESS")))
    })
    .await?;
    if status != format!("{kind}_COMPLETE") {
        return Err(Trouble::new(format!("{name} is {status}: {}", failures(cloud, name).await?)));
    }
    Ok(Deployed::Changed(tagged(&described, "LogicalResourceId").into_iter().map(str::to_owned).collect()))
}

/// The deployed stack.
pub(crate) async fn find(cloud: &Cloud, name: &str) -> Result<Stack, Trouble> {
    let said = cloud.query("cloudformation", "DescribeStacks", &[("StackName", name)]).await?;
    let outputs = tagged(&said, "OutputKey").into_iter().zip(tagged(&said, "OutputValue"));
    let outputs = outputs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    Ok(Stack { name: name.to_owned(), outputs })
}

/// Deletes it, and waits until it is gone; gives the resources that were kept.
pub(crate) async fn delete(cloud: &Cloud, name: &str) -> Result<Vec<String>, Trouble> {
    let said = cloud.query("cloudformation", "DescribeStacks", &[("StackName", name)]).await?;
    let id = first(&said, "StackId").to_owned();
    cloud.query("cloudformation", "DeleteStack", &[("StackName", name)]).await?;
    until("the stack is deleted", DEPLOYED_WITHIN, async || {
        let status = status(cloud, &id).await?;
        match status.as_deref() {
            Some("DELETE_FAILED") => Err(Trouble::new(failures(cloud, &id).await?)),
            Some("DELETE_COMPLETE") | None => Ok(Some(())),
            Some(_) => Ok(None),
        }
    })
    .await?;
    let events = cloud.query("cloudformation", "DescribeStackEvents", &[("StackName", &id)]).await?;
    Ok(with_status(&events, "DELETE_SKIPPED")
        .into_iter()
        .map(|event| first(event, "LogicalResourceId").into())
        .collect())
}

/// The state of the stack, if there is one. A change set that waits makes none yet.
async fn status(cloud: &Cloud, name: &str) -> Result<Option<String>, Trouble> {
    let said = cloud.query("cloudformation", "ListStacks", &[]).await?;
    let mut stacks = tagged(&said, "member").into_iter();
    let ours = stacks.find(|one| first(one, "StackName") == name || first(one, "StackId") == name);
    let status = ours.map(|one| first(one, "StackStatus").to_owned());
    Ok(status.filter(|status| {
        name.starts_with("arn:") || !matches!(&**status, "DELETE_COMPLETE" | "REVIEW_IN_PROGRESS")
    }))
}

async fn failures(cloud: &Cloud, name: &str) -> Result<String, Trouble> {
    let events = cloud.query("cloudformation", "DescribeStackEvents", &[("StackName", name)]).await?;
    let failed = with_status(&events, "FAILED").into_iter();
    let why = failed
        .map(|one| format!("{}: {}", first(one, "LogicalResourceId"), first(one, "ResourceStatusReason")));
    Ok(why.collect::<Vec<_>>().join("; "))
}

fn with_status<'a>(events: &'a str, status: &str) -> Vec<&'a str> {
    let mut events = tagged(events, "member");
    events.retain(|event| first(event, "ResourceStatus").contains(status));
    events
}

/// What stands between the first such tags; nothing where there are none.
fn first<'a>(xml: &'a str, tag: &str) -> &'a str {
    tagged(xml, tag).first().copied().unwrap_or_default()
}
