//! Login in a browser that returns to a loopback port (RFC 8252 section 7.3), or somewhere else, so
//! that the user pastes the address.

use std::env;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use gts_oauth_prompt::{Handle, Links, Loopback, LoopbackError, read_reply};
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, UserReply};
use indicatif::ProgressBar;
use webbrowser::Browser;

use super::arguments::LoginArgs;
use super::driver::Prompt;
use crate::output::message;

/// What the page says in another browser than the one that opened the link.
const HINT: &str = "Copy the address of this page, and paste it into the terminal.";

pub(super) struct BrowserPrompt {
    /// `None` if the login has ended.
    loopback: Option<Loopback>,
    spinner: ProgressBar,
}

impl BrowserPrompt {
    pub(super) fn new(loopback: Loopback, timeout: Duration) -> Self {
        let spinner = ProgressBar::new_spinner();
        let (countdown, mut terminal) = (spinner.clone(), Some(loopback.handle()));
        let is_elsewhere = is_elsewhere();
        let loopback = match is_elsewhere {
            true => loopback.accept_own_user(),
            false => loopback,
        };
        let loopback = loopback
            .time_limit(timeout)
            .hint(HINT)
            .open_with(move |links| {
                show(links);
                let url = links.one_time_link();
                let url =
                    url.map(|link| if is_elsewhere { links.authorization_url() } else { link });
                open(url, terminal.take());
                Ok(())
            })
            .while_waiting(move |left| {
                let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
                countdown.set_message(format!(
                    "Waiting for your browser, for {minutes}:{seconds:02} more"
                ));
                countdown.tick();
            });
        Self { loopback: Some(loopback), spinner }
    }
}

impl Prompt for BrowserPrompt {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let Some(loopback) = &mut self.loopback else {
            return Err("the login has ended".into());
        };
        let reply = loopback.ask(step);
        self.spinner.finish_and_clear();
        self.spinner.reset();
        reply.map_err(|error| match error.downcast_ref() {
            Some(LoopbackError::TimedOut(timeout)) => format!(
                "nobody came back from the browser in {} s: the same command goes on from here, \
                 with the same app. Where no browser can come back, --no-browser takes a code",
                timeout.as_secs()
            )
            .into(),
            _ => error,
        })
    }

    fn done(&mut self, outcome: Result<&str, &str>) {
        if let Some(loopback) = self.loopback.take() {
            loopback.done(outcome);
        }
    }
}

fn show(links: &Links<'_>) {
    if links.problem().is_some() {
        message("");
    }
    message(links);
    message(
        "On another machine, open this address, allow the app, and paste here the address that you \
         are sent to, though its page does not load (or type `new`, if the page shows an error):",
    );
    message(format_args!("\n{}\n", links.authorization_url()));
}

/// Whether the browser might be on another machine, where a link to this one leads nowhere: the
/// programs of remote editors and of WSL are named in `BROWSER`. Only Linux can accept its callback
/// without the cookie.
fn is_elsewhere() -> bool {
    cfg!(target_os = "linux") && env::var_os("BROWSER").is_some_and(|program| !program.is_empty())
}

/// Opens a browser, and reads what the user pastes. Some browsers run in the terminal, and return
/// when they are closed: so the browser is not waited for, and the terminal is read after it.
fn open(link: Option<&str>, terminal: Option<Handle>) {
    let link = link.map(str::to_owned);
    let has_link = link.is_some();
    let run = move || {
        if let Some(Err(error)) = link.map(|link| webbrowser::open(&link)) {
            message(format_args!("No browser could be opened: {error}."));
        }
        if let Some(terminal) = terminal {
            read_replies(&terminal);
        }
    };
    // Where there can be no thread, the link that is shown still works.
    if let Err(error) = thread::Builder::new().spawn(run) {
        if has_link {
            message(format_args!("No browser could be opened: {error}."));
        }
    }
}

/// Hands in the lines that the user types, until the input ends. An empty line is no reply.
fn read_replies(terminal: &Handle) {
    while let Ok(Some(reply)) = read_reply(&mut io::stdin().lock()) {
        match &reply {
            UserReply::Pasted(text) if text.trim().is_empty() => {}
            _ => terminal.reply(reply),
        }
    }
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
