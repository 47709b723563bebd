//! Out-of-band login: the user opens the URL anywhere and pastes the code.

use std::io::{self, BufRead as _};

use gts_oauth_ureq::login::AuthorizeStep;
use gts_oauth_ureq::{BoxError, UserReply};

use super::driver::Prompt;
use crate::output::{error_sentence, message, prompt};

/// A prompt for the code on standard input.
#[derive(Default)]
pub(super) struct PastePrompt {
    prompts: u8,
}

/// The maximum number of prompts, in case a program types the input.
const MAX_PROMPTS: u8 = 20;

impl Prompt for PastePrompt {
    fn ask(&mut self, step: &AuthorizeStep<'_>) -> Result<UserReply, BoxError> {
        if self.prompts == MAX_PROMPTS {
            return Err(
                "no answer was the code, and there were many: the same command goes on from here"
                    .into(),
            );
        }
        self.prompts += 1;
        match step.problem {
            Some(problem) => {
                message(format_args!("\nThat did not work: {}", error_sentence(problem)))
            }
            None => message("Open this address in your browser and allow the app:"),
        }
        message(format_args!("\n{}\n", step.url));
        prompt(
            "Paste the code, or the whole address you were sent to (or type `new`, if the page \
             shows an error): ",
        );
        let mut reply = Vec::new();
        if io::stdin().lock().read_until(b'\n', &mut reply)? == 0 {
            message("");
            return Err(
                "standard input ended before there was a code: the same command goes on from \
                 here, with the same app"
                    .into(),
            );
        }
        // Invalid UTF-8 is never a code, and the user can type again.
        let reply = String::from_utf8_lossy(&reply).into_owned();
        match reply.trim() {
            "new" => Ok(UserReply::NewApp),
            _ => Ok(UserReply::Pasted(reply)),
        }
    }

    fn done(&mut self, _: Result<&str, &str>) {}
}
