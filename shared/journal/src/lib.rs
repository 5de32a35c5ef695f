//! The effect journal: intent, call, receipt, look-up after doubt; and leases with fencing tokens.
