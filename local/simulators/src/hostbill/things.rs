//! What a HostBill knows: clients, products, orders, invoices, keys and settings.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::clock::Moment;

/// A client (hostbill §3.1).
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Id.
    pub id: u32,
    /// E-mail, unique (*assumed*, hostbill §15).
    pub email: String,
    /// Plain columns by their API name: `firstname`, `companyname`, `city`, `country`, …
    pub columns: BTreeMap<String, String>,
    /// Custom fields by variable; shown as top-level keys of `client` (*observed*).
    pub fields: BTreeMap<String, String>,
    /// `Active`, `Lead`, …
    pub status: String,
    /// 0 is the main currency.
    pub currency_id: u32,
    /// Balance.
    pub credit: Decimal,
    /// When it was created.
    pub created: Option<Moment>,
}

impl Client {
    /// A plain column, empty when unset.
    pub fn column(&self, name: &str) -> &str {
        self.columns.get(name).map_or("", String::as_str)
    }
}

/// A registration field (hostbill §3.1).
#[derive(Clone, Debug)]
pub struct ClientField {
    /// Variable.
    pub code: String,
    /// May be used in `filter[…]`.
    pub searchable: bool,
}

/// An order page, also the product's category.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// Id.
    pub id: u32,
    /// Name.
    pub name: String,
}

/// A price of a product for one cycle, in the main currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CyclePrice {
    /// Recurring.
    pub price: Decimal,
    /// Once.
    pub setup: Decimal,
}

/// A product (hostbill §4.1).
#[derive(Clone, Debug)]
pub struct Product {
    /// Id.
    pub id: u32,
    /// Order page.
    pub page: u32,
    /// Name.
    pub name: String,
    /// Plain columns by API name that are not kept elsewhere (`description`, `code`, `tax`, …).
    pub columns: BTreeMap<String, String>,
    /// `Regular`, `Once`, `Free`, `Metered`.
    pub paytype: String,
    /// 1 visible, 0 hidden, -1 archived.
    pub visible: i8,
    /// Whether activation of an order makes the account active.
    pub autosetup: bool,
    /// Enabled cycles by code (`m`, `q`, `s`, `a`, `b`, `t`, …).
    pub prices: BTreeMap<String, CyclePrice>,
    /// Prices that do not follow the exchange rate, by currency and cycle code.
    pub own_prices: BTreeMap<(u32, String), CyclePrice>,
    /// Form fields (`custom`), by form category id.
    pub form: BTreeMap<u32, String>,
}

/// A currency besides the main one, or the main one itself under id 0.
#[derive(Clone, Debug)]
pub struct Currency {
    /// Id; 0 is the main currency.
    pub id: u32,
    /// ISO code.
    pub code: String,
    /// Units of this currency for one of the main.
    pub rate: Decimal,
}

/// An order (hostbill §5.1).
#[derive(Clone, Debug)]
pub struct Order {
    /// Id.
    pub id: u32,
    /// Nine digits, unlike the id.
    pub number: u32,
    /// Client.
    pub client: u32,
    /// Invoice made with it, 0 without.
    pub invoice: u32,
    /// Total in the client's currency.
    pub total: Decimal,
    /// Currency.
    pub currency_id: u32,
    /// `Pending`, `Active`, `Cancelled`, `Fraud`.
    pub status: String,
    /// When.
    pub created: Moment,
    /// Accounts it made.
    pub accounts: Vec<u32>,
}

/// An invoice (hostbill §7.1).
#[derive(Clone, Debug)]
pub struct Invoice {
    /// Id.
    pub id: u32,
    /// Final number, empty until issued.
    pub paid_id: String,
    /// `Draft`, `Unpaid`, `Paid`, `Cancelled`, …
    pub status: String,
    /// Client.
    pub client: u32,
    /// Currency.
    pub currency_id: u32,
    /// Rate against the main currency.
    pub rate: Decimal,
    /// Issued.
    pub date: Moment,
    /// Due.
    pub due: Moment,
    /// Paid.
    pub paid: Option<Moment>,
    /// Credit applied; not subtracted from the total (*documented*, hostbill §7.1).
    pub credit: Decimal,
    /// Tax rate in percent.
    pub taxrate: Decimal,
    /// Lines.
    pub items: Vec<Item>,
    /// Payments.
    pub transactions: Vec<Transaction>,
}

/// A line of an invoice.
#[derive(Clone, Debug)]
pub struct Item {
    /// Id.
    pub id: u32,
    /// `Hosting` with the account's id, or `Other` with 0.
    pub kind: String,
    /// Account, or 0.
    pub item_id: u32,
    /// Text.
    pub description: String,
    /// Per unit.
    pub amount: Decimal,
    /// Units.
    pub qty: Decimal,
    /// Taxed.
    pub taxed: bool,
}

impl Item {
    /// Amount times quantity, to the cent.
    pub fn line_total(&self) -> Decimal {
        cents(self.amount * self.qty)
    }
}

impl Invoice {
    /// Sum of the lines.
    pub fn subtotal(&self) -> Decimal {
        self.items.iter().map(Item::line_total).sum()
    }

    /// Tax on taxed lines (*documented* sample, hostbill §7.1; rounded half up).
    pub fn tax(&self) -> Decimal {
        let taxed: Decimal = self.items.iter().filter(|item| item.taxed).map(Item::line_total).sum();
        cents(taxed * self.taxrate / Decimal::ONE_HUNDRED)
    }

    /// Subtotal and tax.
    pub fn total(&self) -> Decimal {
        self.subtotal() + self.tax()
    }

    /// What is still to pay.
    pub fn balance(&self) -> Decimal {
        self.total() - self.credit - self.transactions.iter().map(|payment| payment.amount).sum::<Decimal>()
    }
}

/// A payment.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Id.
    pub id: u32,
    /// Amount in.
    pub amount: Decimal,
    /// Fee.
    pub fee: Decimal,
    /// The payer's reference.
    pub trans_id: String,
    /// Gateway.
    pub module: String,
    /// When.
    pub date: Moment,
}

/// A charge waiting for the account's next invoice (hostbill §6, `addInvoiceQueueItem`).
#[derive(Clone, Debug)]
pub struct QueueItem {
    /// Client.
    pub client: u32,
    /// Account.
    pub account: u32,
    /// Text.
    pub description: String,
    /// Per unit.
    pub amount: Decimal,
    /// Units.
    pub qty: Decimal,
    /// Taxed.
    pub taxed: bool,
    /// Note.
    pub note: String,
    /// Invoice that took it, once invoiced.
    pub invoice: Option<u32>,
}

/// An API key (hostbill §1.1).
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// `api_id`
    pub id: String,
    /// `api_key`
    pub key: String,
    /// `all`, an address, `a.b.c.d/24` or `a.b.c.d/255.255.255.0`.
    pub networks: Vec<String>,
    /// Allowed calls; `None` is all.
    pub calls: Option<BTreeSet<String>>,
}

/// How `filter[…]` compares text; which it is in reality is unknown (hostbill §1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matching {
    /// Contains, letter case ignored: the harder case for a client, so the default.
    #[default]
    Contains,
    /// Equal, letter case ignored; the only mode that is fast with a million accounts.
    Exact,
}

/// How `volume` prices a period's total; public sources disagree (hostbill §8.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Volume {
    /// All units at the price of the bracket reached (`CloudStack` manual).
    #[default]
    AllAtReached,
    /// Only the units above the bracket's start (the wiki's newer table).
    AboveStart,
}

/// Which rules of the billing clock run; all *assumed* (hostbill §16.9).
#[derive(Clone, Copy, Debug)]
pub struct BillingRules {
    /// Recurring invoices at `next_invoice`.
    pub recurring: bool,
    /// Metered periods close with the recurring invoice.
    pub close_periods: bool,
    /// Accounts past due by more than these days are suspended.
    pub suspend_after_days: Option<i64>,
}

impl Default for BillingRules {
    fn default() -> Self {
        Self { recurring: true, close_periods: true, suspend_after_days: None }
    }
}

/// Settings of the installation.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings are switches")]
pub struct Settings {
    /// Rows per page: 25 (*documented* samples).
    pub perpage: usize,
    /// Whether a `perpage` parameter is honoured (*observed* by one third party); off, so nobody relies on it.
    pub honour_perpage: bool,
    /// Lists leave `sorter` out when they fit one page (*assumed*).
    pub omit_short_sorter: bool,
    /// How filters compare.
    pub matching: Matching,
    /// `setOrderActive` makes accounts active when the product has `autosetup` (*assumed* in detail).
    pub auto_setup: bool,
    /// `addClient` refuses an e-mail that is taken (*assumed*).
    pub unique_email: bool,
    /// Final numbers come with the first payment only (*documented*, hostbill §7.2).
    pub eu_numbering: bool,
    /// Invoice lists contain drafts (*assumed*).
    pub list_drafts: bool,
    /// Tax rate of new invoices, percent.
    pub taxrate: Decimal,
    /// `volume` variant.
    pub volume: Volume,
    /// The billing clock.
    pub billing: BillingRules,
    /// Requests seem to come from here instead of their real address, to try the key's networks.
    pub seen_from: Option<std::net::IpAddr>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            perpage: 25,
            honour_perpage: false,
            omit_short_sorter: false,
            matching: Matching::default(),
            auto_setup: true,
            unique_email: true,
            eu_numbering: false,
            list_drafts: true,
            taxrate: Decimal::new(2500, 2),
            volume: Volume::default(),
            billing: BillingRules::default(),
            seen_from: None,
        }
    }
}

/// Rounds to cents, half away from zero (*observed* `HALF_UP`, hostbill §7.1).
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}
