//! A request as one text, with parameters beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use carat_core::{Request, Role};
use serde_json::Value;

use crate::wire::{Failure, sendable};

/// The one text of a request. Which words a model was trained to take for the beginning of a turn is not known here, and a
/// guess would be measured along with the model: so a conversation is not sent.
pub(super) fn text(request: &Request) -> Result<Cow<'_, str>, Failure> {
    sendable::only_text(request).map_err(|more| {
        let has_rules = request.messages.iter().any(|message| message.role != Role::User);
        let advice = match has_rules {
            true => "; write all of the prompt under `user:`, in the form that the model was trained on",
            false => "",
        };
        Failure::Unsendable(format!(
            "a model of provider `oip` takes one text and nothing else, and this request has {more}{advice}"
        ))
    })
}

/// The parameters under the names that servers for text have. The protocol has texts, numbers and booleans for them, and
/// nothing that consists of several.
pub(super) fn parameters(request: &Request) -> Result<BTreeMap<&str, &Value>, Failure> {
    sendable::check(request, |name| name == "max_tokens" && request.parameters.0.contains_key("max_output_tokens"))?;
    let mut parameters = BTreeMap::new();
    for (name, value) in &request.parameters.0 {
        if matches!(value, Value::Array(_) | Value::Object(_) | Value::Null) {
            return Err(Failure::Unsendable(format!(
                "the parameter `{name}` is no text, number or boolean, as the Open Inference Protocol wants parameters"
            )));
        }
        parameters.insert(if name == "max_output_tokens" { "max_tokens" } else { name }, value);
    }
    Ok(parameters)
}
