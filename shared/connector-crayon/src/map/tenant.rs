//! A customer tenant, from a list's row or from its details.

use super::subscription::{display, id};
use crate::wire::{self, Problem, Raw, Wanted};
use domain::ports::Tenant;
use std::borrow::Cow;

/// What is wanted of a tenant.
pub(crate) const TENANT: Wanted<6> =
    Wanted(["Id", "Name", "ExternalPublisherCustomerId", "PublisherCustomerId", "Domain", "Reference"]);
/// What is wanted of a tenant's details. Beside these stands `User` with a password: it is never read.
pub(crate) const DETAILED_TENANT: Wanted<3> = Wanted(["Tenant", "Company", "Profile"]);
const COMPANY: Wanted<1> = Wanted(["OrganizationRegistrationNumber"]);
const PROFILE: Wanted<1> = Wanted(["Contact"]);
const CONTACT: Wanted<1> = Wanted(["Email"]);

/// A list's row. Everything but the id is evidence: it may be missing.
pub(crate) fn tenant(members: Option<&[Raw<'_>; 6]>) -> Result<Tenant, Cow<'static, str>> {
    let [raw_id, name, external, internal, domain, reference] = *members.ok_or("the row is not an object")?;
    Ok(Tenant {
        id: id(raw_id, "Id")?,
        name: name.map(|raw| display(raw).into_owned()).unwrap_or_default(),
        publisher_id: evidence(external).or_else(|| evidence(internal)),
        domain: evidence(domain).map(|domain| domain.to_lowercase()),
        registration: None,
        reference: evidence(reference),
        email: None,
    })
}

/// A tenant's details, with the registration number and the contact's address.
pub(crate) fn detailed_tenant(members: &[Raw<'_>; 3]) -> Result<Tenant, Cow<'static, str>> {
    let [raw_tenant, company, profile] = *members;
    let raw_tenant = raw_tenant.ok_or("Tenant is missing")?;
    let own = wire::read_object(raw_tenant, TENANT).map_err(|_: Problem| "Tenant is not an object")?;
    let registration = only(company, COMPANY);
    let email = only(only(profile, PROFILE), CONTACT);
    Ok(Tenant {
        registration: evidence(registration),
        email: evidence(email),
        ..tenant(Some(&own)).map_err(|problem| format!("Tenant.{problem}"))?
    })
}

fn only(raw: Raw<'_>, wanted: Wanted<1>) -> Raw<'_> {
    wire::read_object(raw?, wanted).ok().and_then(|[member]| member)
}

fn evidence(raw: Raw<'_>) -> Option<String> {
    raw.and_then(wire::text_or_number).filter(|text| !text.is_empty()).map(Cow::into_owned)
}
