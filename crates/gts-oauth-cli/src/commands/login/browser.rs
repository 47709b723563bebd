//! Login in a browser: waits for the redirect to a loopback port (RFC 8252 section 7.3).

use std::env;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use gts_oauth_ureq::error::Operation;
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, Callback, Error, UserReply};
use indicatif::ProgressBar;
use url::Url;
use webbrowser::Browser;

use super::arguments::LoginArgs;
use super::driver::Prompt;
use super::listener::{Listener, ReceivedCallback};
use super::page;
use crate::output::{error_chain, error_sentence, message};

pub(super) struct BrowserPrompt {
    /// `None` if the login has ended.
    listener: Option<Listener>,
    /// How long to wait for the callback.
    timeout: Duration,
    /// Starts when the authorization URL is shown.
    deadline: Instant,
    /// The authorization URL that was shown last.
    shown: String,
    /// The connection of the browser, which waits for an HTML page.
    received: Option<ReceivedCallback>,
}

impl BrowserPrompt {
    pub(super) fn new(listener: Listener, timeout: Duration) -> Self {
        Self {
            listener: Some(listener),
            timeout,
            deadline: Instant::now(),
            shown: String::new(),
            received: None,
        }
    }

    /// Whether the callback has the state of the URL that was shown. Any web page can redirect a
    /// browser here.
    fn has_matching_state(&self) -> bool {
        let received = self.received.as_ref().and_then(|it| state(&it.url));
        received.is_some() && received == state(&self.shown)
    }

    fn show(&mut self, page: String) {
        if let Some(received) = self.received.take() {
            received.show(&page);
        }
    }

    /// Waits for the callback, and shows a countdown.
    fn wait(&mut self) -> Result<ReceivedCallback, BoxError> {
        let spinner = ProgressBar::new_spinner();
        spinner.enable_steady_tick(Duration::from_millis(120));
        let callback = loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break None;
            }
            let seconds = left.as_secs();
            let (minutes, seconds) = (seconds / 60, seconds % 60);
            spinner
                .set_message(format!("Waiting for your browser, for {minutes}:{seconds:02} more"));
            let tick = left.min(Duration::from_secs(1));
            let callback = self.listener.as_ref().and_then(|it| it.wait(tick));
            if callback.is_some() {
                break callback;
            }
        };
        spinner.finish_and_clear();
        callback.ok_or_else(|| {
            let seconds = self.timeout.as_secs();
            format!(
                "nobody came back from the browser in {seconds} s: the same command goes on from \
                 here, with the same app. Where no browser can come back, --no-browser takes a code"
            )
            .into()
        })
    }
}

impl Prompt for BrowserPrompt {
    fn ask(&mut self, step: &AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let url = step.url;
        // Any web page can redirect a browser here. Such a callback must not end the login or
        // extend the deadline.
        let is_ours = self.received.is_none() || self.has_matching_state();
        match step.problem {
            // The problem is already on the screen.
            None if self.received.is_some() => {
                self.show(page::retry(
                    "The server returned an error while exchanging the code.",
                    url,
                ));
                message("Go on in your browser, or open this address:");
            }
            None => {
                message(
                    "Allow the app in your browser. If none opens, open this address yourself:",
                );
                open(url.to_owned());
            }
            Some(problem) => {
                let reason = match is_denial(problem) {
                    // `done` shows the problem and that the login has ended.
                    true if is_ours => return Err(error_chain(problem).into()),
                    true => "received a denial that does not belong to this login.".to_owned(),
                    false => error_sentence(problem),
                };
                self.show(page::retry(&reason, url));
                message(format_args!(
                    "\nThat did not work: {reason}\nGo on in your browser, or open this address:"
                ));
            }
        }
        if is_ours {
            self.deadline = Instant::now() + self.timeout;
        }
        message(format_args!("\n{url}\n"));
        url.clone_into(&mut self.shown);
        let callback = self.wait()?;
        let url = callback.url.clone();
        self.received = Some(callback);
        // As a pasted text, a malformed callback becomes the problem of the next prompt.
        Ok(Callback::at_redirect_uri(&url).map_or(UserReply::Pasted(url), UserReply::Callback))
    }

    fn done(&mut self, outcome: Result<&str, &str>) {
        self.listener = None;
        self.show(match outcome {
            Ok(handle) => page::done(handle),
            Err(reason) => page::failed(reason),
        });
    }
}

/// Whether the user denied access. Prompting again would not help.
fn is_denial(problem: &Error) -> bool {
    matches!(problem, Error::ErrorResponse(response) if response.operation == Operation::Authorize)
}

fn state(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let state = url.query_pairs().find(|(name, _)| name == "state")?;
    Some(state.1.into_owned())
}

/// Some browsers run in the terminal and return only when they are closed, so do not wait for them.
fn open(url: String) {
    thread::spawn(move || {
        if let Err(error) = webbrowser::open(&url) {
            message(format_args!("No browser could be opened: {error}."));
        }
    });
}

/// Decides whether to open a browser. The error is the reason not to, and `None` if the user passed
/// `--no-browser`.
pub(super) fn check_browser(arguments: &LoginArgs) -> Result<(), Option<&'static str>> {
    if arguments.browser {
        return Ok(());
    }
    if arguments.no_browser {
        return Err(None);
    }
    match why_unseen() {
        Some(reason) => Err(Some(reason)),
        None if !Browser::is_available() => Err(Some("no browser was found")),
        None => Ok(()),
    }
}

/// Returns the reason why the user would not see a browser on this machine. `None` if there is
/// none.
fn why_unseen() -> Option<&'static str> {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let any = |names: &[&str]| names.iter().any(|name| set(name));
    let there = |path: &str| Path::new(path).exists();
    if any(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]) {
        return Some("this is an SSH session");
    }
    if set("container") || there("/.dockerenv") || there("/run/.containerenv") {
        return Some("this is a container");
    }
    let needs_display = cfg!(all(unix, not(target_os = "macos")));
    if needs_display && !any(&["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]) {
        return Some("there is no display");
    }
    None
}
