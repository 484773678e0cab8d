//! Whose limits bind the calls to a server.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use carat_core::Account;

use super::address::Address;
use crate::secret::Secrets;

/// The account that calls to an address with these secrets are counted on. Its name says the host and, where there is one,
/// the variable that the key is from; its id is a hash that stays in this process.
pub(crate) fn account(address: &Address, key_variable: Option<&str>, secrets: &Secrets) -> Account {
    let mut hasher = DefaultHasher::new();
    address.normalised().hash(&mut hasher);
    secrets.all().iter().for_each(|secret| secret.expose().hash(&mut hasher));
    let host = address.host();
    let name = key_variable.map_or_else(|| host.to_owned(), |variable| format!("{host} ({variable})"));
    Account { name: name.into(), id: hasher.finish() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;

    fn of(address: &str, key: &str) -> Account {
        let secrets = Secrets::new([Secret::new(key)], []);
        account(&Address::parse(address).unwrap(), Some("KEY"), &secrets)
    }

    #[test]
    fn one_server_and_one_key_are_one_account() {
        let one = of("https://api.example/v1", "first-key-of-two");
        assert_eq!(one, of("https://api.example/v1/", "first-key-of-two"));
        assert_ne!(one, of("https://api.example/v1", "other-key-of-two"));
        assert_ne!(one, of("https://api.example:8443/v1", "first-key-of-two"));
        assert_eq!(&*one.name, "api.example (KEY)");
        assert_eq!(&*of("http://127.0.0.1:8080/v1", "k").name, "127.0.0.1:8080 (KEY)");
    }
}
