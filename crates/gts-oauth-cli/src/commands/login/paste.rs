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
        terminal_with(step, |text| message(text))
    }

    fn done(&mut self, _: Result<&str, &str>) {}
}
