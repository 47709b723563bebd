//! HTML pages that the browser shows.

/// The login is finished.
pub(super) fn done(who: &str) -> String {
    page("Logged in", &format!("You are logged in as {who}."), CLOSE)
}

/// The login has failed.
pub(super) fn failed(reason: &str) -> String {
    page("Not logged in", reason, CLOSE)
}

/// The login continues in this browser, with this link.
pub(super) fn retry(reason: &str, link: &str) -> String {
    let then = format!("<a href=\"{link}\">Try again</a>, or close this page.");
    page("That did not work", reason, &then)
}

/// A callback that does not belong to the pending login. It has no link, because a thief of the
/// cookie can see it.
pub(super) fn foreign(reason: &str) -> String {
    let then = "To go on, open the link that the program shows.";
    page("That did not work", reason, then)
}

/// The callback arrived in another browser than the one that opened the link.
pub(super) fn another_browser(hint: &str) -> String {
    page("Almost logged in", "The login was started in another browser.", &escape(hint))
}

const CLOSE: &str = "You can close this page.";

fn page(title: &str, text: &str, then: &str) -> String {
    let text = escape(text);
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n\
         <style>\n\
         body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; \
         padding: 0 1rem; overflow-wrap: anywhere; color-scheme: light dark; }}\n\
         </style>\n\
         <h1>{title}</h1>\n\
         <p>{text}</p>\n\
         <p>{then}</p>\n\
         </html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
