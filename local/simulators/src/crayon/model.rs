//! The state of a Cloud-iQ, with plain fields and a few ways to fill it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fastrand::Rng;
use rust_decimal::Decimal;

use super::settings::{Choices, Credentials, Paging, Profile, Tokens};
use super::subscriptions::{Subscription, Subscriptions, guid_text};
use super::things::{
    Agreement, ApiClient, Contact, InvoiceProfile, Kind, Order, Organisation, Product, Tenant, UnitPrice,
    User,
};
use super::words::{Cycle, Status, Term};
use crate::clock::{Clock, Moment};
use crate::faults::Faults;
use crate::requests::RequestLog;

/// A token that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) user: usize,
    pub(crate) expires: Moment,
    pub(crate) uses: u32,
}

/// A Cloud-iQ: everything it knows and how it behaves.
#[derive(Debug)]
pub struct Model {
    /// Organisations by id.
    pub organisations: BTreeMap<u32, Organisation>,
    /// Users.
    pub users: Vec<User>,
    /// API clients.
    pub clients: Vec<ApiClient>,
    /// Customer tenants by id.
    pub tenants: BTreeMap<u32, Tenant>,
    /// Agreements by id.
    pub agreements: BTreeMap<u32, Agreement>,
    /// The price list by product id.
    pub products: BTreeMap<u32, Product>,
    /// Invoice profiles by id.
    pub invoice_profiles: BTreeMap<u32, InvoiceProfile>,
    /// Subscriptions.
    pub subscriptions: Subscriptions,
    /// New-commerce orders, oldest first.
    pub orders: Vec<Order>,
    /// Virtual time; move it with [`Model::advance_to`] so that terms renew.
    pub clock: Clock,
    /// What goes wrong.
    pub faults: Faults,
    /// Casing and envelopes.
    pub profile: Profile,
    /// How lists are cut.
    pub paging: Paging,
    /// How tokens live.
    pub tokens: Tokens,
    /// Behaviour nobody documents.
    pub choices: Choices,
    /// What was asked.
    pub requests: RequestLog,
    pub(crate) issued: HashMap<String, Issued>,
    pub(crate) rng: Rng,
}

impl Default for Model {
    fn default() -> Self {
        Self::empty()
    }
}

impl Model {
    /// No organisation yet; one API client and one user who will see every organisation added by
    /// [`Model::add_organisation`].
    pub fn empty() -> Self {
        let user = User {
            id: guid_text(0x0a1b_2c3d_0000_4000_8000_0000_0000_0001),
            username: "api.user@reseller.example".to_owned(),
            password: "s3cret!".to_owned(),
            organisations: BTreeSet::new(),
        };
        Self {
            organisations: BTreeMap::new(),
            users: vec![user],
            clients: vec![ApiClient { id: "demo-client".to_owned(), secret: "demo-secret".to_owned() }],
            tenants: BTreeMap::new(),
            agreements: BTreeMap::new(),
            products: BTreeMap::new(),
            invoice_profiles: BTreeMap::new(),
            subscriptions: Subscriptions::default(),
            orders: Vec::new(),
            clock: Clock::default(),
            faults: Faults::default(),
            profile: Profile::default(),
            paging: Paging::default(),
            tokens: Tokens::default(),
            choices: Choices::default(),
            requests: RequestLog::default(),
            issued: HashMap::new(),
            rng: Rng::with_seed(0xc10d),
        }
    }

    /// Sign-in data of the first client and user.
    pub fn credentials(&self) -> Credentials {
        let (client, user) = (self.clients.first(), self.users.first());
        Credentials {
            client_id: client.map(|known| known.id.clone()).unwrap_or_default(),
            client_secret: client.map(|known| known.secret.clone()).unwrap_or_default(),
            username: user.map(|known| known.username.clone()).unwrap_or_default(),
            password: user.map(|known| known.password.clone()).unwrap_or_default(),
        }
    }

    /// An organisation with its default invoice profile and its seat agreements; the first user sees it.
    pub fn add_organisation(&mut self, name: &str, currency: &str) -> u32 {
        let id = next_key(&self.organisations, 4_013_280);
        let organisation = Organisation {
            id,
            name: name.to_owned(),
            parent: 0,
            crayon_company: "Crayon Example AS".to_owned(),
            account_number: String::new(),
            currency: currency.to_owned(),
        };
        self.organisations.insert(id, organisation);
        let profile = next_key(&self.invoice_profiles, 80_408);
        let default = InvoiceProfile { id: profile, organisation: id, name: "Default".to_owned() };
        self.invoice_profiles.insert(profile, default);
        for (kind, label) in [(13, "Microsoft CSP NCE"), (6, "Microsoft CSP Seats")] {
            let key = next_key(&self.agreements, 82_049);
            let agreement = Agreement {
                id: key,
                organisation: id,
                name: label.to_owned(),
                currency: currency.to_owned(),
                kind,
                start: Moment::ymd(2022, 1, 1),
                end: Moment::FOREVER,
            };
            self.agreements.insert(key, agreement);
        }
        if let Some(user) = self.users.first_mut() {
            user.organisations.insert(id);
        }
        id
    }

    /// A user with these organisations.
    pub fn add_user(&mut self, username: &str, password: &str, organisations: &[u32]) {
        let user = User {
            id: self.new_guid(),
            username: username.to_owned(),
            password: password.to_owned(),
            organisations: organisations.iter().copied().collect(),
        };
        self.users.push(user);
    }

    /// A tenant that has accepted the customer agreement.
    pub fn add_tenant(&mut self, organisation: u32, name: &str, domain_prefix: &str) -> u32 {
        let id = next_key(&self.tenants, 5312);
        let guid = self.new_guid();
        let profile = self.invoice_profiles.values().find(|profile| profile.organisation == organisation);
        let tenant = Tenant {
            id,
            organisation,
            name: name.to_owned(),
            guid,
            domain_prefix: domain_prefix.to_owned(),
            reference: None,
            kind: 2,
            removed: false,
            invoice_profile: profile.map_or(0, |known| known.id),
            mca_accepted: true,
            registration_number: None,
            contact: Contact {
                first_name: "Ada".to_owned(),
                last_name: "Lind".to_owned(),
                email: format!("ada@{domain_prefix}.example"),
                country: "SE".to_owned(),
                ..Contact::default()
            },
        };
        self.tenants.insert(id, tenant);
        id
    }

    /// A new-commerce product in all terms and cycles, priced the same number in every currency in use
    /// unless [`Product::purchase`] and [`Product::retail`] are changed afterwards.
    pub fn add_product(&mut self, part_number: &str, name: &str, purchase: Decimal, retail: Decimal) -> u32 {
        let id = next_key(&self.products, 501_220);
        let currencies: BTreeSet<String> =
            self.organisations.values().map(|org| org.currency.clone()).collect();
        let table = |price: Decimal| currencies.iter().map(|currency| (currency.clone(), price)).collect();
        let product = Product {
            id,
            part_number: part_number.to_owned(),
            name: name.to_owned(),
            family: name.split(" (").next().unwrap_or(name).to_owned(),
            kind: Kind::Seats,
            terms: vec![Term::Month, Term::Year, Term::ThreeYears],
            cycles: vec![Cycle::Monthly, Cycle::Annual, Cycle::ThreeYears],
            minimum: 1,
            maximum: Some(300),
            purchase: table(purchase),
            retail: table(retail),
        };
        self.products.insert(id, product);
        id
    }

    /// The product with this part number.
    pub fn product(&self, part_number: &str) -> Option<&Product> {
        self.products.values().find(|product| product.part_number.eq_ignore_ascii_case(part_number))
    }

    /// An active subscription whose term began last month; an unknown part number joins the price list at
    /// 3.28 (retail 4.00). Change the rest through [`Model::subscription_mut`].
    pub fn add_subscription(
        &mut self,
        tenant: u32,
        part_number: &str,
        quantity: u32,
        term: Option<Term>,
        cycle: Cycle,
    ) -> u32 {
        let known = self.product(part_number).map(|product| product.id);
        let product = known.unwrap_or_else(|| {
            self.add_product(part_number, part_number, Decimal::new(328, 2), Decimal::new(400, 2))
        });
        let start = self.clock.now().midnight().plus_months(-1);
        self.place_subscription(tenant, product, quantity, (term, cycle), start)
    }

    /// The subscription with this id, to change it.
    pub fn subscription_mut(&mut self, id: u32) -> Option<&mut Subscription> {
        self.subscriptions.get_mut(id)
    }

    /// The subscription with this id.
    pub fn subscription(&self, id: u32) -> Option<&Subscription> {
        self.subscriptions.get(id)
    }

    /// Subscriptions of a tenant, in order of id.
    pub fn subscriptions_of(&self, tenant: u32) -> impl Iterator<Item = &Subscription> {
        self.subscriptions.iter().filter(move |subscription| subscription.tenant == tenant)
    }

    /// What a subscription costs per seat, as it is stated: for a billing cycle, or for a month where
    /// [`Choices::prices_per_month`] says so.
    pub fn price_of(&self, subscription: &Subscription) -> UnitPrice {
        self.offer_price(
            subscription.organisation,
            subscription.product,
            subscription.term,
            subscription.cycle,
        )
    }

    /// Adds one seat to every subscription of this share, spread evenly; says how many changed.
    pub fn change_percent(&mut self, percent: u32) -> usize {
        if percent == 0 {
            return 0;
        }
        self.change_every(usize::try_from((100 / percent.min(100)).max(1)).unwrap_or(1))
    }

    /// Adds one seat to every `nth` subscription; says how many changed.
    pub fn change_every(&mut self, nth: usize) -> usize {
        let chosen = self.subscriptions.iter_mut().step_by(nth.max(1));
        chosen.map(|subscription| subscription.quantity += 1).count()
    }

    pub(crate) fn place_subscription(
        &mut self,
        tenant: u32,
        product: u32,
        quantity: u32,
        (term, cycle): (Option<Term>, Cycle),
        start: Moment,
    ) -> u32 {
        let id = self.subscriptions.iter().next_back().map_or(120_045, |last| last.id + 1);
        let organisation = self.tenants.get(&tenant).map_or(0, |known| known.organisation);
        let end = term.map_or(Moment::FOREVER, |term| start.plus_months(term.months()).plus_seconds(-1));
        let created = Moment::from_millis(start.millis() + 33_251_530);
        let subscription = Subscription {
            id,
            organisation,
            tenant,
            product,
            quantity,
            status: Status::ACTIVE,
            cycle,
            term,
            auto_renew: term.map(|_| true),
            trial: false,
            name: None,
            sales_price: self.offer_price(organisation, product, term, cycle).purchase,
            guid: self.rng.u128(..),
            created,
            start: Some(start),
            end: Some(end),
            cancellable_until: term.map(|_| created.plus_days(7)),
            extra: None,
        };
        self.subscriptions.insert(subscription);
        id
    }

    pub(crate) fn offer_price(
        &self,
        organisation: u32,
        product: u32,
        term: Option<Term>,
        cycle: Cycle,
    ) -> UnitPrice {
        let currency = self.organisations.get(&organisation).map_or("EUR", |known| known.currency.as_str());
        let cycle = if self.choices.prices_per_month { Cycle::Monthly } else { cycle };
        self.products.get(&product).map_or_else(
            || UnitPrice { currency: currency.to_owned(), purchase: Decimal::ZERO, retail: Decimal::ZERO },
            |known| known.unit_price(currency, term, cycle),
        )
    }

    pub(crate) fn new_guid(&mut self) -> String {
        guid_text(self.rng.u128(..))
    }
}

/// The key after the last, or the first one to use.
pub(crate) fn next_key<T>(map: &BTreeMap<u32, T>, first: u32) -> u32 {
    map.keys().next_back().map_or(first, |last| last + 1)
}
