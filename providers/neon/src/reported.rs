//! An answer as it came, beside what of it is understood: for whoever shows it and for whoever reads it.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value as Json;

/// Something that the API reported.
#[derive(Debug, Clone)]
pub struct Reported<T> {
    /// All that was reported.
    pub raw: Json,
    /// What is understood.
    pub read: T,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Reported<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Json::deserialize(deserializer)?;
        let read = T::deserialize(&raw).map_err(D::Error::custom)?;
        Ok(Self { raw, read })
    }
}
