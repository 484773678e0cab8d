//! What a call used, as Anthropic tells it.

use carat_core::Usage;
use serde::Deserialize;

use crate::told::Count;

/// The input tokens leave out what was read from the cache and what was written to it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct UsageTold {
    input_tokens: Count,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    output_tokens: Count,
}

impl UsageTold {
    /// What is known; none when input or output is not: unknown is not zero.
    pub(super) fn known(self) -> Option<Usage> {
        let cached = self.cache_read_input_tokens.0;
        let beside = cached.unwrap_or(0).saturating_add(self.cache_creation_input_tokens.0.unwrap_or(0));
        Some(Usage {
            input_tokens: self.input_tokens.0?.saturating_add(beside),
            output_tokens: self.output_tokens.0?,
            cached_input_tokens: cached,
            reasoning_tokens: None,
        })
    }

    /// What a stream says at its beginning: the output is only begun, and not known.
    pub(super) const fn of_beginning(self) -> Self {
        Self { output_tokens: Count(None), ..self }
    }

    /// What is said later takes the place of what was said before; the numbers are totals.
    pub(super) fn then(self, later: Self) -> Self {
        let newest = |before: Count, now: Count| Count(now.0.or(before.0));
        Self {
            input_tokens: newest(self.input_tokens, later.input_tokens),
            cache_creation_input_tokens: newest(self.cache_creation_input_tokens, later.cache_creation_input_tokens),
            cache_read_input_tokens: newest(self.cache_read_input_tokens, later.cache_read_input_tokens),
            output_tokens: newest(self.output_tokens, later.output_tokens),
        }
    }
}
