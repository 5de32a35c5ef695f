//! The state of a HostBill, with plain fields and a few ways to fill it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use rust_decimal::Decimal;

use super::accounts::{Account, Accounts};
use super::cycles::Cycle;
use super::hooks::{Hook, Outbox};
use super::metered::{UsageRecord, Variable};
use super::plug::{ModuleCall, Plug};
use super::things::{
    ApiKey, Client, ClientField, Currency, CyclePrice, Invoice, Order, OrderPage, Product, QueueItem,
    Settings, cents,
};
use crate::clock::{Clock, Moment};
use crate::faults::Faults;
use crate::requests::RequestLog;

/// A HostBill installation: everything it knows and how it behaves.
#[derive(Debug)]
pub struct Model {
    /// Clients by id.
    pub clients: BTreeMap<u32, Client>,
    /// Registration fields.
    pub client_fields: Vec<ClientField>,
    /// Products by id.
    pub products: BTreeMap<u32, Product>,
    /// Order pages by id.
    pub order_pages: BTreeMap<u32, OrderPage>,
    /// Currencies by id; 0 is the main one.
    pub currencies: BTreeMap<u32, Currency>,
    /// Orders by id.
    pub orders: BTreeMap<u32, Order>,
    /// Accounts.
    pub accounts: Accounts,
    /// Invoices by id.
    pub invoices: BTreeMap<u32, Invoice>,
    /// Charges waiting for an invoice.
    pub queue: Vec<QueueItem>,
    /// Metered variables by id.
    pub variables: BTreeMap<u32, Variable>,
    /// Usage records, oldest first.
    pub usage: Vec<UsageRecord>,
    /// API keys.
    pub keys: Vec<ApiKey>,
    /// Calls the installation does not offer; `addProduct` by default, since nothing proves it (hostbill §4).
    pub missing_calls: BTreeSet<String>,
    /// What the provisioning module will answer.
    pub plug: Plug,
    /// What the provisioning module was asked.
    pub module_calls: Vec<ModuleCall>,
    /// Names of events that fired, oldest first (hostbill §12.1).
    pub events: Vec<String>,
    /// Web hooks, told of what happens while the model is served; their ids count from 1.
    pub hooks: Vec<Hook>,
    /// Settings.
    pub settings: Settings,
    /// Virtual time; move it with [`Model::advance_to`] so that invoices fall due.
    pub clock: Clock,
    /// What goes wrong.
    pub faults: Faults,
    /// What was asked.
    pub requests: RequestLog,
    pub(crate) outbox: Outbox,
    pub(crate) last_item: u32,
    pub(crate) rng: Rng,
}

impl Default for Model {
    fn default() -> Self {
        Self::empty()
    }
}

impl Model {
    /// No client yet; one key for all calls from everywhere, the main currency EUR, the searchable custom
    /// client field `crayontenant` and the plain one `companyregno`.
    pub fn empty() -> Self {
        let key = ApiKey {
            id: "5f1a9c3be2d04771a6c8".to_owned(),
            key: "0c4d7e8f9a1b2c3d4e5f".to_owned(),
            networks: vec!["all".to_owned()],
            calls: None,
        };
        let field = |code: &str, searchable| ClientField { code: code.to_owned(), searchable };
        let euro = Currency { id: 0, code: "EUR".to_owned(), rate: Decimal::ONE };
        Self {
            clients: BTreeMap::new(),
            client_fields: vec![field("crayontenant", true), field("companyregno", true)],
            products: BTreeMap::new(),
            order_pages: BTreeMap::from([(14, OrderPage { id: 14, name: "Cloud services".to_owned() })]),
            currencies: BTreeMap::from([(0, euro)]),
            orders: BTreeMap::new(),
            accounts: Accounts::default(),
            invoices: BTreeMap::new(),
            queue: Vec::new(),
            variables: BTreeMap::new(),
            usage: Vec::new(),
            keys: vec![key],
            missing_calls: BTreeSet::from(["addProduct".to_owned()]),
            plug: Plug::default(),
            module_calls: Vec::new(),
            events: Vec::new(),
            hooks: Vec::new(),
            settings: Settings::default(),
            clock: Clock::default(),
            faults: Faults::default(),
            requests: RequestLog::default(),
            outbox: Outbox::default(),
            last_item: 20_416,
            rng: Rng::with_seed(0xb111),
        }
    }

    /// `api_id` and `api_key` of the first key.
    pub fn credentials(&self) -> (String, String) {
        self.keys.first().map(|key| (key.id.clone(), key.key.clone())).unwrap_or_default()
    }

    /// Two clients, three products and a metered one, for small tests.
    pub fn sample() -> Self {
        let mut model = Self::empty();
        model.add_currency(2, "NOK", Decimal::new(115, 1));
        let fjord = model.add_client("ada@fjordkaffe.example", "Fjord Kaffe AB");
        let nord = model.add_client("post@nordlysregnskap.example", "Nordlys Regnskap AS");
        if let Some(client) = model.clients.get_mut(&nord) {
            client.currency_id = 2;
        }
        if let Some(client) = model.clients.get_mut(&fjord) {
            client.fields.insert("companyregno".to_owned(), "5560000000".to_owned());
        }
        model.add_product(
            "Exchange Online (Plan 1)",
            &[("m", Decimal::new(450, 2)), ("a", Decimal::new(5400, 2))],
        );
        model.add_product(
            "Office Suite Business",
            &[("m", Decimal::new(1290, 2)), ("a", Decimal::new(15480, 2))],
        );
        model.add_product("Backup", &[("m", Decimal::new(200, 2))]);
        let metered = model.add_product("Cloud usage", &[("m", Decimal::ZERO)]);
        if let Some(product) = model.products.get_mut(&metered) {
            "Metered".clone_into(&mut product.paytype);
        }
        model.add_variable(metered, "azure_cost", "tiered", &[(Decimal::ZERO, Decimal::ZERO, Decimal::ONE)]);
        model
    }

    /// A currency besides the main one.
    pub fn add_currency(&mut self, id: u32, code: &str, rate: Decimal) {
        self.currencies.insert(id, Currency { id, code: code.to_owned(), rate });
    }

    /// An active company client in the main currency.
    pub fn add_client(&mut self, email: &str, company: &str) -> u32 {
        let id = next_key(&self.clients, 512);
        let mut client = Client {
            id,
            email: email.to_owned(),
            status: "Active".to_owned(),
            created: Some(self.clock.now().plus_days(-400)),
            ..Client::default()
        };
        for (name, value) in
            [("companyname", company), ("firstname", "Ada"), ("lastname", "Lind"), ("country", "SE")]
        {
            client.columns.insert(name.to_owned(), value.to_owned());
        }
        self.clients.insert(id, client);
        id
    }

    /// A regular visible product on the first order page with these recurring prices by cycle code.
    pub fn add_product(&mut self, name: &str, prices: &[(&str, Decimal)]) -> u32 {
        let id = next_key(&self.products, 91);
        let price = |amount: Decimal| CyclePrice { price: amount, setup: Decimal::ZERO };
        let product = Product {
            id,
            page: self.order_pages.keys().next().copied().unwrap_or(14),
            name: name.to_owned(),
            columns: BTreeMap::new(),
            paytype: "Regular".to_owned(),
            visible: 1,
            autosetup: true,
            prices: prices.iter().map(|(code, amount)| ((*code).to_owned(), price(*amount))).collect(),
            own_prices: BTreeMap::new(),
            form: BTreeMap::new(),
        };
        self.products.insert(id, product);
        id
    }

    /// An active account outside any order, with the product's price.
    pub fn add_account(&mut self, client: u32, product: u32, cycle: &str, domain: &str) -> u32 {
        let currency = self.clients.get(&client).map_or(0, |known| known.currency_id);
        let total = self.price(product, cycle, currency).map(|price| price.price).unwrap_or_default();
        let id = self.new_account(client, 0, product, cycle, total);
        if let Some(account) = self.accounts.get_mut(id) {
            "Active".clone_into(&mut account.status);
            domain.clone_into(&mut account.domain);
        }
        id
    }

    /// The account with this id, to change it without an audit entry.
    pub fn account_mut(&mut self, id: u32) -> Option<&mut Account> {
        self.accounts.get_mut(id)
    }

    /// Accounts of a client, oldest first.
    pub fn accounts_of(&self, client: u32) -> Vec<&Account> {
        self.accounts.iter().filter(|account| account.client == client).collect()
    }

    /// Invoices of a client, oldest first.
    pub fn invoices_of(&self, client: u32) -> Vec<&Invoice> {
        self.invoices.values().filter(|invoice| invoice.client == client).collect()
    }

    /// Orders of a client, oldest first.
    pub fn orders_of(&self, client: u32) -> Vec<&Order> {
        self.orders.values().filter(|order| order.client == client).collect()
    }

    /// The price of a product for a cycle in a currency: its own price there, else the main price times the
    /// rate, to the cent (*assumed*; hostbill §4 only shows a `currency_id` parameter).
    pub fn price(&self, product: u32, cycle: &str, currency: u32) -> Option<CyclePrice> {
        let product = self.products.get(&product)?;
        if let Some(own) = product.own_prices.get(&(currency, cycle.to_owned())) {
            return Some(*own);
        }
        let main = product.prices.get(cycle)?;
        let rate = self.currencies.get(&currency).map_or(Decimal::ONE, |known| known.rate);
        Some(CyclePrice { price: cents(main.price * rate), setup: cents(main.setup * rate) })
    }

    pub(crate) fn new_account(
        &mut self,
        client: u32,
        order: u32,
        product: u32,
        cycle: &str,
        total: Decimal,
    ) -> u32 {
        let id = self.accounts.next_id();
        let now = self.clock.now();
        let cycle = Cycle::from_code(cycle);
        let next_due = cycle.and_then(Cycle::months).map(|months| now.midnight().plus_months(months));
        self.accounts.insert(Account {
            id,
            client,
            order,
            product,
            domain: String::new(),
            status: "Pending".to_owned(),
            first_payment: total,
            total,
            cycle: cycle.map_or("Free", Cycle::name).to_owned(),
            created: now,
            next_due,
            next_invoice: next_due.map(|due| due.plus_days(-14)),
            previous_invoice: None,
            columns: BTreeMap::new(),
            form: BTreeMap::new(),
            audit: Vec::new(),
        });
        id
    }

    pub(crate) fn new_item_id(&mut self) -> u32 {
        self.last_item += 1;
        self.last_item
    }

    /// A fresh invoice of a client, in its currency (*assumed*, hostbill §7.2).
    pub(crate) fn new_invoice(&mut self, client: u32, status: &str) -> u32 {
        let id = next_key(&self.invoices, 9051);
        let currency_id = self.clients.get(&client).map_or(0, |known| known.currency_id);
        let rate = self.currencies.get(&currency_id).map_or(Decimal::ONE, |known| known.rate);
        let now: Moment = self.clock.now();
        let invoice = Invoice {
            id,
            paid_id: String::new(),
            status: status.to_owned(),
            client,
            currency_id,
            rate,
            date: now,
            due: now.plus_days(14),
            paid: None,
            credit: Decimal::ZERO,
            taxrate: self.settings.taxrate,
            items: Vec::new(),
            transactions: Vec::new(),
        };
        self.invoices.insert(id, invoice);
        id
    }
}

/// The key after the last, or the first one to use.
pub(crate) fn next_key<T>(map: &BTreeMap<u32, T>, first: u32) -> u32 {
    map.keys().next_back().map_or(first, |last| last + 1)
}
