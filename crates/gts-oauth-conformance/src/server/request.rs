//! Received requests.

use std::io::{self, BufRead, Read};

/// A request, as it was received.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) method: String,
    pub(crate) target: String,
    /// In order, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl ReceivedRequest {
    /// Reads the next request. `None` if the client closed the connection.
    pub(crate) fn read(wire: &mut impl BufRead) -> io::Result<Option<Self>> {
        let first = line(wire)?;
        if first.is_empty() {
            return Ok(None);
        }
        let mut words = first.split(' ').map(str::to_owned);
        let mut request = Self {
            method: words.next().unwrap_or_default(),
            target: words.next().unwrap_or_default(),
            headers: headers(wire)?,
            body: Vec::new(),
        };
        request.body = match request.header("transfer-encoding") {
            Some(_) => chunks(wire)?,
            None => {
                let length = request.header("content-length");
                sized(wire, length.and_then(|length| length.parse().ok()))?
            }
        };
        Ok(Some(request))
    }

    /// The first header of this name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers_of(name).next()
    }

    /// All headers of this name, in lower case.
    pub(crate) fn headers_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.headers.iter();
        fields.filter_map(move |(field, value)| (field == name).then_some(value.as_str()))
    }

    /// `GET /page`
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Whether it accepts a response in gzip.
    pub(crate) fn accepts_gzip(&self) -> bool {
        self.headers_of("accept-encoding")
            .flat_map(|value| value.split(','))
            .any(|coding| coding.split(';').next().unwrap_or_default().trim() == "gzip")
    }
}

fn headers(wire: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let field = line(wire)?;
        let Some((name, value)) = field.split_once(':') else {
            return Ok(headers);
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

fn sized(wire: &mut impl BufRead, length: Option<u64>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    wire.take(length.unwrap_or(0)).read_to_end(&mut body)?;
    Ok(body)
}

/// Requests must not be chunked, but are read anyway, so that one fault is not reported as several.
fn chunks(wire: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let length = u64::from_str_radix(&line(wire)?, 16).unwrap_or(0);
        wire.take(length).read_to_end(&mut body)?;
        line(wire)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

fn line(wire: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    wire.read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}
