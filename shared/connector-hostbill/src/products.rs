//! Products: what a service is for.

use crate::wire::form::Form;
use crate::wire::node::{Node, Surprise};
use crate::{HostBill, cycles};
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::ProductId;
use domain::ports::BillingProduct;
use domain::subscription::BillingCycle;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const PAGES: &str = "getOrderPages";
const LIST: &str = "getProducts";
const DETAILS: &str = "getProductDetails";

impl HostBill {
    /// Codes stay unknown here: HostBill shows a product's code in its details alone.
    pub(crate) async fn list_products(&self, deadline: Deadline) -> Result<Vec<BillingProduct>, Failure> {
        let mut found: BTreeMap<ProductId, BillingProduct> = BTreeMap::new();
        for page in self.order_pages(deadline).await? {
            let json = self.api.read(LIST, Form::new().with("id", page), deadline).await?;
            let surprise = |problem: Surprise| self.api.surprise(LIST, &problem);
            let rows = Node::root(&json).get("products").and_then(|rows| rows.items());
            for row in rows.map_err(surprise)? {
                let product = product(&row).map_err(surprise)?;
                found.insert(product.id.clone(), product);
            }
        }
        Ok(found.into_values().collect())
    }

    pub(crate) async fn product(
        &self,
        id: &ProductId,
        deadline: Deadline,
    ) -> Result<Option<BillingProduct>, Failure> {
        let params = Form::new().with("id", id.as_str());
        let read = |node: &Node<'_>| {
            let found = product(node)?;
            if found.id == *id {
                Ok(found)
            } else {
                Err(node.surprise_at("id", "is another than was asked for"))
            }
        };
        self.find(DETAILS, params, &["product", "details"], deadline, read).await
    }

    /// The order pages' ids.
    pub(crate) async fn order_pages(&self, deadline: Deadline) -> Result<Vec<String>, Failure> {
        let json = self.api.read(PAGES, Form::new(), deadline).await?;
        let pages = Node::root(&json).get("categories").and_then(|pages| pages.items());
        let ids = pages.and_then(|pages| pages.iter().map(|page| page.id("id")).collect());
        ids.map_err(|problem| self.api.surprise(PAGES, &problem))
    }
}

fn product(node: &Node<'_>) -> Result<BillingProduct, Surprise> {
    let code = node.text_of("code")?;
    Ok(BillingProduct {
        id: node.id("id")?,
        name: node.text_of("name")?.to_owned(),
        code: (!code.is_empty()).then(|| code.to_owned()),
        cycles: orderable(node)?,
    })
}

/// The cycles that are enabled; where the list does not say, those with a price. A price that cannot be read
/// is one that nobody can order by.
fn orderable(node: &Node<'_>) -> Result<Vec<BillingCycle>, Surprise> {
    match node.text_of("paytype")?.to_ascii_lowercase().as_str() {
        "free" => return Ok(Vec::new()),
        "once" => return Ok(vec![BillingCycle::OneTime]),
        _ => {}
    }
    let is_orderable = |code: &str| {
        let enabled = node.find_flag(&format!("{code}_enabled")).unwrap_or(None);
        let price = node.find_decimal(code).unwrap_or(None);
        enabled.unwrap_or_else(|| price.is_some_and(|price| price > Decimal::ZERO))
    };
    let cycles = cycles::recurring().filter(|(_, code)| is_orderable(code));
    Ok(cycles.map(|(cycle, _)| cycle.clone()).collect())
}
