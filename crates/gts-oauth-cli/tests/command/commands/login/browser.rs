//! `gts-oauth login` with a simulated browser; `chromium.rs` has a real one.

#[cfg(unix)]
use std::io::Write as _;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

use gts_oauth_fake::{Dialect, Fault};

use crate::support::shell::{
    Outcome, Shell, address, next_shown, opener, pasted, served, speaking,
};
use crate::support::web::{Response, Tab, get, port, redirect_uri, state};

/// `gts-oauth login` where no browser can be opened. `visit` gets one in which the user
/// has opened the link, each time that it is shown.
pub(crate) fn browse(shell: &Shell, arguments: &[&str], mut visit: impl FnMut(&Tab)) -> Outcome {
    let mut command = shell.command(arguments);
    command.args(["--browser"]).env("PATH", "/not/there");
    shell.talk_about(&mut command, |shown| {
        visit(&Tab::open(shown.link.as_ref().expect("a link")));
        None
    })
}

#[test]
fn the_browser_comes_back_and_its_page_says_who_is_logged_in() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut page = None;
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        page = Some(tab.get(&alice.visit(&tab.address).expect("a redirect")));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let handle = served.origin().replace("http://", "@alice@");
    assert_eq!(outcome.stdout, format!("{handle}\n"));
    let Response { status, head, body } = page.expect("a page");
    assert_eq!(status, 200);
    assert!(body.contains(&format!("You are logged in as {handle}.")), "{body}");
    for header in [
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ] {
        assert!(head.contains(header), "{head}");
    }
}

/// Pixelfed rejects scopes without a `state`, but so could any web page.
#[test]
fn error_without_state_names_other_scopes() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--scopes", "read write:media"];
    let outcome = browse(&shell, &arguments, |tab| {
        let page = tab.get(&format!("{}?error=invalid_scope", redirect_uri(&tab.address)));
        assert_eq!(page.status, 400);
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let expected = format!(
        "with the error invalid_scope. If the server of the login did so, press Ctrl-C, and run \
         `gts-oauth login {} --scopes 'read write' --browser`, or name other scopes.",
        served.origin()
    );
    assert!(outcome.stderr.contains(&expected), "{}", outcome.stderr);
}

#[test]
fn it_registers_exactly_the_redirect_that_it_listens_at() {
    let (shell, served) = (Shell::new(), served());
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        let alice = served.account("alice");
        tab.get(&alice.visit(&tab.address).expect("a redirect"));
    });
    let address = address(&outcome.stderr).expect("an address");
    let asked = served.requests();
    let registered = asked.iter().find_map(|it| it.field("redirect_uris"));
    assert_eq!(registered.as_deref(), Some(&*redirect_uri(&address)));
    assert!(redirect_uri(&address).starts_with("http://127.0.0.1:"));
}

/// It might be on another machine, as the programs of remote editors are.
#[cfg(target_os = "linux")]
#[test]
fn browser_of_the_environment_gets_the_authorization_url_and_needs_no_cookie() {
    let (shell, served) = (Shell::new(), served());
    let browser = RecordingBrowser::new();
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("BROWSER", browser.program());
    let outcome = shell.talk_to(&mut command, |address| {
        assert_eq!(browser.link(), address);
        let page = get(&served.account("alice").visit(address).expect("a redirect"));
        assert!(page.body.contains("logged in as @alice"), "{}", page.body);
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn browser_of_this_machine_is_opened_at_a_link_that_works_once() {
    let (shell, served) = (Shell::new(), served());
    let browser = RecordingBrowser::new();
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("PATH", browser.folder());
    let outcome = shell.talk_about(&mut command, |shown| {
        let link = browser.link();
        // Other users of the machine can see it.
        assert_ne!(Some(&link), shown.link.as_ref());
        assert!(!link.contains("authorize") && !link.contains(&state(&shown.address)), "{link}");
        let tab = Tab::open(&link);
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn link_opened_twice_ends_the_login_and_its_attempt() {
    let (shell, served) = (Shell::new(), served());
    let browser = RecordingBrowser::new();
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("PATH", browser.folder());
    let mut leaked = String::new();
    let outcome = shell.talk_about(&mut command, |_| {
        leaked = Tab::open(&browser.link()).address;
        let page = get(&browser.link());
        assert!(page.body.contains("opened twice"), "{}", page.body);
        None
    });
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("opened twice"), "{}", outcome.stderr);
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        assert_ne!(state(&tab.address), state(&leaked));
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

/// A browser that records the link with which it is started: the only one in its folder.
#[cfg(target_os = "linux")]
struct RecordingBrowser(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl RecordingBrowser {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;

        let browser = Self(tempfile::tempdir().expect("a folder"));
        let opened = browser.0.path().join("opened");
        // Renamed when complete, so that readers never see a part of it.
        let script = format!(
            "#!/bin/sh\nPATH=/bin:/usr/bin; echo \"$1\" > {0}.part; mv {0}.part {0}\n",
            opened.display()
        );
        std::fs::write(browser.program(), script).expect("a script");
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(browser.program(), mode).expect("a script that runs");
        browser
    }

    fn program(&self) -> std::path::PathBuf {
        self.folder().join("x-www-browser")
    }

    fn folder(&self) -> &std::path::Path {
        self.0.path()
    }

    /// Waits until it is started.
    fn link(&self) -> String {
        loop {
            match std::fs::read_to_string(self.0.path().join("opened")) {
                Ok(link) => return link.trim().to_owned(),
                Err(_) => std::thread::yield_now(),
            }
        }
    }
}

#[test]
fn another_browser_than_the_one_that_opened_the_link_is_told_to_paste() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    let outcome = shell.talk_about(command.env("PATH", "/not/there"), |shown| {
        let back = served.account("alice").visit(&shown.address).expect("a redirect");
        let page = get(&back);
        assert_eq!(page.status, 403);
        assert!(page.body.contains("paste it into the terminal"), "{}", page.body);
        Some(back)
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
}

#[test]
fn what_is_pasted_while_the_browser_is_out_is_taken() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    let mut shown = Vec::new();
    let outcome = shell.talk_to(command.env("PATH", "/not/there"), |address| {
        shown.push(address.to_owned());
        match shown.len() {
            1 => Some("\nnonsense".to_owned()),
            2 => Some("new".to_owned()),
            _ => Some(served.account("alice").visit(address).expect("a redirect")),
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("paste here"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("That did not work"), "{}", outcome.stderr);
    assert_eq!(shown[0], shown[1]);
    assert_ne!(shown[1], shown[2]);
}

#[test]
fn browser_that_cannot_be_opened_is_reported() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("BROWSER", "/not/there").env("PATH", "/not/there");
    let mut login = command.spawn().expect("the command starts");
    let stdin = login.stdin.take();
    let mut stderr = BufReader::new(login.stderr.take().expect("a pipe"));
    let mut printed = String::new();
    let shown = next_shown(&mut stderr, &mut printed).expect("a link");
    let reason = "No browser could be opened: /not/there of BROWSER was not found";
    while !printed.contains(reason) {
        assert_ne!(stderr.read_line(&mut printed).expect("text"), 0, "{printed}");
    }
    // The link can be opened by hand.
    let tab = Tab::open(shown.link.as_ref().expect("a link"));
    let page = tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    assert!(page.body.contains("You are logged in"), "{}", page.body);
    drop(stdin);
    assert!(login.wait().expect("it ends").success());
}

/// It can be for the next program of a script.
#[cfg(unix)]
#[test]
fn pipe_is_left_alone_unless_a_browser_is_requested() {
    let (shell, served) = (Shell::new(), served());
    let script = "\"$0\" login \"$1\" >&2; cat";
    let piped = shell.command::<&str>(&[]);
    let mut script_run = std::process::Command::new("sh");
    script_run.args(["-c", script]).arg(piped.get_program()).arg(served.origin());
    for (name, value) in piped.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        script_run.env(name, value);
    }
    let opener = opener("exit 0");
    script_run.env("BROWSER", opener.path().join("opener"));
    script_run.stdin(std::process::Stdio::piped());
    script_run.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = script_run.spawn().expect("a shell");
    writeln!(child.stdin.take().expect("a pipe"), "one\ntwo").expect("it is kept");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    let shown = crate::support::shell::next_shown(&mut stderr, &mut said);
    // A URL that cannot be used is not shown.
    assert!(!said.contains("/oauth/authorize") && !said.contains("paste"), "{said}");
    let tab = Tab::open(shown.expect("a URL").link.as_ref().expect("a link"));
    tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    let output = child.wait_with_output().expect("the end");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("one\ntwo\n"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn opener_that_fails_is_reported() {
    let (shell, served) = (Shell::new(), served());
    let opener = opener("exit 3");
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    // Over SSH and in a container, too, the user's own opener is used.
    command.env("SSH_CONNECTION", "x").env("BROWSER", opener.path().join("opener"));
    let mut child = command.env("PATH", "/not/there").spawn().expect("the command starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains("No browser could be opened: ") {
        assert_ne!(stderr.read_line(&mut said).expect("text"), 0, "{said}");
    }
    assert!(said.contains("opener failed (exit status: 3)"), "{said}");
    let url = address(&said).expect("a URL");
    let back = served.account("alice").visit(&url).expect("a redirect");
    writeln!(child.stdin.take().expect("a pipe"), "{back}").expect("it listens");
    let outcome = child.wait_with_output().expect("the command ends");
    assert!(outcome.status.success());
}

/// Ctrl-C at the terminal is for its process group.
#[cfg(target_os = "linux")]
#[test]
fn opener_has_its_own_process_group() {
    let (shell, served) = (Shell::new(), served());
    let opener = opener("cut -d' ' -f1,5 /proc/$$/stat > \"$0.part\"; mv \"$0.part\" \"$0.group\"");
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("BROWSER", opener.path().join("opener"));
    let outcome = shell.talk_to(&mut command, |url| {
        let group = opener.path().join("opener.group");
        let group = loop {
            match std::fs::read_to_string(&group) {
                Ok(group) => break group,
                Err(_) => std::thread::yield_now(),
            }
        };
        let (process, group) = group.trim().split_once(' ').expect("two numbers");
        assert_eq!(process, group);
        served.account("alice").visit(url).ok()
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

/// A login that stores its token refuses to run with it.
#[test]
#[cfg(unix)]
fn browser_does_not_inherit_a_token() {
    let (shell, served) = (Shell::new(), served());
    let opener = opener("env > \"$0.part\"; mv \"$0.part\" \"$0.environment\"");
    let mut command = shell.command(&["login", &served.origin(), "--browser", "--print-token"]);
    command.env("BROWSER", opener.path().join("opener"));
    command.env("GTS_OAUTH_TOKEN", "M2I1M2Y3YJQTMTJL").env("GTS_OAUTH_INSTANCE", "example.org");
    let outcome = shell.talk_to(&mut command, |url| served.account("alice").visit(url).ok());
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let environment = loop {
        match std::fs::read_to_string(opener.path().join("opener.environment")) {
            Ok(environment) => break environment,
            Err(_) => std::thread::yield_now(),
        }
    };
    assert!(environment.contains("BROWSER=") && !environment.contains("M2I1M2Y3YJQTMTJL"));
}

#[test]
fn nobody_listens_any_more_when_the_login_is_done() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--port", "21003"];
    browse(&shell, &arguments, |tab| {
        assert_eq!(port(&tab.address), 21003);
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    TcpStream::connect(("127.0.0.1", 21003)).expect_err("nobody listens");
}

#[test]
fn a_redirect_with_another_state_is_told_and_the_login_goes_on() {
    let (shell, served) = (Shell::new(), served());
    let (alice, mallory) = (served.account("alice"), served.account("mallory"));
    let mut pages = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        for back in
            [mallory.allow_with_foreign_state(&tab.address).map(pasted), alice.visit(&tab.address)]
        {
            pages.push(tab.get(&back.expect("a redirect")).body);
        }
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("another login"), "{}", pages[0]);
    assert!(pages[0].contains("open the link that the program shows"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @alice"), "{}", pages[1]);
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
}

#[test]
fn a_denial_ends_the_login_and_the_page_says_so() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    let alice = served.account("alice");
    let mut page = String::new();
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        page = tab.get(&pasted(alice.deny(&tab.address).expect("a redirect"))).body;
    });
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    let line = outcome.stderr.lines().last().expect("a message");
    assert_eq!(line, "gts-oauth: access was denied. Run the same command to ask again.");
    assert!(page.contains("Not logged in"), "{page}");
    assert!(page.contains("close this page"), "{page}");
    assert!(!page.contains("asking the person failed"), "{page}");
    assert_eq!(outcome.stdout, "");
    let status = shell.run(&["status"]);
    assert!(!status.stderr.contains("unfinished"), "{}", status.stderr);
    // The same command asks again.
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        tab.get(&alice.visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Resuming"), "{}", outcome.stderr);
}

#[test]
fn another_account_than_expected_is_told_in_the_page_which_leads_on() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let mut pages = Vec::new();
    let arguments = ["login", &served.origin(), "--expect", "bob"];
    let outcome = browse(&shell, &arguments, |tab| {
        let who = if pages.is_empty() { &alice } else { &bob };
        assert_eq!(tab.address.contains("force_login=true"), !pages.is_empty());
        pages.push(tab.get(&who.visit(&tab.address).expect("a redirect")).body);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("was expected"), "{}", pages[0]);
    assert!(pages[0].contains("Try again</a>"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @bob"), "{}", pages[1]);
}

#[test]
fn what_a_server_or_a_stranger_says_cannot_write_into_the_page() {
    let (shell, served) = (Shell::new(), served());
    let mut pages = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        let said = "error=x%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let uri = redirect_uri(&tab.address);
        pages.push(tab.get(&format!("{uri}?{said}")).body);
        pages.push(tab.get(&format!("{uri}?{said}&state={}", state(&tab.address))).body);
    });
    assert_eq!(outcome.code, Some(1));
    assert!(!pages[0].contains("script"), "{}", pages[0]);
    assert!(!pages[1].contains("<script>"), "{}", pages[1]);
    assert!(pages[1].contains("&lt;script&gt;"), "{}", pages[1]);
}

/// Pixelfed does so for each unknown code.
#[test]
fn a_server_that_stumbles_over_a_code_is_told_in_the_page_which_leads_on() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Pixelfed));
    let mut pages = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        let (uri, state) = (redirect_uri(&tab.address), state(&tab.address));
        let back = match pages.len() {
            0 => format!("{uri}?code=UNKNOWN&state={state}"),
            _ => served.account("alice").visit(&tab.address).expect("a redirect"),
        };
        pages.push(tab.get(&back).body);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("could not log you in"), "{}", pages[0]);
    assert!(pages[0].contains("Try again</a>"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @alice"), "{}", pages[1]);
}

#[test]
fn a_denial_that_any_page_could_have_sent_does_not_end_the_login() {
    let (shell, served) = (Shell::new(), served());
    let mut shown = 0;
    let outcome = browse(&shell, &["login", &served.origin()], |tab| {
        shown += 1;
        let uri = redirect_uri(&tab.address);
        for denial in ["error=run+this", "error=run+this&state=x"] {
            assert_eq!(tab.get(&format!("{uri}?{denial}")).status, 400);
            assert_eq!(get(&format!("{uri}?{denial}")).status, 400);
        }
        tab.get(&served.account("alice").visit(&tab.address).expect("a redirect"));
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("run this"), "{}", outcome.stderr);
    assert_eq!(shown, 1, "strangers cause no output");
}

#[test]
fn a_server_that_is_down_meanwhile_is_told_in_the_page_and_nothing_is_lost() {
    let (shell, served) = (Shell::new(), served());
    let mut page = String::new();
    served.fail(Fault::BadGateway.at("/oauth/token"));
    let arguments = ["login", &served.origin()];
    let outcome = browse(&shell, &arguments, |tab| {
        let back = served.account("alice").visit(&tab.address);
        page = tab.get(&back.expect("a redirect")).body;
    });
    assert_eq!(outcome.code, Some(1));
    assert!(page.contains("Not logged in") && page.contains("502"), "{page}");
    let second = browse(&shell, &arguments, |tab| panic!("asked again: {}", tab.address));
    assert_eq!(second.code, Some(0), "{}", second.stderr);
}

#[test]
fn no_secret_is_shown_on_the_page_or_at_the_terminal() {
    let (shell, served) = (Shell::new(), served());
    let mut page = String::new();
    let outcome = browse(&shell, &["login", &served.origin(), "--verbose"], |tab| {
        page = tab.get(&served.account("alice").visit(&tab.address).expect("a redirect")).body;
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let mut secrets = crate::support::shell::secrets(&served);
    secrets.push(shell.token());
    for secret in secrets {
        assert!(!outcome.stderr.contains(&secret), "{}", outcome.stderr);
        assert!(!page.contains(&secret), "{page}");
    }
    assert!(outcome.stderr.contains("> POST"), "{}", outcome.stderr);
}
