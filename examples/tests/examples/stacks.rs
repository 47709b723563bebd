//! Every stack logs somebody in, alone and on an instance that is named.

use std::path::Path;

use crate::program::{LOGIN, asked, fake, run, run_alone};

const STACKS: [&str; 6] = [
    "stack_async",
    "stack_attohttpc",
    "stack_curl",
    "stack_isahc",
    "stack_std",
    "stack_ureq",
];

#[test]
fn every_stack_asks_the_server_the_same() {
    for name in STACKS {
        let served = fake(21);
        let output = run(name, &served, Path::new("."), &[]);
        assert!(output.status.success(), "{name}: {output:?}");
        let asked = asked(&served);
        assert_eq!(asked[..3], LOGIN, "{name}");
        assert_eq!(
            asked[3..],
            ["GET /api/v1/notifications", "POST /oauth/revoke"],
            "{name}"
        );
    }
}

#[test]
fn every_stack_runs_with_no_arguments_and_says_who_logged_in() {
    for name in STACKS {
        let said = run_alone(name);
        assert!(said.contains("@alice"), "{name}: {said}");
    }
}
