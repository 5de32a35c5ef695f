//! The in-memory store keeps every promise of the ports.

use testkit::{MemoryStore, suites};

mod faults;

#[tokio::test]
async fn leases() {
    suites::leases(&MemoryStore::default()).await;
}

#[tokio::test]
async fn records() {
    suites::records(&MemoryStore::default()).await;
}

#[tokio::test]
async fn index() {
    suites::index(&MemoryStore::default()).await;
}

#[tokio::test]
async fn links() {
    suites::links(&MemoryStore::default()).await;
}

#[tokio::test]
async fn plans() {
    suites::plans(&MemoryStore::default()).await;
}

#[tokio::test]
async fn runs() {
    suites::runs(&MemoryStore::default()).await;
}

#[tokio::test]
async fn effects() {
    suites::effects(&MemoryStore::default()).await;
}

#[tokio::test]
async fn audit() {
    suites::audit(&MemoryStore::default()).await;
}

#[tokio::test]
async fn access() {
    suites::access(&MemoryStore::default()).await;
}

#[tokio::test]
async fn answers() {
    suites::answers(&MemoryStore::default()).await;
}

#[tokio::test]
async fn figures() {
    suites::figures(&MemoryStore::default()).await;
}

#[tokio::test]
async fn orders() {
    suites::orders(&MemoryStore::default()).await;
}
