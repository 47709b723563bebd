//! With an instance as argument, and a user at the terminal.

use std::path::Path;

use tempfile::tempdir;

use crate::program::{DISCOVERY, LOGIN, fake, requested, run};

#[test]
fn embed_logs_in_once_and_then_only_posts() {
    let (served, folder) = (fake(11), tempdir().unwrap());
    assert!(run("embed", &served, folder.path(), &[]).status.success());
    let posted = served.requests().pop().unwrap();
    assert_eq!(posted.field("visibility").as_deref(), Some("direct"));
    let first = requested(&served);
    assert_eq!(first[..3], DISCOVERY);
    assert_eq!(first[3..6], LOGIN);

    assert!(run("embed", &served, folder.path(), &[]).status.success());
    assert_eq!(requested(&served), ["POST /api/v1/statuses"]);
}

#[test]
fn embed_does_not_log_in_again_over_a_file_it_cannot_read() {
    let (served, folder) = (fake(12), tempdir().unwrap());
    std::fs::write(folder.path().join("embed.json"), "{").unwrap();
    assert!(!run("embed", &served, folder.path(), &[]).status.success());
    assert!(served.requests().is_empty());
}

#[cfg(unix)]
#[test]
fn what_embed_keeps_only_its_owner_reads() {
    let (served, folder) = (fake(13), tempdir().unwrap());
    run("embed", &served, folder.path(), &[]);
    let file = std::fs::metadata(folder.path().join("embed.json")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn by_hand_makes_every_exchange_once_and_revokes() {
    let served = fake(14);
    let output = run("by_hand", &served, Path::new("."), &[]);
    assert!(output.status.success());
    let requests = requested(&served);
    assert_eq!(requests[..3], LOGIN);
    assert_eq!(requests[3..], ["POST /oauth/revoke"]);
}

#[test]
fn custom_stack_logs_all_requests_and_no_secret() {
    let served = fake(15);
    let output = run("custom_stack", &served, Path::new("."), &[]);
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    for line in LOGIN.into_iter().chain([DISCOVERY[0], DISCOVERY[1]]) {
        assert!(log.contains(&format!("{line}: 200 OK")), "{log}");
    }

    let requests = served.requests();
    let [_, exchange, verify] = &requests[3..] else {
        panic!("{requests:?}");
    };
    let of_code = ["code", "client_secret", "code_verifier"].map(|it| exchange.field(it));
    let bearer = verify.header("authorization").unwrap();
    let token = bearer.strip_prefix("Bearer ").unwrap().to_owned();
    for secret in of_code.into_iter().flatten().chain([token]) {
        assert!(!log.contains(&secret));
    }
}

#[test]
fn test_your_bot_logs_in_and_leaves_the_past_alone() {
    let served = fake(16);
    served.post("bob", "hello @alice");
    let output = run("test_your_bot", &served, Path::new("."), &[]);
    assert!(output.status.success());
    let requests = requested(&served);
    assert_eq!(requests[..3], DISCOVERY);
    assert_eq!(requests[3..6], LOGIN);
    assert_eq!(requests[6..], ["GET /api/v1/notifications"; 3]);
}
