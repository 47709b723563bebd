//! A web server where users log in with their instance. Any number of processes share a database,
//! and nothing is kept in memory: a login continues after a restart, and its callback can reach
//! another process.
//!
//! ```text
//! cargo run -p gts-oauth-example-web-backend
//! cargo run -p gts-oauth-example-web-backend -- DATABASE LISTEN ORIGIN
//! ```
//!
//! The database is a file of SQLite, or the URL of a PostgreSQL database
//! (`postgres://user@host/name`). `LISTEN` is the address to listen on, and `ORIGIN` the origin that
//! browsers see, if it differs. To try it without an instance, run `gts-oauth demo --serve`, and
//! enter the address that it prints.
//!
//! `site.rs` is the login, `pages.rs` what a browser sends and gets, `store.rs` and `database.rs`
//! what the processes share. The server is written to be read: on the internet, it needs a proxy
//! that adds TLS and disconnects slow clients.

mod database;
mod pages;
mod site;
mod store;

use std::env::args;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use gts_oauth_ureq::Ureq;
use tiny_http::Server;

use site::Site;
use store::Result;

fn main() -> ExitCode {
    let Err(error) = serve() else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn serve() -> Result<()> {
    let argument = |number, default: &str| args().nth(number).unwrap_or(default.to_owned());
    let server = Server::http(argument(2, "127.0.0.1:8080"))?;
    let here = format!("http://{}", server.server_addr());
    let (database, origin) = (argument(1, "web_backend.sqlite"), argument(3, &here));
    // Less than the time for which a login is claimed.
    let http = Ureq::new().timeout(Duration::from_secs(10));
    let site = |_| Site::new(&http, &database, &origin);
    // As many requests are handled at the same time.
    let sites = (0..8).map(site).collect::<Result<Vec<_>>>()?;
    println!("listening on {here}");
    thread::scope(|scope| {
        for mut site in sites {
            let requests = server.incoming_requests();
            scope.spawn(move || {
                for mut request in requests {
                    let page = site.respond(&mut request);
                    let _ = request.respond(page); // the client might have disconnected
                }
            });
        }
    });
    Ok(())
}
