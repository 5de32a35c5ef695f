//! The shapes Billbridge publishes, versioned.
