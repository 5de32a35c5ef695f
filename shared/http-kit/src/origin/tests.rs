use super::*;
use http::Request;

fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri("/orders");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn is_let_in(method: &str, headers: &[(&str, &str)]) -> bool {
    check(&parts(method, headers)).is_ok()
}

#[test]
fn what_the_browser_says_about_the_site_decides() {
    assert!(is_let_in("POST", &[("sec-fetch-site", "same-origin")]));
    assert!(is_let_in("POST", &[("sec-fetch-site", "none")]));
    assert!(!is_let_in("POST", &[("sec-fetch-site", "cross-site")]));
    assert!(!is_let_in("POST", &[("sec-fetch-site", "same-site")]));
    // Behind a proxy the host may be another; the browser knows better.
    let behind = [("sec-fetch-site", "same-origin"), ("origin", "https://a.example"), ("host", "10.0.0.1")];
    assert!(is_let_in("POST", &behind));
}

#[test]
fn without_it_the_origin_must_be_our_host() {
    let host = ("host", "bill.example:8443");
    assert!(is_let_in("POST", &[host, ("origin", "https://bill.example:8443")]));
    assert!(!is_let_in("POST", &[host, ("origin", "https://bill.example")]));
    assert!(!is_let_in("POST", &[host, ("origin", "https://evil.example")]));
    assert!(!is_let_in("POST", &[host, ("origin", "no url at all")]));
    assert!(!is_let_in("POST", &[("origin", "https://bill.example")]));
}

#[test]
fn our_own_pages_that_ask_for_no_referrer_are_let_through_to_the_token_check() {
    assert!(is_let_in("POST", &[("host", "bill.example"), ("origin", "null")]));
    assert!(is_let_in("POST", &[]));
}

#[test]
fn looking_is_not_asked_where_it_comes_from() {
    assert!(is_let_in("GET", &[("sec-fetch-site", "cross-site")]));
    assert!(is_let_in("HEAD", &[("origin", "https://evil.example")]));
}
