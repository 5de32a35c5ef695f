use crate::wire::Fake;
use domain::failure::FailureKind;
use domain::ports::VariableSource;
use secrets_manager::NamedSecrets;

#[tokio::test]
async fn a_credential_that_was_changed_is_seen_by_the_next_look() {
    let fake = Fake::start().await;
    fake.store("billing", r#"{"HOSTBILL_API_KEY": "old"}"#);
    fake.store("supplier", r#"{"CRAYON_PASSWORD": "same"}"#);
    let names = ["billing", "supplier"].map(str::to_owned).to_vec();
    let source: Box<dyn VariableSource> = Box::new(NamedSecrets { manager: fake.manager.clone(), names });
    assert_eq!(source.variables().await.unwrap()["HOSTBILL_API_KEY"].expose(), "old");
    fake.store("billing", r#"{"HOSTBILL_API_KEY": "new"}"#);
    let now = source.variables().await.unwrap();
    assert_eq!(now["HOSTBILL_API_KEY"].expose(), "new");
    assert_eq!(now["CRAYON_PASSWORD"].expose(), "same");

    fake.with(|model| model.errors.push(("GetSecretValue", 500, "InternalServiceError")));
    assert_eq!(source.variables().await.unwrap_err().kind, FailureKind::Unavailable);
    assert_eq!(source.variables().await.unwrap(), now);
}

#[tokio::test]
async fn nothing_named_is_nothing_asked() {
    let fake = Fake::start().await;
    let source = NamedSecrets { manager: fake.manager.clone(), names: Vec::new() };
    assert!(source.variables().await.unwrap().is_empty());
    assert_eq!(fake.asked(), [] as [&str; 0]);
}
