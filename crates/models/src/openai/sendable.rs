//! What must be seen to before a request is sent.

use carat_core::{Part, Request};

use super::failure::Failure;

/// Refuses a request that no server could understand: with a picture that is only a path, or with a parameter by the name of
/// something that the body has already.
pub(super) fn check(request: &Request, has_already: impl Fn(&str) -> bool) -> Result<(), Failure> {
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
