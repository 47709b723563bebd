//! How nouns are stored: a version first, plain fields, and on the way back every check that
//! fresh input would meet.
//!
//! Only structs, options, sequences, strings and numbers are used: representations that need a
//! self-describing format (tagged, flattened, untagged) would shut out postcard and its like.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The first field of everything stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Version;

impl Version {
    const CURRENT: u32 = 1;
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(Self::CURRENT)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            Self::CURRENT => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!(
                "this was stored in form {other}, and this version of gts-oauth-core reads form {}: \
                 update the program, or log in again",
                Self::CURRENT
            ))),
        }
    }
}

/// Types whose stored form is the text they are parsed from and printed as.
macro_rules! text_form {
    ($($noun:ty),*) => {$(
        impl TryFrom<String> for $noun {
            type Error = $crate::error::Error;

            fn try_from(text: String) -> Result<Self, $crate::error::Error> {
                text.parse()
            }
        }

        impl From<$noun> for String {
            fn from(noun: $noun) -> String {
                noun.to_string()
            }
        }
    )*};
}
pub(crate) use text_form;
