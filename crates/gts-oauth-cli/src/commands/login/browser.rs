//! Login in a browser that returns to a loopback port (RFC 8252 section 7.3), or somewhere else, so
//! that the user pastes the URL.

use std::env;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use gts_oauth_prompt::{Links, Loopback, Replies};
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, UserReply};

use super::arguments::LoginArgs;
use super::command_line::with_other_scopes;
use super::driver::Prompt;
use super::opener;
use crate::output::{erase_progress, message, show_progress};

/// What the page says in another browser than the one that opened the link.
const HINT: &str = "Copy the URL of this page, and paste it into the terminal.";

pub(super) struct BrowserPrompt {
    /// `None` if the login has ended.
    loopback: Option<Loopback>,
    terminal: Arc<Mutex<Terminal>>,
}

/// The terminal while the browser is waited for.
enum Terminal {
    /// Standard input is a pipe or a file, which might be for another program.
    Ignored,
    /// The user is not asked.
    Unused,
    /// A browser might run in it.
    Browser,
    Read(Replies),
}

impl BrowserPrompt {
    pub(super) fn new(loopback: Loopback, arguments: &LoginArgs) -> Self {
        let is_read = reads_input(arguments);
        let terminal = if is_read { Terminal::Unused } else { Terminal::Ignored };
        let terminal = Arc::new(Mutex::new(terminal));
        let is_elsewhere = is_elsewhere();
        let loopback = match is_elsewhere {
            true => loopback.accept_own_user(),
            false => loopback,
        };
        let handle = loopback.handle();
        let (opened, read) = (terminal.clone(), terminal.clone());
        let (sender, notices) = mpsc::channel();
        let notices = Arc::new(Mutex::new(notices));
        let stale = notices.clone();
        let stray = sender.clone();
        let other_scopes = with_other_scopes(arguments);
        let loopback = loopback
            .time_limit(arguments.timeout)
            .hint(HINT)
            .open_with(move |links| {
                // Those of the question before.
                lock(&stale).try_iter().for_each(drop);
                show(links, is_read);
                match links.one_time_link() {
                    Some(_) if is_elsewhere => open(links.authorization_url(), &opened, &sender),
                    Some(link) => open(link, &opened, &sender),
                    None => ask_at(&opened),
                }
                Ok(())
            })
            .on_error_without_state(move |code| {
                // It fails only if no one waits for the browser any longer.
                let _ = stray.send(error_without_state(code, &other_scopes));
            })
            .while_waiting(move |left| {
                let (minutes, seconds) = (left.as_secs() / 60, left.as_secs() % 60);
                if !is_typing(&read) {
                    // What is typed is shown in its place.
                    erase_progress();
                }
                if let Some(reply) = poll(&read) {
                    acknowledge(&reply);
                    handle.reply(reply);
                } else if !is_typing(&read) {
                    // Not by the thread of the browser, which does not know whether the user types.
                    lock(&notices).try_iter().for_each(message);
                    show_progress(&format!(
                        "Waiting for your browser ({minutes}:{seconds:02} left)"
                    ));
                }
            });
        Self { loopback: Some(loopback), terminal }
    }
}

impl Prompt for BrowserPrompt {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let Some(loopback) = &mut self.loopback else {
            return Err("the login has ended".into());
        };
        let reply = loopback.ask(step);
        if let terminal @ Terminal::Read(_) = &mut *lock(&self.terminal) {
            *terminal = Terminal::Unused;
        }
        erase_progress();
        reply
    }

    fn done(&mut self, outcome: Result<&str, &str>) {
        if let Some(loopback) = self.loopback.take() {
            loopback.done(outcome);
        }
    }
}

/// Whether standard input is read while the browser is waited for. A pipe is read only with
/// `--browser`.
pub(super) fn reads_input(arguments: &LoginArgs) -> bool {
    arguments.browser || io::stdin().is_terminal()
}

fn show(links: &Links<'_>, is_read: bool) {
    if links.problem().is_some() {
        message("");
    }
    message(links);
    match (links.is_new(), is_read) {
        (false, _) => {}
        (true, true) => message(format_args!(
            "On another machine, open this authorization URL instead:\n\n{}\n\nThen paste here the URL \
             that you are sent to, even if its page does not load. If the page shows an error, type \
             `new` to register a new app.\n",
            links.authorization_url()
        )),
        (true, false) => message(
            "If the browser is on another machine, press Ctrl-C, and run the same command with \
             --no-browser.",
        ),
    }
}

/// Whether the browser might be on another machine, where a link to this one leads nowhere: the
/// programs of remote editors and of WSL are named in `BROWSER`. Only Linux can accept its callback
/// without the cookie.
fn is_elsewhere() -> bool {
    cfg!(target_os = "linux") && opener::is_named()
}

/// Opens a browser in a thread of its own, because some browsers run until they are closed. The
/// terminal is read unless the browser runs in it. Sends why no browser could be opened to `notices`.
fn open(url: &str, terminal: &Arc<Mutex<Terminal>>, notices: &Sender<String>) {
    take(terminal);
    let (url, shared, sender) = (url.to_owned(), terminal.clone(), notices.clone());
    let run = move || {
        let terminal_use = |is_used| if is_used { take(&shared) } else { leave(&shared) };
        let opened = opener::open(&url, terminal_use);
        leave(&shared);
        if let Err(reason) = opened {
            // The login may have ended.
            let _ = sender.send(not_opened(&reason));
        }
    };
    // Without a thread, the link that is shown still works.
    if let Err(error) = thread::Builder::new().spawn(run) {
        leave(terminal);
        let _ = notices.send(not_opened(&error.to_string()));
    }
}

fn not_opened(reason: &str) -> String {
    format!("No browser could be opened: {reason}. Open the link yourself.")
}

/// What to do about an error that any web page could have sent. The command is for other scopes.
fn error_without_state(code: &str, other_scopes: &str) -> String {
    let if_sent = match code {
        "invalid_scope" => format!("press Ctrl-C, and run `{other_scopes}`, or name other scopes"),
        _ => "press Ctrl-C, and run the same command again".to_owned(),
    };
    format!(
        "A web page has sent your browser here with the error {code}. If the server of the login did \
         so, {if_sent}. Otherwise, go on in the browser."
    )
}

/// A browser might run in the terminal. What was typed is dropped.
fn take(terminal: &Mutex<Terminal>) {
    let mut terminal = lock(terminal);
    if !matches!(*terminal, Terminal::Ignored) {
        *terminal = Terminal::Browser;
    }
}

/// The browser runs elsewhere, or has ended.
fn leave(terminal: &Mutex<Terminal>) {
    if let terminal @ Terminal::Browser = &mut *lock(terminal) {
        *terminal = Terminal::Read(Replies::new());
    }
}

/// No browser is opened for this question.
fn ask_at(terminal: &Mutex<Terminal>) {
    if let terminal @ Terminal::Unused = &mut *lock(terminal) {
        *terminal = Terminal::Read(Replies::new());
    }
}

fn poll(terminal: &Mutex<Terminal>) -> Option<UserReply> {
    match &mut *lock(terminal) {
        Terminal::Read(replies) => replies.poll(),
        Terminal::Ignored | Terminal::Unused | Terminal::Browser => None,
    }
}

/// Whether the user has begun a line, which other output would hide.
fn is_typing(terminal: &Mutex<Terminal>) -> bool {
    match &*lock(terminal) {
        Terminal::Read(replies) => replies.is_begun(),
        Terminal::Ignored | Terminal::Unused | Terminal::Browser => false,
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was pasted is checked only now, which can take as long as the server does.
fn acknowledge(reply: &UserReply) {
    message(match reply {
        UserReply::NewApp => "\nRegistering a new app.",
        _ => "\nReceived your input; checking it.",
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
        None if !opener::is_available() => Err(Some("no browser was found")),
        None => Ok(()),
    }
}

/// Returns the reason why the user would not see a browser on this machine. `None` if there is
/// none.
fn why_unseen() -> Option<&'static str> {
    // The programs of remote editors, which open a browser where the user is.
    if opener::is_named() {
        return None;
    }
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
    if needs_display && !any(&["DISPLAY", "WAYLAND_DISPLAY"]) {
        return Some("there is no display");
    }
    None
}
