//! HTML pages that the browser shows after the callback.

use html_escape::encode_quoted_attribute as escape;

/// The login is finished.
pub(super) fn done(handle: &str) -> String {
    let text = format!("You are logged in as {}.", escape(handle));
    page("Logged in", &text, CLOSE)
}

/// The login has failed.
pub(super) fn failed(reason: &str) -> String {
    page("Not logged in", &escape(reason), CLOSE)
}

/// The login continues at this authorization URL.
pub(super) fn retry(reason: &str, url: &str) -> String {
    let link = format!("<a href=\"{}\">Try again</a>, or close this page.", escape(url));
    page("That did not work", &escape(reason), &link)
}

const CLOSE: &str = "You can close this page, and go back to the terminal.";

fn page(title: &str, text: &str, then: &str) -> String {
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title} · gts-oauth</title>\n\
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
