//! The fake on a loopback port: whole logins with a browser's forms over real HTTP, faults that
//! only a socket can have, and the protocol underneath.

mod browser;
mod faults;
mod http;
mod logins;

use gts_oauth_fake::{Dialect, Served, Server};
use gts_oauth_tests::person::Person;
use gts_oauth_ureq::{BoxError, Login, RegisterApp, entropy};

fn serve(dialect: Dialect) -> Served {
    let builder = Server::builder(7).dialect(dialect);
    builder.serve().expect("a free loopback port")
}

fn login(served: &Served) -> Result<Login, BoxError> {
    let register = RegisterApp::new(served.instance(), "my-bot")?;
    Ok(Login::new(register, entropy()?))
}

/// Somebody with an account there, and with a browser that speaks HTTP.
fn person(served: &Served, name: &str) -> Person {
    let resident = served.person(name);
    Person::new(&resident.email(), resident.password())
}
