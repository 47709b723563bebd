//! `gts-oauth login` with headless Chromium.

use gts_oauth_fake::{Dialect, Served};

use crate::support::shell::{Outcome, Shell, served, speaking};
use crate::support::webdriver::Browser;

/// A login with its link opened in Chromium; `visit` does the rest.
fn log_in(shell: &Shell, served: &Served, mut visit: impl FnMut(&str)) -> Outcome {
    let mut command = shell.command(&["login", &served.origin(), "--browser"]);
    shell.talk_about(command.env("PATH", "/not/there"), |shown| {
        visit(shown.link.as_ref().expect("a link"));
        None
    })
}

fn sign_in(browser: &Browser, served: &Served, password: &str) {
    browser.fill("username", &served.account("alice").email());
    browser.fill("password", password);
    browser.click("button[type=submit]");
}

#[test]
fn whoever_signs_in_and_allows_is_logged_in() {
    let Some(browser) = Browser::open() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let outcome = log_in(&shell, &served, |link| {
        browser.go(link);
        sign_in(&browser, &served, served.account("alice").password());
        browser.wait_for("Allow");
        browser.click("button[type=submit]");
        let page = browser.wait_for("You can close this page");
        assert!(page.contains("You are logged in as @alice@127.0.0.1"), "{page}");
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("@alice@"), "{}", outcome.stdout);
}

#[test]
fn mistyped_password_can_be_typed_again_after_going_back() {
    let Some(browser) = Browser::open() else {
        return;
    };
    let (shell, served) = (Shell::new(), served());
    let outcome = log_in(&shell, &served, |link| {
        browser.go(link);
        sign_in(&browser, &served, "wrong");
        let page = browser.wait_for("Unauthorized");
        assert!(!page.contains("Sign in"), "GoToSocial shows no form there: {page}");
        browser.back();
        sign_in(&browser, &served, served.account("alice").password());
        browser.wait_for("Allow");
        browser.click("button[type=submit]");
        browser.wait_for("You are logged in as @alice");
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}

#[test]
fn whoever_denies_is_told_that_nobody_is_logged_in() {
    let Some(browser) = Browser::open() else {
        return;
    };
    let (shell, served) = (Shell::new(), speaking(Dialect::Mastodon));
    let outcome = log_in(&shell, &served, |link| {
        browser.go(link);
        sign_in(&browser, &served, served.account("alice").password());
        browser.wait_for("Deny");
        browser.click("button[name=_method]");
        browser.wait_for("Not logged in");
    });
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("access was denied"), "{}", outcome.stderr);
}

#[test]
fn a_browser_closed_half_way_leaves_the_login_waiting_for_another() {
    let Some(first) = Browser::open() else { return };
    let (shell, served) = (Shell::new(), served());
    let mut first = Some(first);
    let outcome = log_in(&shell, &served, |link| {
        if let Some(browser) = first.take() {
            browser.go(link);
            sign_in(&browser, &served, served.account("alice").password());
            browser.wait_for("Allow");
        }
        let Some(browser) = Browser::open() else {
            return;
        };
        browser.go(link);
        sign_in(&browser, &served, served.account("alice").password());
        browser.wait_for("Allow");
        browser.click("button[type=submit]");
        browser.wait_for("You are logged in as @alice");
    });
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
}
