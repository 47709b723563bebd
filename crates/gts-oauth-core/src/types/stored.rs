//! Storage format 1: `{"version": 1, "data": {…}}`.
//!
//! The outermost value has the version; values inside it have none. Reading runs the same
//! checks as for new input. Only structs, externally tagged enums, options, sequences, strings
//! and numbers are used, so that formats which do not describe themselves (postcard) work too.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the storage format.
const FORMAT: u32 = 1;

/// A value that can be stored on its own, or inside another one as a field with
/// `#[serde(with = "Stored")]`.
pub(crate) trait Stored: Sized {
    /// Writes the value without a version.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads and checks what [`serialize`](Self::serialize) wrote.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<T: Stored> Stored for Box<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Box::new)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&self.as_ref().map(Unversioned), serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<Unversioned<T>>::deserialize(deserializer)?;
        Ok(value.map(|value| value.0))
    }
}

impl<A: Stored, B: Stored> Stored for Vec<(A, B)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.iter();
        serializer.collect_seq(pairs.map(|(a, b)| (Unversioned(a), Unversioned(b))))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(Unversioned<A>, Unversioned<B>)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().map(|(a, b)| (a.0, b.0)).collect())
    }
}

/// Implements `Serialize` and `Deserialize` with a version for a type that derives both with
/// `#[serde(remote = "Self")]`. A second argument is the function that checks what was read.
macro_rules! stored {
    ($stored:ty) => {
        $crate::types::stored::stored!($stored, Ok::<$stored, std::convert::Infallible>);
    };
    ($stored:ty, $check:expr) => {
        impl $crate::types::stored::Stored for $stored {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // The inherent function that `remote` derives.
                <$stored>::serialize(self, serializer)
            }

            fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $check(<$stored>::deserialize(from)?).map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $stored {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use $crate::types::stored::{Unversioned, Version, Versioned};
                Versioned { version: Version, data: Unversioned(self) }.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $stored {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use $crate::types::stored::{Unversioned, Versioned};
                Ok(Versioned::<Unversioned<Self>>::deserialize(from)?.data.0)
            }
        }
    };
}
pub(crate) use stored;

/// A stored value with its version.
#[derive(Serialize, Deserialize)]
pub(crate) struct Versioned<T> {
    pub(crate) version: Version,
    pub(crate) data: T,
}

/// A stored value inside a generic container, such as a list or an option.
pub(crate) struct Unversioned<T>(pub(crate) T);

impl<T: Stored> Serialize for Unversioned<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Stored> Deserialize<'de> for Unversioned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

/// The version field.
pub(crate) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(FORMAT)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            FORMAT => Ok(Self),
            other => Err(D::Error::custom(format_args!(
                "unsupported storage format {other}, expected {FORMAT}. Update the program, or \
                 log in again."
            ))),
        }
    }
}

/// Implements the conversions for types that are stored as the text they are parsed from.
macro_rules! text_form {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self, $crate::error::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    )*};
}
pub(crate) use text_form;
