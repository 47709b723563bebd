//! A request that a [`Player`](crate::Player) received.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

use url::form_urlencoded;

use crate::recording::find;

/// A request, as it was received.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body. It can be empty.
    pub body: String,
}

impl ReceivedRequest {
    /// `POST /oauth/token`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The first header with this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The fields of a form.
    pub fn form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// One field of a form; empty if it is not there.
    pub fn field(&self, name: &str) -> String {
        self.form().remove(name).unwrap_or_default()
    }

    /// Reads one request. `None` if the client disconnected before.
    pub(crate) fn read(connection: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut reader = BufReader::new(connection);
        let start = line(&mut reader)?;
        let mut words = start.split(' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Ok(None);
        };
        let mut headers = Vec::new();
        while let Some((name, value)) = line(&mut reader)?.split_once(':') {
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = find(&headers, "content-length").map_or(Ok(0), str::parse);
        let mut body = vec![0; length.map_err(io::Error::other)?];
        reader.read_exact(&mut body)?;
        Ok(Some(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }))
    }
}

fn line(reader: &mut BufReader<&mut TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
