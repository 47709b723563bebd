//! The fields of a JSON body, taken one by one. Errors name the field.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The fields that are not taken yet, and the names that were requested.
pub(super) struct Fields {
    fields: Map<String, Value>,
    known: Vec<&'static str>,
}

impl Fields {
    /// Parses a JSON object. An empty body is an empty object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let known = Vec::new();
        if body.is_empty() {
            return Ok(Self { fields: Map::new(), known });
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, known }),
            Ok(_) => Err("invalid body: expected a JSON object".to_owned()),
            Err(error) => Err(format!("invalid JSON: {error}")),
        }
    }

    /// Takes a field. `None` if the body does not have it.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, String> {
        self.known.push(name);
        let Some(value) = self.fields.remove(name) else {
            return Ok(None);
        };
        match serde_json::from_value(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(format!("invalid {name}: {error}")),
        }
    }

    /// Takes a field that the body must have.
    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("missing {name}"))
    }

    /// Fails if a field is left.
    pub(super) fn finish(self) -> Result<(), String> {
        match (self.fields.keys().next(), self.known.as_slice()) {
            (None, _) => Ok(()),
            (Some(name), []) => Err(format!("unexpected field {name}: expected no fields")),
            (Some(name), known) => {
                Err(format!("unexpected field {name}: expected only {}", known.join(", ")))
            }
        }
    }
}
