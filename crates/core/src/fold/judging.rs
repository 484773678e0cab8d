//! What judging takes.

use crate::Usage;
use crate::event::Judgement;

use super::tally::add_usage;

/// The answers of one judge, added up.
#[derive(Debug, Clone, Default)]
pub struct JudgeTally {
    /// Answers that were used.
    pub answers: u64,
    /// Of these, the ones that came from the record.
    pub cached: u64,
    /// Attempts that were followed by another one.
    pub retries: u64,
    /// Tokens of the answers that were paid for and whose usage is known.
    pub usage: Usage,
    /// Answers that were paid for and whose usage is not known.
    pub usage_unknown: u64,
}

impl JudgeTally {
    pub(super) fn add(&mut self, judgement: &Judgement) {
        self.answers += 1;
        if judgement.cached {
            self.cached += 1;
            return;
        }
        self.retries += u64::from(judgement.attempts.saturating_sub(1));
        match &judgement.completion.usage {
            Some(usage) => add_usage(&mut self.usage, usage),
            None => self.usage_unknown += 1,
        }
    }
}
