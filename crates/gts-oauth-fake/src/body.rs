//! Bodies, as the server's own readers read them.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use crate::json;
use crate::uri::unescaped;

/// What a form, a query or a JSON body says, by field. The first of several counts.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    texts: BTreeMap<String, String>,
    /// Fields of JSON that are no texts: a fault only where a text is wanted.
    others: Vec<(String, &'static str)>,
    /// Fields of JSON that are `null`.
    nulls: Vec<String>,
}

/// What is wanted of a body, and what the server calls it.
pub(crate) struct Wanted {
    /// Its type, with its package: `model.ApplicationCreateRequest`.
    pub(crate) name: &'static str,
    /// Its fields, all of them texts.
    pub(crate) fields: &'static [&'static str],
}

/// Why a body cannot be read.
pub(crate) enum BodyFault {
    /// In the words of the server's own reader.
    Told(String),
    /// JSON that is no object.
    NoObject(&'static str),
}

impl BodyFault {
    fn told(text: impl Into<String>) -> Self {
        Self::Told(text.into())
    }

    pub(crate) fn words(self, wanted: &Wanted) -> String {
        match self {
            Self::Told(words) => words,
            Self::NoObject(kind) => {
                let name = wanted.name;
                format!("json: cannot unmarshal {kind} into Go value of type {name}")
            }
        }
    }
}

impl Wanted {
    /// A field that is wanted and is no text, and what the server's own reader says of it.
    pub(crate) fn fault(&self, fields: &Fields) -> Option<(&'static str, String)> {
        let of_kind = |field: &str| fields.others.iter().find(|(other, _)| other == field);
        let mut faulty = self
            .fields
            .iter()
            .filter_map(|field| Some((*field, of_kind(field)?.1)));
        let (field, kind) = faulty.next()?;
        let name = self.name.split('.').next_back().unwrap_or_default();
        let words = format!(
            "json: cannot unmarshal {kind} into Go struct field {name}.{field} of type string"
        );
        Some((field, words))
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The field, if it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.nulls.iter().any(|null| null == name)
    }

    /// A field that counts more than what came.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.texts.insert(name.to_owned(), value);
    }

    pub(crate) fn add(&mut self, other: Fields) {
        for (name, value) in other.texts {
            self.texts.entry(name).or_insert(value);
        }
    }

    /// A query, or a form that was looked at already.
    pub(crate) fn from_pairs(text: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            fields.texts.entry(name).or_insert(value);
        }
        fields
    }

    pub(crate) fn from_form(text: &str) -> Result<Self, BodyFault> {
        for pair in text.split('&') {
            if pair.contains(';') {
                return Err(BodyFault::told("invalid semicolon separator in query"));
            }
            unescaped(pair.as_bytes()).map_err(BodyFault::Told)?;
        }
        Ok(Self::from_pairs(text))
    }

    pub(crate) fn from_json(body: &[u8]) -> Result<Self, BodyFault> {
        Self::from_object(json::read(body).map_err(BodyFault::Told)?)
    }

    /// A list of texts is read as one.
    pub(crate) fn from_json_with_lists(
        body: &[u8],
        joined: fn(&[&str]) -> String,
    ) -> Result<Self, BodyFault> {
        let mut value = json::read(body).map_err(BodyFault::Told)?;
        for field in value
            .as_object_mut()
            .into_iter()
            .flat_map(|it| it.values_mut())
        {
            let text = field.as_array().and_then(|items| {
                let items: Option<Vec<&str>> = items.iter().map(|item| item.as_str()).collect();
                items.map(|items| joined(&items))
            });
            if let Some(text) = text {
                *field = text.into();
            }
        }
        Self::from_object(value)
    }

    fn from_object(value: Value) -> Result<Self, BodyFault> {
        let mut fields = Self::default();
        let object = match value {
            Value::Object(object) => object,
            Value::Null => return Ok(fields),
            other => return Err(BodyFault::NoObject(kind(&other))),
        };
        for (name, value) in object {
            // The server's reader does not mind capitals in names.
            let name = name.to_ascii_lowercase();
            match value {
                Value::String(text) => {
                    fields.texts.insert(name, text);
                }
                Value::Null => fields.nulls.push(name),
                other => fields.others.push((name, kind(&other))),
            }
        }
        Ok(fields)
    }

    pub(crate) fn from_multipart(content_type: &str, body: &str) -> Result<Self, BodyFault> {
        let mut fields = Self::default();
        let boundary = content_type.split("boundary=").nth(1);
        let boundary = boundary
            .map(|boundary| boundary.trim_matches('"'))
            .filter(|boundary| !boundary.is_empty())
            .ok_or_else(|| BodyFault::told("no multipart boundary param in Content-Type"))?;
        let boundary = format!("--{boundary}");
        if !body.contains(&boundary) {
            return Err(BodyFault::told("multipart: NextPart: EOF"));
        }
        if !body.contains(&format!("{boundary}--")) {
            return Err(BodyFault::told("unexpected EOF"));
        }
        for part in body.split(boundary.as_str()) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else {
                continue;
            };
            let name = head.split("name=\"").nth(1);
            if let Some(name) = name.and_then(|rest| rest.split('"').next()) {
                let value = value.strip_suffix("\r\n").unwrap_or(value);
                fields
                    .texts
                    .entry(name.to_owned())
                    .or_insert(value.to_owned());
            }
        }
        Ok(fields)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Null => "null",
    }
}
