//! One-time codes and sessions as items; both end by themselves.

use super::tokens::scopes;
use crate::item::{Fields, Item, Read};
use crate::keys;
use domain::access::{CodeUse, OneTimeCode, Session};
use domain::failure::Failure;

pub(crate) fn write(code: &OneTimeCode) -> Item {
    let fields = Fields::at(keys::code(&code.hash))
        .binary("hash", &code.hash.0)
        .text("expires", code.expires)
        .until(code.expires);
    match &code.opens {
        CodeUse::SetUp => fields.text("opens", "set-up").finish(),
        CodeUse::SignIn(user) => fields.text("opens", "sign-in").text("user", user).finish(),
        CodeUse::Redirect { nonce, verifier, next } => fields
            .text("opens", "redirect")
            .text("nonce", nonce)
            .text("verifier", verifier)
            .text("next", next)
            .finish(),
    }
}

pub(crate) fn read(item: &Item) -> Result<OneTimeCode, Failure> {
    let item = Read::new(item)?;
    let opens = match item.get("opens")? {
        "set-up" => CodeUse::SetUp,
        "sign-in" => CodeUse::SignIn(item.parsed("user")?),
        "redirect" => CodeUse::Redirect {
            nonce: item.get("nonce")?.to_owned(),
            verifier: item.get("verifier")?.to_owned(),
            next: item.get("next")?.to_owned(),
        },
        _ => return Err(item.unknown("opens")),
    };
    Ok(OneTimeCode { hash: item.hash("hash")?, opens, expires: item.parsed("expires")? })
}

pub(crate) fn write_session(session: &Session) -> Item {
    Fields::at(keys::session(&session.hash))
        .binary("hash", &session.hash.0)
        .text("user", &session.user)
        .text("scopes", &session.scopes)
        .text("created", session.created)
        .text("expires", session.expires)
        .until(session.expires)
        .finish()
}

pub(crate) fn read_session(item: &Item) -> Result<Session, Failure> {
    let item = Read::new(item)?;
    Ok(Session {
        hash: item.hash("hash")?,
        user: item.parsed("user")?,
        scopes: scopes(item)?,
        created: item.parsed("created")?,
        expires: item.parsed("expires")?,
    })
}

/// The session's place among its user's.
pub(crate) fn write_session_name(session: &Session) -> Item {
    Fields::at(keys::session_name(&session.user, &session.hash))
        .binary("hash", &session.hash.0)
        .until(session.expires)
        .finish()
}
