//! A small estate with one of everything (crayon §16 "Seed set").

use rust_decimal::Decimal;

use super::model::Model;
use super::subscriptions::NextTerm;
use super::things::Kind;
use super::words::{Cycle, Status, Term};
use crate::clock::Moment;

impl Model {
    /// Two organisations, two users (the second sees only the second organisation), three tenants (one
    /// without the customer agreement), subscriptions of every term, one legacy, one suspended, one with
    /// instructions for its next term.
    pub fn sample() -> Self {
        let mut model = Self::empty();
        let euro = model.add_organisation("Reseller [T2/EUR]", "EUR");
        let krone = model.add_organisation("Reseller Norge [T1/NOK]", "NOK");
        model.add_user("second.user@reseller.example", "s3cond!", &[krone]);
        model.add_product(
            "CFQ7TTC0LH16:0001",
            "Exchange Online (Plan 1)",
            Decimal::new(328, 2),
            Decimal::new(400, 2),
        );
        model.add_product(
            "CFQ7TTC0LDPB:0001",
            "Office Suite Business",
            Decimal::new(940, 2),
            Decimal::new(1170, 2),
        );
        let legacy = model.add_product(
            "031c9e47-4802-4248-838e-778fb1d2cc05",
            "Office Suite Essentials (Legacy)",
            Decimal::new(410, 2),
            Decimal::new(500, 2),
        );
        if let Some(product) = model.products.get_mut(&legacy) {
            product.kind = Kind::LegacySeats;
            product.terms.clear();
            product.cycles = vec![Cycle::Monthly];
        }
        let fjord = model.add_tenant(euro, "Fjord Kaffe AB", "fjordkaffe");
        let moor = model.add_tenant(euro, "Moor Logistik GmbH", "moorlogistik");
        let nord = model.add_tenant(krone, "Nordlys Regnskap AS", "nordlysregnskap");
        if let Some(tenant) = model.tenants.get_mut(&moor) {
            tenant.mca_accepted = false;
        }
        model.add_subscription(fjord, "CFQ7TTC0LH16:0001", 25, Some(Term::Year), Cycle::Monthly);
        model.add_subscription(fjord, "CFQ7TTC0LDPB:0001", 10, Some(Term::Month), Cycle::Monthly);
        model.add_subscription(fjord, "031c9e47-4802-4248-838e-778fb1d2cc05", 5, None, Cycle::Monthly);
        let suspended = model.add_subscription(moor, "CFQ7TTC0LH16:0001", 7, Some(Term::Year), Cycle::Annual);
        let instructed =
            model.add_subscription(nord, "CFQ7TTC0LDPB:0001", 12, Some(Term::ThreeYears), Cycle::Annual);
        if let Some(row) = model.subscription_mut(suspended) {
            row.status = Status::SUSPENDED;
            row.extra_mut().suspension_reasons = Some("CustomerInitiated".to_owned());
        }
        if let Some(row) = model.subscription_mut(instructed) {
            row.end = Some(Moment::ymd(2026, 4, 1).plus_seconds(-1));
            row.extra_mut().next_term = Some(NextTerm {
                part_number: "CFQ7TTC0LDPB:0001".to_owned(),
                cycle: Cycle::Monthly,
                term: Term::Year,
                quantity: 9,
                custom_end: None,
            });
        }
        model
    }
}
