//! HTML: escaping, the frame of all pages, and the error page.

use std::borrow::Cow;

/// Name and version in nodeinfo.
pub(crate) type Software = (&'static str, &'static str);

/// Escapes text for use between tags and in attributes.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    html_escape::encode_quoted_attribute(text)
}

/// A page of this software, with this title and this HTML in it.
pub(crate) fn page((name, version): Software, title: &str, main: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{main}</main>\n\
         <footer>A fake {name} {version}, for tests.</footer>\n</body>\n</html>\n",
        title = escape(title),
    )
}

const STYLE: &str =
    "body { font: 1rem/1.5 sans-serif; margin: 2rem auto; max-width: 34rem; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input { font: inherit; padding: .4rem; width: 100%; box-sizing: border-box }
button { font: inherit; padding: .4rem 1.5rem; margin: 1rem 1rem 0 0 }
code { overflow-wrap: anywhere }
.error { color: #a40000; white-space: pre-wrap; overflow-wrap: anywhere }
footer { margin-top: 3rem; font-size: .85rem }
";

/// The page of an error.
pub(crate) fn error(software: Software, message: &str) -> String {
    page(
        software,
        "An error occured",
        &format!("<h1>An error occured:</h1>\n<pre class=\"error\">{}</pre>\n", escape(message)),
    )
}
