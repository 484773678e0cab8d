//! Which rows hang together.

use std::collections::HashMap;

use crate::spec::ClusterSpec;
use crate::{RowId, Sample};

/// Numbers for clusters, in the order in which they turn up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clusters {
    by_value: HashMap<Box<str>, u32>,
    /// Rows that have nothing in the field.
    alone: HashMap<RowId, u32>,
    unknown: Option<u32>,
}

impl Clusters {
    /// The cluster of a sample's row. A row without the field is one of its own, with all its repeats. Samples that come
    /// without their row are one cluster together: nothing says that they are independent.
    pub(crate) fn number(&mut self, spec: &ClusterSpec, sample: &Sample) -> u32 {
        let next = self.next();
        let Some(transcript) = &sample.transcript else { return self.unknown() };
        let Some(value) = spec.of(&transcript.row) else {
            return *self.alone.entry(sample.case.row.clone()).or_insert(next);
        };
        match self.by_value.get(&*value) {
            Some(number) => *number,
            None => *self.by_value.entry(value.into()).or_insert(next),
        }
    }

    /// The one of rows of which nothing is known.
    pub(crate) fn unknown(&mut self) -> u32 {
        let next = self.next();
        *self.unknown.get_or_insert(next)
    }

    fn next(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_value.len() + self.alone.len() + usize::from(self.unknown.is_some())
    }

    /// How many of them are a row that has nothing in the field.
    pub(crate) fn alone(&self) -> usize {
        self.alone.len()
    }
}
