//! Request bodies: forms, multipart and JSON, with the error messages of GoToSocial's parsers.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::json;
use super::multipart;
use super::uri::percent_decoded;

/// The fields of a form, a query or a JSON body.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// All values of each name. The name of a list ends in `[]`, as in forms.
    texts: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Vec<u8>>,
    /// The JSON type of each JSON field, and of the first item of a list that is not a string
    /// (`name[]`). Only an error if read.
    kinds: Vec<(String, &'static str)>,
    /// JSON fields that are `null`.
    nulls: Vec<String>,
}

/// The types of a body's fields.
pub(crate) struct Schema {
    /// The type name in error messages, such as `model.ApplicationCreateRequest`.
    pub(crate) type_name: &'static str,
    /// Fields that must be strings.
    pub(crate) fields: &'static [&'static str],
    /// Fields that must be lists of strings.
    pub(crate) lists: &'static [&'static str],
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
    /// The first field of another type, and the message of GoToSocial's parser.
    pub(crate) fn type_error(&self, fields: &Fields) -> Option<(&'static str, String)> {
        let error = |field: &'static str, of: &str, expected: &'static str| {
            let mut kinds = fields.kinds.iter().filter(|(name, _)| name == of);
            let (_, kind) = kinds.find(|(_, kind)| *kind != expected)?;
            let name = self.type_name.split('.').next_back().unwrap_or_default();
            let expected = if expected == "array" { "[]string" } else { expected };
            let message = format!(
                "json: cannot unmarshal {kind} into Go struct field {name}.{field} of type {expected}"
            );
            Some((field, message))
        };
        let mut strings = self.fields.iter().filter_map(|field| error(field, field, "string"));
        let mut lists = self.lists.iter().filter_map(|field| {
            error(field, field, "array").or_else(|| error(field, &list(field), "string"))
        });
        strings.next().or_else(|| lists.next())
    }
}

/// The name of a list in a form.
fn list(name: &str) -> String {
    format!("{name}[]")
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.texts.get(name)?.first().map(String::as_str)
    }

    /// The items of a list: an array in JSON, or repeated `name[]` in a form.
    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.texts.get(&list(name)).map_or(&[], Vec::as_slice)
    }

    /// The bytes of a file in a multipart form.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
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
        self.kinds.retain(|(other, _)| other != name);
        self.texts.insert(name.to_owned(), vec![value]);
    }

    /// Sets a field to the joined items of each list.
    pub(crate) fn join_lists(&mut self, joined: fn(&[&str]) -> String) {
        let lists: Vec<(String, String)> = self
            .texts
            .iter()
            .filter_map(|(name, items)| {
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                Some((name.strip_suffix("[]")?.to_owned(), joined(&items)))
            })
            .collect();
        for (name, value) in lists {
            self.set(&name, value);
        }
    }

    /// Adds the fields that are not present yet.
    pub(crate) fn add(&mut self, other: Fields) {
        for (name, values) in other.texts {
            self.texts.entry(name).or_insert(values);
        }
    }

    /// Parses a query, or a form that was checked.
    pub(crate) fn from_pairs(text: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            fields.push(name, value);
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
            if value.is_null() {
                fields.nulls.push(name);
                continue;
            }
            fields.kinds.push((name.clone(), kind(&value)));
            match value {
                Value::String(text) => drop(fields.texts.insert(name, vec![text])),
                Value::Array(items) => fields.insert_list(&name, &items),
                _ => {}
            }
        }
        Ok(fields)
    }

    /// Keeps a list if all its items are strings.
    fn insert_list(&mut self, name: &str, items: &[Value]) {
        let name = list(name);
        match items.iter().find(|item| !item.is_string()) {
            Some(other) => self.kinds.push((name, kind(other))),
            None => {
                let items = items.iter().filter_map(Value::as_str);
                self.texts.insert(name, items.map(str::to_owned).collect());
            }
        }
    }

    pub(crate) fn from_multipart(content_type: &str, body: &[u8]) -> Result<Self, BodyError> {
        let mut fields = Self::default();
        for part in multipart::parts(content_type, body).map_err(BodyError::message_of)? {
            match part.filename {
                Some(_) => drop(fields.files.entry(part.name).or_insert(part.value)),
                None => fields.push(part.name, String::from_utf8_lossy(&part.value).into_owned()),
            }
        }
        Ok(fields)
    }

    fn push(&mut self, name: String, value: String) {
        self.texts.entry(name).or_default().push(value);
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
