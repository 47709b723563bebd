//! URI normalization as in GoToSocial (`net/url`): scheme in lower case, path escaped, query
//! unchanged.

/// Normalizes a URI.
///
/// # Errors
/// With the message of GoToSocial's parser.
pub(crate) fn normalized(uri: &str) -> Result<String, String> {
    let (start, fragment) = match uri.split_once('#') {
        Some((start, fragment)) => (start, fragment),
        None => (uri, ""),
    };
    let fail = |uri: &str, why: String| format!("parse {}: {why}", quoted(uri));
    let mut written = without_fragment(start).map_err(|why| fail(start, why))?;
    if !fragment.is_empty() {
        written.push('#');
        written += &part(fragment, Part::Fragment).map_err(|why| fail(uri, why))?;
    }
    Ok(written)
}

/// Whether a URI's host ends with the host of a base, which is all that GoToSocial 0.18 compares. Any
/// URI has the host of an opaque one (`urn:…`), which is empty.
///
/// # Errors
/// With the message of GoToSocial.
pub(crate) fn has_host_of(uri: &str, base: &str) -> Result<(), String> {
    let (base, uri) = (normalized(base)?, normalized(uri)?);
    match host(&uri).ends_with(host(&base)) {
        true => Ok(()),
        false => Err("invalid redirect uri".to_owned()),
    }
}

/// The host of a normalized URI, with its port.
fn host(uri: &str) -> &str {
    let authority = uri.split_once("://").map_or("", |(_, rest)| rest);
    let end = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    authority[..end].rsplit('@').next().unwrap_or_default()
}

fn without_fragment(uri: &str) -> Result<String, String> {
    if uri.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let (scheme, rest) = scheme(uri)?;
    let (rest, query) = match rest.find('?') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let mut written = scheme.to_ascii_lowercase();
    if !scheme.is_empty() {
        written.push(':');
    }
    if let Some(rest) = rest.strip_prefix("//") {
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        check_authority(host)?;
        written = format!("{written}//{host}{}", part(path, Part::Path)?);
    } else if rest.starts_with('/') || scheme.is_empty() {
        let first = rest.split('/').next().unwrap_or_default();
        if first.contains(':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
        written += &part(rest, Part::Path)?;
    } else {
        // An opaque URI such as `urn:…`.
        written += rest;
    }
    Ok(written + query)
}

/// Splits off the scheme, which is empty if there is none.
fn scheme(uri: &str) -> Result<(&str, &str), String> {
    let end = uri.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let begins = uri.starts_with(|c: char| c.is_ascii_alphabetic());
    match end.filter(|&end| uri[end..].starts_with(':')) {
        Some(0) => Err("missing protocol scheme".to_owned()),
        Some(end) if begins => Ok((&uri[..end], &uri[end + 1..])),
        _ => Ok(("", uri)),
    }
}

fn check_authority(authority: &str) -> Result<(), String> {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let port = match host.strip_prefix('[') {
        Some(address) => address.split_once(']').ok_or("missing ']' in host")?.1,
        None => host.rfind(':').map_or("", |colon| &host[colon..]),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let plain = port.is_empty() || port.starts_with(':');
    if !plain || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(format!("invalid port {port:?} after host"));
    }
    match host.find([' ', '%', '\\', '^', '`', '{', '|', '}']) {
        Some(at) if host[at..].starts_with('%') => Err(invalid_escape(&host.as_bytes()[at..])),
        Some(at) => Err(format!("invalid character {:?} in host name", &host[at..=at])),
        None => Ok(()),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Fragment,
}

/// Unchanged if all characters are allowed, otherwise escaped throughout.
fn part(text: &str, part: Part) -> Result<String, String> {
    let bytes = percent_decoded(text.as_bytes())?;
    let is_allowed = |byte: u8| byte == b'%' || b"!'()*[]".contains(&byte) || is_plain(byte, part);
    if text.bytes().all(is_allowed) {
        return Ok(text.to_owned());
    }
    let escape = |byte: u8| match is_plain(byte, part)
        || part == Part::Fragment && b"!()*".contains(&byte)
    {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    Ok(bytes.into_iter().map(escape).collect())
}

fn is_plain(byte: u8, part: Part) -> bool {
    let delimiter = b"$&+,/:;=@".contains(&byte) || part == Part::Fragment && byte == b'?';
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || delimiter
}

/// Decodes percent escapes.
///
/// # Errors
/// With the first invalid escape, in the message of GoToSocial's parser.
pub(crate) fn percent_decoded(text: &[u8]) -> Result<Vec<u8>, String> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
            return Err(invalid_escape(&text[at - 1..]));
        };
        bytes.push((high * 16 + low) as u8);
        at += 2;
    }
    Ok(bytes)
}

fn invalid_escape(text: &[u8]) -> String {
    let escape = String::from_utf8_lossy(&text[..text.len().min(3)]);
    format!("invalid URL escape {}", quoted(&escape))
}

/// The text in quotation marks, escaped as in GoToSocial (`%q`).
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_ascii_control() => {
                out.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out + "\""
}
