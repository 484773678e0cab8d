//! What must be seen to before a request is sent.

use std::borrow::Cow;

use carat_core::{Message, Part, Request, Role};

use super::failure::Failure;

/// Refuses a request that no server could understand: with a picture that is only a path, or with a parameter by the name of
/// something that the body has already.
pub(crate) fn check(request: &Request, has_already: impl Fn(&str) -> bool) -> Result<(), Failure> {
    if let Some(file) = unread_picture(request) {
        let problem = format!("the picture `{file}` has not been read from its file; render the prompt again");
        return Err(Failure::Unsendable(problem));
    }
    match request.parameters.0.keys().find(|name| has_already(name)) {
        Some(name) => {
            Err(Failure::Unsendable(format!("`{name}` is no parameter to be set: the request says it already")))
        }
        None => Ok(()),
    }
}

/// The one text of a request, or what it has besides.
pub(crate) fn only_text(request: &Request) -> Result<Cow<'_, str>, String> {
    let [message] = request.messages.as_slice() else {
        return Err(match request.messages.len() {
            0 => "no message".to_owned(),
            several => format!("{several} messages"),
        });
    };
    match besides(message) {
        Some(more) => Err(more),
        None if !request.tools.is_empty() => Err("tools".to_owned()),
        None if request.response_format.is_some() => Err("an output format".to_owned()),
        None => Ok(message.joined_text()),
    }
}

/// What a message has that is no text of the user.
fn besides(message: &Message) -> Option<String> {
    let has_picture = message.content.iter().any(|part| matches!(part, Part::Image(_)));
    match message.role {
        Role::User if has_picture => Some("a picture".to_owned()),
        Role::User if !message.tool_calls.is_empty() => Some("calls of tools".to_owned()),
        Role::User => None,
        Role::System | Role::Developer | Role::Assistant | Role::Tool => {
            Some(format!("a message of the role `{}`", message.role.as_str()))
        }
    }
}

fn unread_picture(request: &Request) -> Option<&str> {
    let parts = request.messages.iter().flat_map(|message| &message.content);
    let mut files = parts.filter_map(|part| match part {
        Part::Image(image) if image.bytes.is_none() && !is_on_the_web(&image.url) => Some(image.url.as_str()),
        Part::Image(_) | Part::Text(_) => None,
    });
    files.next()
}

fn is_on_the_web(url: &str) -> bool {
    ["http://", "https://", "data:"].iter().any(|scheme| url.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::super::asked::{plain, with_parameters};
    use super::*;
    use carat_core::Image;
    use serde_json::json;

    #[test]
    fn a_picture_whose_file_was_not_read_is_not_sent_as_a_path() {
        let mut request = plain("look:");
        let image = Image { url: "a.png".to_owned(), digest: None, media_type: None, bytes: None };
        request.messages[0].content.push(Part::Image(image));
        let problem = "the picture `a.png` has not been read from its file; render the prompt again";
        assert_eq!(check(&request, |_| false), Err(Failure::Unsendable(problem.to_owned())));
    }

    #[test]
    fn a_parameter_cannot_replace_what_the_request_says() {
        assert!(check(&with_parameters(&json!({"model": "other"})), |name| name == "model").is_err());
        assert!(check(&with_parameters(&json!({"top_k": 5})), |name| name == "model").is_ok());
    }
}
