//! Orders: how a service comes into being.

use crate::client::Work;
use crate::envelope::Answer;
use crate::wire::form::Form;
use crate::wire::node::{Node, Surprise};
use crate::{HostBill, cycles};
use domain::clock::Deadline;
use domain::failure::{Failure, FailureKind};
use domain::id::{BillingOrderId, ClientId, ProductId};
use domain::service::BillingOrder;
use domain::subscription::BillingCycle;

const PLACE: &str = "addOrder";
const DETAILS: &str = "getOrderDetails";
const ACTIVATE: &str = "setOrderActive";

impl HostBill {
    pub(crate) async fn order(
        &self,
        id: &BillingOrderId,
        deadline: Deadline,
    ) -> Result<Option<BillingOrder>, Failure> {
        let params = Form::new().with("id", id.as_str());
        self.find(DETAILS, params, &["details"], deadline, |node| read_order(node, id)).await
    }

    pub(crate) async fn place(
        &self,
        client: &ClientId,
        product: &ProductId,
        cycle: &BillingCycle,
        deadline: Deadline,
    ) -> Result<BillingOrderId, Failure> {
        let Some(code) = cycles::code(cycle) else {
            let problem = format!("HostBill has no billing cycle {:?}", cycle.as_str());
            return Err(self.api.failure(FailureKind::Refused, PLACE, problem));
        };
        let params = Form::new()
            .with("client_id", client.as_str())
            .with("product", product.as_str())
            .with("cycle", code)
            .with("confirm", "0")
            .with("invoice_generate", "0")
            .with("invoice_info", "0");
        let answer = self.api.mutate(PLACE, params, Work::Record, deadline).await?;
        self.new_id(PLACE, &answer, &["order_id"])
    }

    pub(crate) async fn activate(&self, order: &BillingOrderId, deadline: Deadline) -> Result<(), Failure> {
        let params = Form::new().with("id", order.as_str());
        let look = async { Ok(self.order(order, deadline).await?.is_some_and(|now| now.active)) };
        self.api.change(ACTIVATE, params, (Work::Module, deadline), look).await
    }

    /// The id of what a mutation created. Without one, something was perhaps created that cannot be named.
    pub(crate) fn new_id<I: std::str::FromStr>(
        &self,
        call: &'static str,
        answer: &Answer,
        keys: &[&str],
    ) -> Result<I, Failure> {
        let Answer::Payload(json) = answer else {
            let problem = "answered null instead of the new id: unknown whether it was done";
            return Err(self.api.failure(FailureKind::Malformed, call, problem));
        };
        let root = Node::root(json);
        let key = keys.iter().find(|key| root.find(key).is_some()).or(keys.first());
        root.id(key.copied().unwrap_or("id")).map_err(|problem| self.api.surprise(call, &problem))
    }
}

fn read_order(node: &Node<'_>, asked: &BillingOrderId) -> Result<BillingOrder, Surprise> {
    let id: BillingOrderId = node.id("id")?;
    if id != *asked {
        return Err(node.surprise_at("id", "is another than was asked for"));
    }
    let status = node.get("status")?.text()?;
    let hosting = node.get("hosting")?.items()?;
    let services = hosting.iter().map(|service| service.id("id"));
    Ok(BillingOrder {
        id,
        active: status.eq_ignore_ascii_case("active"),
        services: services.collect::<Result<_, _>>()?,
    })
}
