//! The contract suites against an embedded DynamoDB.

use testkit::dynamo::Embedded;
use testkit::suites;

#[tokio::test]
async fn leases() {
    suites::leases(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn records() {
    suites::records(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn index() {
    suites::index(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn links() {
    suites::links(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn plans() {
    suites::plans(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn runs() {
    suites::runs(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn effects() {
    suites::effects(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn audit() {
    suites::audit(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn access() {
    suites::access(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn answers() {
    suites::answers(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn figures() {
    suites::figures(&Embedded::start().await.store()).await;
}

#[tokio::test]
async fn orders() {
    suites::orders(&Embedded::start().await.store()).await;
}
