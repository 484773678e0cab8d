//! Credentials that somebody wrote into a model's settings, where they would be kept with every version and shown.

use crate::setup::Problem;
use carat_core::credential::{self, Fields, found_among};
use carat_core::spec::ModelSpec;

const IN_COMMAND: &str = "take it out, and let the program read it from its environment, which is carat's; in `sh -c` it is \
                          `$NAME`";

const IN_PARAMETERS: &str = "parameters are sent and recorded with every request; take it out, and name the variable that holds the key with \
     `api_key_env`";

const ELSEWHERE: &str = "take it out, and name the variable that holds the key with `api_key_env`";

/// Refuses settings that hold a credential, without showing it. The address and the headers of a server are looked at by
/// those who read them.
///
/// # Errors
/// Where it stands, and what to write instead.
pub(crate) fn refuse_credentials(spec: &ModelSpec) -> Result<(), Problem> {
    if spec.api_key_env.as_deref().is_some_and(credential::is_written_in) {
        return Err(Problem::KeyInsteadOfVariable);
    }
    let texts = [
        ("model", &spec.model),
        ("model_version", &spec.model_version),
        ("organization", &spec.organization),
        ("api_version", &spec.api_version),
        ("from", &spec.from),
        ("column", &spec.column),
    ];
    let in_text = texts.into_iter().find(|(_, text)| text.as_deref().is_some_and(credential::is_written_in));
    if let Some((key, _)) = in_text {
        return Err(Problem::Credential { place: key.to_owned(), advice: ELSEWHERE });
    }
    if credential::is_in_words(spec.command.iter().map(String::as_str)) {
        return Err(Problem::Credential { place: "command".to_owned(), advice: IN_COMMAND });
    }
    // The names that lead to it; one that holds a credential itself is not among them.
    match found_among("parameters", &spec.parameters, Fields::Settings) {
        Some(found) => Err(Problem::Credential { place: found.place, advice: IN_PARAMETERS }),
        None => Ok(()),
    }
}
