//! Two processes, one database.

use std::thread;

use gts_oauth_fake::Served;
use tempfile::{TempDir, tempdir};

use crate::node::{Node, Started};
use crate::program::{LOGIN, fake, program, requested};

#[test]
fn a_login_survives_a_restart() {
    let (served, folder) = (fake(31), tempdir().unwrap());
    let before = node(&served, &folder, None);
    let public = before.origin.clone();
    let started = before.log_in(&served.origin()).unwrap();
    drop(before);

    let after = node(&served, &folder, Some(&public));
    let callback = served.account("alice").visit(&started.url).unwrap();
    let page = after.callback(&callback, started.cookie()).unwrap();
    assert_eq!(page.0, 200);
    assert!(page.1.contains("@alice"));
    assert_eq!(requested(&served), LOGIN);
}

#[test]
fn a_callback_may_reach_another_process_and_both_share_one_app() {
    let (served, folder) = (fake(32), tempdir().unwrap());
    let (one, other) = two_nodes(&served, &folder);
    for (name, (from, to)) in [("alice", (&one, &other)), ("bob", (&other, &one))] {
        let started = from.log_in(&served.origin()).unwrap();
        let callback = served.account(name).visit(&started.url).unwrap();
        assert!(callback.starts_with(&one.origin), "its public origin");
        let page = to.callback(&callback, started.cookie()).unwrap();
        assert!(page.1.contains(name), "{page:?}");
    }
    let requests = requested(&served);
    assert_eq!(requests.iter().filter(|it| *it == LOGIN[0]).count(), 1);
}

#[test]
fn all_go_on_with_one_app_when_the_first_people_come_at_once() {
    let (served, folder) = (fake(38), tempdir().unwrap());
    let (one, other) = two_nodes(&served, &folder);
    let client_id = |node: &Node| {
        let url = node.log_in(&served.origin()).unwrap().url;
        let mut pairs = url.split('&').map(str::to_owned);
        pairs.find(|it| it.starts_with("client_id=")).unwrap()
    };
    let ids = thread::scope(|scope| {
        let at_once = [&one, &other, &one, &other].map(|it| scope.spawn(move || client_id(it)));
        at_once.map(|it| it.join().unwrap())
    });
    assert!(ids.iter().all(|it| *it == ids[0]), "{ids:?}");
}

#[test]
fn a_forged_callback_is_refused_and_spoils_nothing() {
    let (served, folder) = (fake(33), tempdir().unwrap());
    let node = node(&served, &folder, None);
    let started = node.log_in(&served.origin()).unwrap();
    let strangers = node.log_in(&served.origin()).unwrap();
    let callback = served.account("alice").visit(&started.url).unwrap();

    for cookie in ["", "login=", "login=x", strangers.cookie()] {
        assert_eq!(node.callback(&callback, cookie).unwrap().0, 403);
    }
    let stateless = format!("{}/callback/127.0.0.1?code=stolen", node.origin);
    assert_eq!(node.callback(&stateless, "login=").unwrap().0, 403);
    assert_eq!(requested(&served), [LOGIN[0]], "no code was sent");
    assert_eq!(node.callback(&callback, started.cookie()).unwrap().0, 200);
}

#[test]
fn one_instances_code_is_not_taken_to_another() {
    let (honest, evil) = (fake(37), fake(38));
    let folder = tempdir().unwrap();
    let node = node(&honest, &folder, None);
    let [to_honest, to_evil] = [&honest, &evil].map(|it| node.log_in(&it.origin()).unwrap());
    // A user who logs in to the evil instance is redirected to the honest one, and allows the app there.
    let state = |started: &Started| started.cookie().strip_prefix("login=").unwrap().to_owned();
    let url = to_honest.url.replace(&state(&to_honest), &state(&to_evil));
    let callback = honest.account("alice").visit(&url).unwrap();
    let (status, page) = node.callback(&callback, to_evil.cookie()).unwrap();
    assert_eq!(status, 400, "{page}");
    for served in [&honest, &evil] {
        assert_eq!(requested(served), [LOGIN[0]], "no code was sent");
    }
}

#[test]
fn invalid_instance_is_the_users_error() {
    let (served, folder) = (fake(39), tempdir().unwrap());
    let node = node(&served, &folder, None);
    let form = [("instance", "two words")];
    let login = ureq::post(format!("{}/login", node.origin)).config();
    let login = login.http_status_as_error(false).build();
    let mut response = login.send_form(form).unwrap();
    assert_eq!(response.status(), 400);
    let page = response.body_mut().read_to_string().unwrap();
    assert!(page.contains("instance"), "{page}");
}

#[test]
fn a_callback_is_used_once() {
    let (served, folder) = (fake(34), tempdir().unwrap());
    let (one, other) = two_nodes(&served, &folder);
    let started = one.log_in(&served.origin()).unwrap();
    let callback = served.account("alice").visit(&started.url).unwrap();

    let arrive = |node: &Node| node.callback(&callback, started.cookie()).unwrap().0;
    let mut page = thread::scope(|scope| {
        let at_once = [&one, &other].map(|node| scope.spawn(move || arrive(node)));
        at_once.map(|it| it.join().unwrap())
    });
    page.sort_unstable();
    assert_eq!(page, [200, 410], "two processes at the same time");
    assert_eq!(arrive(&one), 410, "and later");
    assert_eq!(requested(&served), LOGIN);
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let (served, folder) = (fake(35), tempdir().unwrap());
    let started = node(&served, &folder, None).log_in(&served.origin()).unwrap();
    let state = started.cookie().strip_prefix("login=").unwrap();
    assert!(started.url.contains(&format!("state={state}")));
    let attributes: Vec<&str> = started.set_cookie.split("; ").skip(1).collect();
    assert!(attributes.contains(&"HttpOnly"));
    assert!(attributes.contains(&"SameSite=Lax"));
}

#[test]
fn a_server_in_trouble_loses_one_login_and_nothing_else() {
    let (served, folder) = (fake(36), tempdir().unwrap());
    let node = node(&served, &folder, None);
    served.fail(gts_oauth_fake::Fault::BadGateway.at("/oauth/token"));
    let log_in = || {
        let started = node.log_in(&served.origin()).unwrap();
        let callback = served.account("alice").visit(&started.url).unwrap();
        node.callback(&callback, started.cookie()).unwrap().0
    };
    assert_eq!(log_in(), 502);
    assert_eq!(log_in(), 200);
}

#[cfg(unix)]
#[test]
fn the_database_only_its_owner_reads() {
    let (served, folder) = (fake(37), tempdir().unwrap());
    let _node = node(&served, &folder, None);
    let file = std::fs::metadata(folder.path().join("web_backend.sqlite")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&file.permissions());
    assert_eq!(mode & 0o777, 0o600);
}

fn node(served: &Served, folder: &TempDir, public: Option<&str>) -> Node {
    let program = program("web_backend");
    Node::start(&program, &served.origin(), folder.path(), public).unwrap()
}

/// Both have the origin of the first one as their public origin.
fn two_nodes(served: &Served, folder: &TempDir) -> (Node, Node) {
    let one = node(served, folder, None);
    let other = node(served, folder, Some(&one.origin));
    (one, other)
}
