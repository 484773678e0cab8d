//! The places of tokens in a sequence as bits, for algorithms that go through 64 places at a time.

const NONE: u32 = u32::MAX;

/// For each kind of token, where it stands in a sequence.
pub(super) struct Places {
    blocks: usize,
    /// By number of a token, its row.
    slots: Vec<u32>,
    /// Rows of `blocks` words of 64 bits; the first is that of tokens that stand nowhere.
    rows: Vec<u64>,
    /// What has to be taken out of `slots` for the next sequence.
    held: Vec<u32>,
}

impl Places {
    /// Room for tokens with numbers below `kinds`.
    pub(super) fn new(kinds: usize) -> Self {
        Self { blocks: 0, slots: vec![NONE; kinds], rows: Vec::new(), held: Vec::new() }
    }

    /// Takes the places of a sequence. Only tokens that are wanted get a row: those of the other sequence, so that there are
    /// never more bits than cells in the table that is spared.
    pub(super) fn take(&mut self, sequence: &[u32], wanted: &[bool]) {
        for token in self.held.drain(..) {
            self.slots[token as usize] = NONE;
        }
        self.blocks = sequence.len().div_ceil(64);
        self.rows.clear();
        self.rows.resize(self.blocks, 0);
        for (place, token) in sequence.iter().enumerate() {
            if wanted.get(*token as usize).copied().unwrap_or(false) {
                let row = self.row_of(*token);
                self.rows[row + place / 64] |= 1 << (place % 64);
            }
        }
    }

    /// How many words of 64 bits a row has.
    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// Where a token stands.
    pub(super) fn row(&self, token: u32) -> &[u64] {
        let slot = self.slots.get(token as usize).copied().filter(|slot| *slot != NONE).unwrap_or(0) as usize;
        &self.rows[slot * self.blocks..][..self.blocks]
    }

    /// The first word of a token's row, which is new if need be.
    fn row_of(&mut self, token: u32) -> usize {
        let slot = self.slots[token as usize];
        if slot != NONE {
            return slot as usize * self.blocks;
        }
        self.held.push(token);
        self.slots[token as usize] = super::counts::count(self.held.len());
        let row = self.rows.len();
        self.rows.resize(row + self.blocks, 0);
        row
    }
}

/// Which tokens stand in a sequence, of those with numbers below `kinds`.
pub(super) fn standing(sequence: &[u32], kinds: usize) -> Vec<bool> {
    let mut standing = vec![false; kinds];
    for token in sequence {
        if let Some(stands) = standing.get_mut(*token as usize) {
            *stands = true;
        }
    }
    standing
}

/// Whether a bit of a row is set.
pub(super) fn is_set(row: &[u64], place: usize) -> bool {
    row.get(place / 64).is_some_and(|block| block >> (place % 64) & 1 == 1)
}

/// Two sequences without what they have in common at both ends, and how much that is.
pub(super) fn without_common_ends<'a, T: PartialEq>(left: &'a [T], right: &'a [T]) -> (usize, &'a [T], &'a [T]) {
    let same = |(left, right): &(&T, &T)| left == right;
    let front = left.iter().zip(right).take_while(same).count();
    let (left, right) = (&left[front..], &right[front..]);
    let back = left.iter().rev().zip(right.iter().rev()).take_while(same).count();
    (front + back, &left[..left.len() - back], &right[..right.len() - back])
}
