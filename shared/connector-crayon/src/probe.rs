//! Every credential, right and call that a sync needs, tried by itself.

use crate::client::Client;
use crate::error::{Attempt, cure};
use crate::source::Crayon;
use crate::wire::{self, Wanted};
use connector_kit::tame;
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::ports::{Probe, SubscriptionSource, UnreadableRow};
use domain::settings::Organisation;
use std::collections::BTreeSet;

const ME: &str = "GET me";
const ORGANISATION: &str = "GET organizations/{id}";
const AGREEMENTS: &str = "GET agreements";
/// Beside the name, an address, stands the token: neither is shown.
const USER: Wanted<1> = Wanted(["UserName"]);
const NAMED: Wanted<2> = Wanted(["Id", "Name"]);
const AGREEMENT: Wanted<1> = Wanted(["SalesPriceCurrencyCode"]);
/// How much of a foreign name is shown, in characters.
const MAX_NAME: usize = 80;

/// Tries everything. Without a sign-in nothing else can work, and every further try would count towards a
/// lock-out: then only that is reported.
pub(crate) async fn all(crayon: &Crayon, organisations: &[&Organisation], deadline: Deadline) -> Vec<Probe> {
    let client = &crayon.client;
    let signed_in = client.sign_in(deadline).await.map(|()| "the credentials are accepted".to_owned());
    let refused = signed_in.is_err();
    let mut probes = vec![probe(Attempt::SignIn, "sign in".to_owned(), signed_in)];
    if refused {
        return probes;
    }
    probes.push(probe(Attempt::Own, "read the own user".to_owned(), own_user(client, deadline).await));
    for organisation in organisations {
        let id = &organisation.id;
        probes.push(probe(
            Attempt::Organisation,
            format!("see organisation {id}"),
            see(client, organisation, deadline).await,
        ));
        probes.push(probe(
            Attempt::Agreements,
            format!("compare the currency of {id} with its agreements"),
            currency(client, organisation, deadline).await,
        ));
        probes.push(probe(
            Attempt::Subscriptions,
            format!("list subscriptions of {id}"),
            subscriptions(crayon, organisation, deadline).await,
        ));
    }
    probes
}

fn probe(attempt: Attempt, what: String, outcome: Result<String, Failure>) -> Probe {
    Probe {
        what,
        outcome: outcome.map_err(|failure| {
            let cure = cure(attempt, &failure).to_owned();
            (failure, cure)
        }),
    }
}

async fn own_user(client: &Client, deadline: Deadline) -> Result<String, Failure> {
    let reply = client.get(ME, "me/", &[], deadline).await?;
    let [name] = client.object(ME, &reply, USER)?;
    name.map(|_| "the token is taken".to_owned())
        .ok_or_else(|| client.transport.malformed(ME, &reply, "UserName is missing"))
}

async fn see(client: &Client, organisation: &Organisation, deadline: Deadline) -> Result<String, Failure> {
    let theirs = &organisation.supplier_organisation;
    let path = crate::source::path_of("organizations", theirs).ok_or_else(|| {
        let text = format!(
            "{ORGANISATION}: {:?} is not an organisation's id, which is a number",
            tame(theirs, MAX_NAME)
        );
        client.transport.failure(FailureKind::Refused, text)
    })?;
    let reply = client.get(ORGANISATION, &path, &[], deadline).await?;
    let [id, name] = client.object(ORGANISATION, &reply, NAMED)?;
    if id != Some(theirs.as_str()) {
        return Err(client.transport.malformed(ORGANISATION, &reply, "Id is not the one that was asked for"));
    }
    Ok(name.and_then(wire::text).map_or_else(|| theirs.clone(), |name| tame(&name, MAX_NAME)))
}

async fn currency(
    client: &Client,
    organisation: &Organisation,
    deadline: Deadline,
) -> Result<String, Failure> {
    let query =
        [("OrganizationId", organisation.supplier_organisation.as_str()), ("Page", "1"), ("PageSize", "200")];
    let reply = client.get(AGREEMENTS, "agreements/", &query, deadline).await?;
    let list = client.list(AGREEMENTS, &reply, AGREEMENT)?;
    let codes = list.rows.iter().flatten().filter_map(|[code]| code.and_then(wire::text));
    let codes: BTreeSet<String> = codes.map(|code| tame(&code, MAX_NAME)).collect();
    let ours = organisation.currency;
    let shown = codes.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok(match codes.len() {
        0 => format!("warning: no agreement states a currency; the settings say {ours}"),
        1 if codes.contains(ours.code()) => format!("agreements and settings say {ours}"),
        _ => format!("warning: the agreements say {shown}, the settings {ours}; prices are taken as {ours}"),
    })
}

async fn subscriptions(
    crayon: &Crayon,
    organisation: &Organisation,
    deadline: Deadline,
) -> Result<String, Failure> {
    let page = crayon.page(organisation, 1, deadline).await?;
    let read = page.rows.iter().filter(|row| row.is_ok()).count();
    if let Some(UnreadableRow { id, problem }) = page.rows.iter().find_map(|row| row.as_ref().err()) {
        let odd = page.rows.len() - read;
        let id = id.as_deref().unwrap_or("without a readable id");
        let text = format!(
            "{}: {odd} of {} rows cannot be read; subscription {id}: {problem}",
            crate::source::LIST,
            page.rows.len()
        );
        return Err(crayon.client.transport.failure(FailureKind::Malformed, text));
    }
    Ok(page
        .total
        .map_or_else(|| format!("{read} on the first page"), |total| format!("{total} subscriptions")))
}
