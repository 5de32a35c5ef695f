//! Logging, environment, running a Lambda handler, and which failures Lambda should retry.
