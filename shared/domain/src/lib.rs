//! The words and rules of the business: money, periods, ids, subscriptions, plans and the ports they need.
