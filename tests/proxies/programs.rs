//! The proxies as programs, each with a loopback address of its own for its connections.

use std::env;
use std::fs;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use gts_oauth_tests::environment::skip;
use gts_oauth_tests::hosts::{can_replace_hosts, with_hosts};

use super::Proxy::{
    self, Dante, Microsocks, MicrosocksWithPassword, Tinyproxy, TinyproxyWithPassword,
};
use super::stunnel::{Stunnel, authorities};

/// Each proxy, the address from which it connects, and its name in the rows.
const PROXIES: [(Proxy, [u8; 4], &str); 5] = [
    // The longer names first, because they are replaced in this order.
    (TinyproxyWithPassword, [127, 0, 0, 2], "$HTTP_AUTH"),
    (Tinyproxy, [127, 0, 0, 3], "$HTTP"),
    (MicrosocksWithPassword, [127, 0, 0, 4], "$SOCKS_AUTH"),
    (Microsocks, [127, 0, 0, 5], "$SOCKS"),
    (Dante, [127, 0, 0, 6], "$DANTE"),
];

/// stunnel's names in the rows, and the proxies behind them.
const TLS: [(&str, &str); 3] =
    [("$TLS_UNKNOWN", "$HTTP"), ("$TLS_AUTH", "$HTTP_AUTH"), ("$TLS", "$HTTP")];

/// Running proxies. They end when it is dropped.
pub(crate) struct Proxies {
    folder: tempfile::TempDir,
    /// The name in the rows, and the port.
    ports: Vec<(&'static str, u16)>,
    running: Vec<Child>,
}

impl Proxies {
    /// Starts all proxies. `None`, with a message, if a program is not installed.
    pub(crate) fn start() -> Option<Self> {
        let programs = ["tinyproxy", "microsocks", "danted", "stunnel", "curl", "unshare"];
        let missing: Vec<_> = programs.into_iter().filter(|name| program(name).is_none()).collect();
        if !missing.is_empty() || !can_replace_hosts() {
            skip(&format!(
                "the proxies need mount namespaces and {programs:?}; missing: {missing:?}"
            ));
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("hosts"), "127.0.0.1 localhost instance.test\n")
            .expect("a file");
        let mut proxies = Self { folder, ports: Vec::new(), running: Vec::new() };
        for (proxy, [a, b, c, d], name) in PROXIES {
            let port = free_port();
            proxies.ports.push((name, port));
            let command = proxies.command(proxy, port, &format!("{a}.{b}.{c}.{d}"));
            proxies.run(&command);
        }
        let mut stunnel = Stunnel::new(proxies.folder());
        for (name, behind) in TLS {
            let port = free_port();
            match name {
                "$TLS_UNKNOWN" => stunnel.forward_as_unknown(port, proxies.port(behind)),
                _ => stunnel.forward(port, proxies.port(behind)),
            }
            proxies.ports.push((name, port));
        }
        proxies.run(&stunnel.command(&program("stunnel").expect("it is installed")));
        proxies.wait();
        Some(proxies)
    }

    fn run(&mut self, command: &Command) {
        let mut command = self.resolving(command);
        let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running.push(silent.spawn().expect("the proxy starts"));
    }

    /// Waits until all proxies accept connections.
    fn wait(&mut self) {
        for (name, port) in &self.ports {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                for child in &mut self.running {
                    let ended = child.try_wait().expect("its status");
                    assert!(ended.is_none(), "{name} does not start: {ended:?}");
                }
                thread::yield_now();
            }
        }
    }

    fn port(&self, name: &str) -> u16 {
        self.ports.iter().find(|(it, _)| *it == name).expect("it runs").1
    }

    /// The same command, for which `instance.test` resolves.
    pub(crate) fn resolving(&self, command: &Command) -> Command {
        let mut wrapped = with_hosts(&self.folder.path().join("hosts"));
        wrapped.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        wrapped
    }

    /// A value of a row, with the ports of the proxies.
    pub(crate) fn value(&self, value: &str) -> String {
        self.ports.iter().fold(value.to_owned(), |value, (name, port)| {
            value.replace(name, &format!("127.0.0.1:{port}"))
        })
    }

    /// The file with the certificate of the authority that clients must trust.
    pub(crate) fn authorities(&self) -> PathBuf {
        authorities(self.folder())
    }

    /// A folder for files of a test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, proxy: Proxy, port: u16, from: &str) -> Command {
        let file = |name: &str, text: String| {
            let path = self.folder.path().join(format!("{port}-{name}"));
            fs::write(&path, text).expect("a file");
            path
        };
        let mut command = Command::new(program(name(proxy)).expect("it is installed"));
        match proxy {
            Tinyproxy | TinyproxyWithPassword => {
                let password = match proxy {
                    Tinyproxy => "",
                    _ => "BasicAuth alice 63688859\n",
                };
                let text = format!(
                    "Port {port}\nListen 127.0.0.1\nBind {from}\nAllow 127.0.0.1\n\
                     Timeout 60\nMaxClients 20\n{password}"
                );
                command.arg("-d").arg("-c").arg(file("tinyproxy.conf", text));
            }
            Microsocks | MicrosocksWithPassword => {
                command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-b", from]);
                if proxy == MicrosocksWithPassword {
                    command.args(["-u", "alice", "-P", "63688859"]);
                }
            }
            Dante => {
                let text = format!(
                    "logoutput: stderr\ninternal: 127.0.0.1 port = {port}\nexternal: {from}\n\
                     socksmethod: none\nclientmethod: none\n\
                     client pass {{ from: 127.0.0.0/8 to: 127.0.0.0/8 }}\n\
                     socks pass {{ from: 127.0.0.0/8 to: 127.0.0.0/8 }}\n"
                );
                let pid = self.folder.path().join("danted.pid");
                command.arg("-f").arg(file("danted.conf", text)).arg("-p").arg(pid);
            }
        }
        command
    }
}

impl Drop for Proxies {
    fn drop(&mut self) {
        for child in &mut self.running {
            // Not killed, because Dante's other processes would remain.
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
    }
}

/// The proxy that connects from this address.
pub(crate) fn proxy_at(address: IpAddr) -> Option<Proxy> {
    let found = PROXIES.iter().find(|(_, from, _)| IpAddr::from(*from) == address);
    found.map(|(proxy, ..)| *proxy)
}

/// The path of a program.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn name(proxy: Proxy) -> &'static str {
    match proxy {
        Tinyproxy | TinyproxyWithPassword => "tinyproxy",
        Microsocks | MicrosocksWithPassword => "microsocks",
        Dante => "danted",
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    listener.local_addr().expect("the address just bound").port()
}
