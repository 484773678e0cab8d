//! How near two numbers are.

/// 1 − |output − expected| / (|output| + |expected|); two zeros have 1. It is `NumericDiff` of autoevals.
///
/// From 0 to 1, where equal numbers have 1; symmetric, and the same for both numbers times ten. Numbers of different signs
/// have 0, and so has every number beside zero: a millionth is as far from 0 as a million is, as the reference has it. Where
/// zero is expected and near is near enough, an absolute tolerance is the better measure.
///
/// None where one of them is NaN or infinite: that is no number to be near to.
pub fn numeric_similarity(output: f64, expected: f64) -> Option<f64> {
    if !output.is_finite() || !expected.is_finite() {
        return None;
    }
    if output == expected {
        return Some(1.0);
    }
    if (output < 0.0) != (expected < 0.0) {
        return Some(0.0);
    }
    // With one sign the formula is 2 × smaller / sum, and has one rounding: 2 and 3 have the very 0.8 of a threshold.
    let (smaller, larger) = (output.abs().min(expected.abs()), output.abs().max(expected.abs()));
    let sum = smaller + larger;
    Some(if sum.is_finite() { 2.0 * smaller / sum } else { smaller / (smaller / 2.0 + larger / 2.0) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(numeric_similarity(bad, 1.0), None);
            assert_eq!(numeric_similarity(1.0, bad), None);
        }
    }

    #[test]
    fn the_largest_and_the_smallest_numbers_are_compared_like_others() {
        assert_eq!(numeric_similarity(f64::MAX, -f64::MAX), Some(0.0));
        assert!((numeric_similarity(f64::MAX, f64::MAX / 3.0).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(numeric_similarity(0.0, -0.0), Some(1.0));
        let tiny = f64::from_bits(1);
        assert_eq!(numeric_similarity(tiny, 0.0), Some(0.0));
        assert!((numeric_similarity(tiny, f64::from_bits(2)).unwrap() - 2.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_threshold_written_as_a_decimal_is_met_at_its_edge() {
        assert_eq!(numeric_similarity(2.0, 3.0), Some(0.8));
    }

    proptest! {
        #[test]
        fn it_is_the_formula_symmetric_and_from_0_to_1(output in -1e9f64..1e9, expected in -1e9f64..1e9) {
            let value = numeric_similarity(output, expected).unwrap();
            let formula = 1.0 - (output - expected).abs() / (output.abs() + expected.abs());
            prop_assert!((value - formula).abs() < 1e-9);
            prop_assert_eq!(numeric_similarity(expected, output), Some(value));
        }

        #[test]
        fn no_pair_of_numbers_leaves_the_range(output in any::<f64>(), expected in any::<f64>()) {
            if let Some(value) = numeric_similarity(output, expected) {
                prop_assert!((0.0..=1.0).contains(&value));
            }
        }
    }
}
