//! JSON fields as servers really send them: numbers for texts, texts for numbers, null, and
//! nothing at all.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::scope::Scopes;
use crate::secret::Secret;

/// Whatever stands in a field.
enum Value<'de> {
    Text(Cow<'de, str>),
    Whole(u64),
    Real(f64),
    Texts(Vec<String>),
    Yes,
    Nothing,
}

/// A text that may come as a number (Pixelfed's ids). Empty means absent.
pub(crate) fn text<'de, D: Deserializer<'de>>(field: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Text(text) if !text.is_empty() => Some(text.into_owned()),
        Value::Whole(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The same, which must be there.
pub(crate) fn id<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    text(field)?.ok_or_else(|| D::Error::custom("there is no id"))
}

/// The same, where none is an empty text.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    Ok(text(field)?.unwrap_or_default())
}

/// What stands there, or nothing where that is `null`.
pub(crate) fn or_default<'de, T, D>(field: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(field)?.unwrap_or_default())
}

/// The same as [`text`], when it is nobody else's business.
pub(crate) fn secret<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Secret>, D::Error> {
    Ok(text(field)?.map(Secret::new))
}

/// A number of seconds that may be whole, broken, in quotes, null, zero, or beyond any reason.
/// Only a positive one means something.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    let seconds = match Value::deserialize(field)? {
        Value::Whole(seconds) => seconds,
        Value::Real(seconds) => at_least_one(seconds),
        Value::Text(text) => whole(&text).unwrap_or(0),
        Value::Texts(_) | Value::Yes | Value::Nothing => 0,
    };
    Ok((seconds > 0).then_some(seconds))
}

/// A number in quotes.
fn whole(text: &str) -> Option<u64> {
    let number = text.trim().parse::<f64>().ok()?;
    Some(at_least_one(number))
}

/// The whole ones of some seconds: a token that lives for half of one does not live for ever.
fn at_least_one(seconds: f64) -> u64 {
    match seconds > 0.0 {
        true => (seconds as u64).max(1),
        false => 0,
    }
}

/// A moment, in seconds since 1970: in any of the ways for seconds, in milliseconds, or written as
/// the rest of the API writes it.
pub(crate) fn epoch<'de, D: Deserializer<'de>>(field: D) -> Result<Option<u64>, D::Error> {
    let moment = match Value::deserialize(field)? {
        Value::Whole(moment) => moment,
        Value::Real(moment) => moment as u64,
        Value::Text(text) => whole(&text).or_else(|| written(&text)).unwrap_or(0),
        Value::Texts(_) | Value::Yes | Value::Nothing => 0,
    };
    Ok((moment > 0).then(|| since_1970(moment)))
}

fn written(moment: &str) -> Option<u64> {
    let moment = humantime::parse_rfc3339(moment.trim()).ok()?;
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// More scopes than this no server has; they would only keep us busy.
const MOST_SCOPES: usize = 1000;

/// Scopes as a text with spaces or as an array of texts. Absent, empty and unreadable ones are
/// none: the server then gave what was asked for (RFC 6749 §5.1).
pub(crate) fn scopes<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Scopes>, D::Error> {
    let scopes: Scopes = match Value::deserialize(field)? {
        Value::Text(text) if words_of(&text).nth(MOST_SCOPES).is_none() => words_of(&text)
            .filter_map(|word| word.parse().ok())
            .collect(),
        Value::Texts(texts) if texts.len() <= MOST_SCOPES => {
            texts.iter().filter_map(|text| text.parse().ok()).collect()
        }
        _ => Scopes::default(),
    };
    Ok((!scopes.is_empty()).then_some(scopes))
}

/// Between them are spaces (RFC 6749 §3.3), or what some take for the same.
fn words_of(scopes: &str) -> impl Iterator<Item = &str> {
    let words = scopes.split(|c: char| c.is_whitespace() || c == ',' || c == '+');
    words.filter(|word| !word.is_empty())
}

/// The same, where none is an empty set.
pub(crate) fn some_scopes<'de, D: Deserializer<'de>>(field: D) -> Result<Scopes, D::Error> {
    Ok(scopes(field)?.unwrap_or_default())
}

/// A moment as the API writes it: `2026-11-23T10:57:47.437Z`. Anything else is none.
pub(crate) fn moment<'de, D: Deserializer<'de>>(field: D) -> Result<Option<SystemTime>, D::Error> {
    Ok(text(field)?.and_then(|text| humantime::parse_rfc3339(&text).ok()))
}

/// Moments above this are milliseconds (Hollo); as seconds they lie beyond the year 5000.
const SECONDS_END: u64 = 100_000_000_000;

/// Seconds since 1970, of a moment in seconds, or in a thousandth or millionth of them.
pub(crate) fn since_1970(moment: u64) -> u64 {
    match moment {
        SECONDS_END.. => since_1970(moment / 1000),
        _ => moment,
    }
}

/// A list of texts. Anything else is none.
pub(crate) fn texts<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Texts(texts) => texts,
        _ => Vec::new(),
    })
}

/// A text of words, or a list of texts: of each the texts. Anything else is none.
pub(crate) fn words<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        Value::Texts(texts) => texts,
        _ => Vec::new(),
    })
}

/// As many as anybody needs of a list that may be 4 MiB of `{}`.
const FEW: usize = 100;

/// The first of a list, or the only one; those that are something else are left out.
pub(crate) fn few<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    field: D,
) -> Result<Vec<T>, D::Error> {
    field.deserialize_any(Few(PhantomData))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Item<T> {
    Good(T),
    Other(IgnoredAny),
}

struct Few<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Few<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut few = Vec::new();
        while few.len() < FEW {
            match list.next_element()? {
                Some(Item::Good(item)) => few.push(item),
                Some(Item::Other(IgnoredAny)) => {}
                None => return Ok(few),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(few)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let only = T::deserialize(MapAccessDeserializer::new(map))?;
        Ok(vec![only])
    }
}

/// Whether it says `true`.
pub(crate) fn is_true<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    Ok(matches!(Value::deserialize(field)?, Value::Yes))
}

/// Whether a `token_type`, if there is one, is the one we know, in any case.
pub(crate) fn is_bearer<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::Text(text) => text.is_empty() || text.trim().eq_ignore_ascii_case("bearer"),
        Value::Nothing => true,
        _ => false,
    })
}

/// For `#[serde(default = …)]`: an absent `token_type` is no other type.
pub(crate) fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value<'de>;

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
        Ok(Value::Whole(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        // Only negative numbers come this way, and none means anything.
        Ok(Value::Nothing)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Real(number))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Self::Value, E> {
        Ok(if yes { Value::Yes } else { Value::Nothing })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(item) = list.next_element::<Value<'de>>()? {
            if let Value::Text(text) = item {
                texts.push(text.into_owned());
            }
        }
        Ok(Value::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Nothing)
    }
}
