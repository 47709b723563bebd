//! Programs for which the system's list of hosts is another one.

use std::path::Path;
use std::process::Command;

/// Mounts a file over the system's list of hosts, and runs the rest of its arguments.
const WITH_HOSTS: &str = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";

/// A command in a mount namespace of its own, where this file is the list of hosts. The program to
/// run and its arguments are to be added.
pub fn with_hosts(hosts: &Path) -> Command {
    let mut command = Command::new("unshare");
    // Root needs no namespace of users.
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|it| it.stdout == b"0\n");
    command.arg(if is_root { "-m" } else { "-rm" }).args(["sh", "-c", WITH_HOSTS]).arg(hosts);
    command
}

/// Whether this machine can run a command of [`with_hosts`].
pub fn can_replace_hosts() -> bool {
    let output = with_hosts(Path::new("/etc/hosts")).arg("true").output();
    output.is_ok_and(|output| output.status.success())
}
