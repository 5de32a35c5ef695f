//! `billbridge tokens`: what programs come in with.

use crate::exit::{Exit, Problem};
use crate::house::House;
use crate::json;
use crate::out::Out;
use crate::show::Sheet;
use domain::access::{ApiToken, Scope, Scopes};
use domain::id::TokenId;
use domain::ports::AccessStore;
use http_kit::NewToken;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Make, list and revoke API tokens
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "\
Examples:
  billbridge tokens create --name 'month-end report' --scope read --days 90
  billbridge tokens create --name intake --scope read --scope orders:write
  billbridge tokens list
  billbridge tokens revoke tok_17938656000000a1b2c3

Scopes: read, sync, orders:write, orders:approve, cloudpe, genai, admin (includes every other one).")]
pub enum Command {
    /// Make a token; its secret is shown once, here
    Create {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What it may do; may be given several times
        #[arg(long = "scope", required = true, value_name = "SCOPE", value_parser = scope)]
        scopes: Vec<Scope>,
        /// After how many days it ends; without it, it is good until it is revoked
        #[arg(long, value_name = "N")]
        days: Option<u16>,
    },
    /// List tokens, also those that are no longer good
    List,
    /// Revoke a token: from the next request on it is no longer good
    Revoke {
        /// The token's id, as listed
        id: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::find(text).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("expected one of {}", known.join(", "))
    })
}

/// Makes, lists or revokes.
pub async fn run(command: &Command, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    match command {
        Command::Create { name, scopes, days } => create(name, scopes, *days, house, out).await,
        Command::List => list(house, out).await,
        Command::Revoke { id } => revoke(id, house, out).await,
    }
}

async fn create(
    name: &str,
    scopes: &[Scope],
    days: Option<u16>,
    house: &House,
    out: &mut Out,
) -> Result<Exit, Problem> {
    let ends = |days: u16| house.now().checked_add(SignedDuration::from_hours(24 * i64::from(days)));
    let expires = days.map(ends).transpose().map_err(|_| {
        Problem::usage("a token cannot last that long", "give fewer days, or none for no end")
    })?;
    let new = NewToken {
        name: name.to_owned(),
        owner: None,
        scopes: scopes.iter().copied().collect::<Scopes>(),
        expires,
        created_by: house.actor(),
    };
    let (token, secret) = house.access()?.create_token(new).await?;
    if out.json {
        let mut value = json::token(&token);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("secret".to_owned(), Value::from(secret.expose()));
        }
        out.value(&value);
    } else {
        out.line(secret.expose());
        out.note(format_args!(
            "{} may {}; this was the only time its secret is shown",
            token.id, token.scopes
        ));
    }
    Ok(Exit::Done)
}

async fn list(house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let tokens = house.store.tokens().await?;
    if out.json {
        out.value(&json!({"tokens": tokens.iter().map(json::token).collect::<Vec<_>>()}));
        return Ok(Exit::Done);
    }
    if tokens.is_empty() {
        out.note("there are no tokens: billbridge tokens create");
        return Ok(Exit::Done);
    }
    let mut sheet = Sheet::new(&["token", "name", "scopes", "made by", "ends", "last used", "state"]);
    for token in &tokens {
        let day = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.strftime("%F").to_string());
        sheet.row([
            token.id.to_string(),
            token.name.clone(),
            token.scopes.to_string(),
            token.created_by.clone(),
            day(token.expires),
            day(token.last_used),
            state(token, house.now()).to_owned(),
        ]);
    }
    out.line(sheet.text(out.look));
    Ok(Exit::Done)
}

fn state(token: &ApiToken, now: Timestamp) -> &'static str {
    match (token.revoked.is_some(), token.is_good(now)) {
        (true, _) => "revoked",
        (false, true) => "good",
        (false, false) => "ended",
    }
}

async fn revoke(text: &str, house: &House, out: &mut Out) -> Result<Exit, Problem> {
    let none = || Problem::usage(format!("there is no token {text:?}"), "billbridge tokens list shows them");
    let id: TokenId = text.parse().map_err(|_| none())?;
    if !house.store.revoke_token(&id, house.now()).await? {
        return Err(none());
    }
    if out.json {
        out.value(&json!({"token": id.as_str(), "state": "revoked"}));
    } else {
        out.note(format_args!("{id} is revoked"));
    }
    Ok(Exit::Done)
}
