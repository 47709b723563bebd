//! Multipart forms (RFC 7578), with the error messages of GoToSocial's parser. Values are bytes.

/// A part of a form.
pub(crate) struct Part {
    pub(crate) name: String,
    /// `None` if the part is a text.
    pub(crate) filename: Option<String>,
    pub(crate) value: Vec<u8>,
}

/// Parses a body with this content type. Parts without a name are ignored.
///
/// # Errors
/// With the message of GoToSocial's parser.
pub(crate) fn parts(content_type: &str, body: &[u8]) -> Result<Vec<Part>, &'static str> {
    let boundary = parameter(content_type, "boundary");
    let boundary = boundary.filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or("no multipart boundary param in Content-Type")?;
    // A delimiter includes the line break before it, except the first one of a body.
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let first = &delimiter[2..];
    let start = find(body, first).ok_or("multipart: NextPart: EOF")?;
    let mut rest = &body[start + first.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let end = find(rest, &delimiter).ok_or("unexpected EOF")?;
        parts.extend(part(&rest[..end]));
        rest = &rest[end + delimiter.len()..];
    }
    Ok(parts)
}

fn part(piece: &[u8]) -> Option<Part> {
    const EMPTY_LINE: &[u8] = b"\r\n\r\n";
    let end = find(piece, EMPTY_LINE)?;
    let head = String::from_utf8_lossy(&piece[..end]);
    Some(Part {
        name: parameter(&head, "name")?,
        filename: parameter(&head, "filename").filter(|name| !name.is_empty()),
        value: piece[end + EMPTY_LINE.len()..].to_vec(),
    })
}

/// A parameter of a header, with or without quotation marks.
fn parameter(header: &str, name: &str) -> Option<String> {
    let assignment = format!("{name}=");
    let mut found = header.match_indices(&assignment).map(|(at, _)| at);
    // `filename=` ends in `name=` too.
    let at = found.find(|at| header[..*at].ends_with([' ', ';']))?;
    let value = &header[at + assignment.len()..];
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([';', '\r', ' ']).next(),
    };
    value.map(str::to_owned)
}

fn find(bytes: &[u8], searched: &[u8]) -> Option<usize> {
    bytes.windows(searched.len()).position(|window| window == searched)
}
