use super::{MOST_SLOTS, TokenCache, Tokens};
use crate::Credentials;
use domain::ports::PersonalCredentials;
use domain::secret::Secret;
use std::sync::Arc;

fn house(cache: &TokenCache) -> Tokens {
    let credentials = Credentials {
        client_id: "client".to_owned(),
        client_secret: Secret::new("secret"),
        username: "house@reseller.example".to_owned(),
        password: Secret::new("password"),
    };
    Tokens::new(cache, &"https://crayon.example/".parse().unwrap(), credentials)
}

fn person(username: &str, password: &str) -> PersonalCredentials {
    PersonalCredentials { username: username.to_owned(), password: Secret::new(password) }
}

#[test]
fn a_slot_belongs_to_one_user_and_one_password() {
    let house = house(&TokenCache::default());
    let anna = house.of(&person("anna", "one"));
    assert!(Arc::ptr_eq(&anna.slot, &house.of(&person("anna", "one")).slot));
    assert!(Arc::ptr_eq(&house.slot, &anna.of(&person("house@reseller.example", "password")).slot));
    for other in [person("anna", "two"), person("bo", "one")] {
        assert!(!Arc::ptr_eq(&anna.slot, &house.of(&other).slot));
    }
    assert!(!Arc::ptr_eq(&anna.slot, &house.slot));
}

#[test]
fn passwords_that_come_and_go_are_forgotten_and_those_in_use_are_not() {
    let cache = TokenCache::default();
    let house = house(&cache);
    for at in 0..3 * MOST_SLOTS {
        house.of(&person("anna", &at.to_string()));
    }
    assert!(cache.0.lock().unwrap().len() <= MOST_SLOTS);
    let again = house.of(&person("house@reseller.example", "password"));
    assert!(Arc::ptr_eq(&house.slot, &again.slot));
}
