//! What models cost.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Usage;

/// What a model costs, in US dollars for a million tokens.
///
/// Every number is from 0 to [`Price::MOST`], and reading refuses any other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens of the request.
    #[serde(deserialize_with = "Price::dollars")]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub input: f64,
    /// Tokens of the answer.
    #[serde(deserialize_with = "Price::dollars")]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub output: f64,
    /// Tokens of the request that came from the provider's cache; the price of `input` where this is left out.
    #[serde(default, deserialize_with = "Price::dollars_if_any")]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub cached_input: Option<f64>,
    /// Hidden tokens of reasoning, which are a part of the answer's; the price of `output` where this is left out.
    #[serde(default, deserialize_with = "Price::dollars_if_any", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub reasoning: Option<f64>,
    /// What part of the price a call in a batch costs, from 0 to 1: `0.5` is half. The model is not offered in batches, or
    /// nobody knows for how much, where this is left out.
    #[serde(default, deserialize_with = "Price::part_if_any", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub batch: Option<f64>,
    /// The most tokens that a request may have at this price; what a longer one costs is not known. Any number where this is
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub up_to: Option<u64>,
}

impl Price {
    /// The most dollars that a million tokens may cost: a dollar a token, a thousand times what the dearest model asks. So no
    /// sum of any number of tokens is ever infinite, and a slip of the finger is seen.
    pub const MOST: f64 = 1e6;

    /// The price of what nobody charges for, such as an offline baseline.
    pub const FREE: Self =
        Self { input: 0.0, output: 0.0, cached_input: None, reasoning: None, batch: None, up_to: None };

    /// What so many tokens cost in US dollars: from 0, finite for finite prices. None when it is not known what was used:
    /// unknown is not zero.
    ///
    /// Tokens from the provider's cache are a part of the input, and hidden reasoning is a part of the output; each has its
    /// own price where the price list names one. What a provider does not tell apart costs what the whole costs.
    ///
    /// The tokens may be those of one call or the sum of many: a price is linear, and so both give the same. Whether each
    /// call is one that has this price is for [`Price::covers`] to say.
    pub fn cost(&self, usage: Option<&Usage>) -> Option<f64> {
        let usage = usage?;
        let cached = usage.cached_input_tokens.unwrap_or(0).min(usage.input_tokens);
        let hidden = usage.reasoning_tokens.unwrap_or(0).min(usage.output_tokens);
        let input =
            (usage.input_tokens - cached) as f64 * self.input + cached as f64 * self.cached_input.unwrap_or(self.input);
        let output =
            (usage.output_tokens - hidden) as f64 * self.output + hidden as f64 * self.reasoning.unwrap_or(self.output);
        Some((input + output) / 1e6)
    }

    /// Whether one call that used so many tokens has this price, rather than one for longer requests that is not known.
    pub fn covers(&self, usage: &Usage) -> bool {
        self.up_to.is_none_or(|most| usage.input_tokens <= most)
    }

    /// What one call costs in US dollars; none when it is not known what was used, or what a request of that length costs.
    pub fn cost_of_call(&self, usage: Option<&Usage>) -> Option<f64> {
        self.cost(usage.filter(|usage| self.covers(usage)))
    }

    /// The price of a call in a batch; none where that is not known.
    ///
    /// The part that a batch costs is taken of every kind of token. Where a provider names no price for cached input in
    /// batches, this is the most likely one and no promise.
    #[must_use]
    pub fn in_batch(&self) -> Option<Self> {
        let part = self.batch?;
        Some(Self {
            input: self.input * part,
            output: self.output * part,
            cached_input: self.cached_input.map(|price| price * part),
            reasoning: self.reasoning.map(|price| price * part),
            batch: Some(1.0),
            up_to: self.up_to,
        })
    }

    /// Whether nothing is charged, whatever is used.
    pub fn is_free(&self) -> bool {
        let parts = [Some(self.input), Some(self.output), self.cached_input, self.reasoning];
        self.up_to.is_none() && parts.into_iter().flatten().all(|price| price == 0.0)
    }
}

/// Reading, also for tables that have a price on one level with what it is for.
impl Price {
    /// A number of US dollars for a million tokens.
    ///
    /// # Errors
    /// It is no number, negative, or more than [`Price::MOST`].
    pub fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        let price = f64::deserialize(deserializer)?;
        if (0.0..=Self::MOST).contains(&price) {
            return Ok(price);
        }
        // Written out, the largest numbers are longer than a line.
        let shown = if price.abs() < 1e15 { price.to_string() } else { format!("{price:e}") };
        let most = Self::MOST;
        Err(D::Error::custom(format!(
            "a price is a number of US dollars for a million tokens, from 0 to {most}; {shown} is none"
        )))
    }

    /// A number of dollars where there is one.
    ///
    /// # Errors
    /// As [`Price::dollars`].
    pub fn dollars_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        #[derive(Deserialize)]
        struct Dollars(#[serde(deserialize_with = "Price::dollars")] f64);
        Ok(Option::<Dollars>::deserialize(deserializer)?.map(|Dollars(price)| price))
    }

    /// A part of a price where there is one.
    ///
    /// # Errors
    /// It is not between 0 and 1.
    pub fn part_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        let part = Option::<f64>::deserialize(deserializer)?;
        match part.filter(|part| !(0.0..=1.0).contains(part)) {
            Some(part) => {
                let why = format!("a batch costs a part of the price, from 0 to 1 (0.5 is half); {part} is none");
                Err(D::Error::custom(why))
            }
            None => Ok(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::yaml;

    const PRICE: Price = Price { input: 2.0, output: 8.0, cached_input: Some(0.5), ..Price::FREE };

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
    fn hidden_reasoning_is_a_part_of_the_output_and_has_its_own_price() {
        let thought = Usage { reasoning_tokens: Some(400_000), ..usage(0, 500_000, None) };
        assert_eq!(PRICE.cost(Some(&thought)), Some(4.0), "without a price of its own it costs what output costs");
        let dear = Price { reasoning: Some(10.0), ..PRICE };
        let cost = dear.cost(Some(&thought)).unwrap();
        assert!((cost - (0.1 * 8.0 + 0.4 * 10.0)).abs() < 1e-12, "{cost}");
        let more = Usage { reasoning_tokens: Some(9), ..usage(0, 1, None) };
        assert_eq!(dear.cost(Some(&more)), Some(10.0 / 1e6), "no more can be hidden than there is");
    }

    #[test]
    fn a_batch_costs_a_part_of_everything() {
        let price = Price { reasoning: Some(10.0), batch: Some(0.5), ..PRICE };
        let batch = price.in_batch().unwrap();
        let used = Usage { reasoning_tokens: Some(20), ..usage(1000, 100, Some(300)) };
        assert_eq!(batch.cost(Some(&used)), price.cost(Some(&used)).map(|cost| cost / 2.0));
        assert_eq!(PRICE.in_batch(), None, "unknown is unknown");
        assert_eq!(batch.in_batch().as_ref(), Some(&batch), "it is the price of a batch already");
    }

    #[test]
    fn a_longer_request_than_the_price_is_for_has_an_unknown_cost() {
        let price = Price { up_to: Some(1000), ..PRICE };
        assert_eq!(price.cost_of_call(Some(&usage(1000, 1, None))), price.cost(Some(&usage(1000, 1, None))));
        assert_eq!(price.cost_of_call(Some(&usage(1001, 1, None))), None);
        assert_eq!(PRICE.cost_of_call(Some(&usage(u64::MAX, 1, None))).map(f64::is_finite), Some(true));
    }

    #[test]
    fn unknown_usage_has_no_cost() {
        assert_eq!((PRICE.cost(None), PRICE.cost_of_call(None), Price::FREE.cost(None)), (None, None, None));
    }

    #[test]
    fn what_nobody_charges_for_is_free() {
        assert!(Price::FREE.is_free() && Price { cached_input: Some(0.0), ..Price::FREE }.is_free());
        assert!(!PRICE.is_free() && !Price { reasoning: Some(1.0), ..Price::FREE }.is_free());
        assert!(!Price { up_to: Some(1), ..Price::FREE }.is_free());
    }

    #[test]
    fn more_cached_than_input_does_not_make_the_input_negative() {
        assert!(PRICE.cost(Some(&usage(1, 0, Some(5)))).unwrap() > 0.0);
    }

    #[test]
    fn a_price_that_is_none_is_told_with_its_place() {
        let told = |text: &str| yaml::read::<Price>(text, "carat.yaml").unwrap_err().to_string();
        insta::assert_snapshot!(told("input: -1\noutput: 2"), @"carat.yaml:1:8: a price is a number of US dollars for a million tokens, from 0 to 1000000; -1 is none");
        insta::assert_snapshot!(told("input: 1\noutput: .nan"), @"carat.yaml:2:9: a price is a number of US dollars for a million tokens, from 0 to 1000000; NaN is none");
        insta::assert_snapshot!(told("input: 1\noutput: 2\ncached_input: .inf"), @"carat.yaml:3:15: a price is a number of US dollars for a million tokens, from 0 to 1000000; inf is none");
        insta::assert_snapshot!(told("input: 1\noutput: 2\nreasoning: -0.5"), @"carat.yaml:3:12: a price is a number of US dollars for a million tokens, from 0 to 1000000; -0.5 is none");
        insta::assert_snapshot!(told("input: 1e308\noutput: 2"), @"carat.yaml:1:8: a price is a number of US dollars for a million tokens, from 0 to 1000000; 1e308 is none");
        insta::assert_snapshot!(told("input: 1000000.5\noutput: 2"), @"carat.yaml:1:8: a price is a number of US dollars for a million tokens, from 0 to 1000000; 1000000.5 is none");
        insta::assert_snapshot!(told("input: 1\noutput: 2\nbatch: 50"), @"carat.yaml:3:8: a batch costs a part of the price, from 0 to 1 (0.5 is half); 50 is none");
        insta::assert_snapshot!(told("input: 1"), @"carat.yaml:1:1: missing field `output`");
    }

    #[test]
    fn the_highest_price_of_all_the_tokens_that_can_be_counted_is_a_number() {
        let price: Price = yaml::read("input: 1e6\noutput: 1000000", "carat.yaml").unwrap();
        let cost = price.cost(Some(&usage(u64::MAX, u64::MAX, None))).unwrap();
        assert!(cost.is_finite() && cost > 1e19, "{cost}");
    }

    #[test]
    fn what_was_recorded_before_there_were_other_kinds_of_tokens_is_read_and_written_as_it_was() {
        let old = r#"{"input":2.0,"output":8.0,"cached_input":null}"#;
        let price: Price = serde_json::from_str(old).unwrap();
        assert_eq!(price, Price { cached_input: None, ..PRICE });
        assert_eq!(serde_json::to_string(&price).unwrap(), old);
    }

    proptest! {
        #[test]
        fn many_calls_cost_what_they_cost_one_by_one(
            calls in prop::collection::vec((0_u64..100_000, 0_u64..100_000, 0_u64..1000, 0_u64..1000), 1..20),
        ) {
            let price = Price { reasoning: Some(12.0), ..PRICE };
            let calls = calls.into_iter().map(|(input, output, cached, hidden)| Usage {
                input_tokens: input + cached,
                output_tokens: output + hidden,
                cached_input_tokens: Some(cached),
                reasoning_tokens: Some(hidden),
            });
            let (mut sum, mut one_by_one) = (Usage::default(), 0.0);
            for call in calls {
                one_by_one += price.cost(Some(&call)).unwrap();
                sum.input_tokens += call.input_tokens;
                sum.output_tokens += call.output_tokens;
                *sum.cached_input_tokens.get_or_insert(0) += call.cached_input_tokens.unwrap();
                *sum.reasoning_tokens.get_or_insert(0) += call.reasoning_tokens.unwrap();
            }
            prop_assert!((price.cost(Some(&sum)).unwrap() - one_by_one).abs() < 1e-9);
        }
    }
}
