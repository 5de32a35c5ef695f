//! Suppliers' subscriptions become services in billing.
