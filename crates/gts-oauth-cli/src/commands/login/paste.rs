//! Out-of-band login: the user opens the URL anywhere and pastes the code.

use std::io;

use gts_oauth_prompt::terminal;
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, UserReply};

use super::driver::Prompt;

/// A prompt for the code on standard input.
pub(super) struct PastePrompt;

impl Prompt for PastePrompt {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        terminal(step).map_err(|error| {
            let error_kind = error.downcast_ref().map(io::Error::kind);
            match error_kind {
                Some(io::ErrorKind::UnexpectedEof) => {
                    format!("{error}. Run the same command to resume, with the same app.").into()
                }
                _ => error,
            }
        })
    }

    fn done(&mut self, _: Result<&str, &str>) {}
}
