//! Exit codes.

use crate::support::shell::Shell;

#[test]
fn a_command_line_that_is_none_exits_with_2() {
    let shell = Shell::new();
    for arguments in [&["login"][..], &["api"], &["fly"], &["login", "x.y", "--scopes", "a\"b"]] {
        assert_eq!(shell.run(arguments).code, Some(2), "{arguments:?}");
    }
}
