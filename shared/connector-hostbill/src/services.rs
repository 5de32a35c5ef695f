//! Services: HostBill's accounts.

use crate::client::Work;
use crate::config::MarkField;
use crate::wire::form::Form;
use crate::wire::node::{Node, Surprise};
use crate::{HostBill, cycles};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{ClientId, ProductId, ServiceId};
use domain::money::Money;
use domain::service::{
    BillingStatus, ServiceDetails, ServiceEdit, ServiceReference, ServiceRow, ServiceStatus,
};

const LIST: &str = "getClientAccounts";
/// Never `getAccountDetails`, whose answer holds the service's password.
const DETAILS: &str = "getAccountDetailsBasic";
const EDIT: &str = "editAccountDetails";

impl HostBill {
    pub(crate) async fn list_services(
        &self,
        client: &ClientId,
        deadline: Deadline,
    ) -> Result<Vec<ServiceRow>, Failure> {
        let params = Form::new().with("id", client.as_str());
        let rows = self.list((LIST, "accounts"), params, None, deadline).await?;
        rows.iter()
            .map(|row| self.row(&Node::root(row)).map_err(|problem| self.api.surprise(LIST, &problem)))
            .collect()
    }

    pub(crate) async fn service(
        &self,
        id: &ServiceId,
        deadline: Deadline,
    ) -> Result<Option<ServiceDetails>, Failure> {
        let params = Form::new().with("id", id.as_str());
        self.find(DETAILS, params, &["details"], deadline, |node| self.details(node, id)).await
    }

    pub(crate) async fn edit(
        &self,
        id: &ServiceId,
        edit: &ServiceEdit,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let Some(params) = self.changes(edit)? else {
            return Ok(());
        };
        let params = Form::new().with("id", id.as_str()).merged(params);
        let look =
            async { Ok(self.service(id, deadline).await?.is_some_and(|now| is_as_edited(&now, edit))) };
        self.api.change(EDIT, params, (Work::Record, deadline), look).await
    }

    /// Runs a module action; HostBill changes the status only if the module succeeds.
    pub(crate) async fn act(
        &self,
        call: &'static str,
        id: &ServiceId,
        target: ServiceStatus,
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let params = Form::new().with("id", id.as_str());
        let look = async {
            let now = self.service(id, deadline).await?;
            Ok(now.is_some_and(|now| now.status == BillingStatus::Known(target)))
        };
        self.api.change(call, params, (Work::Module, deadline), look).await
    }

    /// Only the given parameters: HostBill leaves absent ones alone. Nothing if there is nothing to change.
    fn changes(&self, edit: &ServiceEdit) -> Result<Option<Form>, Failure> {
        let amount = match edit.amount {
            Some(amount) => Some(self.amount(amount)?),
            None => None,
        };
        let form = Form::new()
            .with_some(self.mark_name(), edit.mark.as_ref().map(ServiceReference::as_str))
            .with_some("total", amount)
            .with_some("next_due", edit.next_due.map(|day| day.to_string()))
            .with_some("product_id", edit.product.as_ref().map(ProductId::as_str));
        Ok((!form.is_empty()).then_some(form))
    }

    /// An amount with its currency's places. One with more would be rounded by HostBill, unseen.
    fn amount(&self, money: Money) -> Result<String, Failure> {
        if money.amount.normalize().scale() > money.currency.decimals() {
            let problem = format!("{money} has more places than {} has", money.currency);
            return Err(self.api.failure(FailureKind::Refused, EDIT, problem));
        }
        Ok(money.plain())
    }

    fn mark_name(&self) -> &'static str {
        match self.config.mark_field {
            MarkField::Domain => "domain",
        }
    }

    fn row(&self, node: &Node<'_>) -> Result<ServiceRow, Surprise> {
        Ok(ServiceRow {
            id: node.id("id")?,
            mark: node.text_of(self.mark_name())?.to_owned(),
            status: status(node.get("status")?.text()?),
            product_name: node.text_of("name")?.to_owned(),
        })
    }

    fn details(&self, node: &Node<'_>, asked: &ServiceId) -> Result<ServiceDetails, Surprise> {
        let id: ServiceId = node.id("id")?;
        if id != *asked {
            return Err(node.surprise_at("id", "is another than was asked for"));
        }
        Ok(ServiceDetails {
            id,
            order: node.find_id("order_id")?,
            client: node.id("client_id")?,
            product: node.id("product_id")?,
            mark: node.text_of(self.mark_name())?.to_owned(),
            status: status(node.get("status")?.text()?),
            amount: node.decimal("total")?,
            next_due: node.find_date("next_due")?,
            cycle: cycles::from_name(node.get("billingcycle")?.text()?),
        })
    }
}

/// Reads a status; an installation's own words are carried.
fn status(text: &str) -> BillingStatus {
    match text.to_ascii_lowercase().as_str() {
        "pending" => BillingStatus::Pending,
        "active" => BillingStatus::Known(ServiceStatus::Active),
        "suspended" => BillingStatus::Known(ServiceStatus::Suspended),
        "terminated" => BillingStatus::Known(ServiceStatus::Terminated),
        _ => BillingStatus::Other(text.into()),
    }
}

fn is_as_edited(now: &ServiceDetails, edit: &ServiceEdit) -> bool {
    edit.mark.as_ref().is_none_or(|mark| now.mark == mark.as_str())
        && edit.amount.is_none_or(|amount| now.amount == amount.amount)
        && edit.next_due.is_none_or(|due| now.next_due == Some(due))
        && edit.product.as_ref().is_none_or(|product| now.product == *product)
}
