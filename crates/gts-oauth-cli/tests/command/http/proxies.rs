//! Proxies of the environment. The network tests have each kind over both adapters.

use crate::support::custom_server::command;
use crate::support::shell::{Outcome, Shell};

/// A port of 127.0.0.1 where no server listens.
const UNUSED: &str = "127.0.0.1:1";

const VARIABLES: [&str; 6] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

fn call(origin: &str, variable: &str, value: &str) -> Outcome {
    let shell = Shell::new();
    let mut command = command(&shell, origin, &["api", "/api/v1/x"]);
    for other in VARIABLES {
        command.env_remove(other);
    }
    shell.run_to(command.env(variable, value), "")
}

#[test]
fn proxy_that_does_not_connect_is_named() {
    for scheme in ["http", "socks4", "socks4a", "socks5", "socks5h"] {
        let value = format!("{scheme}://alice:63688859@{UNUSED}");
        for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            let outcome = call("https://192.0.2.1", variable, &value);
            assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
            let proxy = format!("{variable} ({scheme}://{UNUSED})");
            assert!(outcome.stderr.contains(&proxy), "{}", outcome.stderr);
            assert!(!outcome.stderr.contains("63688859"), "{}", outcome.stderr);
        }
    }
}

#[test]
fn value_that_is_no_proxy_is_named() {
    for value in ["not a url", "ftp://127.0.0.1:1", "http://"] {
        let outcome = call("https://192.0.2.1", "ALL_PROXY", value);
        assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("ALL_PROXY"), "{}", outcome.stderr);
    }
}

#[test]
fn demo_runs_beside_a_proxy() {
    for value in [format!("http://{UNUSED}"), format!("socks5h://{UNUSED}"), "not a url".into()] {
        let shell = Shell::new();
        let mut command = shell.command(&["demo"]);
        let outcome = shell.run_to(command.envs(VARIABLES.map(|name| (name, &value))), "");
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    }
}
