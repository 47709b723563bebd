//! Every stack logs in, without arguments and with an instance.

use std::path::Path;

use crate::program::{DISCOVERY, LOGIN, fake, requested, run, run_alone};

const STACKS: [&str; 6] =
    ["stack_async", "stack_attohttpc", "stack_curl", "stack_isahc", "stack_std", "stack_ureq"];

#[test]
fn every_stack_asks_the_server_the_same() {
    for name in STACKS {
        let served = fake(21);
        let output = run(name, &served, Path::new("."), &[]);
        assert!(output.status.success(), "{name}: {output:?}");
        let requests = requested(&served);
        assert_eq!(requests[..3], DISCOVERY, "{name}");
        assert_eq!(requests[3..6], LOGIN, "{name}");
        assert_eq!(requests[6..], ["GET /api/v1/notifications", "POST /oauth/revoke"], "{name}");
    }
}

#[test]
fn every_stack_runs_with_no_arguments_and_says_who_logged_in() {
    for name in STACKS {
        let printed = run_alone(name);
        assert!(printed.contains("@alice"), "{name}: {printed}");
    }
}
