//! Out-of-band login: the user opens the URL anywhere and pastes the code.

use gts_oauth_prompt::terminal_with;
use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, UserReply};

use super::driver::Prompt;
use crate::output::message;

/// A prompt for the code on standard input.
pub(super) struct PastePrompt;

impl Prompt for PastePrompt {
    fn ask(&mut self, step: AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        let reply = terminal_with(step, |text| message(text))?;
        if matches!(reply, UserReply::NewApp) {
            message("Registering a new app.\n");
        }
        Ok(reply)
    }

    fn done(&mut self, _: Result<&str, &str>) {}
}
