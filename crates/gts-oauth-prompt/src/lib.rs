//! Ways to ask a user to authorize an app, for [`Login::run`](gts_oauth_core::Login::run).
//!
//! | | the user | needs | guide |
//! |---|---|---|---|
//! | [`Loopback`] | opens a link, allows the app, and is done: the browser returns to a loopback port | a browser on this machine | [desktop](gts_oauth_core::manual::guides::desktop) |
//! | [`terminal()`] | opens a URL anywhere, and pastes the code | a terminal | [headless machine](gts_oauth_core::manual::guides::headless) |
//!
//! In a browser, with a function that opens it (without one, the user opens the printed link):
//!
//! ```text
//! cargo add gts-oauth-prompt gts-oauth-ureq webbrowser
//! ```
//!
//! ```no_run
//! use gts_oauth_prompt::Loopback;
//! use gts_oauth_ureq::{BoxError, Login, RegisterApp, Ureq, entropy};
//! # mod webbrowser { pub fn open(_: &str) -> std::io::Result<()> { Ok(()) } }
//!
//! fn run() -> Result<(), BoxError> {
//!     let http = Ureq::new();
//!     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
//!     let mut login = Login::new(app, entropy()?);
//!     let mut loopback = Loopback::for_login(&mut login)?.open_with(|links| {
//!         eprintln!("{links}");
//!         if let Some(link) = links.one_time_link() {
//!             let _ = webbrowser::open(link); // or the user opens the link that was printed
//!         }
//!         Ok(())
//!     });
//!     let outcome = login.run(&http, |step| loopback.ask(step));
//!     loopback.done(outcome.as_ref());
//!     println!("a token for {}", outcome?.session.instance());
//!     Ok(())
//! }
//! ```
//!
//! At a terminal:
//!
//! ```text
//! cargo add gts-oauth-prompt gts-oauth-ureq
//! ```
//!
//! ```no_run
//! use gts_oauth_prompt::terminal;
//! use gts_oauth_ureq::{BoxError, Login, RegisterApp, Ureq, entropy};
//!
//! fn run() -> Result<(), BoxError> {
//!     let http = Ureq::new();
//!     let app = RegisterApp::new("example.org".parse()?, "my-bot")?;
//!     let mut login = Login::new(app, entropy()?);
//!     let me = login.run(&http, terminal)?;
//!     println!("a token for {}", me.session.instance());
//!     Ok(())
//! }
//! ```

// - `loopback`: the browser, and the port where it returns
// - `terminal`: a question for a text
// - `input`: reading a text that was typed or pasted

mod input;
mod loopback;
mod terminal;

pub use input::{
    HeldInterrupts, Replies, before_interrupt, hold_interrupts, is_input_closed, read_secret,
};
pub use loopback::{Handle, Links, Loopback, LoopbackError};
pub use terminal::{terminal, terminal_with};
