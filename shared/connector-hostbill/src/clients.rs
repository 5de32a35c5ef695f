//! Clients: who is charged.

use crate::HostBill;
use crate::wire::form::{Form, is_variable};
use crate::wire::json::Json;
use crate::wire::node::{Node, Surprise};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{ClientId, TenantId};
use domain::ports::BillingClient;

pub(crate) const LIST: &str = "getClients";
const DETAILS: &str = "getClientDetails";

/// More clients than share one tenant id by mistake; a filter that leaves more was not applied.
const MOST_CANDIDATES: u64 = 50;

/// Log-ins, cards and bank accounts: dropped before anything is kept.
const SECRET: [&str; 20] = [
    "hash",
    "access",
    "lastlogin",
    "ip",
    "host",
    "browser",
    "loginattempts",
    "mfamodule",
    "cardtype",
    "cardnum",
    "cardcode",
    "expdate",
    "ach",
    "ach_account",
    "ach_routing",
    "bankname",
    "account_number",
    "notes",
    "cookie",
    "salt",
];

/// HostBill's own fields of a client, which are not custom ones.
const OWN: [&str; 44] = [
    "id",
    "client_id",
    "email",
    "status",
    "parent_id",
    "firstname",
    "lastname",
    "companyname",
    "address1",
    "address2",
    "city",
    "state",
    "postcode",
    "country",
    "countryname",
    "phonenumber",
    "datecreated",
    "language",
    "company",
    "credit",
    "taxexempt",
    "latefeeoveride",
    "overideduenotices",
    "currency_id",
    "group_id",
    "group_name",
    "group_color",
    "brand_id",
    "brand",
    "affiliate_id",
    "taxrateoverride",
    "taxrate",
    "overideautosusp",
    "disableemails",
    "billing_contact_id",
    "email_verified",
    "services",
    "affiliate",
    "type",
    "contract_id",
    "default_payment_module",
    "autocharge",
    "currency",
    "rel",
];

impl HostBill {
    pub(crate) async fn list_clients(&self, deadline: Deadline) -> Result<Vec<BillingClient>, Failure> {
        let rows = self.list((LIST, "clients"), Form::new(), None, deadline).await?;
        rows.iter()
            .map(|row| listed(&Node::root(row)).map_err(|problem| self.api.surprise(LIST, &problem)))
            .collect()
    }

    pub(crate) async fn client(
        &self,
        id: &ClientId,
        deadline: Deadline,
    ) -> Result<Option<BillingClient>, Failure> {
        let params = Form::new().with("id", id.as_str());
        let read = |node: &Node<'_>| self.client_details(node, id);
        let Some((client, currency)) = self.find(DETAILS, params, &["client"], deadline, read).await? else {
            return Ok(None);
        };
        let currency = self.currency(&currency, deadline).await?;
        Ok(Some(BillingClient { currency, ..client }))
    }

    /// A client, and its currency's id.
    fn client_details(&self, node: &Node<'_>, asked: &ClientId) -> Result<(BillingClient, String), Surprise> {
        let client = listed(node)?;
        if client.id != *asked {
            return Err(node.surprise_at("id", "is another than was asked for"));
        }
        let fields = further_fields(node.value(), &self.config.tenant_field.to_ascii_lowercase());
        let currency = node.text_of("currency_id")?.to_owned();
        Ok((BillingClient { fields, ..client }, currency))
    }

    /// Lists carry no custom fields, and whether a filter means "is" or "contains" is nowhere said: every
    /// candidate is read and compared exactly.
    pub(crate) async fn tenant_clients(
        &self,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<Vec<BillingClient>, Failure> {
        let mut found = Vec::new();
        for candidate in self.candidates(tenant.as_str(), deadline).await? {
            if let Some(client) = self.client(&candidate, deadline).await?
                && self.tenant_of(&client) == Some(tenant.as_str())
            {
                found.push(client);
            }
        }
        Ok(found)
    }

    /// What a client carries in the tenant field.
    pub(crate) fn tenant_of<'a>(&self, client: &'a BillingClient) -> Option<&'a str> {
        let field = self.config.tenant_field.to_ascii_lowercase();
        let (_, value) = client.fields.iter().find(|(name, _)| *name == field)?;
        Some(value)
    }

    /// The clients that HostBill's filter leaves for a value of the tenant field.
    pub(crate) async fn candidates(&self, value: &str, deadline: Deadline) -> Result<Vec<ClientId>, Failure> {
        let variable = &self.config.tenant_field;
        if !is_variable(variable) {
            let problem = format!("the tenant field {variable:?} is no variable name");
            return Err(self.api.failure(FailureKind::Refused, LIST, problem));
        }
        let filter = Form::new().nested(&["filter", variable], value);
        let listed = self.list((LIST, "clients"), filter, Some(MOST_CANDIDATES), deadline).await;
        let rows = listed.map_err(|failure| match failure.kind {
            FailureKind::Refused => Failure {
                what: format!("{} (is the field {variable} marked searchable?)", failure.what),
                ..failure
            },
            FailureKind::NotSent
            | FailureKind::Unavailable
            | FailureKind::RateLimited(_)
            | FailureKind::NotFound
            | FailureKind::Conflict
            | FailureKind::Unauthorised
            | FailureKind::Malformed
            | FailureKind::OutOfTime
            | FailureKind::LeaseLost => failure,
        })?;
        let ids = rows.iter().map(|row| Node::root(row).id("id"));
        ids.collect::<Result<_, _>>().map_err(|problem| self.api.surprise(LIST, &problem))
    }
}

/// A row of the list: no currency and no custom fields.
pub(crate) fn listed(node: &Node<'_>) -> Result<BillingClient, Surprise> {
    Ok(BillingClient {
        id: node.id("id")?,
        name: name(node)?,
        email_domain: email_domain(node.text_of("email")?),
        currency: None,
        fields: Vec::new(),
    })
}

/// Every further field that is set, by its name in lower case. A custom field that was never set is missing
/// or empty, which is the same.
fn further_fields(client: &Json, tenant_field: &str) -> Vec<(String, String)> {
    let Json::Map(map) = client else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for (name, value) in map {
        let name = name.to_ascii_lowercase();
        let further = name == tenant_field || !OWN.contains(&name.as_str());
        if let (Json::Text(text) | Json::Number(text), true) = (value, further && !is_secret(&name))
            && !text.trim().is_empty()
        {
            fields.push((name, text.trim().to_owned()));
        }
    }
    fields
}

fn is_secret(name: &str) -> bool {
    SECRET.contains(&name) || name.contains("password") || name.contains("token")
}

fn name(node: &Node<'_>) -> Result<String, Surprise> {
    let company = node.text_of("companyname")?;
    if !company.is_empty() {
        return Ok(company.to_owned());
    }
    let person = [node.text_of("firstname")?, node.text_of("lastname")?].join(" ");
    Ok(person.trim().to_owned())
}

fn email_domain(email: &str) -> Option<String> {
    let (_, domain) = email.rsplit_once('@')?;
    (!domain.is_empty()).then(|| domain.to_lowercase())
}
