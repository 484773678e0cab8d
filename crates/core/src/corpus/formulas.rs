//! The formulas themselves, over counts that are as many as the metric asks for, finite and not negative.

use super::Smoothing;

/// How many counts stand in front of those of the orders in BLEU: the two lengths.
pub(super) const BLEU_LENGTHS: usize = 2;
/// In chrF: n-grams of the output, of the reference, and of both, for each order.
pub(super) const CHRF_TRIPLE: usize = 3;
/// The parts of a word in which TER counts what an average of references leaves over.
const PARTS_OF_A_WORD: f64 = 1e9;

/// The geometric mean of the precisions, times the brevity penalty.
pub(super) fn bleu(counts: &[f64], max_order: usize, smoothing: Smoothing, effective_order: bool) -> f64 {
    let (lengths, orders) = counts.split_at(BLEU_LENGTHS);
    let (correct, total) = orders.split_at(max_order);
    if correct.iter().all(|matches| *matches == 0.0) {
        return 0.0;
    }
    let (mut logarithms, mut orders, mut assumed) = (0.0, 0, 1.0);
    for (correct, total) in correct.iter().zip(total) {
        let added = match smoothing {
            Smoothing::AddK { value } if orders > 0 => value,
            Smoothing::None | Smoothing::Floor { .. } | Smoothing::AddK { .. } | Smoothing::Exp => 0.0,
        };
        if total + added <= 0.0 {
            break;
        }
        let matches = matches_or(correct + added, smoothing, &mut assumed);
        logarithms += (matches / (total + added)).ln();
        orders += 1;
    }
    if orders == 0 || (orders < max_order && !effective_order) {
        return 0.0;
    }
    brevity(lengths) * (logarithms / orders as f64).exp()
}

/// The matches of an order, or what is assumed if there are none. `assumed` is halved by each such order.
fn matches_or(correct: f64, smoothing: Smoothing, assumed: &mut f64) -> f64 {
    match smoothing {
        Smoothing::Exp if correct <= 0.0 => {
            *assumed /= 2.0;
            *assumed
        }
        Smoothing::Floor { value } if correct <= 0.0 => value,
        Smoothing::None | Smoothing::Floor { .. } | Smoothing::AddK { .. } | Smoothing::Exp => correct,
    }
}

/// BLEU's penalty for an output that is shorter than its reference.
fn brevity(lengths: &[f64]) -> f64 {
    let (output, reference) = (lengths[0], lengths[1]);
    if output >= reference {
        1.0
    } else if output > 0.0 {
        (1.0 - reference / output).exp()
    } else {
        0.0
    }
}

/// The F-score of the averages of precision and recall.
pub(super) fn chrf(counts: &[f64], factor: f64) -> f64 {
    let (mut precision, mut recall, mut orders) = (0.0, 0.0, 0.0);
    for order in counts.chunks_exact(CHRF_TRIPLE) {
        let (output, reference, matches) = (order[0], order[1], order[2]);
        if output > 0.0 && reference > 0.0 {
            precision += matches / output;
            recall += matches / reference;
            orders += 1.0;
        }
    }
    if precision + recall == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (precision / orders, recall / orders);
    (1.0 + factor) * precision * recall / (factor * precision + recall)
}

/// Edits a word of the references.
pub(super) fn ter(counts: &[f64]) -> f64 {
    let (edits, words) = (counts[0], counts[1] + counts[2] / PARTS_OF_A_WORD);
    if words > 0.0 {
        edits / words
    } else if edits > 0.0 {
        1.0
    } else {
        0.0
    }
}
