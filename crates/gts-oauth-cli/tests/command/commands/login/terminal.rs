//! The terminal's mode, signals and job control.

use gts_oauth_fake::{Fault, Served};
use rexpect::session::PtySession;

use crate::support::pty::{
    address, at_shell, at_terminal, decoded, plain, tab, type_in, type_keys,
};
#[cfg(target_os = "linux")]
use crate::support::shell::opener;
use crate::support::shell::{Shell, served};

/// An interactive shell that does not change the terminal itself. `"$GTS_OAUTH"` is the command.
fn interactive(shell: &Shell) -> PtySession {
    let mut session = at_shell(shell, "sh", &["-i"]);
    run(&mut session, "stty echo");
    session
}

/// Types a command for the shell when it is ready.
fn run(session: &mut PtySession, line: &str) {
    session.exp_string("READY ").expect("a prompt of the shell");
    session.send_line(line).expect("it listens");
}

/// The command line of a login in a browser that the user opens.
fn browser_login(served: &Served) -> String {
    format!("PATH=/not/there \"$GTS_OAUTH\" login {} --browser", served.origin())
}

/// Ends the shell, which ignores the signal at the end of a test.
fn exit(mut session: PtySession) {
    session.send_line("exit").expect("it listens");
    session.exp_eof().expect("the end");
}

fn assert_restored(session: &mut PtySession) {
    run(session, "stty -a; echo do''ne");
    let modes = session.exp_string("done").expect("the modes");
    for mode in [" echo ", " icanon ", "isig "] {
        assert!(modes.contains(mode), "{modes}");
    }
}

#[test]
fn signals_from_outside_restore_the_terminal() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let (shell, served) = (Shell::new(), served());
        let login = format!("\"$GTS_OAUTH\" login {} --with-token", served.origin());
        // The process is in the foreground while another one sends the signal.
        let script = format!(
            "stty echo; trap : HUP INT TERM; sh -c 'echo pid $$; exec {login}'; echo code $?; \
             stty -a; echo done"
        );
        let mut session = at_shell(&shell, "sh", &["-c", &script]);
        session.exp_string("pid ").expect("the number of the process");
        let process = session.read_line().expect("the number of the process");
        session.exp_string("Paste the token").expect("a prompt");
        session.exp_string("\u{1b}[?2004h").expect("the mode");
        let kill = std::process::Command::new("kill").args(["-s", signal, process.trim()]).status();
        assert!(kill.expect("kill").success());
        session.exp_string("\u{1b}[?2004l").expect("the mode before");
        session.exp_string(&format!("code {code}")).expect("a signal");
        let modes = session.exp_string("done").expect("the modes");
        for mode in [" echo ", " icanon ", "isig "] {
            assert!(modes.contains(mode), "{signal}: {modes}");
        }
    }
}

#[test]
fn interrupt_from_outside_prints_how_to_go_on() {
    for (option, how) in [
        ("", "Interrupted. Run the same command to resume"),
        (" --print-token", "Interrupted. No token was printed."),
    ] {
        let (shell, served) = (Shell::new(), served());
        let login = browser_login(&served) + option;
        let script = format!("trap : INT; sh -c 'echo pid $$; exec env {login}'; echo code $?");
        let mut session = at_shell(&shell, "sh", &["-c", &script]);
        session.exp_string("pid ").expect("the number of the process");
        let process = session.read_line().expect("the number of the process");
        session.exp_string("\u{1b}[?2004h").expect("the mode");
        let kill = std::process::Command::new("kill").args(["-s", "INT", process.trim()]).status();
        assert!(kill.expect("kill").success());
        session.exp_string("\u{1b}[?2004l").expect("the mode before");
        session.exp_string(how).expect("how to go on");
        session.exp_string("code 130").expect("a signal");
        session.exp_eof().expect("the end");
    }
}

#[test]
fn stop_from_outside_restores_the_terminal_until_continued() {
    let (shell, served) = (Shell::new(), served());
    let mut session = interactive(&shell);
    let login = format!("\"$GTS_OAUTH\" login {} --with-token", served.origin());
    run(&mut session, &format!("sh -c 'echo p''id $$; exec {login}'"));
    session.exp_string("pid ").expect("the number of the process");
    let process = session.read_line().expect("the number of the process");
    session.exp_string("\u{1b}[?2004h").expect("the mode");
    let kill = std::process::Command::new("kill").args(["-s", "TSTP", process.trim()]).status();
    assert!(kill.expect("kill").success());
    assert_restored(&mut session);
    run(&mut session, "fg");
    session.exp_string("\u{1b}[?2004h").expect("the mode again");
    type_keys(&mut session, "\x03");
    assert_restored(&mut session);
    exit(session);
}

#[test]
fn escape_key_hides_no_control_key() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    let url = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    let code = served.account("alice").visit(&url).expect("a code");
    type_keys(&mut session, &format!("{code}\x1b\r"));
    session.exp_string("Logged in.").expect("the end");
    session.exp_eof().expect("the end");
    for escape in ["\x1b", "\x1b[", "\x1b\x1b[1"] {
        let mut session = type_in(&shell, &["login", &served.origin()]);
        session.exp_string("Code or URL: ").expect("a prompt");
        type_keys(&mut session, &format!("{escape}\x03"));
        session.exp_eof().expect("the end");
    }
}

#[test]
fn browser_login_in_the_background_is_not_stopped() {
    let (shell, served) = (Shell::new(), served());
    let mut session = interactive(&shell);
    run(&mut session, &format!("{} &", browser_login(&served)));
    let url = address(&mut session, &served);
    session.exp_string("Waiting for your browser (4:5").expect("a countdown");
    // It reads the terminal when it is in the foreground.
    session.send_line("fg").expect("it listens");
    session.exp_string("\u{1b}[?2004h").expect("the mode");
    let back = served.account("alice").visit(&url).expect("a redirect");
    type_keys(&mut session, &format!("{back}\r"));
    session.exp_string("@alice@").expect("who is logged in");
    assert_restored(&mut session);
    exit(session);
}

#[test]
fn browser_login_goes_on_in_the_background_after_ctrl_z() {
    let (shell, served) = (Shell::new(), served());
    let mut session = interactive(&shell);
    run(&mut session, &browser_login(&served));
    let link = tab(&mut session);
    session.exp_string("\u{1b}[?2004h").expect("the mode");
    type_keys(&mut session, "\x1a");
    run(&mut session, "bg");
    link.get(&served.account("alice").visit(&link.address).expect("a redirect"));
    session.exp_string("@alice@").expect("who is logged in");
    exit(session);
}

#[test]
fn typed_text_stays_visible_while_the_browser_is_waited_for() {
    let (shell, served) = (Shell::new(), served());
    let mut command = plain(&shell, &["login", &served.origin(), "--browser"]);
    command.env("PATH", "/not/there");
    let mut session = at_terminal(command);
    // From then on, the command itself shows what is typed.
    session.exp_string("No browser could be opened").expect("a message");
    session.exp_string("Waiting for your browser (4:5").expect("a countdown");
    type_keys(&mut session, "nonsense");
    session.exp_string("\r\u{1b}[Knonsense").expect("an echo on a line of its own");
    type_keys(&mut session, "\r");
    let after = session.exp_string("Received your input").expect("an acknowledgement");
    assert!(!after.contains("Waiting"), "{after:?}");
    type_keys(&mut session, "\x03");
    session.exp_eof().expect("the end");
}

#[cfg(target_os = "linux")]
#[test]
fn browser_that_fails_does_not_interrupt_a_typed_line() {
    let (shell, served) = (Shell::new(), served());
    let folder = tempfile::tempdir().expect("a folder");
    let (end, id) = (folder.path().join("end"), folder.path().join("id"));
    let browser = opener(&format!(
        "PATH=/bin:/usr/bin; echo $$ > {id}.part; mv {id}.part {id}; while [ ! -e {end} ]; do sleep 0.01; done; exit 1",
        id = id.display(),
        end = end.display()
    ));
    let mut command = plain(&shell, &["login", &served.origin(), "--browser"]);
    command.env("BROWSER", browser.path().join("opener")).env("PATH", "/not/there");
    let mut session = at_terminal(command);
    while !id.exists() {}
    let process = std::fs::read_to_string(id).expect("a number");
    session.exp_string("Waiting for your browser (4:").expect("a countdown");
    type_keys(&mut session, "non");
    session.exp_string("\r\u{1b}[Knon").expect("an echo on a line of its own");
    std::fs::write(end, "").expect("a file");
    // Until the command has read how it ended.
    while std::path::Path::new("/proc").join(process.trim()).exists() {}
    type_keys(&mut session, "sense");
    let between = session.exp_string("sense").expect("an echo");
    assert_eq!(between, "");
    type_keys(&mut session, "\r");
    session.exp_string("Received your input").expect("an acknowledgement");
    type_keys(&mut session, "\x03");
    session.exp_eof().expect("the end");
}

#[test]
fn messages_are_as_wide_as_the_terminal() {
    let (shell, served) = (Shell::new(), served());
    let script = format!(
        "stty cols 40 rows 24; PATH=/not/there \"$GTS_OAUTH\" login {} --browser --timeout 2; \
         \"$GTS_OAUTH\" status",
        served.origin()
    );
    let mut session = at_shell(&shell, "sh", &["-c", &script]);
    let said = session.exp_eof().expect("the end");
    let lines = said.split(['\n', '\r']).map(|line| line.replace("\u{1b}[K", ""));
    let is_prose = |line: &String| line.contains(' ') && !line.contains(['\u{1b}', '`']);
    for line in lines.filter(is_prose) {
        assert!(line.chars().count() <= 40, "{line:?} in {said}");
    }
    // A command is longer, and can be copied.
    let options = "--scopes read --browser";
    let command = format!("\r\n`gts-oauth login {} {options}`.", served.origin());
    assert!(said.contains(&command), "{said}");
    assert!(said.contains("\r\u{1b}[K\u{1b}[31mgts-oauth:"), "{said:?}");
}

#[test]
fn status_is_as_wide_as_the_terminal() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    served.fail(Fault::BadGateway.at("/api/v1/accounts/verify_credentials"));
    let script = "stty cols 80 rows 24; \"$GTS_OAUTH\" status";
    let mut session = at_shell(&shell, "sh", &["-c", script]);
    let shown = decoded(&session.exp_eof().expect("the end"));
    let shown = anstream::adapter::strip_str(&shown).to_string();
    let (_, problem) = shown.split_once("  token:    ").expect("a token");
    let (problem, _) = problem.split_once("\r\n  source:").expect("the next field");
    let lines: Vec<&str> = problem.split("\r\n").collect();
    assert!(lines.len() > 1, "{shown}");
    for line in &lines[1..] {
        assert!(line.starts_with("            ") && line.chars().count() <= 80, "{line:?}");
    }
}
