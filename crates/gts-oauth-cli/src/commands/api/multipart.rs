//! `multipart/form-data` (RFC 7578).

pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Value,
}

pub(super) enum Value {
    Text(String),
    File(File),
}

pub(super) struct File {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) bytes: Vec<u8>,
}

/// Returns the content type and the body.
pub(super) fn encode(fields: &[Field]) -> (String, Vec<u8>) {
    let boundary = boundary(fields);
    let mut body = Vec::new();
    for Field { name, value } in fields {
        let name = quoted(name);
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        body.extend_from_slice(head.as_bytes());
        match value {
            Value::Text(text) => {
                body.extend_from_slice(b"\r\n\r\n");
                body.extend_from_slice(text.as_bytes());
            }
            Value::File(File { name, kind, bytes }) => {
                let name = quoted(name);
                let head = format!("; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n");
                body.extend_from_slice(head.as_bytes());
                body.extend_from_slice(bytes);
            }
        }
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Percent-encodes quotes and line breaks in a name, as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a boundary that occurs in no field.
fn boundary(fields: &[Field]) -> String {
    let holds = |it: &Field, boundary: &str| {
        let bytes = match &it.value {
            Value::Text(text) => text.as_bytes(),
            Value::File(file) => &file.bytes,
        };
        let mut windows = bytes.windows(boundary.len());
        windows.any(|window| window == boundary.as_bytes())
    };
    let mut numbered = (0_u32..).map(|number| format!("gts-oauth-boundary-{number}"));
    let free = numbered.find(|boundary| !fields.iter().any(|it| holds(it, boundary)));
    free.unwrap_or_default()
}
