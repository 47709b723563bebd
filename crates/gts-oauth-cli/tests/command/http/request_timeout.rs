//! `--request-timeout`: the limit for each request.

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;

use crate::support::custom_server::command;
use crate::support::shell::Shell;

#[test]
fn silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = listener.local_addr().expect("a port");
    thread::spawn(move || {
        for connection in listener.incoming() {
            // Until the command closes the connection.
            let _ = connection.expect("a connection").read_to_end(&mut Vec::new());
        }
    });
    let shell = Shell::new();
    for arguments in [
        ["--request-timeout", "1", "api", "/api/v1/x"],
        ["api", "/api/v1/x", "--request-timeout", "1"],
    ] {
        let origin = format!("http://{address}");
        let outcome = shell.run_to(&mut command(&shell, &origin, &arguments), "");
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(&address.to_string()), "{}", outcome.stderr);
        let option = "within the time limit (--request-timeout). Retrying";
        assert!(outcome.stderr.contains(option), "{}", outcome.stderr);
    }
}

#[test]
fn limit_is_at_least_a_second() {
    for limit in ["0", "-1", "soon"] {
        let outcome = Shell::new().run(&[&format!("--request-timeout={limit}"), "status"]);
        assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    }
}
