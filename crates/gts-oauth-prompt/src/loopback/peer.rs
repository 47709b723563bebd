//! The user at the other end of a loopback connection, on systems that show it: Linux.

use std::io;
use std::net::SocketAddr;

/// Whether the kernel reports that the client's socket belongs to another user. `false` if it
/// cannot be found, and for root, who can read everything.
#[cfg(target_os = "linux")]
pub(super) fn is_of_another_user(client: io::Result<SocketAddr>, server: SocketAddr) -> bool {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    let (Ok(client), Ok(own)) = (client, fs::metadata("/proc/self")) else {
        return false;
    };
    // An IPv4 connection of an IPv6 socket is in the second list.
    let lists = ["/proc/net/tcp", "/proc/net/tcp6"];
    let mut lists = lists.iter().filter_map(|list| fs::read_to_string(list).ok());
    let owner = lists.find_map(|list| owner(&list, client, server));
    owner.is_some_and(|owner| owner != own.uid() && owner != 0)
}

/// Other systems do not report the owner of a socket without further libraries.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_of_another_user(_: io::Result<SocketAddr>, _: SocketAddr) -> bool {
    false
}

/// Returns the user id of the socket of this connection: `sl local remote st queues tr:when
/// retransmits uid …` (proc_pid_net(5)).
#[cfg(target_os = "linux")]
fn owner(list: &str, client: SocketAddr, server: SocketAddr) -> Option<u32> {
    let (client, server) = (hex(client)?, hex(server)?);
    list.lines().find_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (local, remote) = (columns.next()?, columns.next()?);
        match local.ends_with(&client) && remote.ends_with(&server) {
            true => columns.nth(4)?.parse().ok(),
            false => None,
        }
    })
}

/// An IPv4 address as the kernel prints it: a number in the order of the machine's bytes.
#[cfg(target_os = "linux")]
fn hex(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else {
        return None;
    };
    let ip = u32::from_ne_bytes(address.ip().octets());
    Some(format!("{ip:08X}:{:04X}", address.port()))
}
