//! One call, as far as its cost goes: what its request says of it.

use std::sync::Arc;

use carat_core::spec::Price;
use carat_core::{Completion, Parameters, Part, Request};

/// What a picture counts, in tokens. Providers reckon by its size and in ways of their own: the largest ones are some 1600
/// tokens with most of them, and more with some, which the first answer shows.
const PICTURE_TOKENS: u64 = 1600;

/// The parameters that bound the length of an answer, in the words of the APIs.
const BOUNDS: [&str; 3] = ["max_completion_tokens", "max_output_tokens", "max_tokens"];

/// The parameters that ask for several answers at once, each of which is paid for.
const CHOICES: [&str; 2] = ["n", "best_of"];

/// How many bytes of an answer make a token, where nobody tells its tokens.
const BYTES_PER_TOKEN: usize = 4;

/// One call, as far as its cost goes.
#[derive(Debug, Clone)]
pub struct Expense {
    /// The model's name.
    pub model: Arc<str>,
    /// What it costs; a budget in dollars is not begun with a model whose price is not known.
    pub price: Option<Price>,
    /// Tokens of the request, as they were counted here.
    pub input_tokens: u64,
    /// The most tokens of one answer, where something bounds them.
    pub most_output_tokens: Option<u64>,
    /// How many answers it asks for, from 1.
    pub choices: u64,
}

impl Expense {
    /// Of a call with this request, of which so many tokens were counted, without its pictures.
    pub fn of(model: &Arc<str>, price: Option<Price>, request: &Request, counted: u64) -> Self {
        let parts = request.messages.iter().flat_map(|message| &message.content);
        let pictures = parts.filter(|part| matches!(part, Part::Image(_))).count() as u64;
        Self {
            model: Arc::clone(model),
            price,
            input_tokens: counted.saturating_add(pictures.saturating_mul(PICTURE_TOKENS)),
            most_output_tokens: largest(&BOUNDS, &request.parameters),
            choices: largest(&CHOICES, &request.parameters).unwrap_or(1).max(1),
        }
    }

    /// Whether there is a price for a request of this length.
    pub(super) fn has_price(&self) -> bool {
        let up_to = self.price.map(|price| price.up_to.unwrap_or(u64::MAX));
        up_to.is_some_and(|most| self.input_tokens <= most)
    }
}

/// The largest of some parameters, as far as they are given as numbers.
fn largest(names: &[&str], parameters: &Parameters) -> Option<u64> {
    names.iter().filter_map(|name| parameters.0.get(*name)?.as_u64()).max()
}

/// How long an answer is, in tokens, where nobody tells them.
pub(super) fn length(completion: &Completion) -> u64 {
    let refusal = completion.refusal.as_deref().map_or(0, str::len);
    let calls: usize =
        completion.tool_calls.iter().map(|call| call.name.len() + call.arguments.to_string().len()).sum();
    (completion.text.len() + refusal + calls).div_ceil(BYTES_PER_TOKEN) as u64
}

#[cfg(test)]
mod tests {
    use carat_core::{Image, Message, Role};
    use serde_json::json;

    use super::*;

    fn request(parameters: serde_json::Value, pictures: usize) -> Request {
        let mut message = Message::text(Role::User, "what is it?");
        let picture = Image { url: "https://example.org/a.png".into(), digest: None, media_type: None, bytes: None };
        message.content.extend(std::iter::repeat_n(Part::Image(picture), pictures));
        let parameters = Parameters(serde_json::from_value(parameters).unwrap());
        Request { messages: vec![message], tools: Vec::new(), response_format: None, parameters }
    }

    fn of(parameters: serde_json::Value, pictures: usize) -> Expense {
        Expense::of(&"m".into(), None, &request(parameters, pictures), 10)
    }

    #[test]
    fn the_largest_of_several_bounds_counts() {
        assert_eq!(of(json!({"max_tokens": 5, "max_completion_tokens": 8}), 0).most_output_tokens, Some(8));
        assert_eq!(of(json!({}), 0).most_output_tokens, None);
        assert_eq!(of(json!({"max_tokens": "many"}), 0).most_output_tokens, None);
    }

    #[test]
    fn several_answers_at_once_are_several_answers() {
        assert_eq!(of(json!({}), 0).choices, 1);
        assert_eq!(of(json!({"n": 3, "best_of": 5}), 0).choices, 5);
        assert_eq!(of(json!({"n": 0}), 0).choices, 1);
    }

    #[test]
    fn a_picture_counts_a_flat_number_of_tokens() {
        assert_eq!(of(json!({}), 2).input_tokens, 10 + 2 * PICTURE_TOKENS);
    }
}
