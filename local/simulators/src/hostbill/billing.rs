//! What time does: recurring invoices, closed metered periods, overdue accounts. All *assumed* (hostbill
//! §16.9), each rule switchable in `Settings::billing`.

use rust_decimal::Decimal;

use super::cycles::Cycle;
use super::model::Model;
use super::things::{Item, cents};
use crate::clock::Moment;

const CLOCK: &str = "billing clock";

impl Model {
    /// Moves the clock there and applies what fell due: an active account whose invoice day has come gets an
    /// `Unpaid` invoice with its recurring amount, its metered charges and its queued items, and its dates
    /// move on by one cycle.
    pub fn advance_to(&mut self, moment: Moment) {
        self.clock.set(moment);
        if self.settings.billing.recurring {
            let running = self.accounts.iter().filter(|account| account.status == "Active");
            let due: Vec<u32> = running
                .filter(|account| account.next_invoice.is_some_and(|day| day <= moment))
                .map(|account| account.id)
                .collect();
            for id in due {
                self.bill(id, moment);
            }
        }
        if let Some(days) = self.settings.billing.suspend_after_days {
            self.suspend_overdue(moment.plus_days(-days));
        }
    }

    /// Moves the clock so many days on; see [`Model::advance_to`].
    pub fn advance_days(&mut self, days: i64) {
        self.advance_to(self.clock.now().plus_days(days));
    }

    fn bill(&mut self, id: u32, moment: Moment) {
        while let Some(account) = self.accounts.get(id) {
            let (Some(day), Some(due)) =
                (account.next_invoice.filter(|day| *day <= moment), account.next_due)
            else {
                return;
            };
            let Some(months) = Cycle::from_name(&account.cycle).and_then(Cycle::months) else { return };
            let client = account.client;
            let items = self.items_of(id);
            let invoice = self.new_invoice(client, "Unpaid");
            if let Some(known) = self.invoices.get_mut(&invoice) {
                known.items = items;
                known.date = day;
                known.due = due;
            }
            self.fire_of("after_invoicecreate", invoice);
            for item in self.queue.iter_mut().filter(|item| item.account == id && item.invoice.is_none()) {
                item.invoice = Some(invoice);
            }
            if let Some(account) = self.accounts.get_mut(id) {
                let next = due.plus_months(months);
                account.previous_invoice = Some(day);
                account.next_due = Some(next);
                account.next_invoice = Some(next.plus_days(-14));
                account.note(moment, CLOCK, "next_due", &due.date_text(), &next.date_text());
            }
        }
    }

    /// Lines of an account's next invoice; closes its metered period on the way.
    fn items_of(&mut self, id: u32) -> Vec<Item> {
        let Some(account) = self.accounts.get(id) else { return Vec::new() };
        let name = self.products.get(&account.product).map_or(String::new(), |product| product.name.clone());
        let mut lines = vec![("Hosting", id, name, account.total, Decimal::ONE, true)];
        let mine = self.variables.values().filter(|variable| variable.product == account.product);
        for variable in mine {
            let charge = cents(self.metered_charge(id, variable));
            if !charge.is_zero() {
                lines.push(("Hosting", id, variable.name.clone(), charge, Decimal::ONE, true));
            }
        }
        let waiting = self.queue.iter().filter(|item| item.account == id && item.invoice.is_none());
        lines.extend(
            waiting.map(|item| ("Other", 0, item.description.clone(), item.amount, item.qty, item.taxed)),
        );
        if self.settings.billing.close_periods {
            for record in self.usage.iter_mut().filter(|record| record.account == id) {
                record.closed = true;
            }
        }
        let mut items = Vec::with_capacity(lines.len());
        for (kind, item_id, description, amount, qty, taxed) in lines {
            let id = self.new_item_id();
            items.push(Item { id, kind: kind.to_owned(), item_id, description, amount, qty, taxed });
        }
        items
    }

    fn suspend_overdue(&mut self, before: Moment) {
        let overdue =
            self.invoices.values().filter(|invoice| invoice.status == "Unpaid" && invoice.due < before);
        let hosting = overdue.flat_map(|invoice| &invoice.items).filter(|item| item.item_id != 0);
        let accounts: Vec<u32> = hosting.map(|item| item.item_id).collect();
        for id in accounts {
            if self.accounts.get(id).is_some_and(|account| account.status == "Active") {
                self.module_suspend(id, CLOCK);
            }
        }
    }
}
