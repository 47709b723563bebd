//! The user at the other end of a loopback connection, on systems that show it: Linux.

use std::io;
use std::net::SocketAddr;

/// The owner of the client's socket, as the kernel reports it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the owner is never reported"))]
pub(super) enum Peer {
    OwnUser,
    /// Not root, who can read everything.
    AnotherUser,
    /// The client has closed the connection, and reads no response.
    Gone,
    /// Root, or this system does not report it.
    Unknown,
}

impl Peer {
    #[cfg(target_os = "linux")]
    pub(super) fn of(client: io::Result<SocketAddr>, server: SocketAddr) -> Self {
        use std::fs;
        use std::os::unix::fs::MetadataExt as _;

        let Ok(client) = client else {
            return Self::Gone; // it was reset
        };
        // An IPv4 connection of an IPv6 socket is in the second list.
        let lists = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
        let (Ok(own), [Ok(first), second]) = (fs::metadata("/proc/self"), lists) else {
            return Self::Unknown;
        };
        let second = second.unwrap_or_default();
        match owner(&first, client, server).or_else(|| owner(&second, client, server)) {
            Some(owner) if owner == own.uid() => Self::OwnUser,
            Some(0) => Self::Unknown,
            Some(_) => Self::AnotherUser,
            None => Self::Gone,
        }
    }

    /// Other systems do not report the owner of a socket without further libraries.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn of(_: io::Result<SocketAddr>, _: SocketAddr) -> Self {
        Self::Unknown
    }
}

/// Returns the user id of the socket of this connection: `sl local remote st queues tr:when
/// retransmits uid …` (proc_pid_net(5)). `None` unless it is established: a socket that was closed
/// has no owner.
#[cfg(target_os = "linux")]
fn owner(list: &str, client: SocketAddr, server: SocketAddr) -> Option<u32> {
    let (client, server) = (hex(client)?, hex(server)?);
    list.lines().find_map(|line| {
        let mut columns = line.split_ascii_whitespace().skip(1);
        let (local, remote) = (columns.next()?, columns.next()?);
        let is_established = columns.next()? == "01";
        match local.ends_with(&client) && remote.ends_with(&server) && is_established {
            true => columns.nth(3)?.parse().ok(),
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
