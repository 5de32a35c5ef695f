//! Speaks to the HostBill Admin API.
