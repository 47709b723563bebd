//! A login in an async program, over hyper: the loop of [`Login`] with `.await`.
//!
//! ```text
//! cargo add gts-oauth-core getrandom serde_json tempfile http-body-util hyper
//! cargo add tokio --no-default-features --features io-std,io-util,macros,rt,time
//! cargo add hyper-util --no-default-features --features client-legacy,http1,tokio
//! cargo add hyper-rustls --no-default-features --features http1,native-tokio,tls12
//! cargo add rustls --no-default-features --features ring,std,tls12
//! cargo run -p gts-oauth-example-stacks --example async_loop -- INSTANCE
//! ```
//!
//! A run that was killed goes on with the next one.

use gts_oauth_core::http::{Request, Response};
use gts_oauth_core::transport::{BodyLimit, TIMEOUT};
use gts_oauth_core::{BoxError, Entropy, Login, RegisterApp, Step};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring::default_provider;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let tls = HttpsConnectorBuilder::new().with_provider_and_native_roots(default_provider())?;
    let tls = tls.https_or_http().enable_http1().build();
    let http = Client::builder(TokioExecutor::new()).build(tls);
    let mut login: Login = if std::fs::exists("login.json")? {
        serde_json::from_slice(&std::fs::read("login.json")?)?
    } else {
        let instance = std::env::args().nth(1).ok_or("the instance is missing")?.parse()?;
        Login::new(RegisterApp::new(instance, "example")?, Entropy::from_fn(getrandom::fill)?)
    };
    let mut lines = BufReader::new(stdin()).lines();
    let me = loop {
        let mut file = tempfile::NamedTempFile::new_in(".")?; // only its owner can read it
        serde_json::to_writer(&mut file, &login)?;
        file.persist("login.json")?;
        match login.step() {
            Step::Send { request, .. } => match send(&http, request).await {
                Ok(response) => login.handle_response(&response)?,
                Err(error) => login.handle_transport_error(error)?,
            },
            Step::Authorize { url, problem } => {
                problem.inspect(|problem| println!("{problem}"));
                println!("Open {url} and paste the code:");
                login.handle_reply(lines.next_line().await?.ok_or("no input")?)?;
            }
            Step::Done(me) => break me,
        }
    };
    println!("a token for {}", me.session.instance());
    Ok(())
}

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

async fn send(http: &Http, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, BoxError> {
    let limit = BodyLimit::of(&request);
    let response = timeout(TIMEOUT, http.request(request.map(Full::from))).await??;
    let (head, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = timeout(TIMEOUT, body.frame()).await? {
        bytes.extend(frame?.into_data().unwrap_or_default()); // trailers are ignored
        limit.check(bytes.len())?;
    }
    Ok(Response::from_parts(head, bytes))
}
