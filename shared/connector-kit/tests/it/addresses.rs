use connector_kit::Url;

#[test]
fn a_host_beyond_ascii_is_refused_and_taken_as_punycode() {
    assert!(Url::parse("https://bücher.example/admin").is_err());
    let written = Url::parse("https://xn--bcher-kva.example/admin").unwrap();
    assert_eq!(written.host_str(), Some("xn--bcher-kva.example"));
}
