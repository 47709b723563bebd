//! Prompts at a pseudo-terminal.

use gts_oauth_fake::{Dialect, Served};

use crate::support::pty::{
    address, assert_done, at_shell, at_terminal, ended, plain, said, tab, type_in, type_keys,
};
use crate::support::shell::{Shell, pasted, served, speaking};

#[test]
fn a_code_is_typed_mistyped_and_typed_again() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    session.send_line("MISTYPED").expect("it listens");
    session.exp_string("That did not work").expect("what was wrong");
    session.exp_string("Paste the code again, or open this authorization URL").expect("what to do");
    let address = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    let code = served.account("alice").visit(&address).expect("a code");
    session.send_line(&code).expect("it listens");
    session.exp_string("@alice@127.0.0.1").expect("who is logged in");
    assert_done(session);
}

#[test]
fn prompt_for_the_code_is_short() {
    let (shell, served) = (Shell::new(), served());
    let said = shell.run(&["login", &served.origin(), "--no-browser"]).stderr;
    let prompt = "type `new` to register a new app.\nCode or URL: \ngts-oauth: ";
    assert!(said.contains(prompt), "{said}");
}

#[test]
fn empty_line_at_the_prompt_is_asked_about_again() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    let url = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    session.send_line("").expect("it listens");
    let between = session.exp_string("Code or URL: ").expect("the prompt again");
    assert!(!between.contains("empty") && !between.contains("/oauth/authorize"), "{between}");
    session.send_line(&served.account("alice").visit(&url).expect("a code")).expect("it listens");
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn denial_ends_an_out_of_band_login() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    let alice = served.account("alice");
    let outcome = shell.talk(&["login", &served.origin()], |url| alice.deny(url).map(pasted).ok());
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let line = outcome.stderr.lines().last().expect("a message");
    assert!(line.ends_with("gts-oauth: access was denied. Run the same command to ask again."));
    assert_eq!(outcome.stderr.matches("/oauth/authorize?").count(), 1, "{}", outcome.stderr);
    assert!(!shell.run(&["status"]).stderr.contains("unfinished"));
}

#[test]
fn scopes_that_the_server_does_not_allow_end_the_login() {
    let (shell, served) = (Shell::new(), served());
    // GoToSocial sends the browser there, where it can go no further.
    let url = "urn:ietf:wg:oauth:2.0:oob?error=invalid_scope&error_description=Too+wide";
    let arguments = ["login", &served.origin(), "--scopes", "read write", "--name", "my-bot"];
    let outcome = shell.talk(&arguments, |_| Some(url.to_owned()));
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let expected = format!(
        "gts-oauth: authorization failed: invalid_scope (Too wide). Run `gts-oauth login {} \
         --scopes read --name my-bot`, or name other scopes.",
        served.origin()
    );
    assert_eq!(outcome.stderr.lines().last(), Some(&*expected));
    assert!(!shell.run(&["status"]).stderr.contains("unfinished"));
}

#[test]
fn an_instance_that_is_not_given_is_asked_for() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login"]);
    session.exp_string("Instance to log in to").expect("a question");
    session.send_line("not a host").expect("it listens");
    session.exp_string("invalid instance").expect("a message");
    session.exp_string("Instance to log in to").expect("the question again");
    session.send_line(&served.origin()).expect("it listens");
    let address = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    let code = served.account("alice").visit(&address).expect("a code");
    session.send_line(&code).expect("it listens");
    session.exp_string("@alice@127.0.0.1").expect("who is logged in");
    assert_done(session);
    let mut session = type_in(&shell, &["login"]);
    session.exp_string("Instance to log in to").expect("a question");
    session.send_line("").expect("it listens");
    session.exp_string("Instance to log in to").expect("the question again");
    type_keys(&mut session, "\x04");
    session.exp_string(":").expect("the end of the question");
    session.exp_regex("^ *\r\n.*no instance was given").expect("an error on its own line");
    let ended = ended(session);
    assert!(ended.ends_with(", 2)"), "{ended}");
}

#[test]
fn unknown_scope_is_asked_about_on_whole_words() {
    let (shell, served) = (Shell::new(), served());
    let script = format!(
        "stty cols 80 rows 24; \"$GTS_OAUTH\" login {} --scopes zebras; echo $?",
        served.origin()
    );
    let mut session = at_shell(&shell, "sh", &["-c", &script]);
    let question = session.exp_string("[y/N] ").expect("a question");
    let wide = question.split("\r\n").find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    session.send_line("n").expect("it listens");
    session.exp_string("cancelled; no app was registered\r\n2").expect("an error");
}

#[test]
fn whoever_sees_an_error_page_types_new_and_gets_a_new_app() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    let first = address(&mut session, &served);
    served.forget_apps();
    served.account("alice").visit(&first).expect_err("an error page");
    session.exp_string("type `new`").expect("a prompt");
    session.send_line("new").expect("it listens");
    let second = address(&mut session, &served);
    let code = served.account("alice").visit(&second).expect("a code");
    session.send_line(&code).expect("it listens");
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

/// What Ctrl-C prints.
const INTERRUPTED: &str = "\nInterrupted. Run the same command to resume, with the same app.\r\n";

#[test]
fn ctrl_c_at_the_prompt_leaves_a_login_that_goes_on() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    let shown = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    session.send_control('c').expect("it listens");
    session.exp_string(INTERRUPTED).expect("how to go on");
    assert!(ended(session).contains("SIGINT"));

    let mut session = type_in(&shell, &["login", &served.origin()]);
    session.exp_string("Resuming the unfinished login (scopes: read).\r\n").expect("what it does");
    assert_eq!(address(&mut session, &served), shown);
    let code = served.account("alice").visit(&shown).expect("a code");
    session.send_line(&code).expect("it listens");
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn ctrl_d_at_the_prompt_says_that_it_can_go_on() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    session.exp_string("Code or URL: ").expect("a prompt");
    session.send_control('d').expect("it listens");
    session.exp_string("to resume").expect("what to do");
    assert!(ended(session).ends_with(", 1)"));
}

#[test]
fn a_spinner_tells_how_long_the_browser_is_waited_for() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--browser", "--timeout", "125"];
    let mut command = plain(&shell, &arguments);
    command.env("PATH", "/not/there");
    let mut session = at_terminal(command);
    let tab = tab(&mut session);
    session.exp_string("Waiting for your browser (2:0").expect("a spinner");
    tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn address_pasted_under_the_spinner_is_taken() {
    let (shell, served) = (Shell::new(), served());
    let mut command = plain(&shell, &["login", &served.origin(), "--browser"]);
    command.env("PATH", "/not/there");
    let mut session = at_terminal(command);
    session.exp_string("On another machine").expect("what to do");
    let address = address(&mut session, &served);
    session.exp_string("Waiting for your browser").expect("a spinner");
    let back = served.account("alice").visit(&address).expect("a redirect");
    session.send_line(&back).expect("it listens");
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn ctrl_c_while_the_browser_is_out_leaves_a_login_that_goes_on() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--browser", "--port", "21006"];
    let start = || {
        let mut command = plain(&shell, &arguments);
        command.env("PATH", "/not/there");
        at_terminal(command)
    };
    let mut session = start();
    let shown = address(&mut session, &served);
    // From then on, the command itself reads the terminal.
    session.exp_string("No browser could be opened").expect("a message");
    session.exp_string("Waiting").expect("a spinner");
    session.send_control('c').expect("it listens");
    session.exp_string(INTERRUPTED).expect("how to go on");
    assert!(ended(session).contains("SIGINT"));
    let mut session = start();
    let tab = tab(&mut session);
    assert_eq!(tab.address, shown);
    tab.get(&served.account("alice").visit(&shown).expect("a redirect"));
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let coloured = said(plain(&shell, &["status"]), &[]);
    assert!(coloured.contains("\u{1b}[32mvalid"), "{coloured}");
    let plain_said = said(plain(&shell, &["status"]), &[("NO_COLOR", "1")]);
    assert!(!plain_said.contains('\u{1b}'), "{plain_said}");
    let piped = shell.run(&["status"]);
    assert!(!piped.stdout.contains('\u{1b}'), "{}", piped.stdout);
    let failed = said(plain(&shell, &["token", "-a", "nobody"]), &[]);
    assert!(failed.contains("\u{1b}[31mgts-oauth:"), "{failed}");
}

#[test]
fn what_others_wrote_cannot_take_over_the_terminal() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    // A window title, colours, and right-to-left overrides.
    served.post("bob", "@alice \u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}31m\u{202e}evil\u{2066}");
    let path = "/api/v1/notifications";
    for arguments in [&["api", path][..], &["api", path, "--paginate"]] {
        let seen = said(plain(&shell, arguments), &[("NO_COLOR", "1")]);
        assert!(seen.contains("evil"), "{seen}");
        for bad in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{2066}'] {
            assert!(!seen.contains(bad), "{seen:?}");
        }
        // The command's own colours are all that is left.
        let coloured = said(plain(&shell, arguments), &[]);
        for sequence in coloured.split('\u{1b}').skip(1) {
            let own = ["[0m", "[1m", "[32m", "[34m", "[90m"];
            assert!(own.iter().any(|own| sequence.starts_with(own)), "{sequence:?}");
        }
    }
    // A pipe receives the response unchanged.
    let piped = shell.run(&["api", path]);
    assert!(piped.stdout.contains('\u{202e}'), "{}", piped.stdout);
}

#[test]
fn what_others_wrote_in_their_own_language_is_shown_as_it_is() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    // Non-breaking and wide spaces, and a family emoji with joiners.
    let text = "10\u{a0}000\u{3000}\u{65e5}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    served.post("bob", &format!("@alice {text}"));
    let seen = said(plain(&shell, &["api", "/api/v1/notifications"]), &[]);
    assert!(seen.contains(text), "{seen}");
}

#[test]
fn a_token_that_is_typed_is_not_seen() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    let mut session = type_in(&shell, &["login", &served.origin(), "--with-token"]);
    session.exp_string("Paste the token").expect("a prompt");
    session.send_line(&token).expect("it listens");
    let said = session.exp_eof().expect("the end");
    assert!(said.contains("Logged in.") && !said.contains(&token), "{said}");
}

fn exchanged_codes(served: &Served) -> Vec<String> {
    let requests = served.requests();
    requests.iter().filter_map(|it| it.field("code")).collect()
}

#[test]
fn long_token_is_pasted_whole() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin(), "--with-token"]);
    session.exp_string("Paste the token").expect("a prompt");
    let token = "t".repeat(20_000);
    session.send_line(&token).expect("it listens");
    assert!(ended(session).ends_with(", 4)"));
    let requests = served.requests();
    let sent = requests.iter().find_map(|it| it.header("authorization")).expect("a token");
    assert!(sent == format!("Bearer {token}"), "{} bytes", sent.len());
}

#[test]
fn ctrl_c_at_the_hidden_prompt_restores_echo() {
    let (shell, served) = (Shell::new(), served());
    let login = format!("\"$GTS_OAUTH\" login {} --with-token", served.origin());
    // The shell does not restore the terminal itself.
    let script = format!("stty echo; trap : INT; {login}; echo code $?; stty -a; echo done");
    let mut session = at_shell(&shell, "sh", &["-c", &script]);
    session.exp_string("Paste the token").expect("a prompt");
    session.send_control('c').expect("it listens");
    session.exp_string("code 130").expect("a signal");
    let modes = session.exp_string("done").expect("the modes");
    for mode in [" echo ", " icanon ", "isig "] {
        assert!(modes.contains(mode), "{modes}");
    }
    session.exp_eof().expect("the end");
}

#[test]
fn ctrl_z_at_the_hidden_prompt_restores_echo_until_it_continues() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    let token = shell.token();
    // A shell that does not restore the terminal itself.
    let mut session = at_shell(&shell, "sh", &["-i"]);
    session.exp_string("READY ").expect("a prompt");
    session.send_line("stty echo").expect("it listens");
    session.exp_string("READY ").expect("a prompt");
    let login = format!("\"$GTS_OAUTH\" login {} --with-token", served.origin());
    session.send_line(&login).expect("it listens");
    session.exp_string("Paste the token (it stays hidden): ").expect("a prompt");
    type_keys(&mut session, "\x1a");
    session.exp_string("READY ").expect("a prompt");
    session.send_line("stty -a; echo do''ne").expect("it listens");
    let modes = session.exp_string("done").expect("the modes");
    assert!(modes.contains(" echo "), "{modes}");
    session.exp_string("READY ").expect("a prompt");
    session.send_line("fg").expect("it listens");
    session.exp_string("Paste the token (it stays hidden): ").expect("the prompt again");
    session.send_line(&token).expect("it listens");
    let said = session.exp_string("@alice@").expect("who is logged in");
    assert!(!said.contains(&token), "{said}");
    session.send_line("exit").expect("it listens");
    session.exp_eof().expect("the end");
}

#[test]
fn code_in_two_lines_is_one_code() {
    let wrapped = |code: &str| format!("{}\r{}", &code[..9], &code[9..]);
    // The second as terminals mark a paste.
    for (before, after) in [("", ""), ("\x1b[200~", "\x1b[201~")] {
        let (shell, served) = (Shell::new(), served());
        let mut session = type_in(&shell, &["login", &served.origin()]);
        let url = address(&mut session, &served);
        session.exp_string("Code or URL: ").expect("a prompt");
        let code = served.account("alice").visit(&url).expect("a code");
        type_keys(&mut session, &format!("{before}{}{after}", wrapped(&code)));
        type_keys(&mut session, "\r");
        session.exp_string("Logged in.").expect("the end");
        assert_done(session);
        assert_eq!(exchanged_codes(&served), [code]);
    }
}

#[test]
fn wrapped_url_pasted_while_waiting_is_one_url() {
    let (shell, served) = (Shell::new(), served());
    let mut command = plain(&shell, &["login", &served.origin(), "--browser"]);
    command.env("PATH", "/not/there");
    let mut session = at_terminal(command);
    let address = address(&mut session, &served);
    session.exp_string("Waiting for your browser").expect("a spinner");
    let back = served.account("alice").visit(&address).expect("a redirect");
    type_keys(&mut session, &format!("{}\r{}\r", &back[..60], &back[60..]));
    session.exp_string("Received your input").expect("an acknowledgement");
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
}

#[test]
fn typing_errors_can_be_erased() {
    let (shell, served) = (Shell::new(), served());
    let mut session = type_in(&shell, &["login", &served.origin()]);
    let url = address(&mut session, &served);
    session.exp_string("Code or URL: ").expect("a prompt");
    let code = served.account("alice").visit(&url).expect("a code");
    // Ctrl-U, the left arrow, and Backspace.
    type_keys(&mut session, &format!("wrong\x15{code}\x1b[Dx\u{e9}\x7f\x7f\r"));
    session.exp_string("Logged in.").expect("the end");
    assert_done(session);
    assert_eq!(exchanged_codes(&served), [code]);
}

#[test]
fn terminal_is_restored_after_the_browser_returned() {
    let (shell, served) = (Shell::new(), served());
    let login = format!("PATH=/not/there \"$GTS_OAUTH\" login {} --browser", served.origin());
    let script = format!("stty echo; {login}; stty -a; echo done");
    let mut session = at_shell(&shell, "sh", &["-c", &script]);
    let tab = tab(&mut session);
    session.exp_string("Waiting for your browser").expect("a spinner");
    tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    session.exp_string("@alice@").expect("who is logged in");
    let modes = session.exp_string("done").expect("the modes");
    for mode in [" echo ", " icanon ", "isig "] {
        assert!(modes.contains(mode), "{modes}");
    }
    session.exp_eof().expect("the end");
}

#[test]
fn json_is_indented_and_coloured_for_a_terminal_only() {
    let (shell, served) = (Shell::new(), served());
    shell.log_in(&served, &served.account("alice"));
    served.post("bob", "@alice hello");
    let path = "/api/v1/notifications";
    let piped = shell.run(&["api", path]).stdout;
    assert!(piped.starts_with("[{\""), "{piped}");
    for arguments in [&["api", path][..], &["api", path, "--paginate"]] {
        let plain_text = said(plain(&shell, arguments), &[("NO_COLOR", "1")]);
        assert!(plain_text.starts_with("[\r\n  {\r\n    \""), "{plain_text}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(read(&plain_text), read(&piped));
        let coloured = said(plain(&shell, arguments), &[]);
        assert!(coloured.contains("\u{1b}[32m\"mention\"\u{1b}[0m"), "{coloured}");
    }
}

#[test]
fn code_of_the_earlier_page_still_works() {
    let (shell, served) = (Shell::new(), served());
    let mut pages = Vec::new();
    let alice = served.account("alice");
    let outcome = shell.talk(&["login", &served.origin()], |url| {
        pages.push(url.to_owned());
        match pages.len() {
            1 => Some("q".to_owned()),
            _ => alice.visit(&pages[0]).ok(),
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    // Too short to be a code, so it is not masked in the words of the server.
    assert!(outcome.stderr.contains("400 Bad Request"), "{}", outcome.stderr);
}
