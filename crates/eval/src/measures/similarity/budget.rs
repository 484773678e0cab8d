//! What may be spent on many comparisons together.

use super::{MOST_CELLS, Pair};

/// The cells that may still be computed: many small comparisons cost together no more than one large one.
#[derive(Debug)]
pub(in crate::measures) struct Budget {
    cells: usize,
}

impl Budget {
    /// As much as one comparison may cost.
    pub(in crate::measures) fn new() -> Self {
        Self { cells: MOST_CELLS }
    }

    /// [`levenshtein_ratio`](super::levenshtein_ratio), while there is something left to spend; none after that.
    pub(in crate::measures) fn levenshtein_ratio(&mut self, left: &str, right: &str) -> Option<f64> {
        // Looking at the texts costs something too, be they equal or one of them empty.
        self.spend(left.len().max(right.len()))?;
        if left == right {
            return Some(1.0);
        }
        let pair = Pair::new(left, right);
        self.spend(pair.left_length.saturating_mul(pair.right_length))?;
        Some(pair.levenshtein_ratio())
    }

    /// Takes so many cells for work that costs as much; none where they are not left.
    pub(in crate::measures) fn spend(&mut self, cells: usize) -> Option<()> {
        self.cells = self.cells.checked_sub(cells)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_comparisons_cost_together_no_more_than_one() {
        let (a, b) = ("a".repeat(50_000), format!("{}b", "a".repeat(49_999)));
        let mut budget = Budget::new();
        let done = (0..10).map_while(|_| budget.levenshtein_ratio(&a, &b)).count();
        assert_eq!(done, 3);
        assert_eq!(Budget::new().levenshtein_ratio(&a, &a), Some(1.0));
    }
}
