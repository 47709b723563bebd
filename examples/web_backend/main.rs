//! A web server where users log in with their instance. A login continues after a restart, and when
//! the callback reaches another process.
//!
//! ```text
//! cargo run --example web_backend
//! cargo run --example web_backend -- INSTANCE [FOLDER]
//! ```
//!
//! A pending authorization is a row in SQLite, under its `state`, and a cookie binds it to the
//! browser that started it. The process that deletes the row exchanges the code, so that this
//! happens once. Nothing is kept in memory. `pages.rs` is the login, `store.rs` the database. The
//! server is written to be read: on the internet, it needs a proxy that adds TLS and disconnects
//! slow clients.
//!
//! With an instance, which is the default in the form, it listens on `127.0.0.1:8080`. The
//! environment variable `LISTEN` is another address to listen on, and `PUBLIC` is the origin that
//! browsers see, if it differs. Without arguments, it starts two processes of itself and a fake, and
//! acts as the browser.

mod demo;
mod node;
mod pages;
mod store;

use std::process::ExitCode;
use std::thread;

use gts_oauth_examples::{Setup, exit_code};
use gts_oauth_ureq::{BoxError, Ureq};
use tiny_http::Server;

use pages::Site;

fn main() -> ExitCode {
    exit_code(run())
}

fn run() -> Result<(), BoxError> {
    let setup = Setup::from_args()?;
    match setup.served() {
        Some(fake) => demo::run(fake, &setup.folder()),
        None => serve(&setup, &Ureq::new()),
    }
}

/// How many requests are handled at the same time.
const THREADS: usize = 4;

fn serve(setup: &Setup, http: &Ureq) -> Result<(), BoxError> {
    let listen = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let server = Server::http(listen)?;
    let here = format!("http://{}", server.server_addr());
    let public = std::env::var("PUBLIC").unwrap_or_else(|_| here.clone());

    let file = setup.folder().join("web_backend.sqlite");
    let site = || Site::new(http, &file, &public, setup.instance());
    let sites = (0..THREADS).map(|_| site()).collect::<Result<Vec<_>, _>>()?;
    println!("listening on {here}");
    thread::scope(|scope| {
        for site in sites {
            scope.spawn(|| work(&server, site));
        }
    });
    Ok(())
}

fn work(server: &Server, site: Site<'_>) {
    for mut request in server.incoming_requests() {
        let page = site.respond(&mut request);
        // The client might have disconnected.
        let _ = request.respond(page);
    }
}
