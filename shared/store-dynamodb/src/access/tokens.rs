//! A token as an item under its secret's hash, and its name, by which it is found without the secret.

use crate::item::{Fields, Item, Read};
use crate::keys;
use domain::access::{ApiToken, Scope, Scopes, SecretHash};
use domain::failure::Failure;

pub(crate) fn write(token: &ApiToken) -> Item {
    Fields::at(keys::token(&token.hash))
        .text("id", &token.id)
        .text("name", &token.name)
        .maybe("owner", token.owner.as_ref())
        .text("scopes", &token.scopes)
        .binary("hash", &token.hash.0)
        .text("created", token.created)
        .text("created_by", &token.created_by)
        .maybe("expires", token.expires)
        .maybe("used", token.last_used)
        .maybe("revoked", token.revoked)
        .finish()
}

pub(crate) fn read(item: &Item) -> Result<ApiToken, Failure> {
    let item = Read::new(item)?;
    Ok(ApiToken {
        id: item.parsed("id")?,
        name: item.get("name")?.to_owned(),
        owner: item.maybe("owner")?,
        scopes: scopes(item)?,
        hash: item.hash("hash")?,
        created: item.parsed("created")?,
        created_by: item.get("created_by")?.to_owned(),
        expires: item.maybe("expires")?,
        last_used: item.maybe("used")?,
        revoked: item.maybe("revoked")?,
    })
}

pub(crate) fn write_name(token: &ApiToken) -> Item {
    Fields::at(keys::token_name(&token.id)).binary("hash", &token.hash.0).finish()
}

pub(crate) fn read_name(item: &Item) -> Result<SecretHash, Failure> {
    Read::new(item)?.hash("hash")
}

/// Scopes as they are shown: `read orders:write`.
pub(super) fn scopes(item: Read<'_>) -> Result<Scopes, Failure> {
    let words = item.get("scopes")?.split_ascii_whitespace();
    words.map(|word| Scope::find(word).ok_or_else(|| item.unknown("scopes"))).collect()
}
