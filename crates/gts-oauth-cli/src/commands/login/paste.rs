//! Out of band: the address is shown, and the code is typed.

use std::io::{self, BufRead as _};

use gts_oauth_ureq::{Ask, BoxError, StartOver};

use super::driver::Prompt;
use crate::output::{prompt, tell, told};

/// Somebody at a terminal.
#[derive(Default)]
pub(super) struct PastePrompt {
    asked: u8,
}

/// Nobody is asked more often: it may be a program that answers.
const MOST: u8 = 20;

impl Prompt for PastePrompt {
    fn ask(&mut self, ask: &Ask<'_>) -> Result<String, BoxError> {
        if self.asked == MOST {
            return Err(
                "no answer was the code, and there were many: the same command goes on from here"
                    .into(),
            );
        }
        self.asked += 1;
        match ask.problem {
            Some(problem) => tell(format_args!("\nThat did not work: {}.", told(problem))),
            None => tell("Open this address in your browser and allow the app:"),
        }
        tell(format_args!("\n{}\n", ask.url));
        prompt(
            "PastePrompt the code, or the whole address you were sent to (or type `new`, if the page \
             shows an error): ",
        );
        let mut reply = Vec::new();
        if io::stdin().lock().read_until(b'\n', &mut reply)? == 0 {
            tell("");
            return Err(
                "standard input ended before there was a code: the same command goes on from \
                 here, with the same app"
                    .into(),
            );
        }
        // What is no text is no code either, and can be typed again.
        let reply = String::from_utf8_lossy(&reply).into_owned();
        match reply.trim() {
            "new" => Err(StartOver::NewApp.into()),
            _ => Ok(reply),
        }
    }

    fn done(&mut self, _: Result<&str, &str>) {}
}
