//! The way to a server: what is sent along with every call, and what must not be shown.

use carat_core::spec::{ModelSpec, Provider};

use super::address::Address;
use super::dialect::Dialect;
use super::door::Door;
use super::headers;
use crate::Secret;
use crate::secret::Secrets;
use crate::setup::Problem;

/// How to reach a server, with the key and the headers of a model.
pub(crate) struct Way {
    pub(crate) dialect: Dialect,
    pub(crate) address: Address,
    pub(crate) door: Door,
    /// The variable that the key came from; none when no key is sent.
    pub(crate) key_variable: Option<String>,
    pub(crate) secrets: Secrets,
}

impl Way {
    /// Finds the way to an address. Nothing is sent.
    ///
    /// # Errors
    /// A key or a header that is needed is not there, or cannot be sent.
    pub(crate) fn to(
        dialect: Dialect,
        address: &Address,
        spec: &ModelSpec,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let key = key(dialect, spec, address, env)?;
        let (extra, values) = headers::read(&spec.headers, env)?;
        let sent = key.as_ref().map(|(_, key)| key);
        let door = Door::new(dialect, address, sent, spec.organization.as_deref(), extra)?;
        let (key_variable, key) = key.unzip();
        Ok(Self { dialect, address: address.clone(), door, key_variable, secrets: Secrets::new(key, values) })
    }

    /// The same way, further on behind the door.
    pub(crate) fn on(self, further: impl FnOnce(Door) -> Door) -> Self {
        Self { door: further(self.door), ..self }
    }
}

/// The variable that the key of a model is taken from, whether it is set or not: `api_key_env`, and the usual one where the
/// address is the provider's own. None where no key is sent.
pub fn key_variable(spec: &ModelSpec) -> Option<&str> {
    match (Dialect::of(spec.provider), spec.provider) {
        (Some(dialect), _) => match Address::of(spec) {
            Ok(address) => variable(dialect, spec, &address),
            Err(_) => spec.api_key_env.as_deref(),
        },
        (None, Provider::Command) => spec.api_key_env.as_deref(),
        (None, _) => None,
    }
}

fn variable<'a>(dialect: Dialect, spec: &'a ModelSpec, address: &Address) -> Option<&'a str> {
    spec.api_key_env.as_deref().or_else(|| dialect.usual_key(address))
}

/// The key and the variable that it came from.
fn key(
    dialect: Dialect,
    spec: &ModelSpec,
    address: &Address,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<(String, Secret)>, Problem> {
    let Some(variable) = variable(dialect, spec, address) else { return Ok(None) };
    let key = env(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    match key {
        Some(key) => Ok(Some((variable.to_owned(), Secret::new(key)))),
        None => Err(Problem::missing_key(variable)),
    }
}
