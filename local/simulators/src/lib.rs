//! Crayon Cloud-iQ and HostBill as stateful models with an HTTP face.
