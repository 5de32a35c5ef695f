//! Web hooks: HostBill tells what happened. Once at most and in no order, so that a web hook is a hint and
//! never the truth.

use domain::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use std::fmt;

/// How far the clocks may be apart, and how old a web hook may be.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// How long a name in a header may be.
const MAX_NAME: usize = 100;

/// What a web hook's headers say.
#[derive(Debug, Clone, Copy)]
pub struct HookHeaders<'a> {
    /// `HB-Hook`
    pub hook: &'a str,
    /// `HB-Event`
    pub event: &'a str,
    /// `HB-Timestamp`
    pub timestamp: &'a str,
    /// `HB-Signature`
    pub signature: &'a str,
}

/// A web hook that HostBill has sent. Time and body are signed, the two names are not: somebody who repeats a
/// web hook could name another event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// HostBill's id of the hook.
    pub id: String,
    /// What happened, for example `after_accountcreate`.
    pub event: String,
    /// When it was signed.
    pub at: Timestamp,
}

/// Why a web hook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookRefused {
    /// A header is missing or not as promised.
    #[error("the header {0} is missing or not as promised")]
    Header(&'static str),
    /// Not signed with our secret, or changed on the way.
    #[error("the signature does not belong to this body, this time and our secret")]
    Forged,
    /// Signed too long ago.
    #[error("it was signed more than a minute ago")]
    Stale,
    /// Signed at a time that is still to come.
    #[error("it was signed more than a minute from now: compare the clocks")]
    Early,
}

/// Whether HostBill has sent this just now: the signature is checked in constant time over the time and the
/// body as they came. A web hook that is sent again within the minute is taken again: whoever must not act
/// twice remembers the signature, which has one spelling only.
///
/// # Errors
/// Why it is not believed.
pub fn verify(
    headers: &HookHeaders<'_>,
    body: &[u8],
    secret: &Secret,
    now: Timestamp,
) -> Result<Hook, HookRefused> {
    let id = name(headers.hook).ok_or(HookRefused::Header("HB-Hook"))?;
    let event = name(headers.event).ok_or(HookRefused::Header("HB-Event"))?;
    let at = moment(headers.timestamp).ok_or(HookRefused::Header("HB-Timestamp"))?;
    let signature = signature(headers.signature).ok_or(HookRefused::Header("HB-Signature"))?;
    let key = secret.expose().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| HookRefused::Forged)?;
    mac.update(headers.timestamp.as_bytes());
    mac.update(body);
    // Everybody knows the empty secret.
    if key.is_empty() || mac.verify_slice(&signature).is_err() {
        return Err(HookRefused::Forged);
    }
    let age = now.duration_since(at);
    if age > WINDOW {
        return Err(HookRefused::Stale);
    }
    if age < -WINDOW {
        return Err(HookRefused::Early);
    }
    Ok(Hook { id, event, at })
}

/// A name that may stand in a log line.
fn name(text: &str) -> Option<String> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let named = !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(valid);
    named.then(|| text.to_owned())
}

/// Seconds since 1970, digits only.
fn moment(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits)?;
    Timestamp::from_second(seconds).ok()
}

/// Lower-case hexadecimal only: a second spelling would pass for another web hook.
fn signature(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != 32 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? * 16 + digit(*low)?;
    }
    Some(bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (hook {})", self.event, self.id)
    }
}

#[cfg(test)]
mod tests;
