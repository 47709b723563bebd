//! `bot`: a login in a browser, a picture, and a session that is kept alive.

use std::time::Duration;

use gts_oauth_examples::program::{DISCOVERY, LOGIN, Program, Seen};
use gts_oauth_fake::{Dialect, Fault};

const UPLOAD: &str = "POST /api/v1/media";
const POST: &str = "POST /api/v1/statuses";

/// A bot with a picture, which logs in to this kind of server.
fn bot(seed: u64, dialect: Dialect) -> Program {
    let program = Program::speaking("bot", seed, dialect).argument("picture.png");
    std::fs::write(program.folder().join("picture.png"), b"\x89PNG\r\n\x1a\n").expect("a file");
    program
}

#[test]
fn later_runs_only_post() {
    let bot = bot(51, Dialect::GoToSocial);
    let (success, printed) = bot.run();
    assert!(success && printed.contains("posted: \"http://127.0.0.1"), "{printed}");
    let posted = bot.served().requests().pop().expect("a status");
    assert_eq!(posted.field("visibility").as_deref(), Some("direct"));
    assert_eq!(bot.requested(), [&DISCOVERY[..], &LOGIN, &[UPLOAD, POST]].concat());
    let (success, printed) = bot.run();
    assert!(success, "{printed}");
    assert_eq!(bot.requested(), [UPLOAD, POST]);
}

#[test]
fn killed_during_any_request_it_goes_on() {
    let once = [LOGIN[1], LOGIN[2], POST];
    for earlier in 0..8 {
        let bot = bot(52 + u64::from(earlier), Dialect::Mastodon43);
        bot.served().fail(Fault::NoResponse.times(1).after(earlier));
        let mut process = bot.start();
        let mut replied = false;
        while let Seen::Asked(link) =
            process.next(|| bot.served().requests().len() > earlier as usize)
        {
            assert!(!replied, "asked again");
            bot.allow(&mut process, &link);
            replied = true;
        }
        drop(process);
        let before = bot.requested();
        let (success, printed) = bot.run();
        assert!(success, "{earlier}: {printed}");
        let after = bot.requested();
        for request in once {
            let all = before[..earlier as usize].iter().chain(&after);
            assert_eq!(all.filter(|it| *it == request).count(), 1, "{earlier}: {request}");
        }
        assert!(!(replied && printed.contains("Allow the app")), "asked again: {printed}");
    }
}

#[test]
fn expired_session_is_renewed_without_the_user() {
    let bot = bot(53, Dialect::Pixelfed);
    let (success, printed) = bot.run();
    assert!(success, "{printed}");
    bot.requested();
    bot.served().advance(Duration::from_secs(400 * 86_400));
    let mut process = bot.start();
    let seen = process.next(|| false);
    assert!(matches!(seen, Seen::Ended), "{seen:?}");
    let (success, printed) = process.end();
    assert!(success, "{printed}");
    // Here, the clock of the bot is not moved: it learns from the rejection.
    assert_eq!(bot.requested(), [UPLOAD, "POST /oauth/token", UPLOAD, POST]);
}

#[test]
fn revoked_session_leads_to_another_login_of_the_same_app() {
    let bot = bot(54, Dialect::GoToSocial);
    assert!(bot.run().0);
    bot.requested();
    bot.served().revoke_all();
    let (success, printed) = bot.run();
    assert!(success && printed.contains("Log in again"), "{printed}");
    assert_eq!(bot.requested(), [&[UPLOAD][..], &LOGIN[1..], &[UPLOAD, POST]].concat());
}

#[test]
fn status_whose_response_is_lost_is_posted_once() {
    let bot = bot(71, Dialect::Mastodon43);
    bot.served().fail(Fault::LostResponse.at("/api/v1/statuses"));
    assert!(!bot.run().0);
    let (success, printed) = bot.run();
    assert!(success && !printed.contains("Allow the app"), "{printed}");
    assert_eq!(bot.served().posts().len(), 1);
}
