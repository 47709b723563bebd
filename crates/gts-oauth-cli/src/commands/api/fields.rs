//! Fields of a query, of an urlencoded form, or of a multipart form if one of them is a file.

use std::io;
use std::path::Path;

use gts_oauth_ureq::BoxError;
use gts_oauth_ureq::session::{Call, Multipart};
use mime_guess::Mime;

use super::arguments::ApiArgs;

pub(super) struct Fields(Vec<Field>);

struct Field {
    name: String,
    value: Value,
}

enum Value {
    Text(String),
    File(File),
}

struct File {
    name: String,
    kind: String,
    bytes: Vec<u8>,
}

impl Fields {
    /// Reads the fields in the order of the command line, those of `-f` first.
    pub(super) fn read(arguments: &ApiArgs) -> Result<Self, BoxError> {
        let texts = arguments.raw_field.iter().map(|(name, value)| {
            let (name, value) = (name.clone(), Value::Text(value.clone()));
            Ok(Field { name, value })
        });
        let forms = arguments.field.iter().map(|(name, value)| {
            let (name, value) = (name.clone(), Value::read(value)?);
            Ok(Field { name, value })
        });
        let all: Result<_, BoxError> = texts.chain(forms).collect();
        Ok(Self(all?))
    }

    pub(super) fn query(&self, call: Call) -> Result<Call, BoxError> {
        self.0.iter().try_fold(call, |call, it| match &it.value {
            Value::Text(text) => Ok(call.query(&it.name, text)?),
            Value::File(file) => {
                Err(format!("{} is sent as a file, which cannot be part of a query", file.name)
                    .into())
            }
        })
    }

    pub(super) fn body(self, call: Call) -> Result<Call, BoxError> {
        let text = |it: &'_ Field| match &it.value {
            Value::Text(text) => Some((it.name.clone(), text.clone())),
            Value::File(_) => None,
        };
        let texts: Option<Vec<_>> = self.0.iter().map(text).collect();
        match texts {
            Some(texts) => {
                let texts = texts.into_iter();
                Ok(texts.fold(call, |call, (name, text)| call.form(&name, &text)))
            }
            None => {
                let form =
                    self.0.into_iter().try_fold(Multipart::new(), |form, it| match it.value {
                        Value::Text(text) => Ok(form.text(&it.name, text)),
                        Value::File(file) => {
                            form.file(&it.name, &file.name, &file.kind, file.bytes)
                        }
                    });
                Ok(call.multipart(form?))
            }
        }
    }
}

impl Value {
    /// Parses a value: literal text, the text in a file (`@FILE`), or a file part.
    /// `@FILE;type=KIND`, media files and files that are not UTF-8 become file parts.
    fn read(value: &str) -> Result<Self, BoxError> {
        let Some(named) = value.strip_prefix('@') else {
            return Ok(Self::Text(value.to_owned()));
        };
        let (path, kind) = match named.rsplit_once(";type=") {
            Some((path, kind)) => (Path::new(path), Some(kind)),
            None => (Path::new(named), None),
        };
        let (kind, is_file) = match kind {
            Some(kind) => {
                let read = kind.parse();
                let kind = read.map_err(|_| format!("{kind} is not a content type"))?;
                (kind, true)
            }
            None => {
                let kind: Mime = mime_guess::from_path(path).first_or_octet_stream();
                let is_media = ["image", "audio", "video"].contains(&kind.type_().as_str());
                (kind, is_media)
            }
        };
        let bytes = match String::from_utf8(read_file(path)?) {
            Ok(text) if !is_file => return Ok(Self::Text(text)),
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self::File(File {
            name: name.to_string_lossy().into_owned(),
            kind: kind.to_string(),
            bytes,
        }))
    }
}

/// Reads a file, or standard input for `-`.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, BoxError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::stdin(), &mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(|error| format!("could not read the file {path:?}: {error}").into())
}
