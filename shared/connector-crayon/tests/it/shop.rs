//! A Cloud-iQ with a price list, and what is bought there.

use crate::world::World;
use connector_crayon::CrayonConfig;
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::{SubscriptionId, TenantId};
use domain::ports::{CatalogueSource, OrderTarget, Purchase, Purchased};
use domain::subscription::Quantity;
use jiff::civil::Date;
use simulators::Decimal;
use simulators::crayon::Model;

pub(crate) const PLACE: &str = "POST /subscriptions/new-commerce-orders";
pub(crate) const PART: &str = "CFQ7TTC0LH16:0001";

/// One organisation, two tenants, two products; nothing is bought yet.
pub(crate) fn model() -> Model {
    let mut model = Model::empty();
    let organisation = model.add_organisation("Reseller [T2/EUR]", "EUR");
    model.add_tenant(organisation, "Fjord Kaffe AB", "fjordkaffe");
    model.add_tenant(organisation, "Nordlys Regnskap AS", "nordlys");
    model.add_product(PART, "Exchange Online (Plan 1)", Decimal::new(328, 2), Decimal::new(400, 2));
    let premium = Decimal::new(1890, 2);
    model.add_product("CFQ7TTC0LCHC:0002", "Microsoft 365 Business Premium", premium, Decimal::new(2060, 2));
    model
}

pub(crate) async fn shop() -> World {
    World::of(model(), |_| ()).await
}

pub(crate) async fn shop_with(
    adjust: impl FnOnce(&mut Model),
    config: impl FnOnce(&mut CrayonConfig),
) -> World {
    let mut model = model();
    adjust(&mut model);
    World::of(model, config).await
}

impl World {
    /// The tenant that buys.
    pub(crate) fn tenant(&self) -> TenantId {
        self.cloud.with(|model| model.tenants.keys().next().unwrap().to_string().parse().unwrap())
    }

    pub(crate) fn purchase(&self, offer: &str, quantity: Quantity) -> Purchase {
        Purchase {
            tenant: self.tenant(),
            offer: format!("{PART}/{offer}").parse().unwrap(),
            quantity,
            scheduled: None,
        }
    }

    pub(crate) fn purchase_on(&self, day: Date) -> Purchase {
        Purchase { scheduled: Some(day), ..self.purchase("P1Y/monthly", 12) }
    }

    pub(crate) async fn buy(&self, purchase: &Purchase) -> Result<Purchased, Failure> {
        self.crayon.purchase(purchase, Deadline::never()).await
    }

    /// Asks until the order has led to something.
    pub(crate) async fn delivered(&self, purchased: &Purchased) -> Vec<SubscriptionId> {
        let reference = purchased.reference.as_deref().unwrap();
        for _ in 0..10 {
            let ids = self.crayon.purchased(reference, Deadline::never()).await.unwrap();
            if !ids.is_empty() {
                return ids;
            }
        }
        panic!("nothing was delivered");
    }

    /// How many orders Cloud-iQ has.
    pub(crate) fn orders(&self) -> usize {
        self.cloud.with(|model| model.orders.len())
    }

    pub(crate) async fn search(&self, text: &str) -> Result<Vec<String>, Failure> {
        let found = self.crayon.search(&self.organisation, text, 50, Deadline::never()).await?;
        Ok(found.iter().map(|offer| offer.key.to_string()).collect())
    }
}
