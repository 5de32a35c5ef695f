use crate::wire::{Fake, Kept};
use domain::failure::FailureKind;
use domain::id::{SystemId, UserId};
use domain::ports::{PersonalCredentials, PersonalSecrets};
use domain::secret::Secret;
use secrets_manager::PeoplesSecrets;

const NAME: &str = "billbridge/people/usr_ada/crayon";

fn ada() -> UserId {
    "usr_ada".parse().unwrap()
}

fn crayon() -> SystemId {
    "crayon".parse().unwrap()
}

fn login(username: &str, password: &str) -> PersonalCredentials {
    PersonalCredentials { username: username.to_owned(), password: Secret::new(password) }
}

async fn start() -> (Fake, PeoplesSecrets) {
    let fake = Fake::start().await;
    let people = PeoplesSecrets::new(fake.manager.clone(), "billbridge/people");
    (fake, people)
}

#[tokio::test]
async fn a_sign_in_is_kept_found_kept_anew_and_removed() {
    let (fake, people) = start().await;
    assert_eq!(people.find(&ada(), &crayon()).await, Ok(None));
    let first = login("ada@reseller.example", "hunter2 \"quoted\" \\ ü");
    people.keep(&ada(), &crayon(), &first).await.unwrap();
    assert_eq!(people.find(&ada(), &crayon()).await, Ok(Some(first)));
    let second = login("ada@reseller.example", "hunter3");
    people.keep(&ada(), &crayon(), &second).await.unwrap();
    assert_eq!(people.find(&ada(), &crayon()).await, Ok(Some(second)));
    assert_eq!(fake.with(|model| model.secrets.keys().cloned().collect::<Vec<_>>()), [NAME]);

    people.remove(&ada(), &crayon()).await.unwrap();
    assert_eq!(people.find(&ada(), &crayon()).await, Ok(None));
    assert_eq!(fake.with(|model| (model.secrets.len(), model.recoverable)), (0, Some(false)));
    people.remove(&ada(), &crayon()).await.unwrap();
}

#[tokio::test]
async fn what_is_kept_is_one_json_object_and_costs_one_call_once_it_is_there() {
    let (fake, people) = start().await;
    people.keep(&ada(), &crayon(), &login("ada", "hunter2")).await.unwrap();
    assert_eq!(fake.asked(), ["PutSecretValue", "CreateSecret"]);
    people.keep(&ada(), &crayon(), &login("ada", "hunter2")).await.unwrap();
    assert_eq!(fake.asked(), ["PutSecretValue"]);
    let kept = fake.with(|model| model.secrets[NAME].clone());
    let text = r#"{"password":"hunter2","username":"ada"}"#.to_owned();
    assert_eq!(kept, Kept { text, marked_for_deletion: false });
}

#[tokio::test]
async fn nobody_finds_somebody_elses_sign_in_or_one_for_another_system() {
    let (_fake, people) = start().await;
    people.keep(&ada(), &crayon(), &login("ada", "hunter2")).await.unwrap();
    let (bo, nordic) = ("usr_bo".parse().unwrap(), "crayon-nordic".parse().unwrap());
    assert_eq!(people.find(&bo, &crayon()).await, Ok(None));
    assert_eq!(people.find(&ada(), &nordic).await, Ok(None));
    people.remove(&bo, &crayon()).await.unwrap();
    assert!(people.find(&ada(), &crayon()).await.unwrap().is_some());
}

#[tokio::test]
async fn two_who_keep_at_once_both_get_through_and_the_later_one_counts() {
    let (fake, people) = start().await;
    fake.with(|model| model.outrun = true);
    people.keep(&ada(), &crayon(), &login("ada", "hunter2")).await.unwrap();
    assert_eq!(fake.asked(), ["PutSecretValue", "CreateSecret", "PutSecretValue"]);
    assert_eq!(people.find(&ada(), &crayon()).await.unwrap(), Some(login("ada", "hunter2")));
}

#[tokio::test]
async fn a_secret_that_is_marked_for_deletion_is_gone_and_is_not_written_into() {
    let (fake, people) = start().await;
    fake.store(NAME, r#"{"username":"ada","password":"hunter2"}"#);
    fake.with(|model| model.secrets.get_mut(NAME).unwrap().marked_for_deletion = true);
    assert_eq!(people.find(&ada(), &crayon()).await, Ok(None));
    let failure = people.keep(&ada(), &crayon(), &login("ada", "hunter3")).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(
        failure.to_string(),
        format!(
            "secrets-manager: could not write secret {NAME}: InvalidRequestException: in their words (request r-1)"
        )
    );
    assert!(fake.with(|model| model.secrets[NAME].text.contains("hunter2")));
}

#[tokio::test]
async fn every_problem_names_the_secret_and_never_its_content() {
    let (fake, people) = start().await;
    let login = login("hunter1", "hunter2");
    for (status, code, kind) in [
        (400, "AccessDeniedException", FailureKind::Unauthorised),
        (400, "ThrottlingException", FailureKind::RateLimited(None)),
        (500, "InternalServiceError", FailureKind::Unavailable),
    ] {
        let mut failures = Vec::new();
        fake.with(|model| model.errors.push(("PutSecretValue", status, code)));
        failures.push(people.keep(&ada(), &crayon(), &login).await.unwrap_err());
        fake.with(|model| model.errors.push(("CreateSecret", status, code)));
        failures.push(people.keep(&ada(), &crayon(), &login).await.unwrap_err());
        fake.with(|model| model.errors.push(("GetSecretValue", status, code)));
        failures.push(people.find(&ada(), &crayon()).await.unwrap_err());
        fake.with(|model| model.errors.push(("DeleteSecret", status, code)));
        failures.push(people.remove(&ada(), &crayon()).await.unwrap_err());
        for failure in failures {
            assert_eq!(failure.kind, kind, "{failure}");
            assert!(failure.what.contains(NAME) && failure.what.contains(code), "{failure}");
            assert!(!format!("{failure:?} {people:?} {login:?}").contains("hunter2"), "{failure}");
        }
        assert_eq!(fake.with(|model| model.secrets.len()), 0);
    }
}

#[tokio::test]
async fn a_secret_that_is_no_sign_in_is_told_and_not_guessed() {
    let (fake, people) = start().await;
    for text in ["hunter2", "{}", r#"{"username":"hunter2"}"#, r#"{"username":"a","password":7}"#, "[]"] {
        fake.store(NAME, text);
        let failure = people.find(&ada(), &crayon()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Malformed, "{text}");
        let expected = format!(
            "secrets-manager: could not use secret {NAME}: it is no JSON object of username and password: \
             store the sign-in again (request r-1)"
        );
        assert_eq!(failure.to_string(), expected);
    }
}
