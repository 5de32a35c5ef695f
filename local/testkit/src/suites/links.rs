//! Links.

use crate::builders::{links as some_links, parsed};
use domain::link::Link;
use domain::ports::LinkStore;
use std::collections::HashSet;

/// Links come back as they were written; writing one twice or removing one that is not there changes nothing.
pub async fn links<S: LinkStore>(store: &S) {
    assert!(store.links().await.unwrap().is_empty());
    let tenants: Vec<String> = (500..640).map(|n| n.to_string()).collect();
    let tenants: Vec<&str> = tenants.iter().map(String::as_str).collect();
    let mut expected: HashSet<Link> = some_links(&tenants).into_iter().collect();
    let all: Vec<_> = expected.iter().cloned().collect();

    store.change_links(&all, &[]).await.unwrap();
    assert_same(store, &expected).await;
    store.change_links(&all[..10], &[]).await.unwrap();
    assert_same(store, &expected).await;

    let odd = Link::Offer {
        offer: parsed("ofr_odd"),
        system: parsed("crayon"),
        key: parsed("PART 1/2/P1Y/every other month"),
    };
    expected.insert(odd.clone());
    expected.remove(&all[0]);
    expected.remove(&all[1]);
    store.change_links(std::slice::from_ref(&odd), &all[..2]).await.unwrap();
    assert_same(store, &expected).await;

    store.change_links(&[], &all[..2]).await.unwrap();
    assert_same(store, &expected).await;
    store.change_links(&all[..2], &all[..1]).await.unwrap();
    expected.extend(all[..2].iter().cloned());
    assert_same(store, &expected).await;
}

async fn assert_same<S: LinkStore>(store: &S, expected: &HashSet<Link>) {
    let read = store.links().await.unwrap();
    assert_eq!(read.len(), expected.len(), "each once");
    assert_eq!(&read.into_iter().collect::<HashSet<_>>(), expected);
}
