//! Request bodies: forms, multipart and JSON, with the error messages of GoToSocial's parsers.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::json;
use super::uri::percent_decoded;

/// The fields of a form, a query or a JSON body. The first of several with one name counts.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    texts: BTreeMap<String, String>,
    /// JSON fields that are not strings, with their JSON type. Only an error if read.
    others: Vec<(String, &'static str)>,
    /// JSON fields that are `null`.
    nulls: Vec<String>,
}

/// The fields of a body that must be strings.
pub(crate) struct Schema {
    /// The type name in error messages, such as `model.ApplicationCreateRequest`.
    pub(crate) type_name: &'static str,
    pub(crate) fields: &'static [&'static str],
}

/// Why a body cannot be parsed.
pub(crate) enum BodyError {
    /// With the message of GoToSocial's parser.
    Message(String),
    /// JSON that is not an object.
    NotAnObject(&'static str),
}

impl BodyError {
    fn message_of(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// The message of GoToSocial's parser.
    pub(crate) fn message(self, schema: &Schema) -> String {
        match self {
            Self::Message(message) => message,
            Self::NotAnObject(kind) => {
                let name = schema.type_name;
                format!("json: cannot unmarshal {kind} into Go value of type {name}")
            }
        }
    }
}

impl Schema {
    /// The first field that is not a string, and the message of GoToSocial's parser.
    pub(crate) fn type_error(&self, fields: &Fields) -> Option<(&'static str, String)> {
        let of_kind = |field: &str| fields.others.iter().find(|(other, _)| other == field);
        let mut invalid = self.fields.iter().filter_map(|field| Some((*field, of_kind(field)?.1)));
        let (field, kind) = invalid.next()?;
        let name = self.type_name.split('.').next_back().unwrap_or_default();
        let message = format!(
            "json: cannot unmarshal {kind} into Go struct field {name}.{field} of type string"
        );
        Some((field, message))
    }
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The field, if present and not empty.
    pub(crate) fn non_empty(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.nulls.iter().any(|null| null == name)
    }

    /// Sets a field, overriding the one sent.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.texts.insert(name.to_owned(), value);
    }

    /// Adds the fields that are not present yet.
    pub(crate) fn add(&mut self, other: Fields) {
        for (name, value) in other.texts {
            self.texts.entry(name).or_insert(value);
        }
    }

    /// Parses a query, or a form that was checked.
    pub(crate) fn from_pairs(text: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            fields.texts.entry(name).or_insert(value);
        }
        fields
    }

    pub(crate) fn from_form(text: &str) -> Result<Self, BodyError> {
        for pair in text.split('&') {
            if pair.contains(';') {
                return Err(BodyError::message_of("invalid semicolon separator in query"));
            }
            percent_decoded(pair.as_bytes()).map_err(BodyError::Message)?;
        }
        Ok(Self::from_pairs(text))
    }

    pub(crate) fn from_json(body: &[u8]) -> Result<Self, BodyError> {
        Self::from_object(json::parse(body).map_err(BodyError::Message)?)
    }

    /// Parses JSON, and joins lists of strings.
    pub(crate) fn from_json_with_lists(
        body: &[u8],
        joined: fn(&[&str]) -> String,
    ) -> Result<Self, BodyError> {
        let mut value = json::parse(body).map_err(BodyError::Message)?;
        for field in value.as_object_mut().into_iter().flat_map(|it| it.values_mut()) {
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

    fn from_object(value: Value) -> Result<Self, BodyError> {
        let mut fields = Self::default();
        let object = match value {
            Value::Object(object) => object,
            Value::Null => return Ok(fields),
            other => return Err(BodyError::NotAnObject(kind(&other))),
        };
        for (name, value) in object {
            // GoToSocial's parser ignores the case of names.
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

    pub(crate) fn from_multipart(content_type: &str, body: &str) -> Result<Self, BodyError> {
        let mut fields = Self::default();
        let boundary = content_type.split("boundary=").nth(1);
        let boundary = boundary
            .map(|boundary| boundary.trim_matches('"'))
            .filter(|boundary| !boundary.is_empty())
            .ok_or_else(|| BodyError::message_of("no multipart boundary param in Content-Type"))?;
        let boundary = format!("--{boundary}");
        if !body.contains(&boundary) {
            return Err(BodyError::message_of("multipart: NextPart: EOF"));
        }
        if !body.contains(&format!("{boundary}--")) {
            return Err(BodyError::message_of("unexpected EOF"));
        }
        for part in body.split(boundary.as_str()) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else {
                continue;
            };
            let name = head.split("name=\"").nth(1);
            if let Some(name) = name.and_then(|rest| rest.split('"').next()) {
                let value = value.strip_suffix("\r\n").unwrap_or(value);
                fields.texts.entry(name.to_owned()).or_insert(value.to_owned());
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
