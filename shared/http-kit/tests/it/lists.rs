//! Cursors.

use crate::house::{Ask, House, house};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Scope;
use domain::secret::Secret;
use http_kit::{MAX_LIMIT, Paging};
use proptest::prelude::*;
use serde_json::Value;

async fn list(house: &House, token: &Secret, uri: &str) -> Value {
    house.ask(Ask::get(uri).token(token)).await.json()
}

#[tokio::test]
async fn a_list_is_read_on_where_its_page_ended() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let first = list(&house, &token, "/api/things?state=open").await;
    assert_eq!(first["items"][0], "50 from the beginning in open");
    let next = first["next"].as_str().unwrap();
    // The order of the query does not matter, and the next page may be longer.
    let second = list(&house, &token, &format!("/api/things?cursor={next}&limit=200&state=open")).await;
    assert_eq!(second["items"][0], "200 from the beginning on in open");
}

#[tokio::test]
async fn a_cursor_is_good_for_its_principal_its_list_and_its_filters_only() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let (_, other) = house.token(&[Scope::Read], None).await;
    let first = list(&house, &token, "/api/things?state=open").await;
    let next = first["next"].as_str().unwrap();
    let mut tampered = URL_SAFE_NO_PAD.decode(next).unwrap();
    *tampered.last_mut().unwrap() ^= 1;
    let tampered = URL_SAFE_NO_PAD.encode(tampered);
    for (who, uri) in [
        (&other, format!("/api/things?state=open&cursor={next}")),
        (&token, format!("/api/others?state=open&cursor={next}")),
        (&token, format!("/api/things?state=held&cursor={next}")),
        (&token, format!("/api/things?cursor={next}")),
        (&token, format!("/api/things?state=open&cursor={tampered}")),
        (&token, format!("/api/things?state=open&cursor={next}A")),
        (&token, "/api/things?state=open&cursor=".to_owned() + "AAAA"),
        (&token, "/api/things?state=open&cursor=the%20beginning".to_owned()),
    ] {
        let answer = house.ask(Ask::get(&uri).token(who)).await;
        assert_eq!(answer.problem(), (400, "bad-cursor".into()), "{uri}");
        assert_eq!(answer.json()["errors"][0]["field"], "cursor");
    }
}

#[tokio::test]
async fn a_page_is_as_long_as_is_allowed() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    for wrong in ["0", "201", "-1", "many", "1e3", "99999999999"] {
        let answer = house.ask(Ask::get(&format!("/api/things?limit={wrong}")).token(&token)).await;
        assert_eq!(answer.problem(), (422, "invalid".into()), "{wrong}");
        assert_eq!(answer.json()["errors"][0]["field"], "limit");
    }
    let longest = list(&house, &token, &format!("/api/things?limit={MAX_LIMIT}")).await;
    assert_eq!(longest["items"][0], "200 from the beginning in ");
}

#[tokio::test]
async fn a_filter_that_is_not_known_is_refused() {
    let house = house();
    let (_, token) = house.token(&[Scope::Read], None).await;
    let answer = house.ask(Ask::get("/api/things?limit=5&stat=open").token(&token)).await;
    assert_eq!(answer.problem(), (422, "invalid".into()));
    assert_eq!(answer.json()["errors"][0]["field"], "stat");
}

fn paging(house: &House, token: &Secret, query: &str) -> Option<Paging> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        use axum::extract::FromRequestParts as _;
        let ask = http::Request::builder().uri(format!("/api/things?{query}"));
        let (mut parts, ()) = ask.body(()).unwrap().into_parts();
        let principal = house.access.find_token_principal(token.expose()).await.unwrap().unwrap();
        parts.extensions.insert(principal);
        parts.extensions.insert(house.access.clone());
        Paging::from_request_parts(&mut parts, &()).await.ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_store_says_comes_back_as_it_was(position in "\\PC{0,300}", flip in 0_usize..400) {
        let house = house();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (_, token) = runtime.block_on(house.token(&[Scope::Read], None));
        let first = paging(&house, &token, "").unwrap();
        let cursor = house.access.next_cursor(&first, Some(position.clone())).unwrap();
        let next = paging(&house, &token, &format!("cursor={cursor}")).unwrap();
        prop_assert_eq!(next.cursor, Some(position));

        let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        let at = flip % bytes.len();
        bytes[at] ^= 0x10;
        let tampered = URL_SAFE_NO_PAD.encode(bytes);
        let refused = paging(&house, &token, &format!("cursor={tampered}"));
        prop_assert!(refused.is_none());
    }
}
