//! Links: explicit records that say which of our customers and offers a foreign id belongs to. Nothing is
//! ever matched by name.

use crate::id::{ClientId, CustomerId, OfferId, ProductId, SystemId, TenantId};
use crate::money::Currency;
use crate::subscription::OfferKey;
use std::collections::HashMap;

/// One pair: our id and a foreign one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Link {
    /// Our customer is this tenant at a supplier.
    Tenant {
        /// Ours.
        customer: CustomerId,
        /// Where.
        system: SystemId,
        /// Theirs.
        tenant: TenantId,
    },
    /// Our customer is this client in billing.
    Client {
        /// Ours.
        customer: CustomerId,
        /// Where.
        system: SystemId,
        /// Theirs.
        client: ClientId,
        /// The currency that billing charges this client in, as read when the link was made.
        currency: Currency,
    },
    /// Our offer is this at a supplier.
    Offer {
        /// Ours.
        offer: OfferId,
        /// Where.
        system: SystemId,
        /// Theirs.
        key: OfferKey,
    },
    /// Our offer is this product in billing.
    Product {
        /// Ours.
        offer: OfferId,
        /// Where.
        system: SystemId,
        /// Theirs.
        product: ProductId,
    },
}

/// The billing client of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientLink {
    /// Ours.
    pub customer: CustomerId,
    /// The client in billing.
    pub client: ClientId,
    /// What billing charges it in.
    pub currency: Currency,
}

/// The billing product of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductLink {
    /// Ours.
    pub offer: OfferId,
    /// The product in billing.
    pub product: ProductId,
}

/// What became of looking for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved<'a, T> {
    /// Exactly one.
    One(&'a T),
    /// None at all.
    Missing,
    /// More than one: a person must say which.
    Ambiguous,
}

/// The links between one supplier and one billing system, ready to be asked for each subscription.
#[derive(Debug, Clone, Default)]
pub struct LinkBook {
    clients: HashMap<TenantId, Vec<ClientLink>>,
    products: HashMap<OfferKey, Vec<ProductLink>>,
}

impl LinkBook {
    /// Joins the two halves of each link through our own ids.
    pub fn new<'a>(
        links: impl IntoIterator<Item = &'a Link> + Clone,
        supplier: &SystemId,
        billing: &SystemId,
    ) -> Self {
        let mut clients: HashMap<&CustomerId, Vec<ClientLink>> = HashMap::new();
        let mut products: HashMap<&OfferId, Vec<ProductLink>> = HashMap::new();
        for link in links.clone() {
            match link {
                Link::Client { customer, system, client, currency } if system == billing => {
                    let link = ClientLink {
                        customer: customer.clone(),
                        client: client.clone(),
                        currency: *currency,
                    };
                    push_distinct(clients.entry(customer).or_default(), link);
                }
                Link::Product { offer, system, product } if system == billing => {
                    let link = ProductLink { offer: offer.clone(), product: product.clone() };
                    push_distinct(products.entry(offer).or_default(), link);
                }
                Link::Tenant { .. } | Link::Offer { .. } | Link::Client { .. } | Link::Product { .. } => {}
            }
        }
        let mut book = Self::default();
        for link in links {
            match link {
                Link::Tenant { customer, system, tenant } if system == supplier => {
                    let known = book.clients.entry(tenant.clone()).or_default();
                    for client in clients.get(customer).into_iter().flatten() {
                        push_distinct(known, client.clone());
                    }
                }
                Link::Offer { offer, system, key } if system == supplier => {
                    let known = book.products.entry(key.clone()).or_default();
                    for product in products.get(offer).into_iter().flatten() {
                        push_distinct(known, product.clone());
                    }
                }
                Link::Tenant { .. } | Link::Offer { .. } | Link::Client { .. } | Link::Product { .. } => {}
            }
        }
        book
    }

    /// The billing client of a tenant.
    pub fn client(&self, tenant: &TenantId) -> Resolved<'_, ClientLink> {
        resolve(self.clients.get(tenant))
    }

    /// The billing product of an offer.
    pub fn product(&self, offer: &OfferKey) -> Resolved<'_, ProductLink> {
        resolve(self.products.get(offer))
    }

    /// How many tenants have exactly one client.
    pub fn linked_tenants(&self) -> usize {
        self.clients.values().filter(|links| links.len() == 1).count()
    }
}

fn resolve<T>(links: Option<&Vec<T>>) -> Resolved<'_, T> {
    match links.map(Vec::as_slice) {
        None | Some([]) => Resolved::Missing,
        Some([one]) => Resolved::One(one),
        Some(_) => Resolved::Ambiguous,
    }
}

fn push_distinct<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests;
