use super::*;

#[test]
fn the_way_back_leads_to_our_own_pages_only() {
    for ours in ["/", "/orders", "/orders/ord_1?tab=why&x=%2F", "/a//b"] {
        assert_eq!(next_page(Some(ours)), ours);
    }
    for foreign in [
        "",
        "orders",
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/ü",
        "javascript:alert(1)",
        " /orders",
    ] {
        assert_eq!(next_page(Some(foreign)), "/", "{foreign:?}");
    }
    assert_eq!(next_page(None), "/");
}

#[test]
fn the_sign_in_knows_the_way_back() {
    let address = |uri: &str, back| sign_in_address(&uri.parse().unwrap(), back);
    assert_eq!(
        address("/orders?state=open&q=a%20b", true),
        "/sign-in?next=/orders%3Fstate%3Dopen%26q%3Da%2520b"
    );
    assert_eq!(address("/orders", false), "/sign-in");
    assert_eq!(address("/", true), "/sign-in");
}

#[tokio::test]
async fn the_plainest_page_shows_text_as_text() {
    let problem = Problem::invalid("<script>alert(\"1\")</script> & more");
    let body = plain_page(&problem).into_body();
    let bytes = axum::body::to_bytes(body, 10_000).await.unwrap();
    let page = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more"), "{page}");
    assert!(!page.contains("<script"));
}
