//! Links are made only between things that both sides know: nothing is guessed.

use crate::state::Web;
use domain::clock::Deadline;
use domain::failure::Failure;
use domain::id::{ClientId, CustomerId, OfferId, ProductId, SystemId, TenantId};
use domain::link::Link;
use domain::money::Currency;
use domain::settings::{Organisation, Settings};
use domain::subscription::OfferKey;

/// A link that somebody wants. What can be looked up need not be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedLink {
    /// A customer at a supplier; without an id of ours it gets the one that follows from the supplier's.
    Tenant {
        /// Ours.
        customer: Option<CustomerId>,
        /// Where.
        system: SystemId,
        /// Theirs.
        tenant: TenantId,
    },
    /// A client in billing; its currency is what billing says.
    Client {
        /// Ours.
        customer: CustomerId,
        /// Where.
        system: SystemId,
        /// Theirs.
        client: ClientId,
        /// What whoever asks believes it is charged in.
        currency: Option<Currency>,
    },
    /// An offer at a supplier; without an id of ours it gets the one that follows from the supplier's.
    Offer {
        /// Ours.
        offer: Option<OfferId>,
        /// Where.
        system: SystemId,
        /// Theirs.
        key: OfferKey,
    },
    /// A product in billing.
    Product {
        /// Ours.
        offer: OfferId,
        /// Where.
        system: SystemId,
        /// Theirs.
        product: ProductId,
    },
}

/// Why links were not changed: not one of them was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotLinked {
    /// One of the links is not right.
    #[error("{problem}")]
    Wrong {
        /// Which of those to be added, counted from 0.
        at: usize,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// One of the links contradicts one that is there.
    #[error("{problem}")]
    Clash {
        /// Which of those to be added, counted from 0.
        at: usize,
        /// Which link it contradicts.
        problem: String,
    },
    /// A system or the table failed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relinked {
    /// Links that were not there before.
    pub added: Vec<Link>,
    /// Links that were there.
    pub removed: Vec<Link>,
}

impl Web {
    /// Links a customer: the tenant at the organisation's supplier is this client in its billing.
    ///
    /// # Errors
    /// As [`Web::change_links`].
    pub async fn link_customer(
        &self,
        organisation: &Organisation,
        tenant: &TenantId,
        client: &ClientId,
    ) -> Result<Relinked, NotLinked> {
        let customer = CustomerId::derived(&organisation.supplier, tenant);
        let add = [
            WantedLink::Tenant {
                customer: Some(customer.clone()),
                system: organisation.supplier.clone(),
                tenant: tenant.clone(),
            },
            WantedLink::Client {
                customer,
                system: organisation.billing.clone(),
                client: client.clone(),
                currency: None,
            },
        ];
        self.change_links(&add, &[]).await
    }

    /// Links an offer: what the organisation's supplier sells is this product in its billing.
    ///
    /// # Errors
    /// As [`Web::change_links`].
    pub async fn link_offer(
        &self,
        organisation: &Organisation,
        key: &OfferKey,
        product: &ProductId,
    ) -> Result<Relinked, NotLinked> {
        let offer = key.id(&organisation.supplier);
        let add = [
            WantedLink::Offer {
                offer: Some(offer.clone()),
                system: organisation.supplier.clone(),
                key: key.clone(),
            },
            WantedLink::Product { offer, system: organisation.billing.clone(), product: product.clone() },
        ];
        self.change_links(&add, &[]).await
    }

    /// Removes and adds links, all of them or none. What is added is looked up on its side; what contradicts
    /// a link that stays is refused. Done again, it changes nothing.
    ///
    /// # Errors
    /// Which link is wrong and why, or what could not be asked.
    pub async fn change_links(&self, add: &[WantedLink], remove: &[Link]) -> Result<Relinked, NotLinked> {
        let settings = self.settings().await?;
        let known = self.store.links().await?;
        let (removed, staying): (Vec<Link>, Vec<Link>) =
            known.into_iter().partition(|link| remove.contains(link));
        let mut all = staying.clone();
        let mut added = Vec::new();
        for (at, wanted) in add.iter().enumerate() {
            let link = self.checked(wanted, &settings).await.map_err(|problem| problem.at(at))?;
            if let Some(other) = all.iter().find(|other| contradict(&link, other)) {
                let problem = format!("{} is linked otherwise already: {}", ours(other), told(other));
                return Err(NotLinked::Clash { at, problem });
            }
            if !all.contains(&link) {
                all.push(link.clone());
                added.push(link);
            }
        }
        self.fits(add, &all).await?;
        self.store.change_links(&added, &removed).await?;
        for (word, link) in
            added.iter().map(|link| ("added", link)).chain(removed.iter().map(|link| ("removed", link)))
        {
            tracing::info!("{word} a link: {} is {}", ours(link), told(link));
        }
        Ok(Relinked { added, removed })
    }

    async fn checked(&self, wanted: &WantedLink, settings: &Settings) -> Result<Link, Wrong> {
        let deadline = self.deadline();
        match wanted {
            WantedLink::Tenant { customer, system, tenant } => {
                supplier(settings, system)?;
                self.tenant_is_there(system, tenant, deadline).await?;
                let derived = || CustomerId::derived(system, tenant);
                let customer = customer.clone().unwrap_or_else(derived);
                Ok(Link::Tenant { customer, system: system.clone(), tenant: tenant.clone() })
            }
            WantedLink::Client { customer, system, client, currency } => {
                billing(settings, system)?;
                let theirs = self.currency_of(system, client, deadline).await?;
                if let Some(believed) = currency.filter(|believed| *believed != theirs) {
                    return Err(Wrong::Is(format!(
                        "{system} charges client {client} in {theirs}, not {believed}"
                    )));
                }
                let (customer, system) = (customer.clone(), system.clone());
                Ok(Link::Client { customer, system, client: client.clone(), currency: theirs })
            }
            WantedLink::Offer { offer, system, key } => {
                supplier(settings, system)?;
                let offer = offer.clone().unwrap_or_else(|| key.id(system));
                Ok(Link::Offer { offer, system: system.clone(), key: key.clone() })
            }
            WantedLink::Product { offer, system, product } => {
                billing(settings, system)?;
                Ok(Link::Product { offer: offer.clone(), system: system.clone(), product: product.clone() })
            }
        }
    }

    async fn tenant_is_there(
        &self,
        system: &SystemId,
        tenant: &TenantId,
        deadline: Deadline,
    ) -> Result<(), Wrong> {
        let connections = self.connections.current().await?;
        let source = connections.source(system)?;
        match self.watched(source.find_tenant(tenant, deadline).await)? {
            Some(_) => Ok(()),
            None => Err(Wrong::Is(format!("{system} has no customer {tenant}"))),
        }
    }

    async fn currency_of(
        &self,
        system: &SystemId,
        client: &ClientId,
        deadline: Deadline,
    ) -> Result<Currency, Wrong> {
        let connections = self.connections.current().await?;
        let target = connections.billing(system)?;
        let found = self.watched(target.find_client(client, deadline).await)?;
        let found = found.ok_or_else(|| Wrong::Is(format!("{system} has no client {client}")))?;
        found.currency.ok_or_else(|| {
            let cure = "allow the API key to call getCurrencies, and give the client a currency";
            Wrong::Is(format!("the currency of client {client} is not known: {cure}"))
        })
    }

    /// Each product that is added exists, and can be ordered in the cycle of the offer that it is linked to.
    async fn fits(&self, add: &[WantedLink], all: &[Link]) -> Result<(), NotLinked> {
        for (at, wanted) in add.iter().enumerate() {
            let WantedLink::Product { offer, system, product } = wanted else { continue };
            let connections = self.connections.current().await?;
            let target = connections.billing(system)?;
            let found = self.watched(target.find_product(product, self.deadline()).await)?;
            let Some(found) = found else {
                return Err(NotLinked::Wrong { at, problem: format!("{system} has no product {product}") });
            };
            let cycles = all.iter().filter_map(|link| match link {
                Link::Offer { offer: of, key, .. } => (of == offer).then_some(&key.cycle),
                Link::Tenant { .. } | Link::Client { .. } | Link::Product { .. } => None,
            });
            for cycle in cycles {
                if !found.cycles.contains(cycle) {
                    let problem = format!("product {product} cannot be ordered {}", cycle.as_str());
                    return Err(NotLinked::Wrong { at, problem });
                }
            }
        }
        Ok(())
    }
}

/// What is wrong with one link.
enum Wrong {
    Is(String),
    Failed(Failure),
}

impl Wrong {
    fn at(self, at: usize) -> NotLinked {
        match self {
            Self::Is(problem) => NotLinked::Wrong { at, problem },
            Self::Failed(failure) => NotLinked::Failed(failure),
        }
    }
}

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn supplier(settings: &Settings, system: &SystemId) -> Result<(), Wrong> {
    let used = settings.organisations.iter().any(|one| one.supplier == *system);
    if used { Ok(()) } else { Err(Wrong::Is(format!("no organisation has a supplier {system}"))) }
}

fn billing(settings: &Settings, system: &SystemId) -> Result<(), Wrong> {
    let used = settings.organisations.iter().any(|one| one.billing == *system);
    if used { Ok(()) } else { Err(Wrong::Is(format!("no organisation has a billing {system}"))) }
}

/// Whether both cannot be true: one of ours would have two counterparts in one billing system, or one of
/// theirs would be two of ours.
fn contradict(a: &Link, b: &Link) -> bool {
    match (a, b) {
        (
            Link::Tenant { customer, system, tenant },
            Link::Tenant { customer: other, system: there, tenant: theirs },
        ) => system == there && tenant == theirs && customer != other,
        (Link::Client { customer, system, .. }, Link::Client { customer: other, system: there, .. }) => {
            system == there && customer == other && a != b
        }
        (Link::Offer { offer, system, key }, Link::Offer { offer: other, system: there, key: theirs }) => {
            system == there && key == theirs && offer != other
        }
        (
            Link::Product { offer, system, product },
            Link::Product { offer: other, system: there, product: theirs },
        ) => system == there && offer == other && product != theirs,
        (Link::Tenant { .. } | Link::Client { .. } | Link::Offer { .. } | Link::Product { .. }, _) => false,
    }
}

/// The id of ours that a link is of.
pub fn ours(link: &Link) -> &str {
    match link {
        Link::Tenant { customer, .. } | Link::Client { customer, .. } => customer.as_str(),
        Link::Offer { offer, .. } | Link::Product { offer, .. } => offer.as_str(),
    }
}

/// The other side of a link, in words.
fn told(link: &Link) -> String {
    match link {
        Link::Tenant { system, tenant, .. } => format!("customer {tenant} at {system}"),
        Link::Client { system, client, .. } => format!("client {client} in {system}"),
        Link::Offer { system, key, .. } => format!("offer {key} at {system}"),
        Link::Product { system, product, .. } => format!("product {product} in {system}"),
    }
}
