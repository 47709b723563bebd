//! A web server where people log in with their instance; the login survives a restart, and works
//! when the callback reaches another process.
//!
//! ```text
//! cargo run --example web_backend
//! cargo run --example web_backend -- INSTANCE [FOLDER]
//! ```
//!
//! What waits for its callback is a row in SQLite, under its `state`, and a cookie binds that to
//! the browser that began. Whoever takes the row out exchanges the code; nobody can do it twice,
//! and nothing is kept in memory. `pages.rs` is the login, `store.rs` the database. The server is
//! made to be read: for the internet, put one in front that speaks https and drops slow clients.
//!
//! With an instance, which the form suggests, it serves `http://127.0.0.1:8080`; `LISTEN` names
//! another address, and `PUBLIC` the one that browsers see, if that is not the same. Without
//! arguments it starts two processes of itself, in front of a fake, and plays the browser.

mod demo;
mod node;
mod pages;
mod store;

use std::thread;

use gts_oauth_examples::Stage;
use gts_oauth_ureq::BoxError;
use tiny_http::Server;

use pages::Site;

fn main() -> Result<(), BoxError> {
    let stage = Stage::from_args()?;
    match stage.served() {
        Some(fake) => demo::play(fake, &stage.folder()),
        None => serve(&stage),
    }
}

/// How many requests are answered at a time.
const THREADS: usize = 4;

fn serve(stage: &Stage) -> Result<(), BoxError> {
    let listen = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let server = Server::http(listen)?;
    let here = format!("http://{}", server.server_addr());
    let public = std::env::var("PUBLIC").unwrap_or_else(|_| here.clone());

    let file = stage.folder().join("web_backend.sqlite");
    let site = || Site::new(&file, &public, stage.instance());
    let sites = (0..THREADS)
        .map(|_| site())
        .collect::<Result<Vec<_>, _>>()?;
    println!("listening on {here}");
    thread::scope(|scope| {
        for site in sites {
            scope.spawn(|| work(&server, site));
        }
    });
    Ok(())
}

fn work(server: &Server, site: Site) {
    for mut request in server.incoming_requests() {
        let page = site.answer(&mut request);
        // Who has gone away needs no answer.
        let _ = request.respond(page);
    }
}
