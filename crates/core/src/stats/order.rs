//! Quantiles.

use super::Estimate;
use super::distributions::z;

/// A quantile of sorted values (linear interpolation between order statistics, type 7 of Hyndman and Fan 1996) with a
/// distribution-free interval between order statistics (Conover 1999, section 3.2, by the normal approximation). None
/// without values.
pub fn quantile(sorted: &[f64], q: f64, confidence: f64) -> Option<Estimate> {
    let last = sorted.len().checked_sub(1)?;
    let position = q * last as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    let n = sorted.len() as f64;
    let half = z(confidence) * (n * q * (1.0 - q)).sqrt();
    let low = ((n * q - half).floor().max(1.0) as usize - 1).min(last);
    let high = ((n * q + half).ceil().max(1.0) as usize - 1).min(last);
    Some(Estimate { value: interpolated(sorted, q)?, low: sorted[low.min(below)], high: sorted[high.max(above)] })
}

/// The quantile alone. `q` is taken as 0 below it, and as 1 above.
pub(super) fn interpolated(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = (q * last as f64).clamp(0.0, last as f64);
    let below = position.floor() as usize;
    let (lower, upper) = (sorted[below], sorted[position.ceil() as usize]);
    Some(lower + (upper - lower) * (position - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_and_hold_their_value() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let median = quantile(&values, 0.5, 0.95).unwrap();
        assert!((median.value - 50.5).abs() < 1e-9);
        assert_eq!((median.low, median.high), (40.0, 60.0));
        assert_eq!(quantile(&[7.0], 0.95, 0.95), Some(Estimate { value: 7.0, low: 7.0, high: 7.0 }));
        assert!(quantile(&[], 0.5, 0.95).is_none());
    }
}
