//! A proxy on a loopback port: HTTP, with and without CONNECT, SOCKS4, 4a and 5 on the same port.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpStream};
use std::sync::{Arc, Mutex};

use super::server::{Server, head};

/// The user name and password that the proxy accepts, and the same for HTTP.
pub(crate) const CREDENTIALS: &str = "alice:63688859";
const BASIC: &str = "Proxy-Authorization: Basic YWxpY2U6NjM2ODg4NTk=";

/// What the origin behind the proxy sends.
const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

/// A proxy, and the only server to which it connects, whatever the request names.
pub(crate) struct ProxyServer {
    server: Server,
    requests: Arc<Mutex<Vec<String>>>,
}

impl ProxyServer {
    /// A proxy for all clients.
    pub(crate) fn open() -> Self {
        Self::start(false)
    }

    /// A proxy that requires [`CREDENTIALS`].
    pub(crate) fn with_password() -> Self {
        Self::start(true)
    }

    fn start(password: bool) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let server = Server::start(move |connection| {
            let request = accept(connection, password)?;
            let is_forwarded = request.starts_with("GET ");
            log.lock().expect("no panic").push(request);
            if !is_forwarded {
                request_to_origin(connection)?;
            }
            connection.write_all(RESPONSE)?;
            connection.read_to_end(&mut Vec::new()).map(drop)
        });
        Self { server, requests }
    }

    /// `127.0.0.1:40123`
    pub(crate) fn address(&self) -> String {
        self.server.address().to_string()
    }

    /// The requests since the last call: `CONNECT example.org:80`, `SOCKS5 192.0.2.1:80`, or the
    /// first line of a forwarded one.
    pub(crate) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().expect("no panic"))
    }
}

/// Accepts a request to connect, or reads one to forward.
fn accept(connection: &mut TcpStream, password: bool) -> io::Result<String> {
    let mut first = [0];
    connection.peek(&mut first)?;
    match first[0] {
        4 => socks4(connection),
        5 => socks5(connection, password),
        _ => http(connection, password),
    }
}

/// Reads the head of a request. The origin does not use TLS.
fn request_to_origin(connection: &mut TcpStream) -> io::Result<()> {
    let mut first = [0];
    connection.peek(&mut first)?;
    match first[0] {
        0x16 => Err(ErrorKind::InvalidData.into()),
        _ => head(connection).map(drop),
    }
}

fn http(connection: &mut TcpStream, password: bool) -> io::Result<String> {
    let request = head(connection)?;
    let request = String::from_utf8_lossy(&request).into_owned();
    if password && !request.contains(BASIC) {
        let refused = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        connection.write_all(refused)?;
        return Err(ErrorKind::PermissionDenied.into());
    }
    let line = request.lines().next().unwrap_or_default().replace(" HTTP/1.1", "");
    if line.starts_with("CONNECT ") {
        connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    }
    Ok(line)
}

/// SOCKS4, and 4a if the address is 0.0.0.x.
fn socks4(connection: &mut TcpStream) -> io::Result<String> {
    let [_, _, high, low, a, b, c, d] = read(connection)?;
    let port = u16::from_be_bytes([high, low]);
    text(connection)?; // user id
    let target = match [a, b, c] {
        [0, 0, 0] => format!("SOCKS4a {}:{port}", text(connection)?),
        _ => format!("SOCKS4 {a}.{b}.{c}.{d}:{port}"),
    };
    connection.write_all(&[0, 90, 0, 0, 0, 0, 0, 0])?;
    Ok(target)
}

/// SOCKS5 (RFC 1928), and its password (RFC 1929).
fn socks5(connection: &mut TcpStream, password: bool) -> io::Result<String> {
    let [_, count] = read(connection)?;
    let mut methods = vec![0; count.into()];
    connection.read_exact(&mut methods)?;
    match password {
        true if !methods.contains(&2) => {
            connection.write_all(&[5, 0xff])?;
            return Err(ErrorKind::PermissionDenied.into());
        }
        true => {
            connection.write_all(&[5, 2])?;
            let [_] = read(connection)?;
            let credentials = format!("{}:{}", counted(connection)?, counted(connection)?);
            let status = u8::from(credentials != CREDENTIALS);
            connection.write_all(&[1, status])?;
        }
        false => connection.write_all(&[5, 0])?,
    }
    let [_, _, _, kind] = read(connection)?;
    let host = match kind {
        1 => Ipv4Addr::from(read::<4>(connection)?).to_string(),
        4 => format!("[{}]", Ipv6Addr::from(read::<16>(connection)?)),
        _ => counted(connection)?,
    };
    let port = u16::from_be_bytes(read(connection)?);
    connection.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    Ok(format!("SOCKS5 {host}:{port}"))
}

fn read<const N: usize>(connection: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    connection.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A text before a zero.
fn text(connection: &mut TcpStream) -> io::Result<String> {
    let mut text = String::new();
    loop {
        match read(connection)? {
            [0] => return Ok(text),
            [byte] => text.push(byte.into()),
        }
    }
}

/// A text after its length.
fn counted(connection: &mut TcpStream) -> io::Result<String> {
    let [length] = read(connection)?;
    let mut text = vec![0; length.into()];
    connection.read_exact(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
