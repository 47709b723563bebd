//! The fake on a loopback port: whole logins with a browser over real HTTP, faults of sockets, the
//! control port, and HTTP itself.

mod browser;
mod control;
mod faults;
mod http;
mod logins;

use gts_oauth_fake::{Dialect, Served, Server};
use gts_oauth_tests::user::User;
use gts_oauth_ureq::{BoxError, Login, RegisterApp, entropy};

fn serve(dialect: Dialect) -> Served {
    let builder = Server::builder(7).dialect(dialect);
    builder.serve().expect("a free loopback port")
}

fn login(served: &Served) -> Result<Login, BoxError> {
    let register = RegisterApp::new(served.instance(), "my-bot")?;
    Ok(Login::new(register, entropy()?))
}

/// A user with an account on the fake, and with a browser that uses HTTP.
fn user(served: &Served, name: &str) -> User {
    let account = served.account(name);
    User::new(&account.email(), account.password())
}
