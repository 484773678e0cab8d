//! What models cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Usage;

/// What a model costs, in US dollars for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens of the request.
    pub input: f64,
    /// Tokens of the answer.
    pub output: f64,
    /// Tokens of the request that came from the provider's cache; the price of `input` where this is left out.
    #[serde(default)]
    pub cached_input: Option<f64>,
}

impl Price {
    /// What so many tokens cost in US dollars: from 0, finite for finite prices. None when it is not known what was used:
    /// unknown is not zero.
    ///
    /// Tokens from the provider's cache are a part of the input and have their own price where the price list names one.
    pub fn cost(&self, usage: Option<&Usage>) -> Option<f64> {
        let usage = usage?;
        let cached = usage.cached_input_tokens.unwrap_or(0).min(usage.input_tokens);
        let fresh = usage.input_tokens - cached;
        let cached_price = self.cached_input.unwrap_or(self.input);
        let millionths =
            fresh as f64 * self.input + cached as f64 * cached_price + usage.output_tokens as f64 * self.output;
        Some(millionths / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { input: 2.0, output: 8.0, cached_input: Some(0.5) };

    fn usage(input: u64, output: u64, cached: Option<u64>) -> Usage {
        Usage { input_tokens: input, output_tokens: output, cached_input_tokens: cached, reasoning_tokens: None }
    }

    #[test]
    fn cached_tokens_have_their_own_price() {
        let cost = PRICE.cost(Some(&usage(1_000_000, 500_000, Some(400_000)))).unwrap();
        assert!((cost - (0.6 * 2.0 + 0.4 * 0.5 + 0.5 * 8.0)).abs() < 1e-12);
    }

    #[test]
    fn without_a_price_for_cached_tokens_they_cost_what_input_costs() {
        let price = Price { cached_input: None, ..PRICE };
        assert_eq!(price.cost(Some(&usage(10, 0, Some(10)))), price.cost(Some(&usage(10, 0, None))));
    }

    #[test]
    fn unknown_usage_has_no_cost() {
        assert_eq!(PRICE.cost(None), None);
    }

    #[test]
    fn more_cached_than_input_does_not_make_the_input_negative() {
        assert!(PRICE.cost(Some(&usage(1, 0, Some(5)))).unwrap() > 0.0);
    }
}
