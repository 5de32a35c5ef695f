use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use simulators::Fault;
use simulators::oidc::{Lie, Model, Oidc, Person, Signing};

use crate::wire::{Answer, FORM, send};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// `billbridge` and `c1ient-s3cret & more`, form-encoded before they are put together.
const BASIC: &str = "billbridge:c1ient-s3cret+%26+more";
const BACK: &str = "http%3A%2F%2F127.0.0.1%3A8080%2Fback";

/// Signs with P-256: making an RSA key takes longer than everything else in a test.
fn model() -> Model {
    let mut model = Model::sample();
    model.signing = Signing::Es256;
    model
}

async fn start() -> Oidc {
    Oidc::start(model()).await.unwrap()
}

async fn get(oidc: &Oidc, path: &str) -> Answer {
    send("GET", &format!("{}{path}", oidc.url()), &[], "").await.unwrap()
}

fn query() -> String {
    format!(
        "response_type=code&client_id=billbridge&redirect_uri={BACK}&scope=openid+profile+email&state=s%2F1&nonce=n-1\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

/// A code for somebody.
async fn code(oidc: &Oidc, person: &str) -> String {
    let answer = get(oidc, &format!("/choose?{}&person={person}", query())).await;
    assert_eq!(answer.status, 302, "{answer:?}");
    let to = answer.header("location").unwrap();
    let code = to.strip_prefix("http://127.0.0.1:8080/back?code=").unwrap();
    code.strip_suffix("&state=s%2F1").unwrap().to_owned()
}

async fn exchange_with(oidc: &Oidc, basic: &str, form: &str) -> Answer {
    let basic = format!("Basic {}", STANDARD.encode(basic));
    let headers = [("Authorization", basic.as_str()), ("Content-Type", FORM)];
    send("POST", &format!("{}/token", oidc.url()), &headers, form).await.unwrap()
}

async fn exchange(oidc: &Oidc, code: &str) -> Answer {
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}&code_verifier={VERIFIER}");
    exchange_with(oidc, BASIC, &form).await
}

/// Header, claims, what was signed, and the signature.
fn parts(token: &str) -> (Value, Value, String, Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (json(header), json(claims), message.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_provider_describes_itself_as_discovery_wants_it() {
    let oidc = start().await;
    let said = get(&oidc, "/.well-known/openid-configuration").await;
    assert_eq!(said.status, 200);
    assert!(said.header("content-type").unwrap().starts_with("application/json"));
    let said = said.json();
    assert_eq!(said["issuer"], oidc.url());
    for required in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    ] {
        assert!(!said[required].is_null(), "{required}");
    }
    oidc.with(|model| model.described.insert("issuer".to_owned(), json!("https://other.example")));
    assert_eq!(
        get(&oidc, "/.well-known/openid-configuration").await.json()["issuer"],
        "https://other.example"
    );
}

#[tokio::test]
async fn an_rsa_token_is_signed_with_the_published_key() {
    let oidc = Oidc::start(Model::sample()).await.unwrap();
    let code = code(&oidc, "u-1001").await;
    let token = exchange(&oidc, &code).await.json()["id_token"].as_str().unwrap().to_owned();
    let (header, _, message, signature) = parts(&token);
    let key = get(&oidc, "/keys").await.json()["keys"][0].clone();
    assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
    assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &key["kid"]));
    let key = RsaPublicKeyComponents { n: bytes(&key["n"]), e: bytes(&key["e"]) };
    assert_eq!((key.n.len(), key.e.as_slice()), (256, [1, 0, 1].as_slice()));
    key.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn a_p256_token_is_signed_with_the_published_key() {
    let oidc = start().await;
    let code = code(&oidc, "u-1001").await;
    let token = exchange(&oidc, &code).await.json()["id_token"].as_str().unwrap().to_owned();
    let (header, _, message, signature) = parts(&token);
    let key = get(&oidc, "/keys").await.json()["keys"][0].clone();
    assert_eq!((&key["kty"], &key["crv"]), (&json!("EC"), &json!("P-256")));
    assert_eq!((&header["alg"], &header["kid"]), (&json!("ES256"), &key["kid"]));
    let point = [vec![4], bytes(&key["x"]), bytes(&key["y"])].concat();
    assert_eq!((point.len(), signature.len()), (65, 64));
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(message.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn a_token_says_who_signed_in_for_whom_and_when() {
    let oidc = start().await;
    let now = oidc.with(|model| model.clock.now().seconds());
    let code = code(&oidc, "u-1002").await;
    let answer = exchange(&oidc, &code).await;
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    let said = answer.json();
    assert_eq!((&said["token_type"], &said["expires_in"]), (&json!("Bearer"), &json!(300)));
    let (_, mut claims, _, _) = parts(said["id_token"].as_str().unwrap());
    let access = digest::digest(&digest::SHA256, said["access_token"].as_str().unwrap().as_bytes());
    assert_eq!(claims["at_hash"].take(), URL_SAFE_NO_PAD.encode(&access.as_ref()[..16]));
    let expected = json!({
        "iss": oidc.url(), "sub": "u-1002", "aud": "billbridge", "exp": now + 300, "iat": now, "auth_time": now,
        "at_hash": null, "nonce": "n-1", "name": "Bo Nilsen", "preferred_username": "u-1002@example.com",
        "email": "u-1002@example.com", "email_verified": true, "groups": ["sales", "everyone"],
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn a_code_is_good_once_for_a_minute_for_whoever_began() {
    let oidc = start().await;
    let invalid = |answer: &Answer| (answer.status, answer.json()["error"] == "invalid_grant");
    let first = code(&oidc, "u-1001").await;
    assert_eq!(exchange(&oidc, &first).await.status, 200);
    assert_eq!(invalid(&exchange(&oidc, &first).await), (400, true));
    assert_eq!(invalid(&exchange(&oidc, "never-given").await), (400, true));

    let second = code(&oidc, "u-1001").await;
    let other = "grant_type=authorization_code&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fback";
    for spoilt in [
        format!("{other}&code={second}&code_verifier=another"),
        format!("{other}&code={second}"),
        format!(
            "grant_type=authorization_code&code={second}&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F&code_verifier={VERIFIER}"
        ),
    ] {
        assert_eq!(invalid(&exchange_with(&oidc, BASIC, &spoilt).await), (400, true), "{spoilt}");
    }
    oidc.with(|model| model.clock.set(model.clock.now().plus_seconds(60)));
    assert_eq!(invalid(&exchange(&oidc, &second).await), (400, true));
    assert_eq!(oidc.with(|model| model.codes()), (2, 1));
}

#[tokio::test]
async fn only_the_client_with_its_secret_gets_a_token() {
    let oidc = start().await;
    let code = code(&oidc, "u-1001").await;
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}&code_verifier={VERIFIER}");
    for basic in ["billbridge:wrong", "other:c1ient-s3cret+%26+more", "billbridge:c1ient-s3cret & less", ""] {
        let answer = exchange_with(&oidc, basic, &form).await;
        assert_eq!((answer.status, &answer.json()["error"]), (401, &json!("invalid_client")), "{basic}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Basic"));
    }
    let password = exchange_with(&oidc, BASIC, "grant_type=password").await;
    assert_eq!(password.json()["error"], "unsupported_grant_type");
    let body = format!("{form}&client_id=billbridge&client_secret=c1ient-s3cret+%26+more");
    assert_eq!(exchange_with(&oidc, "", &body).await.status, 401);
    oidc.with(|model| model.secret_in_body = true);
    assert_eq!(exchange_with(&oidc, "", &body).await.status, 200);
}

#[tokio::test]
async fn a_request_that_cannot_be_answered_is_told_where_that_is_safe() {
    let oidc = start().await;
    for wrong in [
        query().replace("client_id=billbridge", "client_id=other"),
        query().replace("127.0.0.1%3A8080", "evil.example"),
        query().replace("http%3A%2F%2F127.0.0.1%3A8080", "http%3A%2F%2F127.0.0.1.evil.example%3A80"),
    ] {
        let answer = get(&oidc, &format!("/authorize?{wrong}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{wrong}");
    }
    for (wrong, error) in [
        (query().replace("response_type=code", "response_type=token"), "unsupported_response_type"),
        (query().replace("openid+", ""), "invalid_scope"),
        (query().replace("S256", "plain"), "invalid_request"),
        (format!("{}&prompt=none", query()), "login_required"),
    ] {
        let answer = get(&oidc, &format!("/authorize?{wrong}")).await;
        let expected = format!("http://127.0.0.1:8080/back?error={error}&state=s%2F1");
        assert_eq!((answer.status, answer.header("location")), (302, Some(expected)), "{wrong}");
    }
    oidc.with(|model| model.client.redirects = vec!["https://billbridge.example/back".to_owned()]);
    assert_eq!(get(&oidc, &format!("/authorize?{}", query())).await.status, 400);
    let denied = query().replace("http%3A%2F%2F127.0.0.1%3A8080", "https%3A%2F%2Fbillbridge.example");
    let answer = get(&oidc, &format!("/choose?{denied}&deny=yes")).await;
    let expected = "https://billbridge.example/back?error=access_denied&state=s%2F1".to_owned();
    assert_eq!(answer.header("location"), Some(expected));
}

#[tokio::test]
async fn the_page_lists_everybody_and_takes_names_and_parameters_as_text() {
    let oidc = start().await;
    oidc.with(|model| model.people.push(Person::new("u \"5\"<b>", "<script>alert(1)</script>", &[])));
    let hostile = query().replace("state=s%2F1", "state=%22%3E%3Cscript%3E");
    let page = get(&oidc, &format!("/authorize?{hostile}")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains(">Ada Lindqvist</a>") && page.body.contains("&lt;script&gt;alert"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script") && !page.body.contains("<b>"), "{}", page.body);
    let post = send("POST", &format!("{}/authorize", oidc.url()), &[("Content-Type", FORM)], &query()).await;
    assert_eq!(post.unwrap().status, 200);
}

#[tokio::test]
async fn a_rotation_publishes_another_key_and_only_that() {
    let oidc = start().await;
    let first = get(&oidc, "/keys").await.json();
    assert_eq!(get(&oidc, "/keys").await.json(), first);
    let rotated = send("POST", &format!("{}/_sim/rotate", oidc.url()), &[], "").await.unwrap();
    assert_eq!(rotated.status, 200);
    let second = get(&oidc, "/keys").await.json();
    assert_eq!(second["keys"].as_array().unwrap().len(), 1);
    assert_ne!(first["keys"][0]["kid"], second["keys"][0]["kid"]);
    assert_ne!(first["keys"][0]["x"], second["keys"][0]["x"]);
}

#[tokio::test]
async fn lies_and_faults_come_and_go_by_the_control_face() {
    let oidc = start().await;
    let control = |path: &'static str, body: &'static str| {
        let url = format!("{}/_sim/{path}", oidc.url());
        async move { send("POST", &url, &[], body).await.unwrap() }
    };
    let header = |answer: Answer| parts(answer.json()["id_token"].as_str().unwrap()).0["alg"].clone();
    assert_eq!(control("lie", r#"{"lie":"unsigned"}"#).await.status, 200);
    assert_eq!(header(exchange(&oidc, &code(&oidc, "u-1001").await).await), "none");
    assert_eq!(control("lie", r#"{"lie":"nonsense"}"#).await.status, 400);
    assert_eq!(oidc.with(|model| model.lie), Some(Lie::Unsigned));
    assert_eq!(control("lie", r#"{"lie":null}"#).await.status, 200);
    assert_eq!(header(exchange(&oidc, &code(&oidc, "u-1001").await).await), "ES256");

    control("faults", r#"{"fault":"status","code":503,"on":"GET /keys"}"#).await;
    assert_eq!(get(&oidc, "/keys").await.status, 503);
    assert_eq!(get(&oidc, "/keys").await.status, 200);
    oidc.with(|model| model.faults.add(Fault::DropAfter.on("POST /token")));
    let lost = code(&oidc, "u-1001").await;
    let form =
        format!("grant_type=authorization_code&code={lost}&redirect_uri={BACK}&code_verifier={VERIFIER}");
    let basic = format!("Basic {}", STANDARD.encode(BASIC));
    let headers = [("Authorization", basic.as_str()), ("Content-Type", FORM)];
    assert!(send("POST", &format!("{}/token", oidc.url()), &headers, &form).await.is_err());
    assert_eq!(exchange(&oidc, &lost).await.status, 400);
    let state = get(&oidc, "/_sim/state").await.json();
    assert_eq!(state, json!({"people": 4, "codes": 3, "used": 3}));
    assert_eq!(get(&oidc, "/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_client_that_lives_now_gets_tokens_of_now() {
    let model = model();
    let later = model.clock.now().plus_days(100);
    let oidc = Oidc::start(model.following(move || later)).await.unwrap();
    let code = code(&oidc, "u-1001").await;
    let said = exchange(&oidc, &code).await.json();
    assert_eq!(parts(said["id_token"].as_str().unwrap()).1["iat"], later.seconds());
}
