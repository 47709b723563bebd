//! Several processes, one database.

use std::thread;

use gts_oauth_fake::{Fault, Served, Server};

use crate::databases::{TestDatabase, databases};
use crate::node::{Node, Started};
use crate::visitor::{ALL, count, requested};

#[test]
fn login_survives_a_restart() {
    for database in databases() {
        let served = fake(31);
        let node = Node::start(&database, None);
        let (origin, started) = (node.origin.clone(), node.log_in(&served.origin()));
        node.kill();

        let node = Node::start(&database, Some(&origin));
        let callback = served.account("alice").visit(&started.url).unwrap();
        let page = node.callback(&callback, started.cookie());
        assert_eq!(page.0, 200);
        assert!(page.1.contains("@alice"));
        assert_eq!(requested(&served), ALL);
    }
}

#[test]
fn callback_can_reach_another_process() {
    for database in databases() {
        let served = fake(32);
        let (one, other) = two_nodes(&database);
        for (name, (from, to)) in [("alice", (&one, &other)), ("bob", (&other, &one))] {
            let started = from.log_in(&served.origin());
            let callback = served.account(name).visit(&started.url).unwrap();
            assert!(callback.starts_with(&one.origin), "its public origin");
            let page = to.callback(&callback, started.cookie());
            assert!(page.1.contains(name), "{page:?}");
        }
        assert_eq!(count(&served, "/api/v1/apps"), 1);
    }
}

#[test]
fn process_killed_during_the_exchange_is_replaced() {
    for database in databases() {
        let served = fake(33);
        let (one, other) = two_nodes(&database);
        let started = other.log_in(&served.origin());
        let callback = served.account("alice").visit(&started.url).unwrap();
        served.fail(Fault::NoResponse.at("/oauth/token"));
        thread::scope(|scope| {
            let (node, url, cookie) = (&other, callback.as_str(), started.cookie());
            let waiting = scope.spawn(move || node.try_callback(url, cookie));
            while count(&served, "/oauth/token") == 0 {
                thread::yield_now();
            }
            assert_eq!(one.callback(url, cookie).0, 409, "it is being exchanged");
            assert!(!waiting.is_finished());
            node.kill();
            assert!(waiting.join().unwrap().is_none());
        });
        assert_eq!(one.callback(&callback, started.cookie()).0, 409, "for 20 seconds");
        database.age_claims();
        assert_eq!(one.callback(&callback, started.cookie()).0, 200);
        assert_eq!(count(&served, "/oauth/token"), 2);
    }
}

#[test]
fn reset_connection_is_mended_by_reloading() {
    for database in databases() {
        let served = fake(34);
        let node = Node::start(&database, None);
        let started = node.log_in(&served.origin());
        let callback = served.account("alice").visit(&started.url).unwrap();
        served.fail(Fault::Reset.at("/oauth/token"));
        assert_eq!(node.callback(&callback, started.cookie()).0, 502);
        assert_eq!(node.callback(&callback, started.cookie()).0, 200);
    }
}

#[test]
fn first_visitors_of_two_processes_share_one_app() {
    for database in databases() {
        let served = fake(35);
        let (one, other) = two_nodes(&database);
        thread::scope(|scope| {
            for node in [&one, &other, &one, &other] {
                scope.spawn(|| node.log_in(&served.origin()));
            }
        });
        assert_eq!(count(&served, "/api/v1/apps"), 1);
    }
}

#[test]
fn callback_is_used_once() {
    for database in databases() {
        let served = fake(36);
        let (one, other) = two_nodes(&database);
        let started = one.log_in(&served.origin());
        let callback = served.account("alice").visit(&started.url).unwrap();
        let arrive = |node: &Node| node.callback(&callback, started.cookie()).0;
        let statuses = thread::scope(|scope| {
            let at_once = [&one, &other].map(|node| scope.spawn(move || arrive(node)));
            at_once.map(|it| it.join().unwrap())
        });
        assert!(statuses.contains(&200), "{statuses:?}");
        assert!(statuses.iter().all(|it| [200, 409].contains(it)), "{statuses:?}");
        assert_eq!(requested(&served), ALL);
        assert_eq!(arrive(&one), 200, "a reload");
        assert!(requested(&served).is_empty());
    }
}

#[test]
fn forged_callback_is_rejected_and_changes_nothing() {
    for database in databases() {
        let served = fake(37);
        let node = Node::start(&database, None);
        let started = node.log_in(&served.origin());
        let strangers = node.log_in(&served.origin());
        let callback = served.account("alice").visit(&started.url).unwrap();

        for cookie in ["", "login=", "login=x", strangers.cookie()] {
            assert_eq!(node.callback(&callback, cookie).0, 403);
        }
        let stateless = format!("{}/callback/127.0.0.1?code=stolen", node.origin);
        assert_eq!(node.callback(&stateless, "login=").0, 403);
        assert_eq!(count(&served, "/oauth/token"), 0, "no code was sent");
        assert_eq!(node.callback(&callback, started.cookie()).0, 200);
    }
}

#[test]
fn code_of_one_instance_is_not_sent_to_another() {
    for database in databases() {
        let (honest, evil) = (fake(38), fake(39));
        let node = Node::start(&database, None);
        let [to_honest, to_evil] = [&honest, &evil].map(|it| node.log_in(&it.origin()));
        // A user who logs in to the evil instance is redirected to the honest one, and allows the
        // app there.
        let state = |it: &Started| it.cookie().strip_prefix("login=").unwrap().to_owned();
        let url = to_honest.url.replace(&state(&to_honest), &state(&to_evil));
        let callback = honest.account("alice").visit(&url).unwrap();
        let (status, page) = node.callback(&callback, to_evil.cookie());
        assert_eq!(status, 400, "{page}");
        for served in [&honest, &evil] {
            assert_eq!(count(served, "/oauth/token"), 0, "no code was sent");
        }
    }
}

#[test]
fn invalid_instance_is_the_users_error() {
    for database in databases() {
        let (status, page) = Node::start(&database, None).fail_to_log_in("two words");
        assert_eq!(status, 400);
        assert!(page.contains("invalid instance"), "{page}");
    }
}

#[test]
fn scripts_and_other_sites_cannot_use_the_cookie() {
    for database in databases() {
        let served = fake(40);
        let started = Node::start(&database, None).log_in(&served.origin());
        let state = started.cookie().strip_prefix("login=").unwrap();
        assert!(started.url.contains(&format!("state={state}")));
        let attributes: Vec<&str> = started.set_cookie.split("; ").skip(1).collect();
        assert!(attributes.contains(&"HttpOnly"));
        assert!(attributes.contains(&"SameSite=Lax"));
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let database = databases().swap_remove(0);
    let _node = Node::start(&database, None);
    let file = std::fs::metadata(&database.url).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

fn fake(seed: u64) -> Served {
    Server::builder(seed).serve().unwrap()
}

/// Both have the origin of the first one as their public origin.
fn two_nodes(database: &TestDatabase) -> (Node, Node) {
    let one = Node::start(database, None);
    let other = Node::start(database, Some(&one.origin));
    (one, other)
}
