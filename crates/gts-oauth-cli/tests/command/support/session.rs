//! The output of commands at a terminal, as comparable text: results behind `|`, messages behind
//! `!`. Names replace the parts that differ in each run.

use std::fmt::Write as _;
use std::process::Command;

use gts_oauth_fake::Served;

use crate::support::shell::{Outcome, Shell};

pub(crate) struct Session {
    pub(crate) shell: Shell,
    pub(crate) served: Served,
    /// Set for each command.
    pub(crate) environment: Vec<(&'static str, String)>,
    names: Vec<(String, &'static str)>,
    seen: String,
}

impl Session {
    pub(crate) fn at(served: Served) -> Self {
        let shell = Shell::new();
        let authority = served.origin().replace("http://", "");
        let config = shell.file().parent().expect("a folder").display().to_string();
        Self {
            names: vec![(authority, "127.0.0.1:PORT"), (config, "CONFIG")],
            shell,
            served,
            environment: Vec::new(),
            seen: String::new(),
        }
    }

    /// Replaces this text by a name from now on.
    pub(crate) fn call(&mut self, text: String, name: &'static str) {
        self.names.push((text, name));
    }

    /// Runs a command, in which `INSTANCE` means the server's origin.
    pub(crate) fn run(&mut self, line: &str) -> Outcome {
        let mut command = self.command(line);
        let outcome = self.shell.run_unattended(&mut command);
        self.note(line, &outcome);
        outcome
    }

    /// As `run`, with a reply to each URL.
    pub(crate) fn talk(
        &mut self,
        line: &str,
        reply: impl FnMut(&str) -> Option<String>,
    ) -> Outcome {
        let mut command = self.command(line);
        let outcome = self.shell.talk_to(&mut command, reply);
        self.note(line, &outcome);
        outcome
    }

    fn command(&self, line: &str) -> Command {
        let origin = self.served.origin();
        let arguments = line.split(' ');
        let arguments: Vec<_> = arguments.map(|it| it.replace("INSTANCE", &origin)).collect();
        let mut command = self.shell.command(&arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn note(&mut self, line: &str, outcome: &Outcome) {
        let _ = writeln!(self.seen, "$ gts-oauth {}", self.named(line));
        for (mark, text) in [('!', &outcome.stderr), ('|', &outcome.stdout)] {
            for line in text.lines() {
                let line = format!("{mark} {}", self.named(line));
                let _ = writeln!(self.seen, "{}", line.trim_end());
            }
        }
        match outcome.code {
            Some(0) => {}
            code => {
                let _ = writeln!(self.seen, "(exits with {})", code.expect("a code"));
            }
        }
        self.seen.push('\n');
    }

    fn named(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (text, name) in &self.names {
            line = line.replace(text, name);
        }
        for (pattern, name) in [
            // The demo has its own server.
            ("127.0.0.1:00000", "127.0.0.1:PORT"),
            ("0000-00-00T00:00:00Z", "MOMENT"),
            ("0000-00-00T00:00:00.000Z", "MOMENT"),
            ("0000-00-00 00:00 UTC", "MINUTE"),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAA", "ID"),
            ("\"created_at\": 0000000000", "\"created_at\": SECONDS"),
        ] {
            line = like(&line, pattern, name);
        }
        // The state and the challenge differ each time.
        match line.split_once("/oauth/authorize?") {
            Some((origin, _)) => format!("{origin}/oauth/authorize?…"),
            None => line,
        }
    }

    pub(crate) fn seen(&self) -> &str {
        &self.seen
    }
}

/// Replaces all matches of `pattern` by a name. In the pattern, 0 is any digit, and A is any digit
/// or capital.
fn like(text: &str, pattern: &str, name: &str) -> String {
    let same = |(text, pattern): (u8, u8)| match pattern {
        b'0' => text.is_ascii_digit(),
        b'A' => text.is_ascii_digit() || text.is_ascii_uppercase(),
        other => text == other,
    };
    let looks = |text: &str| {
        let piece = text.as_bytes().get(..pattern.len());
        piece.is_some_and(|it| it.iter().copied().zip(pattern.bytes()).all(same))
    };
    let mut named = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match looks(rest) {
            true => pattern.len(),
            false => character.len_utf8(),
        };
        let (piece, behind) = rest.split_at(length);
        named.push_str(if looks(rest) { name } else { piece });
        rest = behind;
    }
    named
}
