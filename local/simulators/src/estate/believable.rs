//! Two organisations, forty customers, about a thousand subscriptions, and the usual disorder.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use rust_decimal::Decimal;

use super::names::{CUSTOMERS, LEGACY, NOK_RATE_TENTHS, OFFERS, SECOND_ORGANISATION};
use super::{CustomerLink, Estate, EstateLink, FoundBy, OfferLink, Truth, cycle_code};
use crate::clock::{Clock, Moment};
use crate::crayon::{self, Cycle, Kind, NextTerm, Status, Term};
use crate::hostbill::{self, CyclePrice};

const NOK: u32 = 2;
const SUBSCRIPTIONS: usize = 1000;

/// Customer without a client.
const WITHOUT_CLIENT: usize = 13;
/// Customer whose e-mail domain two clients share.
const TWO_CLIENTS: usize = 7;
/// Offers without a product, by position.
const WITHOUT_PRODUCT: [usize; 2] = [8, 11];
/// The offer whose yearly term has two products of one name.
const TWO_PRODUCTS: usize = 2;

/// Terms and cycles that are sold together.
const TERMS: [(Term, Cycle); 6] = [
    (Term::Month, Cycle::Monthly),
    (Term::Year, Cycle::Monthly),
    (Term::Year, Cycle::Annual),
    (Term::ThreeYears, Cycle::Monthly),
    (Term::ThreeYears, Cycle::Annual),
    (Term::ThreeYears, Cycle::ThreeYears),
];

/// An offer a subscription can be made of.
type Offer = (u32, Option<Term>, Cycle);

/// The estate for demonstrations and stories: two organisations (EUR and NOK), 40 customers, about 1,000
/// subscriptions of every term and cycle, some legacy, suspended, cancelled, deleted and expired, two of one
/// offer for one customer, one tenant without a client, offers without a product, ambiguous ones.
pub fn believable(seed: u64) -> Estate {
    believable_at(seed, Clock::default().now())
}

/// The same estate as if today were another day, for programs that look at the real clock.
pub fn believable_at(seed: u64, now: Moment) -> Estate {
    let mut rng = Rng::with_seed(seed);
    let mut crayon = crayon::Model::empty();
    let mut hostbill = hostbill::Model::empty();
    crayon.clock.set(now);
    hostbill.clock.set(now);
    hostbill.add_currency(NOK, "NOK", Decimal::new(NOK_RATE_TENTHS, 1));
    let organisations = [
        crayon.add_organisation("Reseller [T2/EUR]", "EUR"),
        crayon.add_organisation("Reseller Norge [T2/NOK]", "NOK"),
    ];
    crayon.add_user("norge.user@reseller.example", "n0rge!", &organisations[1..]);
    let offers = price_list(&mut crayon);
    let mut links = catalogue(&crayon, &mut hostbill, &offers);
    let tenants = customers(&mut crayon, &mut hostbill, organisations, &mut rng, &mut links);
    strangers(&mut hostbill);
    subscriptions(&mut crayon, &tenants, &offers, &mut rng);
    let mut notes = peculiar(&mut crayon, &tenants, &offers);
    notes.push(format!("{} has no HostBill client", CUSTOMERS[WITHOUT_CLIENT].0));
    notes.push(format!("two clients share the e-mail domain of {}", CUSTOMERS[TWO_CLIENTS].0));
    for offer in WITHOUT_PRODUCT {
        notes.push(format!("{} has no HostBill product", OFFERS[offer].1));
    }
    notes.push(format!("two products are called {}, 1 year", OFFERS[TWO_PRODUCTS].1));
    Estate { crayon, hostbill, links, notes }
}

fn price_list(crayon: &mut crayon::Model) -> Vec<Offer> {
    let mut offers = Vec::new();
    for (part_number, name, purchase, retail) in OFFERS.into_iter().chain([LEGACY]) {
        let id = crayon.add_product(part_number, name, Decimal::new(purchase, 2), Decimal::new(retail, 2));
        let legacy = part_number == LEGACY.0;
        if let Some(product) = crayon.products.get_mut(&id) {
            let krone = Decimal::new(NOK_RATE_TENTHS, 1);
            product.purchase.insert("NOK".to_owned(), (Decimal::new(purchase, 2) * krone).round_dp(2));
            product.retail.insert("NOK".to_owned(), (Decimal::new(retail, 2) * krone).round_dp(2));
            if legacy {
                product.kind = Kind::LegacySeats;
                product.terms.clear();
                product.cycles = vec![Cycle::Monthly];
            }
        }
        if legacy {
            offers.push((id, None, Cycle::Monthly));
        } else {
            offers.extend(TERMS.map(|(term, cycle)| (id, Some(term), cycle)));
        }
    }
    offers
}

/// A `HostBill` product per part number and term, priced at retail in EUR and NOK.
fn catalogue(crayon: &crayon::Model, hostbill: &mut hostbill::Model, offers: &[Offer]) -> Vec<EstateLink> {
    let mut made: BTreeMap<(u32, Option<Term>), Truth> = BTreeMap::new();
    let mut links = Vec::new();
    for (id, term, cycle) in offers {
        let Some(product) = crayon.products.get(id) else { continue };
        let at = OFFERS.iter().position(|(part_number, ..)| *part_number == product.part_number);
        let missing = at.is_some_and(|at| WITHOUT_PRODUCT.contains(&at));
        let doubled = at == Some(TWO_PRODUCTS) && *term == Some(Term::Year);
        let truth = made.entry((*id, *term)).or_insert_with(|| {
            if missing {
                return Truth::Missing;
            }
            let name = match term {
                Some(Term::Month) => format!("{}, 1 month", product.name),
                Some(Term::Year) => format!("{}, 1 year", product.name),
                Some(Term::ThreeYears) => format!("{}, 3 years", product.name),
                None => product.name.clone(),
            };
            let first = hostbill.add_product(&name, &[]);
            if doubled {
                Truth::Ambiguous(vec![first, hostbill.add_product(&name, &[])])
            } else {
                Truth::Is(first)
            }
        });
        let ids = match truth {
            Truth::Is(id) => vec![*id],
            Truth::Ambiguous(ids) => ids.clone(),
            Truth::Missing => Vec::new(),
        };
        for id in &ids {
            if let Some(known) = hostbill.products.get_mut(id) {
                price(known, product, *term, *cycle);
            }
        }
        links.push(EstateLink::Offer(OfferLink {
            part_number: product.part_number.clone(),
            term: *term,
            cycle: *cycle,
            product: truth.clone(),
            cycle_code: cycle_code(*cycle).to_owned(),
        }));
    }
    links
}

fn price(known: &mut hostbill::Product, product: &crayon::Product, term: Option<Term>, cycle: Cycle) {
    let code = cycle_code(cycle).to_owned();
    let of = |currency: &str| CyclePrice {
        price: product.unit_price(currency, term, cycle).retail,
        setup: Decimal::ZERO,
    };
    known.prices.insert(code.clone(), of("EUR"));
    known.own_prices.insert((NOK, code), of("NOK"));
    known.columns.insert("code".to_owned(), String::new());
}

/// Tenants and their clients; clients are made in another order so that no id gives the truth away.
fn customers(
    crayon: &mut crayon::Model,
    hostbill: &mut hostbill::Model,
    organisations: [u32; 2],
    rng: &mut Rng,
    links: &mut Vec<EstateLink>,
) -> Vec<u32> {
    let mut tenants = Vec::new();
    for (at, (name, slug, country)) in CUSTOMERS.into_iter().enumerate() {
        let organisation = organisations[usize::from(at >= SECOND_ORGANISATION)];
        let tenant = crayon.add_tenant(organisation, name, slug);
        if let Some(row) = crayon.tenants.get_mut(&tenant) {
            country.clone_into(&mut row.contact.country);
            row.registration_number = Some(format!("{}", rng.u32(500_000_000..999_999_999)));
            row.reference = rng.bool().then(|| format!("CRM-{}", 1000 + at));
        }
        tenants.push(tenant);
    }
    let mut order: Vec<usize> = (0..CUSTOMERS.len()).collect();
    rng.shuffle(&mut order);
    let mut truths = BTreeMap::new();
    for at in order {
        truths.insert(at, client(crayon, hostbill, at, tenants[at]));
    }
    for (at, (truth, found_by)) in truths {
        let Some(row) = crayon.tenants.get(&tenants[at]) else { continue };
        links.push(EstateLink::Customer(CustomerLink {
            organisation: row.organisation,
            tenant: row.id,
            tenant_guid: row.guid.clone(),
            tenant_name: row.name.clone(),
            client: truth,
            found_by,
        }));
    }
    tenants
}

fn client(
    crayon: &crayon::Model,
    hostbill: &mut hostbill::Model,
    at: usize,
    tenant: u32,
) -> (Truth, FoundBy) {
    let Some(row) = crayon.tenants.get(&tenant).filter(|_| at != WITHOUT_CLIENT) else {
        return (Truth::Missing, FoundBy::Nothing);
    };
    let (name, slug, country) = CUSTOMERS[at];
    let found_by = match at % 3 {
        _ if at == TWO_CLIENTS => FoundBy::EmailDomain,
        0 => FoundBy::ClientField,
        1 => FoundBy::EmailDomain,
        _ => FoundBy::RegistrationNumber,
    };
    let domain = if found_by == FoundBy::EmailDomain {
        format!("{slug}.example")
    } else {
        format!("{slug}-post.example")
    };
    let id = hostbill.add_client(&format!("office@{domain}"), name);
    if let Some(client) = hostbill.clients.get_mut(&id) {
        client.columns.insert("country".to_owned(), country.to_owned());
        client.currency_id = if at >= SECOND_ORGANISATION { NOK } else { 0 };
        match found_by {
            FoundBy::ClientField => client.fields.insert("crayontenant".to_owned(), row.guid.clone()),
            FoundBy::RegistrationNumber => client
                .fields
                .insert("companyregno".to_owned(), row.registration_number.clone().unwrap_or_default()),
            FoundBy::EmailDomain | FoundBy::Nothing => None,
        };
    }
    if at != TWO_CLIENTS {
        return (Truth::Is(id), found_by);
    }
    let other = hostbill.add_client(&format!("billing@{domain}"), &format!("{name} (old)"));
    (Truth::Ambiguous(vec![id, other]), found_by)
}

/// Clients, a product and accounts that have nothing to do with Crayon and must not be touched.
fn strangers(hostbill: &mut hostbill::Model) {
    let hosting =
        hostbill.add_product("Web hosting", &[("m", Decimal::new(990, 2)), ("a", Decimal::new(9900, 2))]);
    for at in 1..=6 {
        let client = hostbill.add_client(&format!("owner@stranger{at}.example"), &format!("Stranger {at}"));
        hostbill.add_account(client, hosting, "m", &format!("www.stranger{at}.example"));
    }
    let known: Vec<u32> = hostbill.clients.keys().copied().step_by(5).collect();
    for client in known {
        hostbill.add_account(client, hosting, "a", &format!("www.client{client}.example"));
    }
}

fn subscriptions(crayon: &mut crayon::Model, tenants: &[u32], offers: &[Offer], rng: &mut Rng) {
    let mut taken = BTreeSet::new();
    let now = crayon.clock.now();
    while taken.len() < SUBSCRIPTIONS {
        // The product of two draws leans towards the front: some customers are large.
        let size = tenants.len();
        let tenant = rng.usize(..size) * (rng.usize(..size) + 1) / size;
        let offer = rng.usize(..offers.len());
        if !taken.insert((tenant, offer)) {
            continue;
        }
        let (product, term, cycle) = offers[offer];
        let months = term.map_or(24, Term::months);
        let start = now.midnight().plus_days(-i64::from(rng.i32(1..months * 28)));
        let quantity = rng.u32(1..60);
        let id = crayon.place_subscription(tenants[tenant], product, quantity, (term, cycle), start);
        let draw = rng.u32(..1000);
        let off = rng.u32(..4) == 0;
        let Some(row) = crayon.subscription_mut(id) else { continue };
        row.auto_renew = row.auto_renew.map(|_| !off);
        match draw {
            0..=14 => {
                row.status = Status::SUSPENDED;
                row.extra_mut().suspension_reasons = Some("Overdue".to_owned());
            }
            15..=22 => row.status = Status::DELETED,
            23..=28 => row.status = Status::CANCELLED,
            29..=36 if term.is_some() => {
                let long_ago = start.plus_months(-months - 1);
                row.status = Status::EXPIRED;
                row.auto_renew = Some(false);
                row.start = Some(long_ago);
                row.end = Some(long_ago.plus_months(months).plus_seconds(-1));
            }
            _ => {}
        }
    }
}

/// Single cases that stories ask for.
fn peculiar(crayon: &mut crayon::Model, tenants: &[u32], offers: &[Offer]) -> Vec<String> {
    let (product, term, cycle) = offers[1];
    let start = crayon.clock.now().midnight().plus_days(-3);
    let yearly = crayon.clock.now().midnight().plus_months(-12).plus_days(2);
    let first = crayon.place_subscription(tenants[0], product, 5, (term, cycle), start);
    let second = crayon.place_subscription(tenants[0], product, 8, (term, cycle), start);
    let renewing = crayon.place_subscription(tenants[1], product, 20, (term, cycle), yearly);
    let part_number =
        crayon.products.get(&product).map(|known| known.part_number.clone()).unwrap_or_default();
    if let Some(row) = crayon.subscription_mut(renewing) {
        let next = NextTerm { part_number, cycle, term: Term::Year, quantity: 12, custom_end: None };
        row.extra_mut().next_term = Some(next);
    }
    vec![
        format!("subscriptions {first} and {second} are one offer bought twice by {}", CUSTOMERS[0].0),
        format!("subscription {renewing} renews in a day with 12 seats instead of 20"),
    ]
}
