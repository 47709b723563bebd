//! The user at the other end of a loopback connection, on systems that show it: Linux.

use std::collections::HashMap;
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

/// The owners of the clients that were connected to a port when its connections were listed. To list
/// them takes long if the machine has many.
pub(super) struct Peers {
    /// The user id of each client. `None` if this system does not report it.
    owners: Option<HashMap<SocketAddr, u32>>,
    own: u32,
}

impl Peers {
    #[cfg(target_os = "linux")]
    pub(super) fn of(server: SocketAddr) -> Self {
        use std::fs;
        use std::os::unix::fs::MetadataExt as _;

        // An IPv4 connection of an IPv6 socket is in the second list.
        let lists = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
        let (Ok(own), [Ok(first), second]) = (fs::metadata("/proc/self"), lists) else {
            return Self { owners: None, own: 0 };
        };
        // The last one counts, because only IPv4 addresses are read as a whole.
        let lists = [second.unwrap_or_default(), first];
        let owners = lists.iter().flat_map(|list| list.lines()).filter_map(|it| owner(it, server));
        Self { owners: Some(owners.collect()), own: own.uid() }
    }

    /// Other systems do not report the owner of a socket without further libraries.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn of(_: SocketAddr) -> Self {
        Self { owners: None, own: 0 }
    }

    /// The owner of a client that was connected when the connections were listed.
    pub(super) fn peer(&self, client: io::Result<SocketAddr>) -> Peer {
        let Some(owners) = &self.owners else { return Peer::Unknown };
        // Without an address, it was reset.
        match client.ok().and_then(|client| owners.get(&client)) {
            Some(owner) if *owner == self.own => Peer::OwnUser,
            Some(0) => Peer::Unknown,
            Some(_) => Peer::AnotherUser,
            None => Peer::Gone,
        }
    }
}

/// Parses a line of the list: `sl local remote st queues tr:when retransmits uid …`
/// (proc_pid_net(5)). Returns the client and its user id. `None` unless the line is of an established
/// connection to this server: a socket that was closed has no owner.
#[cfg(target_os = "linux")]
fn owner(line: &str, server: SocketAddr) -> Option<(SocketAddr, u32)> {
    let mut columns = line.split_ascii_whitespace().skip(1);
    let (local, remote) = (columns.next()?, columns.next()?);
    let is_established = columns.next()? == "01";
    if !is_established || address(remote)? != server {
        return None;
    }
    Some((address(local)?, columns.nth(3)?.parse().ok()?))
}

/// Parses an address as the kernel prints it: numbers in the order of the machine's bytes. An IPv4
/// address is the last number of an IPv6 address.
#[cfg(target_os = "linux")]
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let ip = ip.get(ip.len().checked_sub(8)?..)?;
    let ip = u32::from_str_radix(ip, 16).ok()?.to_ne_bytes();
    Some((ip, u16::from_str_radix(port, 16).ok()?).into())
}
