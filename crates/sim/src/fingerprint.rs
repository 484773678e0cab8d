//! Which request is which.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::endpoint::Endpoint;
use crate::hash::Digest;

/// Identifies a request by its endpoint and every byte of its body: model, messages and parameters. A line of a batch is
/// the request that its `url` and its `body` are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn of_body(endpoint: Endpoint, body: &[u8]) -> Self {
        Self(Digest::new(endpoint as u64).bytes(body).value())
    }

    /// Of a request whose model stands in its path.
    pub(crate) fn of_model(endpoint: Endpoint, model: &str, body: &[u8]) -> Self {
        Self(Digest::new(endpoint as u64).bytes(model.as_bytes()).bytes(body).value())
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }

    #[cfg(test)]
    pub(crate) fn of(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u64::from_str_radix(&text, 16).map_err(serde::de::Error::custom)?;
        Ok(Self(number))
    }
}
