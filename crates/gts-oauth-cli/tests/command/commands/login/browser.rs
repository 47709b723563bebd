//! `gts-oauth login` with a simulated browser; `chromium.rs` has a real one.

use std::net::TcpStream;

use gts_oauth_fake::{Dialect, Fault};

use crate::support::shell::{Outcome, Shell, address, pasted, served, speaking};
use crate::support::web::{Response, get, port, redirect_uri, state};

/// `gts-oauth login` with a command as the browser that only records the URL. `visit` visits each
/// URL.
pub(crate) fn browse(shell: &Shell, arguments: &[&str], mut visit: impl FnMut(&str)) -> Outcome {
    let mut command = shell.command(arguments);
    command.args(["--browser"]).env("BROWSER", "true");
    shell.talk_to(&mut command, |address| {
        visit(address);
        None
    })
}

#[test]
fn the_browser_comes_back_and_its_page_says_who_is_logged_in() {
    let (shell, served) = (Shell::new(), served());
    let alice = served.account("alice");
    let mut page = None;
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        page = Some(get(&alice.visit(address).expect("a redirect")));
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

#[test]
fn it_registers_exactly_the_redirect_that_it_listens_at() {
    let (shell, served) = (Shell::new(), served());
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        let alice = served.account("alice");
        get(&alice.visit(address).expect("a redirect"));
    });
    let address = address(&outcome.stderr).expect("an address");
    let asked = served.requests();
    let registered = asked.iter().find_map(|it| it.field("redirect_uris"));
    assert_eq!(registered.as_deref(), Some(&*redirect_uri(&address)));
    assert!(redirect_uri(&address).starts_with("http://127.0.0.1:"));
}

#[cfg(unix)]
#[test]
fn the_browser_that_the_environment_names_is_opened_at_the_address() {
    use std::os::unix::fs::PermissionsExt as _;

    let (shell, served) = (Shell::new(), served());
    let folder = tempfile::tempdir().expect("a folder");
    let (browser, opened) = (folder.path().join("browser"), folder.path().join("opened"));
    // Renamed when complete, so that readers never see a part of it.
    let script = format!("#!/bin/sh\necho \"$1\" > {0}.part; mv {0}.part {0}\n", opened.display());
    std::fs::write(&browser, script).expect("a script");
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&browser, mode).expect("a script that runs");
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("BROWSER", &browser);
    let outcome = shell.talk_to(&mut command, |_| {
        let address = loop {
            match std::fs::read_to_string(&opened) {
                Ok(address) => break address,
                Err(_) => std::thread::yield_now(),
            }
        };
        get(&served.account("alice").visit(address.trim()).expect("a redirect"));
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn a_browser_that_cannot_be_opened_is_told_and_the_address_can_be_opened_by_hand() {
    let (shell, served) = (Shell::new(), served());
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    command.env("BROWSER", "/not/there").env("PATH", "/not/there");
    let mut said = String::new();
    let outcome = shell.talk_to(&mut command, |address| {
        let page = get(&served.account("alice").visit(address).expect("a redirect"));
        said.push_str(&page.body);
        None
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(said.contains("You are logged in"), "{said}");
}

#[test]
fn nobody_listens_any_more_when_the_login_is_done() {
    let (shell, served) = (Shell::new(), served());
    let arguments = ["login", &served.origin(), "--port", "21003"];
    browse(&shell, &arguments, |address| {
        assert_eq!(port(address), 21003);
        get(&served.account("alice").visit(address).expect("a redirect"));
        // The page is sent after the port is closed, though the command may still run.
        TcpStream::connect(("127.0.0.1", 21003)).expect_err("nobody listens");
    });
}

#[test]
fn a_redirect_with_another_state_is_told_and_the_login_goes_on() {
    let (shell, served) = (Shell::new(), served());
    let (alice, mallory) = (served.account("alice"), served.account("mallory"));
    let mut pages = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        let back = match pages.len() {
            0 => mallory.allow_with_foreign_state(address).map(pasted),
            _ => alice.visit(address),
        };
        pages.push(get(&back.expect("a redirect")).body);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("another login"), "{}", pages[0]);
    assert!(pages[0].contains("Try again</a>"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @alice"), "{}", pages[1]);
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
}

#[test]
fn a_denial_ends_the_login_and_the_page_says_so() {
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    let alice = served.account("alice");
    let mut page = String::new();
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        page = get(&pasted(alice.deny(address).expect("a redirect"))).body;
    });
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("access_denied"), "{}", outcome.stderr);
    assert!(page.contains("Not logged in"), "{page}");
    assert!(page.contains("close this page"), "{page}");
    assert!(!page.contains("asking the person failed"), "{page}");
    assert_eq!(outcome.stdout, "");
}

#[test]
fn another_account_than_expected_is_told_in_the_page_which_leads_on() {
    let (shell, served) = (Shell::new(), served());
    let (alice, bob) = (served.account("alice"), served.account("bob"));
    let mut pages = Vec::new();
    let arguments = ["login", &served.origin(), "--expect", "bob"];
    let outcome = browse(&shell, &arguments, |address| {
        let who = if pages.is_empty() { &alice } else { &bob };
        pages.push(get(&who.visit(address).expect("a redirect")).body);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("was expected"), "{}", pages[0]);
    assert!(pages[0].contains("force_login=true"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @bob"), "{}", pages[1]);
}

#[test]
fn what_a_server_or_a_stranger_says_cannot_write_into_the_page() {
    let (shell, served) = (Shell::new(), served());
    let mut pages = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        let said = "error=x%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let back = match pages.len() {
            0 => format!("{}?{said}", redirect_uri(address)),
            _ => format!("{}?{said}&state={}", redirect_uri(address), state(address)),
        };
        pages.push(get(&back).body);
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
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        let (uri, state) = (redirect_uri(address), state(address));
        let back = match pages.len() {
            0 => format!("{uri}?code=UNKNOWN&state={state}"),
            _ => served.account("alice").visit(address).expect("a redirect"),
        };
        pages.push(get(&back).body);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(pages[0].contains("error while exchanging"), "{}", pages[0]);
    assert!(pages[0].contains("Try again</a>"), "{}", pages[0]);
    assert!(pages[1].contains("logged in as @alice"), "{}", pages[1]);
}

#[test]
fn a_denial_that_any_page_could_have_sent_does_not_end_the_login() {
    let (shell, served) = (Shell::new(), served());
    let mut shown = Vec::new();
    let outcome = browse(&shell, &["login", &served.origin()], |address| {
        shown.push(address.to_owned());
        let back = match shown.len() {
            1 => format!("{}?error=run+this", redirect_uri(address)),
            2 => format!("{}?error=run+this&state=x", redirect_uri(address)),
            _ => served.account("alice").visit(address).expect("a redirect"),
        };
        get(&back);
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let told = outcome.stderr.contains("does not belong to this login");
    assert!(told && !outcome.stderr.contains("run this"), "{}", outcome.stderr);
    assert_eq!(shown, vec![shown[0].clone(); 3], "the attempt lives on");
}

#[test]
fn a_server_that_is_down_meanwhile_is_told_in_the_page_and_nothing_is_lost() {
    let (shell, served) = (Shell::new(), served());
    let mut page = String::new();
    served.fail(Fault::BadGateway.at("/oauth/token"));
    let arguments = ["login", &served.origin()];
    let outcome = browse(&shell, &arguments, |address| {
        let back = served.account("alice").visit(address);
        page = get(&back.expect("a redirect")).body;
    });
    assert_eq!(outcome.code, Some(1));
    assert!(page.contains("Not logged in") && page.contains("502"), "{page}");
    let second = browse(&shell, &arguments, |address| panic!("asked again: {address}"));
    assert_eq!(second.code, Some(0), "{}", second.stderr);
}

#[test]
fn no_secret_is_shown_on_the_page_or_at_the_terminal() {
    let (shell, served) = (Shell::new(), served());
    let mut page = String::new();
    let outcome = browse(&shell, &["login", &served.origin(), "--verbose"], |address| {
        page = get(&served.account("alice").visit(address).expect("a redirect")).body;
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
