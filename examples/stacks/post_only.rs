//! A login over a stack that can only send POST: the program `curl`, as a script would use it.
//!
//! ```text
//! cargo add gts-oauth-core getrandom serde_json tempfile
//! cargo run -p gts-oauth-example-stacks --example post_only -- INSTANCE
//! ```
//!
//! Registration, the exchange of the code, and posting a status are POST. Discovery and the account
//! need GET: INSTANCE must be the host of the API, and the account remains unknown. A run that was
//! killed goes on with the next one. curl reads the request from its standard input, because other
//! users of the machine can see its arguments.

use std::io::{Read as _, Write as _, stdin};
use std::process::{Command, Stdio};

use gts_oauth_core::error::Operation::VerifyCredentials;
use gts_oauth_core::http::{Method, Request, Response};
use gts_oauth_core::transport::{BodyLimit, response};
use gts_oauth_core::{BoxError, Entropy, Exchange as _, Login, RegisterApp, Step};

fn main() -> Result<(), BoxError> {
    let mut login: Login = if std::fs::exists("login.json")? {
        serde_json::from_slice(&std::fs::read("login.json")?)?
    } else {
        let instance = std::env::args().nth(1).ok_or("the instance is missing")?.parse()?;
        let app = RegisterApp::new(instance, "example")?.scopes("write:statuses".parse()?);
        Login::new(app, Entropy::from_fn(getrandom::fill)?)
    };
    login.skip_discovery();
    loop {
        let mut file = tempfile::NamedTempFile::new_in(".")?; // only its owner can read it
        serde_json::to_writer(&mut file, &login)?;
        file.persist("login.json")?;
        match login.step() {
            Step::Send { operation: VerifyCredentials, .. } | Step::Done(_) => break,
            Step::Send { request, .. } => login.handle_response(&post(request)?)?,
            Step::Authorize { url, problem } => {
                problem.inspect(|problem| println!("{problem}"));
                println!("Open {url} and paste the code:");
                login.handle_reply(stdin().lines().next().ok_or("no input")??)?;
            }
        }
    }
    let (_, session) = login.session().ok_or("there is no token")?;
    let call = session.post("/api/v1/statuses")?.form("status", "hi").form("visibility", "direct");
    println!("posted: {}", call.send(&post)?.json::<serde_json::Value>()?["url"]);
    Ok(())
}

fn post(request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    assert_eq!(request.method(), Method::POST, "this stack can only post");
    let limit = BodyLimit::of(&request);
    let mut config = format!("include\nno-progress-meter\nmax-time=30\nurl={}\n", request.uri());
    for (name, value) in request.headers() {
        config += &format!("header = {:?}\n", format!("{name}: {}", value.to_str()?));
    }
    config += &format!("data-raw = {:?}\n", String::from_utf8(request.into_body())?);
    let mut curl = Command::new("curl");
    let curl = curl.args(["-q", "--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut curl = curl.spawn()?;
    curl.stdin.take().ok_or("no input")?.write_all(config.as_bytes())?;
    let (mut output, stdout) = (Vec::new(), curl.stdout.take().ok_or("no output")?);
    stdout.take(limit.bytes() + 65536).read_to_end(&mut output)?;
    let end = output.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or("no response")?;
    let body = output.split_off(end + 4);
    limit.check(body.len())?;
    curl.wait()?.success().then_some(()).ok_or("curl failed")?; // also if the body is cut off
    let head = String::from_utf8_lossy(&output);
    let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
    Ok(response(status, head.lines().filter_map(|line| line.split_once(": ")), body)?)
}
