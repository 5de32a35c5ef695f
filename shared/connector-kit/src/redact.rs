//! What of the outside may be seen inside.

use reqwest::Url;

/// An address as it may be shown: scheme, host, port and path; neither credentials nor query.
pub fn shown_url(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// A foreign text made fit for a log line and a screen: on one line, without control characters, at most
/// `max` characters.
pub fn tame(text: &str, max: usize) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut tamed = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in spaced {
        if c.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= max {
            tamed.push('…');
            break;
        }
        if gap {
            tamed.push(' ');
            length += 1;
            gap = false;
        }
        tamed.push(c);
        length += 1;
    }
    tamed
}

#[cfg(test)]
mod tests;
