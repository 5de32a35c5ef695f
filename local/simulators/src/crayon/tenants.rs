//! Customer tenants and their consent to the customer agreement (crayon §8).

use super::face::Call;
use super::input::{Input, body};
use super::model::Model;
use super::output::{Style, publisher, reference, time};
use super::things::{Contact, Tenant};
use crate::http::Reply;
use crate::json::Json;

/// `GET customertenants` (*documented*).
pub(crate) fn list(model: &mut Model, call: &Call<'_>) -> Reply {
    let query = &call.query;
    let organisation = query.id("OrganizationId");
    let search = query.text("Search").map(str::to_lowercase);
    let domain = query.text("Domain").or(query.text("DomainPrefix")).map(str::to_lowercase);
    let kind = query.word("CustomerTenantType", &["None", "T1", "T2"]).filter(|kind| *kind != 0);
    let profile = query.id("InvoiceProfileId");
    let rows: Vec<&Tenant> = model
        .tenants
        .values()
        .filter(|row| !row.removed && model.sees(call, row.organisation))
        .filter(|row| organisation.is_none_or(|id| id == row.organisation))
        .filter(|row| profile.is_none_or(|id| id == row.invoice_profile))
        .filter(|row| kind.is_none_or(|kind| kind == usize::from(row.kind)))
        .filter(|row| {
            domain
                .as_ref()
                .is_none_or(|text| text.split('.').next() == Some(&row.domain_prefix.to_lowercase()))
        })
        .filter(|row| search.as_ref().is_none_or(|text| row.name.to_lowercase().contains(text)))
        .collect();
    model.page(call, &rows, |json, row| members(model, json, row), |_| {})
}

/// `GET customertenants/{id}`.
pub(crate) fn one(model: &mut Model, call: &Call<'_>) -> Reply {
    match seen(model, call) {
        Some(row) => model.reply(|json| json.object(|json| members(model, json, row))),
        None => model.not_found(),
    }
}

/// `GET customertenants/{id}/detailed`.
pub(crate) fn detailed(model: &mut Model, call: &Call<'_>) -> Reply {
    match seen(model, call) {
        Some(row) => detailed_reply(model, row, None),
        None => model.not_found(),
    }
}

/// `POST customertenants` (*documented*); the answer holds the fresh admin login. A foreign organisation
/// gives 400 `Invalid organization id` (*observed*, crayon §8.3).
pub(crate) fn create(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    let input = Input::of(&value);
    let tenant = input.get("Tenant");
    let organisation = tenant.get("Organization").get("Id").id().unwrap_or(0);
    if !model.sees(call, organisation) {
        return model.bad_request("Invalid organization id");
    }
    let (Some(name), Some(prefix)) = (tenant.get("Name").owned(), tenant.get("DomainPrefix").owned()) else {
        return model.bad_request("Name and DomainPrefix are required");
    };
    if model.tenants.values().any(|known| known.domain_prefix.eq_ignore_ascii_case(&prefix)) {
        return model.bad_request("Domain prefix is not available");
    }
    let id = model.add_tenant(organisation, &name, &prefix);
    let contact = contact(input.get("Profile"));
    if let Some(row) = model.tenants.get_mut(&id) {
        row.reference = tenant.get("Reference").owned();
        row.kind = u8::try_from(tenant.get("CustomerTenantType").number().unwrap_or(2)).unwrap_or(2);
        row.invoice_profile = tenant.get("InvoiceProfile").get("Id").id().unwrap_or(row.invoice_profile);
        row.registration_number = input.get("Company").get("OrganizationRegistrationNumber").owned();
        row.mca_accepted = false;
        row.contact = contact;
    }
    match model.tenants.get(&id) {
        Some(row) => detailed_reply(model, row, Some("Fresh-admin-password-1!")),
        None => model.not_found(),
    }
}

/// `GET customertenants/{id}/agreements`: empty while the customer agreement is not accepted.
pub(crate) fn agreements(model: &mut Model, call: &Call<'_>) -> Reply {
    let Some(row) = seen(model, call) else { return model.not_found() };
    let wanted =
        call.query.word("AgreementTypeConsent", &["MicrosoftCloudAgreement", "MicrosoftCustomerAgreement"]);
    let shown = row.mca_accepted && wanted.unwrap_or(1) == 1;
    let rows: Vec<&Tenant> = shown.then_some(row).into_iter().collect();
    model.page(call, &rows, |json, row| consent_members(json, row), |_| {})
}

/// `POST customertenants/{id}/agreements`: accepts the customer agreement.
pub(crate) fn accept(model: &mut Model, call: &Call<'_>) -> Reply {
    let value = body(call.request);
    let input = Input::of(&value);
    let required = ["FirstName", "LastName", "Email", "DateAgreed", "AgreementType"];
    let Some(id) = seen(model, call).map(|row| row.id) else { return model.not_found() };
    if let Some(name) = required.iter().find(|name| input.get(name).is_missing()) {
        return model.bad_request(&format!("{name} is required"));
    }
    let Some(row) = model.tenants.get_mut(&id) else { return model.not_found() };
    if input.get("AgreementType").number() == Some(1) {
        row.mca_accepted = true;
    }
    let row = row.clone();
    model.reply(|json| json.object(|json| consent_members(json, &row)))
}

/// `GET customertenants/{id}/azurePlan`: no tenant of this simulator has one, so 404 (*documented*).
pub(crate) fn azure_plan(model: &mut Model, _call: &Call<'_>) -> Reply {
    model.not_found()
}

fn seen<'a>(model: &'a Model, call: &Call<'_>) -> Option<&'a Tenant> {
    model.tenants.get(&call.id(0)).filter(|row| model.sees(call, row.organisation))
}

fn contact(profile: Input<'_>) -> Contact {
    let (contact, address) = (profile.get("Contact"), profile.get("Address"));
    let text = |input: Input<'_>| input.owned().unwrap_or_default();
    Contact {
        first_name: text(contact.get("FirstName")),
        last_name: text(contact.get("LastName")),
        email: text(contact.get("Email")),
        phone: text(contact.get("PhoneNumber")),
        street: text(address.get("AddressLine1")),
        city: text(address.get("City")),
        postal_code: text(address.get("PostalCode")),
        country: text(address.get("CountryCode")),
    }
}

/// The members of a tenant (*documented*, crayon §8.2); `agreement` is lower-case in the SDK.
fn members(model: &Model, json: &mut Json, row: &Tenant) {
    json.put("Id", row.id);
    json.put("Name", &row.name);
    publisher(json);
    reference(json, "Program", 8, Some("CSP"));
    json.put("PublisherCustomerId", &row.guid);
    json.put("ExternalPublisherCustomerId", &row.guid);
    json.put("Domain", format!("{}.onmicrosoft.example", row.domain_prefix));
    json.put("DomainPrefix", &row.domain_prefix);
    json.put("Reference", row.reference.as_deref());
    json.put("CustomerTenantType", row.kind);
    json.put("EntityStatus", u8::from(row.removed));
    model.organisation_reference(json, row.organisation);
    model.profile_reference(json, Some(row.invoice_profile));
    json.put_null("Consumer");
    json.put("ResellerMarkup", rust_decimal::Decimal::ZERO);
    json.put("DefaultSubscriptionPriceType", 1_u8);
    json.put_null("agreement");
}

fn detailed_reply(model: &Model, row: &Tenant, password: Option<&str>) -> Reply {
    let contact = &row.contact;
    model.reply(|json| {
        json.object(|json| {
            json.put_object("Tenant", |json| members(model, json, row));
            json.put_object("User", |json| {
                json.put("UserName", format!("admin@{}.onmicrosoft.example", row.domain_prefix));
                json.put("Password", password);
            });
            json.put_object("Profile", |json| {
                json.put("CultureCode", "en-US");
                json.put("LanguageCode", "en");
                json.put_object("Contact", |json| {
                    json.put("FirstName", &contact.first_name);
                    json.put("LastName", &contact.last_name);
                    json.put("Email", &contact.email);
                    json.put("PhoneNumber", &contact.phone);
                });
                json.put_object("Address", |json| address_members(json, contact));
                json.put_null("Agreement");
            });
            json.put_object("Company", |json| {
                json.put("OrganizationRegistrationNumber", row.registration_number.as_deref());
            });
        });
    })
}

fn address_members(json: &mut Json, contact: &Contact) {
    json.put("FirstName", &contact.first_name);
    json.put_null("MiddleName");
    json.put("LastName", &contact.last_name);
    json.put("AddressLine1", &contact.street);
    json.put_null("AddressLine2");
    json.put_null("AddressLine3");
    json.put("City", &contact.city);
    json.put_null("Region");
    json.put("PostalCode", &contact.postal_code);
    json.put("CountryCode", &contact.country);
    json.put_null("CountryName");
}

/// A consent; its date is the same for all (*assumed*), since nothing depends on it.
fn consent_members(json: &mut Json, row: &Tenant) {
    json.put("FirstName", &row.contact.first_name);
    json.put("LastName", &row.contact.last_name);
    json.put("Email", &row.contact.email);
    json.put("PhoneNumber", &row.contact.phone);
    json.put("DateAgreed", time(crate::clock::Moment::ymd(2024, 5, 2), Style::Offset));
    json.put("AgreementType", 1_u8);
}
