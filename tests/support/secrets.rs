//! Secrets in recorded texts: the values of secret parameters in queries, forms, JSON and HTML.

use std::collections::BTreeSet;
use std::ops::Range;

/// Parameters, form fields and JSON fields whose values are secret.
pub const SECRETS: [&str; 8] = [
    "access_token",
    "client_secret",
    "code",
    "code_verifier",
    "id_token",
    "password",
    "refresh_token",
    "token",
];

/// Shorter texts occur within others by chance.
pub const SHORTEST: usize = 10;

/// The secrets of this text: of a URL, a form, JSON or an HTML page.
pub fn secrets_in(text: &str) -> BTreeSet<String> {
    places(text).into_iter().map(|place| text[place].to_owned()).collect()
}

/// The text with this in place of its secrets, except those to keep.
pub fn without_secrets(text: &str, keep: &BTreeSet<String>, replacement: &str) -> String {
    let mut places = places(text);
    places.retain(|place| !keep.contains(&text[place.clone()]));
    let mut masked = text.to_owned();
    for place in places.into_iter().rev() {
        masked.replace_range(place, replacement);
    }
    masked
}

/// Where the secrets are, in order and without overlaps. Empty values are none.
fn places(text: &str) -> Vec<Range<usize>> {
    let named = SECRETS.iter().flat_map(|name| {
        let found = text.match_indices(name);
        found.filter_map(|(start, name)| value_of(text, start..start + name.len()))
    });
    let shown = text.match_indices("<code>").filter_map(|(start, tag)| {
        let start = start + tag.len();
        let code = text[start..].split('<').next().unwrap_or_default();
        is_random(code).then(|| start..start + code.len())
    });
    let mut places: Vec<_> = named.chain(shown).filter(|place| !place.is_empty()).collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup_by(|next, kept| next.start < kept.end);
    places
}

/// The value of the parameter whose name is here, if it is one.
fn value_of(text: &str, name: Range<usize>) -> Option<Range<usize>> {
    let before = text[..name.start].chars().next_back();
    let after = &text[name.end..];
    let up_to = |rest: &str, ends: &[char]| {
        let start = text.len() - rest.len();
        start..rest.find(ends).map_or(text.len(), |end| start + end)
    };
    if let (Some('"'), Some(rest)) = (before, after.strip_prefix('"')) {
        if let Some(value) = rest.trim_start().strip_prefix(':') {
            // A field of JSON. Secrets are written without escapes.
            return Some(up_to(value.trim_start().strip_prefix('"')?, &['"']));
        }
        // A field of an HTML form.
        let tag = text[..name.start].rfind('<')?;
        let end = name.end + after.find('>')?;
        let (_, value) = text[tag..end].split_once("value=\"")?;
        return Some(up_to(&text[end - value.len()..], &['"']));
    }
    let is_whole = before.is_none_or(|c| !c.is_alphanumeric() && !"_-".contains(c));
    let value = after.strip_prefix('=').filter(|_| is_whole)?;
    Some(up_to(value, &['&', '"', '\'', '<', '>', '#', ';', '\\', ' ', '\r', '\n']))
}

/// Whether it is a code, and not an address or an error: pages show all of them in one way.
fn is_random(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 2 * SHORTEST && digits > 0 && text.bytes().all(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_found(text: &str, secrets: &[&str]) {
        let found = secrets_in(text);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), secrets, "{text}");
    }

    #[test]
    fn secrets_are_found_in_urls_and_forms() {
        assert_found("/callback?code=abc&state=xyz", &["abc"]);
        assert_found("https://app.example/?state=xyz&code=abc#top", &["abc"]);
        assert_found("client_id=1&client_secret=s%3D&refresh_token=r", &["r", "s%3D"]);
        assert_found("code=&code_challenge=c&zip_code=1&token_type=Bearer", &[]);
    }

    #[test]
    fn secrets_are_found_in_json() {
        assert_found(r#"{"a":[{"access_token" : "t"}],"code":404}"#, &["t"]);
        assert_found("{\"refresh_token\":null,\n \"client_secret\": \"s\"}", &["s"]);
        assert_found(r#"{"error":"invalid code"}"#, &[]);
    }

    #[test]
    fn secrets_are_found_in_html() {
        let code = "M2U2OGFHYMUTMGFHZS0ZNDUXLWI3NJMT";
        assert_found(&format!("<p>Yours: <code>{code}</code></p>"), &[code]);
        assert_found("<input type=\"hidden\" value=\"v\" name=\"code\">", &["v"]);
        assert_found("<input name=\"password\" type=\"password\"><b value=\"1\">", &[]);
        assert_found("<code>http://127.0.0.1:7777/callback</code>", &[]);
        assert_found("<a href=\"/go?a=1&amp;code=abc\">on</a>", &["abc"]);
    }

    #[test]
    fn only_known_secrets_are_kept() {
        let known = BTreeSet::from(["old".to_owned()]);
        let masked = without_secrets("code=old&token=new&code=new", &known, "X");
        assert_eq!(masked, "code=old&token=X&code=X");
    }
}
