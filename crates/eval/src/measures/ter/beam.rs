//! Distances near the diagonal, with the path that leads to them: sacrebleu's `BeamEditDistance`.

/// A cell that the beam does not reach.
const FAR: u32 = u32::MAX / 2;

/// How far from the diagonal distances are computed.
const BEAM_WIDTH: usize = 25;

/// How the words of an output of a given length are edited into those of a reference.
pub(super) struct Beam<'r> {
    reference: &'r [u32],
    output_length: usize,
    /// Words of the reference for each of the output.
    slope: f64,
    width: usize,
}

/// A row of the table of distances: the cells that the beam reaches, from the first on.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    first: usize,
    costs: Vec<u32>,
}

/// Which word of the output each word of the reference is set against, and which words are in error.
pub(super) struct Alignment {
    /// How many words of the output lie before or at the one that a word of the reference is set against.
    pub(super) ends: Vec<usize>,
    /// The number of words of the output in error before each place, and before the end.
    pub(super) output_errors: Vec<u32>,
    /// The same of the reference.
    pub(super) reference_errors: Vec<u32>,
}

impl Row {
    fn get(&self, column: usize) -> u32 {
        column.checked_sub(self.first).and_then(|at| self.costs.get(at)).copied().unwrap_or(FAR)
    }
}

impl<'r> Beam<'r> {
    pub(super) fn new(reference: &'r [u32], output_length: usize) -> Self {
        let slope = if output_length == 0 { 1.0 } else { reference.len() as f64 / output_length as f64 };
        // Where the lengths differ much, one row of the beam must still overlap with the next.
        let width =
            if slope / 2.0 > BEAM_WIDTH as f64 { (slope / 2.0).ceil() as usize + BEAM_WIDTH } else { BEAM_WIDTH };
        Self { reference, output_length, slope, width }
    }

    /// The whole table: a row for each word of the output, after that of none.
    pub(super) fn table(&self, output: &[u32]) -> Vec<Row> {
        let mut table = Vec::with_capacity(output.len() + 1);
        let mut above = Row { first: 0, costs: (0..).take(self.reference.len() + 1).collect() };
        for (place, word) in output.iter().enumerate() {
            let mut row = Row::default();
            self.fill(place + 1, *word, &above, &mut row);
            table.push(std::mem::replace(&mut above, row));
        }
        table.push(above);
        table
    }

    /// The distance of an output of this length, from the table of another: rows of words that both begin with are taken
    /// from it, and as soon as a row is the same where only words follow that are the same, so is the distance.
    pub(super) fn distance(&self, output: &[u32], known: &[u32], table: &[Row]) -> u32 {
        let differs = |place: &usize| output.get(*place) != known.get(*place);
        let whole = table.last().map_or(FAR, |row| row.get(self.reference.len()));
        let (Some(first), Some(last)) = ((0..output.len()).find(differs), (0..output.len()).rev().find(differs)) else {
            return whole;
        };
        let mut above = table.get(first).cloned().unwrap_or_default();
        let mut row = Row::default();
        for (place, word) in output.iter().enumerate().skip(first) {
            self.fill(place + 1, *word, &above, &mut row);
            if place >= last && table.get(place + 1) == Some(&row) {
                return whole;
            }
            std::mem::swap(&mut above, &mut row);
        }
        above.get(self.reference.len())
    }

    /// The cells that the beam reaches in the row of a word; the last row is filled to its end.
    fn reach(&self, row: usize) -> std::ops::Range<usize> {
        let diagonal = (row as f64 * self.slope).floor() as usize;
        let end = self.reference.len() + 1;
        let last = if row == self.output_length { end } else { end.min(diagonal + self.width) };
        diagonal.saturating_sub(self.width)..last
    }

    fn fill(&self, number: usize, word: u32, above: &Row, row: &mut Row) {
        let reach = self.reach(number);
        row.first = reach.start;
        row.costs.clear();
        let mut left = FAR;
        let mut diagonal = reach.start.checked_sub(1).map_or(FAR, |column| above.get(column));
        for column in reach {
            let over = above.get(column);
            let other = column.checked_sub(1).and_then(|at| self.reference.get(at)) != Some(&word);
            left = (diagonal + u32::from(other)).min(over + 1).min(left + 1).min(FAR);
            row.costs.push(left);
            diagonal = over;
        }
    }

    /// The distance of an output and the path to it that tercom prefers: a match or a substitution to a deletion, that to an
    /// insertion.
    pub(super) fn align(&self, output: &[u32], table: &[Row]) -> (u32, Alignment) {
        let mut steps = Steps::new(output.len(), self.reference.len());
        let (mut i, mut j) = (output.len(), self.reference.len());
        let cell = |i: usize, j: usize| table.get(i).map_or(FAR, |row| row.get(j));
        let distance = cell(i, j);
        while i > 0 || j > 0 {
            let wrong = i == 0 || j == 0 || output.get(i - 1) != self.reference.get(j - 1);
            if i > 0 && j > 0 && cell(i - 1, j - 1) + u32::from(wrong) == cell(i, j) {
                (i, j) = (i - 1, j - 1);
                steps.output_wrong[i] = wrong;
                steps.reference_wrong[j] = wrong;
                steps.ends[j] = i + 1;
            } else if i > 0 && (j == 0 || cell(i - 1, j) + 1 == cell(i, j)) {
                i -= 1;
                steps.output_wrong[i] = true;
            } else {
                j -= 1;
                steps.reference_wrong[j] = true;
                steps.ends[j] = i;
            }
        }
        (distance, steps.summed())
    }
}

/// What is found out on the way back through the table.
struct Steps {
    ends: Vec<usize>,
    output_wrong: Vec<bool>,
    reference_wrong: Vec<bool>,
}

impl Steps {
    fn new(output: usize, reference: usize) -> Self {
        Self { ends: vec![0; reference], output_wrong: vec![false; output], reference_wrong: vec![false; reference] }
    }

    fn summed(self) -> Alignment {
        let sums = |wrong: Vec<bool>| {
            let running = wrong.into_iter().scan(0, |sum, wrong| {
                *sum += u32::from(wrong);
                Some(*sum)
            });
            std::iter::once(0).chain(running).collect()
        };
        let (output_errors, reference_errors) = (sums(self.output_wrong), sums(self.reference_wrong));
        Alignment { ends: self.ends, output_errors, reference_errors }
    }
}
