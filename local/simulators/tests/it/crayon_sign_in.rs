use simulators::crayon::{Crayon, Model};

use crate::wire::{Caller, FORM, ask_token, ask_token_with, send};

async fn sample() -> Crayon {
    Crayon::start(Model::sample()).await.unwrap()
}

#[tokio::test]
async fn a_token_has_the_documented_members() {
    let crayon = sample().await;
    let answer = ask_token(&crayon, FORM).await;
    let token = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(token["ExpiresIn"], 3600);
    assert_eq!(token["TokenType"], "Bearer");
    assert!(token["RefreshToken"].is_null() && token["Error"].is_null() && token["IdentityToken"].is_null());
    assert_eq!(token["AccessToken"].as_str().unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn a_wrong_media_type_on_token_gets_the_documented_400() {
    let crayon = sample().await;
    let answer = ask_token(&crayon, "application/json").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.body,
        "{\r\n  \"ErrorCode\": \"400 BadRequest\",\r\n  \"Message\": \"Incorrect Content-Type: application/json. \
         Correct Content-Type: application/x-www-form-urlencoded\",\r\n  \"Parameters\": {},\r\n  \"ObjectErrors\": []\r\n}"
    );
}

#[tokio::test]
async fn wrong_credentials_or_another_grant_get_the_documented_400() {
    let crayon = sample().await;
    let right = "ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ=";
    let user = "username=api.user%40reseller.example";
    for (basic, form) in [
        ("d3Jvbmc6d3Jvbmc=", format!("grant_type=password&{user}&password=s3cret%21")),
        (right, format!("grant_type=password&{user}&password=wrong")),
        (right, "grant_type=client_credentials&scope=CustomerApi".to_owned()),
        ("not base64", format!("grant_type=password&{user}&password=s3cret%21")),
    ] {
        let answer = ask_token_with(&crayon, FORM, basic, &form).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["Message"], "Unable to get token.");
    }
}

#[tokio::test]
async fn ping_is_open_and_everything_else_wants_a_token() {
    let crayon = sample().await;
    let get = |path: &'static str| {
        let url = format!("{}/api/v1/{path}", crayon.url());
        async move { send("GET", &url, &[], "").await.unwrap() }
    };
    assert_eq!(get("ping").await.status, 200);
    let answer = get("organizations").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["ErrorCode"], "401 Unauthorized");
    assert_eq!(answer.json()["Message"], "Invalid token");
    crayon.with(|model| model.tokens.empty_401 = true);
    assert_eq!(get("organizations").await.body, "");
}

#[tokio::test]
async fn a_token_ends_with_its_time_or_its_uses() {
    let crayon = sample().await;
    let caller = Caller::of(&crayon).await;
    assert_eq!(caller.get("me").await.status, 200);
    crayon.with(|model| model.clock.set(model.clock.now().plus_seconds(3600)));
    assert_eq!(caller.get("me").await.status, 401);
    crayon.with(|model| model.tokens.requests_per_token = Some(2));
    let caller = Caller::of(&crayon).await;
    let statuses =
        [caller.get("me").await, caller.get("me").await, caller.get("me").await].map(|answer| answer.status);
    assert_eq!(statuses, [200, 200, 401]);
}

#[tokio::test]
async fn a_user_sees_only_granted_organisations() {
    let crayon = sample().await;
    let second = Caller::second(&crayon).await;
    let page = second.get("organizations").await.json();
    assert_eq!(page["TotalHits"], 1);
    assert_eq!(page["Items"][0]["Id"], 4_013_281);
    assert_eq!(second.get("organizations/4013280").await.status, 404);
    assert_eq!(second.get("organizations/HasAccess/4013280").await.body, "false");
    assert_eq!(second.get("organizations/hasaccess/4013281/").await.body, "true");
    assert_eq!(second.ids("Statuses=511").await.len(), 1);
    assert_eq!(second.get("subscriptions/120045").await.status, 404);
    assert_eq!(Caller::of(&crayon).await.get("organizations").await.json()["TotalHits"], 2);
}

#[tokio::test]
async fn paths_match_in_any_case_with_and_without_slashes() {
    let crayon = sample().await;
    let caller = Caller::of(&crayon).await;
    for path in [
        "/api/v1/customertenants",
        "/api/v1/CustomerTenants/",
        "//api/v1/customerTenants",
        "/API/V1/CUSTOMERTENANTS",
    ] {
        assert_eq!(caller.try_send("GET", path, "").await.unwrap().status, 200, "{path}");
    }
    assert_eq!(caller.try_send("GET", "/api/v1/usagerecords/grouped", "").await.unwrap().status, 404);
    assert_eq!(caller.try_send("DELETE", "/api/v1/subscriptions/120045", "").await.unwrap().status, 405);
}
