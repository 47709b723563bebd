//! A request as it arrived.

use std::io::{self, BufRead, Read};

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    /// In their order; the names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// The next request, or none if the client has left.
    pub(crate) fn read(wire: &mut impl BufRead) -> io::Result<Option<Self>> {
        let first = line(wire)?;
        if first.is_empty() {
            return Ok(None);
        }
        let mut words = first.split(' ').map(str::to_owned);
        let mut asked = Self {
            method: words.next().unwrap_or_default(),
            target: words.next().unwrap_or_default(),
            headers: headers(wire)?,
            body: Vec::new(),
        };
        asked.body = match asked.header("transfer-encoding") {
            Some(_) => chunks(wire)?,
            None => {
                let length = asked.header("content-length");
                sized(wire, length.and_then(|length| length.parse().ok()))?
            }
        };
        Ok(Some(asked))
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

    /// Whether it says that its answer may come compressed.
    pub(crate) fn takes_gzip(&self) -> bool {
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

/// Nobody should send chunks, but who does gets an answer nevertheless: one fault is not to look
/// like many.
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
