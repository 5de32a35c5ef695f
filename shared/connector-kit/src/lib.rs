//! The one HTTP client, retries, rate limit, redaction and the taxonomy of a system's failures.
