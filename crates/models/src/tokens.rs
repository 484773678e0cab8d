//! How many tokens a text has, counted here without asking anybody.
//!
//! The vocabularies are OpenAI's; each is loaded at its first use (some tenths of a second) and kept. For a model with
//! another vocabulary the count is an estimate, and says so.

use carat_core::{Message, Request};
use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};

/// What OpenAI's chat format adds to every message: its start, its role and its end.
pub const TOKENS_PER_MESSAGE: u64 = 3;

/// What OpenAI's chat format adds once to every request: the start of the answer.
pub const TOKENS_PER_REQUEST: u64 = 3;

/// A number of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenCount {
    /// How many.
    pub tokens: u64,
    /// Whether the model's own vocabulary was used and nothing had to be guessed.
    pub exact: bool,
}

/// The tokens of a text as the model counts them.
///
/// The model is known by its provider's name; a path in front (`openai/gpt-5`) and a fine-tune (`ft:gpt-4o:…`) do not
/// matter. A model that is not known is counted with `o200k_base`, and the count is not exact.
pub fn count(model: &str, text: &str) -> TokenCount {
    let known = get_tokenizer(model.rsplit('/').next().unwrap_or(model));
    let tokens = tiktoken_rs::bpe_for_tokenizer(known.unwrap_or(Tokenizer::O200kBase))
        .map(|vocabulary| vocabulary.count_ordinary(text) as u64);
    match tokens {
        Ok(tokens) => TokenCount { tokens, exact: known.is_some() },
        Err(_) => TokenCount { tokens: text.len().div_ceil(4) as u64, exact: false },
    }
}

/// The input tokens of a request: its texts, [`TOKENS_PER_MESSAGE`] for each message, [`TOKENS_PER_REQUEST`], and its tools
/// as their JSON. Never exact: servers add to tools and formats what they like, and pictures are not counted.
pub fn count_request(model: &str, request: &Request) -> TokenCount {
    let text: u64 = request.messages.iter().map(|message| count_message(model, message)).sum();
    let tools: u64 = request
        .tools
        .iter()
        .filter_map(|tool| serde_json::to_string(tool).ok())
        .map(|json| count(model, &json).tokens)
        .sum();
    TokenCount { tokens: text + tools + TOKENS_PER_REQUEST, exact: false }
}

fn count_message(model: &str, message: &Message) -> u64 {
    count(model, &message.joined_text()).tokens + TOKENS_PER_MESSAGE
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::{Parameters, Role};

    #[test]
    fn known_models_are_counted_exactly_and_others_estimated() {
        assert_eq!(count("gpt-4", "hello world"), TokenCount { tokens: 2, exact: true });
        assert_eq!(count("openai/gpt-5-mini", "hello world"), TokenCount { tokens: 2, exact: true });
        assert_eq!(count("qwen2.5:7b", "hello world"), TokenCount { tokens: 2, exact: false });
    }

    #[test]
    fn vocabularies_differ() {
        let text = "Überraschungsangebot für Geschäftskunden";
        assert_ne!(count("gpt-4", text).tokens, count("gpt-4o", text).tokens);
    }

    #[test]
    fn words_that_control_a_model_are_counted_as_words() {
        assert!(count("gpt-4o", "<|endoftext|>").tokens > 1);
    }

    #[test]
    fn every_message_of_a_request_costs_a_little_more_than_its_text() {
        let messages = vec![Message::text(Role::System, "hello world"), Message::text(Role::User, "hello world")];
        let request = Request { messages, tools: Vec::new(), response_format: None, parameters: Parameters::default() };
        assert_eq!(count_request("gpt-4o", &request), TokenCount { tokens: 2 * (2 + 3) + 3, exact: false });
    }
}
