//! A login over a stack that can only send POST: the program `curl`, as a script would use it.
//!
//! ```text
//! cargo add gts-oauth-core getrandom serde_json tempfile
//! cargo run -p gts-oauth-example-stacks --example post_only -- INSTANCE
//! ```
//!
//! Registration, the exchange of the code, and posting a status are POST. Discovery and the account
//! need GET: INSTANCE must be the host of the API, and the account remains unknown. A run that was
//! killed goes on with the next one.
//!
//! curl reads the request from a file that only its owner can read, and from its standard input,
//! because other users of the machine can see its arguments. It gives up after 30 seconds without
//! progress. `post` passes the checks of `gts-oauth-conformance` with `Methods::Post`. A compressed
//! response is an error.

use std::io::{Read as _, Write as _, stdin};
use std::process::{Command, Stdio};

use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::transport::{BodyLimit, TIMEOUT, response};
use gts_oauth_core::{BoxError, Entropy, Exchange, Login, RegisterApp, Step, error::Operation};

fn main() -> Result<(), BoxError> {
    let mut login: Login = if std::fs::exists("login.json")? {
        serde_json::from_slice(&std::fs::read("login.json")?)?
    } else {
        let instance = std::env::args().nth(1).ok_or("the instance is missing")?.parse()?;
        let app = RegisterApp::new(instance, "example")?.scopes("write:statuses".parse()?);
        Login::new(app, Entropy::from_fn(getrandom::fill)?)
    };
    let http = |request: Request<_>| post(request, TIMEOUT.as_secs());
    login.skip_discovery();
    loop {
        let mut file = tempfile::NamedTempFile::new_in(".")?; // only its owner can read it
        serde_json::to_writer(&mut file, &login)?;
        file.persist("login.json")?;
        match login.step() {
            Step::Send { operation: Operation::VerifyCredentials, .. } | Step::Done(_) => break,
            Step::Send { request, .. } => login.handle_response(&http(request)?)?,
            Step::Authorize { url, problem } => {
                problem.inspect(|problem| println!("{problem}"));
                println!("Open {url} and paste the code:");
                login.handle_reply(stdin().lines().next().ok_or("no input")??)?;
            }
        }
    }
    let (_, session) = login.session().ok_or("there is no token")?;
    let call = session.post("/api/v1/statuses")?.form("status", "hi").form("visibility", "direct");
    println!("posted: {}", call.send(&http)?.json::<serde_json::Value>()?["url"]);
    Ok(())
}

pub(crate) fn post(request: Request<Vec<u8>>, wait: u64) -> Result<Response<Vec<u8>>, BoxError> {
    assert_eq!(request.method(), Method::POST, "this stack can only post");
    let args = "-q --no-progress-meter --http1.1 --suppress-connect-headers --globoff --path-as-is \
        --connect-timeout 10 --speed-limit 1024 -HContent-Type: -HExpect: --data-binary @- --config";
    let (mut config, heads) = (tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?);
    let (url, limit, mut body) = (request.uri().to_string(), BodyLimit::of(&request), Vec::new());
    write!(config, "url={url:?}\nspeed-time={wait}\ndump-header={:?}\n", heads.path())?;
    for (name, value) in request.headers() {
        writeln!(config, "header={:?}", format!("{name}: {}", value.to_str()?))?;
    }
    let mut curl = Command::new("curl");
    let curl = curl.args(args.split(' ')).arg(config.path());
    let mut curl = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    curl.stdin.take().ok_or("no input")?.write_all(request.body())?;
    curl.stdout.take().ok_or("no output")?.take(limit.bytes() + 1).read_to_end(&mut body)?;
    let (is_whole, ()) = (curl.wait()?.success(), limit.check(body.len())?);
    let heads = String::from_utf8_lossy(&std::fs::read(heads)?).into_owned(); // also 1xx, trailers
    let head = heads.split("\r\n\r\n").find(|it| !it.starts_with("HTTP/1.1 1")).ok_or("no head")?;
    let is_coded = head.to_lowercase().contains("\ncontent-encoding:") && !body.is_empty();
    (is_whole && !is_coded).then_some(()).ok_or("curl failed, or the body is compressed")?;
    Ok(response(head[9..12].parse()?, head.lines().filter_map(|line| line.split_once(':')), body)?)
}
