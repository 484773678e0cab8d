//! What calls cost.

use carat_core::Usage;
use carat_core::spec::Price;

const MILLION: f64 = 1_000_000.0;

/// What a call cost in US dollars: from 0, finite for finite prices. None when it is not known what the call used: unknown
/// is not zero.
///
/// Tokens from the provider's cache are a part of the input and have their own price where the price list names one.
pub fn cost(usage: Option<&Usage>, price: &Price) -> Option<f64> {
    let usage = usage?;
    let cached = usage.cached_input_tokens.unwrap_or(0).min(usage.input_tokens);
    let fresh = usage.input_tokens - cached;
    let dollars = tokens(fresh) * price.input
        + tokens(cached) * price.cached_input.unwrap_or(price.input)
        + tokens(usage.output_tokens) * price.output;
    Some(dollars / MILLION)
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 9e15 tokens, which nobody can pay for")]
const fn tokens(count: u64) -> f64 {
    count as f64
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
        let cost = cost(Some(&usage(1_000_000, 500_000, Some(400_000))), &PRICE).unwrap();
        assert!((cost - (0.6 * 2.0 + 0.4 * 0.5 + 0.5 * 8.0)).abs() < 1e-12);
    }

    #[test]
    fn without_a_price_for_cached_tokens_they_cost_what_input_costs() {
        let price = Price { cached_input: None, ..PRICE };
        assert_eq!(cost(Some(&usage(10, 0, Some(10))), &price), cost(Some(&usage(10, 0, None)), &price));
    }

    #[test]
    fn unknown_usage_has_no_cost() {
        assert_eq!(cost(None, &PRICE), None);
    }

    #[test]
    fn more_cached_than_input_does_not_make_the_input_negative() {
        assert!(cost(Some(&usage(1, 0, Some(5))), &PRICE).unwrap() > 0.0);
    }
}
