//! Lenient JSON fields: servers send numbers instead of strings, strings instead of numbers, `null`
//! or nothing.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::time::{epoch_seconds, parse_rfc3339, since_epoch};
use crate::types::{MAX_SCOPES, Scopes, Secret};

/// Defines a struct of JSON fields that can be missing. Each one names the function that reads it. If
/// a name is repeated, the last one counts (RFC 8259 section 4).
///
/// `derive(Deserialize)` rejects repeated names, and a second attempt with a map of all values would
/// take a hundred times the memory of the response.
macro_rules! lenient_struct {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($field:ident: $type:ty = $read:path,)* }) => {
        $(#[$doc])*
        #[derive(Default)]
        $vis struct $name { $($field: $type,)* }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[allow(non_camel_case_types, reason = "they are the names of the fields")]
                enum Name { $($field,)* #[serde(other)] Other }

                struct Fields;

                impl<'de> serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A>(self, mut map: A) -> Result<$name, A::Error>
                    where
                        A: serde::de::MapAccess<'de>,
                    {
                        let mut read = $name::default();
                        while let Some(known) = map.next_key()? {
                            match known {
                                $(Name::$field => {
                                    struct Value($type);
                                    impl<'de> serde::Deserialize<'de> for Value {
                                        fn deserialize<D>(from: D) -> Result<Self, D::Error>
                                        where
                                            D: serde::Deserializer<'de>,
                                        {
                                            $read(from).map(Self)
                                        }
                                    }
                                    read.$field = map.next_value::<Value>()?.0;
                                })*
                                Name::Other => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(read)
                    }
                }
                from.deserialize_map(Fields)
            }
        }
    };
}
pub(crate) use lenient_struct;

/// Any value of a field. `T` is what objects are read as.
pub(super) enum Value<'de, T = IgnoredAny> {
    Text(Cow<'de, str>),
    Integer(u64),
    Decimal(f64),
    /// At most one more than [`MAX_TEXTS`].
    Texts(Vec<String>),
    Object(T),
    True,
    Nothing,
}

/// The maximum number of texts read from a list: scopes, redirect URIs. A response could have millions.
const MAX_TEXTS: usize = MAX_SCOPES;

/// A string, or a number as a string (Pixelfed's ids). `None` if it is empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::<IgnoredAny>::deserialize(field)? {
        Value::Text(text) if !text.is_empty() => Some(text.into_owned()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A required [`text`].
pub(crate) fn id<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    text(field)?.ok_or_else(|| D::Error::custom("there is no id"))
}

/// A [`text`] that is empty if it is missing.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    Ok(text(field)?.unwrap_or_default())
}

/// An [`object`] that is the default if it is anything else.
pub(crate) fn object_or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    field: D,
) -> Result<T, D::Error> {
    Ok(object(field)?.unwrap_or_default())
}

/// Like [`text`], as a [`Secret`].
pub(crate) fn secret<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Secret>, D::Error> {
    Ok(text(field)?.map(Secret::new))
}

/// Seconds as an integer, a decimal, a string, `null`, zero, or out of range. `None` if they are
/// not positive.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    Ok(Value::<IgnoredAny>::deserialize(field)?.seconds())
}

impl Value<'_> {
    /// A positive number, rounded down, but not to zero: a token with half a second of lifetime
    /// does expire.
    fn seconds(&self) -> Option<u64> {
        let seconds = match self {
            Self::Integer(seconds) => return (*seconds > 0).then_some(*seconds),
            Self::Decimal(seconds) => *seconds,
            Self::Text(text) => text.trim().parse().ok()?,
            Self::Texts(_) | Self::Object(_) | Self::True | Self::Nothing => return None,
        };
        (seconds > 0.0).then(|| (seconds as u64).max(1))
    }
}

/// A timestamp in seconds since 1970: in any form of [`seconds`], in milliseconds, or as RFC 3339.
pub(crate) fn epoch<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    let value = Value::<IgnoredAny>::deserialize(field)?;
    let timestamp = match &value {
        Value::Text(text) => value.seconds().or_else(|| since_epoch(parse_rfc3339(text)?)),
        value => value.seconds(),
    };
    Ok(timestamp.filter(|seconds| *seconds > 0).map(epoch_seconds))
}

/// The longest text of scopes that is read, in bytes.
const MAX_SCOPES_TEXT: usize = 64 * 1024;

/// Scopes as a string with spaces, or as an array of strings. `None` if they are missing, empty or
/// invalid: the server then granted the requested ones (RFC 6749 section 5.1).
pub(crate) fn scopes<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Scopes>, D::Error> {
    let scopes: Scopes = match Value::<IgnoredAny>::deserialize(field)? {
        Value::Text(text)
            if text.len() <= MAX_SCOPES_TEXT && split_scopes(&text).nth(MAX_TEXTS).is_none() =>
        {
            split_scopes(&text).filter_map(|word| word.parse().ok()).collect()
        }
        Value::Texts(texts) if texts.len() <= MAX_TEXTS => {
            texts.iter().filter_map(|text| text.parse().ok()).collect()
        }
        _ => Scopes::default(),
    };
    Ok((!scopes.is_empty()).then_some(scopes))
}

/// Splits at spaces (RFC 6749 section 3.3), and at other separators that some servers use.
fn split_scopes(scopes: &str) -> impl Iterator<Item = &str> {
    let words = scopes.split(|c: char| c.is_whitespace() || c == ',' || c == '+');
    words.filter(|word| !word.is_empty())
}

/// The [`scopes`], or an empty set if they are missing.
pub(crate) fn some_scopes<'de, D: Deserializer<'de>>(field: D) -> Result<Scopes, D::Error> {
    Ok(scopes(field)?.unwrap_or_default())
}

/// An RFC 3339 timestamp: `2026-11-23T10:57:47.437Z`. `None` if it is anything else.
pub(crate) fn timestamp<'de, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<SystemTime>, D::Error> {
    Ok(text(field)?.and_then(|text| parse_rfc3339(&text)))
}

/// An array of strings. Anything else is an empty list.
pub(crate) fn texts<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::<IgnoredAny>::deserialize(field)? {
        Value::Texts(texts) => texts,
        _ => Vec::new(),
    })
}

/// A string, or an array of strings. Anything else is an empty list.
pub(crate) fn text_or_texts<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::<IgnoredAny>::deserialize(field)? {
        Value::Text(text) => vec![text.into_owned()],
        Value::Texts(texts) => texts,
        _ => Vec::new(),
    })
}

/// An object. `None` if it is anything else.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Option<T>, D::Error> {
    Ok(Value::deserialize(field)?.object())
}

impl<T> Value<'_, T> {
    fn object(self) -> Option<T> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// The maximum number of items read from a list, which can be 4 MiB of `{}`.
const MAX_ITEMS: usize = 100;

/// The first items of a list, or a single item. Items of another shape are skipped.
pub(crate) fn first_items<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Vec<T>, D::Error> {
    field.deserialize_any(FirstItems(PhantomData))
}

struct FirstItems<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FirstItems<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::new();
        while items.len() < MAX_ITEMS {
            match list.next_element_seed(Any::inside_a_list())? {
                Some(item) => items.extend(item.object()),
                None => return Ok(items),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let only = T::deserialize(MapAccessDeserializer::new(map))?;
        Ok(vec![only])
    }
}

/// Whether the value is `true`.
pub(crate) fn is_true<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    Ok(matches!(Value::<IgnoredAny>::deserialize(field)?, Value::True))
}

/// Whether the value is anything but `false`, `null`, zero, or empty.
pub(crate) fn is_set<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    field.deserialize_any(IsSet)
}

struct IsSet;

impl<'de> Visitor<'de> for IsSet {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        Ok(!text.trim().is_empty())
    }

    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        Ok(number != 0)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        // Only negative numbers arrive here.
        Ok(true)
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        Ok(number != 0.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut is_set = false;
        while list.next_element::<IgnoredAny>()?.is_some() {
            is_set = true;
        }
        Ok(is_set)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut is_set = false;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            is_set = true;
        }
        Ok(is_set)
    }
}

/// Whether a `token_type` is another one than `Bearer`, in any case. A missing one is not.
pub(crate) fn is_not_bearer<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    Ok(match Value::<IgnoredAny>::deserialize(field)? {
        Value::Text(text) => !text.is_empty() && !text.trim().eq_ignore_ascii_case("bearer"),
        value => !matches!(value, Value::Nothing),
    })
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Value<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any { is_inside_a_list: false, object: PhantomData })
    }
}

struct Any<T> {
    /// Lists inside a list are skipped.
    is_inside_a_list: bool,
    object: PhantomData<T>,
}

impl<T> Any<T> {
    fn inside_a_list() -> Self {
        Self { is_inside_a_list: true, object: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Any<T> {
    type Value = Value<'de, T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Any<T> {
    type Value = Value<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(text.to_owned().into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        // Only negative numbers arrive here, and none is valid.
        Ok(Value::Nothing)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Decimal(number))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(if value { Value::True } else { Value::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while !self.is_inside_a_list && texts.len() <= MAX_TEXTS {
            match list.next_element_seed(Any::<IgnoredAny>::inside_a_list())? {
                Some(Value::Text(text)) => texts.push(text.into_owned()),
                Some(_) => {}
                None => return Ok(Value::Texts(texts)),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Value::Object)
    }
}
