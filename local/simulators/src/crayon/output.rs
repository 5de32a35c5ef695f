//! Rows and envelopes as Crayon writes them.

use super::face::Call;
use super::model::Model;
use super::settings::Profile;
use super::subscriptions::{Subscription, Tags, guid_text};
use super::things::{Product, Tenant};
use super::words::Term;
use crate::clock::Moment;
use crate::http::Reply;
use crate::json::Json;
use crate::listing::{View, view};

/// How a timestamp is written; three styles coexist (*documented*, crayon §2.4).
#[derive(Clone, Copy)]
pub(crate) enum Style {
    /// `…11.53+00:00`
    Offset,
    /// `…11Z`
    Zulu,
    /// `…11`, meaning UTC (*assumed*, crayon §2.4).
    Bare,
}

/// A timestamp with the fraction's trailing zeros left out, as Json.NET does.
pub(crate) fn time(moment: Moment, style: Style) -> String {
    let at = moment.civil();
    let millis = moment.millis().rem_euclid(1000);
    let mut text = format!("{}T{:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second());
    if millis != 0 {
        text.push_str(format!(".{millis:03}").trim_end_matches('0'));
    }
    text.push_str(match style {
        Style::Offset => "+00:00",
        Style::Zulu => "Z",
        Style::Bare => "",
    });
    text
}

/// `{Id, Name}`.
pub(crate) fn reference(json: &mut Json, name: &str, id: u32, label: Option<&str>) {
    json.put_object(name, |json| {
        json.put("Id", id);
        json.put("Name", label);
    });
}

/// The publisher of everything: Microsoft is 2 in every sample (*documented*, crayon §7.1).
pub(crate) fn publisher(json: &mut Json) {
    reference(json, "Publisher", 2, Some("Microsoft"));
}

pub(crate) fn product_reference(json: &mut Json, product: Option<&Product>) {
    let Some(product) = product else { return json.put_null("Product") };
    json.put_object("Product", |json| {
        json.put("Id", product.id);
        json.put("PartNumber", &product.part_number);
        json.put_null("PublisherProductId");
        json.put("ItemLegalName", &product.name);
        json.put("ItemName", &product.name);
    });
}

impl Model {
    pub(crate) fn organisation_reference(&self, json: &mut Json, id: u32) {
        let name = self.organisations.get(&id).map(|known| known.name.as_str());
        reference(json, "Organization", id, name);
    }

    pub(crate) fn profile_reference(&self, json: &mut Json, id: Option<u32>) {
        match id.and_then(|id| self.invoice_profiles.get(&id)) {
            Some(profile) => reference(json, "InvoiceProfile", profile.id, Some(&profile.name)),
            None => json.put_null("InvoiceProfile"),
        }
    }

    /// Which rows of a list of `len` this call gets.
    pub(crate) fn window(&self, call: &Call<'_>, len: usize) -> View {
        let page = if self.paging.ignore_page { 1 } else { call.query.size("Page").unwrap_or(1) };
        let asked = call.query.size("PageSize").unwrap_or(self.paging.default_size);
        let size = self.paging.cap.map_or(asked, |cap| asked.min(cap));
        view(len, page, size, call.list_faults)
    }

    /// A list in its envelope, or bare in the other profile; `more` adds members beside `Items`.
    pub(crate) fn page<T>(
        &self,
        call: &Call<'_>,
        rows: &[T],
        write: impl Fn(&mut Json, &T),
        more: impl FnOnce(&mut Json),
    ) -> Reply {
        let view = self.window(call, rows.len());
        let shown: Vec<&T> = view.rows.iter().filter_map(|at| rows.get(*at)).collect();
        self.envelope(view.total, &shown, 256, |json, row| write(json, row), more)
    }

    /// `Items` and `TotalHits` around rows, each of about `bytes`.
    pub(crate) fn envelope<T>(
        &self,
        total: i64,
        rows: &[T],
        bytes: usize,
        write: impl Fn(&mut Json, &T),
        more: impl FnOnce(&mut Json),
    ) -> Reply {
        let mut json = Json::sized(self.profile == Profile::OpenApi, rows.len() * bytes + 256);
        let items = |json: &mut Json| {
            for row in rows {
                json.item();
                json.object(|json| write(json, row));
            }
        };
        if self.profile == Profile::OpenApi {
            json.array(items);
        } else {
            json.object(|json| {
                json.put_array("Items", items);
                json.put("TotalHits", total);
                more(json);
            });
        }
        Reply::json(200, json.finish())
    }

    /// The members of a subscription in a list (*documented*, crayon §9.3).
    pub(crate) fn subscription_members(&self, json: &mut Json, row: &Subscription) {
        let extra = row.extra.as_deref();
        let product = self.products.get(&row.product);
        let tenant = self.tenants.get(&row.tenant);
        let name = row.name.as_deref().or(product.map(|known| known.name.as_str())).unwrap_or_default();
        json.put("Id", row.id);
        json.put("PublisherSubscriptionId", publisher_id(row));
        json.put("EntitlementId", extra.and_then(|known| known.entitlement.as_deref()));
        publisher(json);
        self.organisation_reference(json, row.organisation);
        tenant_reference(json, row.tenant, tenant);
        product_reference(json, product);
        json.put("Quantity", row.quantity);
        json.put("Name", name);
        json.put("Status", row.status.0);
        json.put("ProvisionType", 1_u8);
        json.put("AvailableAddonsCount", 0_u8);
        self.add_ons(json, row);
        json.put("OrderId", format!("{:012x}", (row.guid ^ u128::from(row.id)) & 0xffff_ffff_ffff));
        json.put("CreationDate", time(row.created, Style::Offset));
        json.put("BillingCycle", row.cycle.number());
        json.put("Markup", extra.and_then(|known| known.markup).unwrap_or_default());
        json.put("IsTrial", row.trial);
        json.put("StartDate", row.start.map(|at| time(at, Style::Bare)));
        json.put("EndDate", row.end.map(|at| time(at, Style::Bare)));
        json.put("PriceType", 1_u8);
        json.put("SalesPrice", row.sales_price);
        json.put("RegisteredForReservedInstance", false);
        let of_tenant = tenant.map(|known| known.invoice_profile);
        self.profile_reference(json, extra.and_then(|known| known.invoice_profile).unwrap_or(of_tenant));
        match extra.and_then(|known| known.tags.as_ref()) {
            Some(tags) => tag_members(json, "SubscriptionTags", row.id, tags, row.created),
            None => json.put_null("SubscriptionTags"),
        }
        json.put("AcceptAutoSuspension", extra.and_then(|known| known.accept_auto_suspension));
        let suspension = extra.and_then(|known| known.auto_suspension);
        json.put("AutoSuspensionDate", suspension.map(|at| time(at, Style::Offset)));
        json.put("PartNumber", product.map(|known| known.part_number.as_str()));
        json.put("TermDuration", row.term.map(Term::text));
        json.put("AutoRenewEnabled", row.auto_renew);
        json.put("CancellationAllowedUntilDate", row.cancellable_until.map(|at| time(at, Style::Zulu)));
        instructions(json, row);
        let most = extra.and_then(|known| known.maximum).or(product.and_then(|known| known.maximum));
        json.put("MaxEndCustomerQuantity", extra.and_then(|known| known.maximum));
        json.put("SubscriptionMaxTreshold", most);
    }

    /// What a single subscription shows beyond the list (*documented*, crayon §9.3).
    pub(crate) fn detailed_members(&self, json: &mut Json, row: &Subscription) {
        self.subscription_members(json, row);
        let legacy = if row.is_new_commerce() { row.end } else { Some(Moment::FOREVER) };
        json.put("EffectiveStartDate", row.start.map(|at| time(at, Style::Offset)));
        json.put("CommitmentEndDate", legacy.map(|at| time(at, Style::Offset)));
        let reasons = row.extra.as_deref().and_then(|known| known.suspension_reasons.as_deref());
        json.put("SuspensionReasons", reasons);
        let kind = if row.is_new_commerce() { 13 } else { 6 };
        let mut agreements = self.agreements.values();
        let agreement = agreements.find(|known| known.organisation == row.organisation && known.kind == kind);
        json.put("OriginalAgreementId", agreement.map(|known| known.id));
        let price = self.price_of(row);
        json.put_object("Pricing", |json| {
            json.put("CurrencyCode", &price.currency);
            json.put("PurchasePrice", price.purchase);
            json.put("RecommendedRetailPrice", price.retail);
        });
        json.put("AttestationAccepted", None::<bool>);
    }

    fn add_ons(&self, json: &mut Json, row: &Subscription) {
        let add_ons = row.extra.as_deref().map_or(&[][..], |known| known.add_ons.as_slice());
        json.put_array("Subscriptions", |json| {
            for add_on in add_ons {
                json.item();
                json.object(|json| {
                    let product = self.products.get(&add_on.product);
                    json.put("Id", add_on.id);
                    json.put("PublisherSubscriptionId", guid_text(row.guid ^ u128::from(add_on.id)));
                    json.put("Name", product.map(|known| known.name.as_str()));
                    json.put("Status", add_on.status.0);
                    json.put("Quantity", add_on.quantity);
                    self.organisation_reference(json, row.organisation);
                    product_reference(json, product);
                    publisher(json);
                    json.put("CreationDate", time(row.created, Style::Offset));
                    json.put("TermDuration", row.term.map(Term::text));
                    json.put("AutoRenewEnabled", row.auto_renew);
                });
            }
        });
    }
}

fn publisher_id(row: &Subscription) -> String {
    let named = row.extra.as_deref().and_then(|known| known.publisher_id.clone());
    named.unwrap_or_else(|| guid_text(row.guid))
}

fn tenant_reference(json: &mut Json, id: u32, tenant: Option<&Tenant>) {
    json.put_object("CustomerTenant", |json| {
        json.put("Id", id);
        json.put("PublisherCustomerId", tenant.map(|known| known.guid.as_str()));
    });
}

/// Tags under a name, or as a whole object when the name is empty.
pub(crate) fn tag_members(json: &mut Json, name: &str, subscription: u32, tags: &Tags, at: Moment) {
    let fill = |json: &mut Json| {
        json.put("SubscriptionId", subscription);
        json.put("CostCenter", tags.cost_center.as_deref());
        json.put("Department", tags.department.as_deref());
        json.put("Project", tags.project.as_deref());
        json.put("Custom", tags.custom.as_deref());
        json.put("Owner", tags.owner.as_deref());
        json.put("CreatedDate", time(at, Style::Offset));
        json.put("ModifiedDate", time(at, Style::Offset));
    };
    if name.is_empty() {
        json.object(fill);
    } else {
        json.put_object(name, fill);
    }
}

fn instructions(json: &mut Json, row: &Subscription) {
    let Some(next) = row.extra.as_deref().and_then(|known| known.next_term.as_ref()) else {
        return json.put_null("ScheduledNextTermInstructions");
    };
    let (product, sku) = next.part_number.split_once(':').unwrap_or((&next.part_number, ""));
    json.put_object("ScheduledNextTermInstructions", |json| {
        json.put_object("Product", |json| {
            json.put("ProductId", product);
            json.put("SkuId", sku);
            json.put("AvailabilityId", format!("CFQ7{:08X}", row.product));
            json.put("BillingCycle", next.cycle.word());
            json.put("TermDuration", next.term.text());
        });
        json.put("Quantity", next.quantity);
        json.put("CustomTermEndDate", next.custom_end.map(|at| time(at, Style::Zulu)));
    });
}
