//! Speaks to Crayon Cloud-iQ.
