//! What proves that a tenant is a client, or an offer a product: exact evidence only. Names are for people;
//! they are carried along and never compared.

use connections::ClientFields;
use domain::id::ClientId;
use domain::ports::{BillingClient, BillingProduct, Tenant};
use domain::subscription::OfferKey;
use std::collections::{BTreeMap, BTreeSet};

/// Domains where anybody can have an address: they prove nothing.
const PUBLIC: [&str; 40] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.de",
    "hotmail.fr",
    "live.com",
    "live.no",
    "live.se",
    "msn.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.de",
    "yahoo.fr",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "mail.com",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "proton.me",
    "protonmail.com",
    "tutanota.com",
    "online.no",
    "telia.com",
    "orange.fr",
    "free.fr",
    "libero.it",
    "wp.pl",
    "seznam.cz",
];

/// How sure a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// One on each side.
    Unique,
    /// More than one on a side: a person must say which.
    Ambiguous,
    /// No evidence leads anywhere.
    None,
}

impl Confidence {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unique => "unique",
            Self::Ambiguous => "ambiguous",
            Self::None => "none",
        }
    }
}

/// The clients that evidence leads to from each tenant, in the tenants' order, each with what the evidence is.
pub fn clients_of<'a>(
    tenants: &[Tenant],
    clients: &'a [BillingClient],
    fields: &ClientFields,
) -> Vec<(Confidence, Vec<(&'a BillingClient, String)>)> {
    let mut tenants_by_domain: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for tenant in tenants {
        for domain in domains(tenant) {
            tenants_by_domain.entry(domain).or_default().insert(tenant.id.as_str());
        }
    }
    let proofs = |tenant: &Tenant| -> Vec<(&'a BillingClient, String)> {
        let of_client = |client: &'a BillingClient| {
            let proofs = proofs(tenant, client, fields);
            (!proofs.is_empty()).then(|| (client, proofs.join("; ")))
        };
        clients.iter().filter_map(of_client).collect()
    };
    let found: Vec<_> = tenants.iter().map(proofs).collect();
    let mut claims: BTreeMap<&ClientId, usize> = BTreeMap::new();
    for (client, _) in found.iter().flatten() {
        *claims.entry(&client.id).or_default() += 1;
    }
    let shared = |tenant: &Tenant| {
        domains(tenant).iter().any(|d| tenants_by_domain.get(d).is_some_and(|tenants| tenants.len() > 1))
    };
    let judged = tenants.iter().zip(found).map(|(tenant, found)| {
        let confidence = match found.as_slice() {
            [] => Confidence::None,
            [(client, proof)]
                if claims.get(&client.id) == Some(&1)
                    && !(shared(tenant) && proof.starts_with("e-mail domain")) =>
            {
                Confidence::Unique
            }
            _ => Confidence::Ambiguous,
        };
        (confidence, found)
    });
    judged.collect()
}

fn proofs(tenant: &Tenant, client: &BillingClient, fields: &ClientFields) -> Vec<String> {
    let mut proofs = Vec::new();
    let field = |name: &str| {
        client
            .fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
            .unwrap_or_default()
    };
    let carried = field(&fields.tenant);
    let publisher = tenant.publisher_id.as_deref().unwrap_or_default();
    if !carried.is_empty() && (carried == tenant.id.as_str() || carried.eq_ignore_ascii_case(publisher)) {
        proofs.push(format!("field {} is {carried}", fields.tenant));
    }
    if let Some(theirs) = &client.email_domain
        && domains(tenant).contains(theirs)
    {
        proofs.push(format!("e-mail domain {theirs}"));
    }
    let registered = tenant.registration.as_deref().unwrap_or_default();
    if same_registration(registered, field(&fields.registration)) {
        proofs.push(format!("registration number {}", bare(registered)));
    }
    proofs
}

/// The domains that are the tenant's own.
fn domains(tenant: &Tenant) -> BTreeSet<String> {
    let mail = tenant.email.as_deref().and_then(|address| address.rsplit_once('@')).map(|(_, domain)| domain);
    let all = [tenant.domain.as_deref(), mail].into_iter().flatten();
    all.map(str::to_lowercase)
        .filter(|domain| !domain.is_empty() && !PUBLIC.contains(&domain.as_str()))
        .collect()
}

/// Spaces, dots and dashes do not count; nor does a country's two letters in front, if one side has them and
/// what follows is the same. A number of less than five characters proves nothing.
fn same_registration(a: &str, b: &str) -> bool {
    let (a, b) = (bare(a), bare(b));
    if a.len() < 5 || b.len() < 5 {
        return false;
    }
    a == b || without_country(&a) == Some(&b) || without_country(&b) == Some(&a)
}

fn bare(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn without_country(bare: &str) -> Option<&str> {
    let (country, rest) = bare.split_at_checked(2)?;
    let is_country = country.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_country && rest.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

/// The products that an offer may be: those whose code is the offer's key, or its part number with or without
/// the term, and that can be ordered in its cycle.
pub fn products_of<'a>(
    offer: &OfferKey,
    products: &'a [BillingProduct],
) -> (Confidence, Vec<(&'a BillingProduct, String)>) {
    let codes = [
        offer.to_string(),
        format!("{}/{}", offer.part_number, offer.term.as_str()),
        offer.part_number.to_string(),
    ];
    // The most exact code counts: a product for the whole offer beats one for the bare part number.
    for code in codes {
        let fits = |product: &&BillingProduct| {
            product.code.as_deref() == Some(code.as_str()) && product.cycles.contains(&offer.cycle)
        };
        let found: Vec<_> =
            products.iter().filter(fits).map(|product| (product, format!("product code {code}"))).collect();
        match found.len() {
            0 => {}
            1 => return (Confidence::Unique, found),
            _ => return (Confidence::Ambiguous, found),
        }
    }
    (Confidence::None, Vec::new())
}

#[cfg(test)]
mod tests;
