//! What time does: terms renew or expire, scheduled orders fall due, pending things become ready.

use super::model::Model;
use super::things::OrderState;
use super::words::Status;
use crate::clock::Moment;

impl Model {
    /// Moves the clock there and applies what fell due (*assumed*, crayon §16 "Renewal clock"): a term that
    /// ends renews with its instructions when auto-renew is on, else the subscription expires; a renewal
    /// opens the cancellation window for seven days.
    pub fn advance_to(&mut self, moment: Moment) {
        self.clock.set(moment);
        self.process_scheduled(moment);
        let ended =
            self.subscriptions.iter().filter(|row| row.status == Status::ACTIVE && row.is_new_commerce());
        let due: Vec<u32> =
            ended.filter(|row| row.end.is_some_and(|end| end < moment)).map(|row| row.id).collect();
        for id in due {
            self.renew(id, moment);
        }
    }

    /// Moves the clock so many days on; see [`Model::advance_to`].
    pub fn advance_days(&mut self, days: i64) {
        self.advance_to(self.clock.now().plus_days(days));
    }

    /// One tick of Crayon's own work: orders in processing get their subscription, `Pending` subscriptions
    /// become active, an Azure plan gets its publisher id.
    pub fn tick(&mut self) {
        for at in 0..self.orders.len() {
            self.process(at);
        }
        let pending = |row: &super::Subscription| {
            row.status == Status::PENDING
                || row.extra.as_deref().is_some_and(|known| known.publisher_id.is_some())
        };
        let waiting: Vec<u32> =
            self.subscriptions.iter().filter(|row| pending(row)).map(|row| row.id).collect();
        for id in waiting {
            if let Some(row) = self.subscriptions.get_mut(id) {
                row.status = Status::ACTIVE;
                if let Some(extra) = row.extra.as_deref_mut() {
                    extra.publisher_id = None;
                }
            }
        }
    }

    /// Gives an order in processing its subscription.
    pub(crate) fn process(&mut self, at: usize) {
        let Some(order) = self.orders.get(at).filter(|order| order.state == OrderState::Processing).cloned()
        else {
            return;
        };
        let Some(product) = self.product(&order.part_number).map(|known| known.id) else { return };
        let start = self.clock.now().midnight();
        let id = self.place_subscription(
            order.tenant,
            product,
            order.quantity,
            (Some(order.term), order.cycle),
            start,
        );
        if let (Some(end), Some(row)) = (order.custom_end, self.subscriptions.get_mut(id)) {
            row.end = Some(end);
        }
        if let Some(stored) = self.orders.get_mut(at) {
            stored.state = OrderState::Succeeded;
            stored.subscriptions.push(id);
        }
    }

    fn process_scheduled(&mut self, moment: Moment) {
        for at in 0..self.orders.len() {
            let order = &mut self.orders[at];
            let due =
                order.state == OrderState::Scheduled && order.scheduled.is_some_and(|day| day <= moment);
            if due {
                order.state = OrderState::Processing;
                self.process(at);
            }
        }
    }

    fn renew(&mut self, id: u32, moment: Moment) {
        while let Some(row) = self.subscriptions.get(id) {
            let (Some(end), Some(term)) = (row.end.filter(|end| *end < moment), row.term) else { return };
            let next = row.extra.as_deref().and_then(|known| known.next_term.clone());
            let product =
                next.as_ref().and_then(|next| self.product(&next.part_number)).map(|known| known.id);
            let Some(row) = self.subscriptions.get_mut(id) else { return };
            if row.auto_renew != Some(true) {
                row.status = Status::EXPIRED;
                return;
            }
            let start = end.plus_seconds(1);
            let mut length = term;
            if let Some(next) = next {
                (row.quantity, row.cycle, length) = (next.quantity, next.cycle, next.term);
                row.product = product.unwrap_or(row.product);
                row.extra_mut().next_term = None;
            }
            row.term = Some(length);
            row.start = Some(start);
            row.end = Some(start.plus_months(length.months()).plus_seconds(-1));
            row.cancellable_until = Some(start.plus_days(7));
            let (organisation, product, cycle) = (row.organisation, row.product, row.cycle);
            let price = self.offer_price(organisation, product, Some(length), cycle).purchase;
            if let Some(row) = self.subscriptions.get_mut(id) {
                row.sales_price = price;
            }
        }
    }
}
