//! What is shown to the user.

use std::fmt;

use gts_oauth_core::{AuthorizeStep, Error};

use crate::terminal::problem_line;

/// The links of one attempt, for the function of
/// [`Loopback::open_with`](crate::Loopback::open_with). Prints as a text for a terminal.
pub struct Links<'a> {
    pub(super) one_time: Option<String>,
    pub(super) link: String,
    pub(super) is_new: bool,
    pub(super) step: AuthorizeStep<'a>,
}

impl Links<'_> {
    /// The link for the command line of a browser, which other users of the machine can see: it
    /// works once. `None` if no browser should be opened, because the user is shown the problem of
    /// the last attempt there or by the program.
    ///
    /// ```no_run
    /// # mod webbrowser { pub fn open(_: &str) -> std::io::Result<()> { Ok(()) } }
    /// fn open(links: &gts_oauth_prompt::Links<'_>) {
    ///     if let Some(link) = links.one_time_link() {
    ///         let _ = webbrowser::open(link);
    ///     }
    /// }
    /// ```
    pub fn one_time_link(&self) -> Option<&str> {
        self.one_time.as_deref()
    }

    /// The link for the user's eyes only: it works in any browser of this machine. Do not pass it to
    /// another program.
    ///
    /// ```
    /// fn show(links: &gts_oauth_prompt::Links<'_>) {
    ///     eprintln!("Open this link: {}", links.link());
    /// }
    /// ```
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The authorization URL, for a browser on another machine, which cannot return by itself: its
    /// user pastes the address of the page that does not load
    /// ([`Handle::reply`](crate::Handle::reply)). Like [`link`](Self::link), it is for the user's
    /// eyes only.
    ///
    /// ```
    /// fn show(links: &gts_oauth_prompt::Links<'_>) {
    ///     eprintln!("Elsewhere, open {} and paste the address.", links.authorization_url());
    /// }
    /// ```
    pub fn authorization_url(&self) -> &str {
        self.step.url
    }

    /// Whether the links differ from those that were shown last. If not, they need not be shown again.
    ///
    /// ```
    /// fn show(links: &gts_oauth_prompt::Links<'_>) {
    ///     eprintln!("{links}");
    ///     if links.is_new() {
    ///         eprintln!("Elsewhere, open {}", links.authorization_url());
    ///     }
    /// }
    /// ```
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Why the last attempt failed. `None` on the first attempt.
    ///
    /// ```
    /// fn show(links: &gts_oauth_prompt::Links<'_>) {
    ///     if let Some(problem) = links.problem() {
    ///         eprintln!("{problem}");
    ///     }
    /// }
    /// ```
    pub fn problem(&self) -> Option<&Error> {
        self.step.problem
    }
}

impl fmt::Display for Links<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(problem) = self.step.problem {
            writeln!(f, "{}", problem_line(problem))?;
        }
        if !self.is_new {
            return write!(f, "Continue in your browser, or open the link above on this machine.");
        }
        let what_to_do = match self.one_time {
            Some(_) => {
                "Allow the app in your browser. If none opens, open this link on this machine:"
            }
            None => "Continue in your browser, or open this link on this machine:",
        };
        write!(f, "{what_to_do}\n\n{}\n", self.link)
    }
}

impl fmt::Debug for Links<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the links, which are secret.
        f.debug_struct("Links").field("step", &self.step).finish_non_exhaustive()
    }
}
