//! What a provider says is left.

use std::time::Duration;

use carat_core::{Left, LimitHints};

use super::belief::Belief;

/// The longest that a hint stops new calls. Limits a minute are whole again within one; a limit a day, or nonsense, is found
/// out by asking again.
pub(super) const LONGEST: Duration = Duration::from_secs(120);

/// What is left of an account's requests and tokens until they are whole again, counted down with each call that begins.
#[derive(Debug, Default)]
pub(super) struct Allowances {
    /// The last hint that was heard.
    heard: Option<u64>,
    /// The youngest call whose answer brought one.
    youngest: u64,
    /// All tokens that calls were expected to use.
    spent: u64,
    requests: Allowance,
    tokens: Allowance,
    belief: Belief,
}

/// What a call took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// All tokens that calls up to it were expected to use.
    pub(super) spent: u64,
    /// Whether it began although the provider had said that there was not enough left for it.
    pub(super) in_spite: bool,
}

/// What is left of one kind.
#[derive(Debug, Default)]
struct Allowance {
    left: u64,
    /// Until when nobody begins who needs more than is left.
    until: Duration,
    /// When it is whole again, by what was said: later than `until` where that is hard to believe.
    claimed: Duration,
    /// The most that was ever left; 0 where nobody has said.
    whole: u64,
    /// The longest until it was whole.
    span: Duration,
}

impl Allowances {
    /// When a call may begin that is expected to use so many tokens.
    pub(super) fn ready(&self, now: Duration, tokens: u64) -> Duration {
        if self.belief.is_lost(now) {
            return Duration::ZERO;
        }
        self.requests.ready(1).max(self.tokens.ready(tokens.max(1)))
    }

    /// A call begins.
    pub(super) fn take(&mut self, now: Duration, tokens: u64) -> Taken {
        self.spent = self.spent.saturating_add(tokens);
        let patience = self.belief.patience();
        let requests = self.requests.take(now, 1, patience);
        let tokens = self.tokens.take(now, tokens, patience);
        Taken { spent: self.spent, in_spite: requests || tokens }
    }

    /// A call that took this was answered.
    pub(super) fn answered(&mut self, now: Duration, taken: Taken) {
        if taken.in_spite {
            self.belief.was_wrong(now);
        }
    }

    /// A call that took this was refused; `all` where the account as a whole is.
    pub(super) fn refused(&mut self, now: Duration, taken: Taken, all: bool) {
        if all || (taken.in_spite && !self.belief.is_lost(now)) {
            self.belief.was_right(taken.in_spite);
        }
    }

    /// Hears what was said in the answer to a call, which was the account's `number`-th and after which `spent` tokens were
    /// spent, when `begun` calls had begun. A server counts a call when it comes, so what has begun since is taken off. Once
    /// heard, the answers of older calls say nothing new.
    pub(super) fn hear(&mut self, now: Duration, hints: LimitHints, number: u64, spent: u64, begun: u64) {
        if self.heard.is_some_and(|heard| hints.number <= heard) || number < self.youngest {
            return;
        }
        (self.heard, self.youngest) = (Some(hints.number), number);
        let patience = self.belief.patience();
        if let Some(left) = hints.requests {
            self.requests.hear(now, left, begun.saturating_sub(number), patience);
        }
        if let Some(left) = hints.tokens {
            self.tokens.hear(now, left, self.spent.saturating_sub(spent), patience);
        }
    }
}

impl Allowance {
    fn ready(&self, needed: u64) -> Duration {
        if self.left < needed { self.until } else { Duration::ZERO }
    }

    /// A call begins. Whether that is in spite of what was said; then the next one waits for its end, or so long.
    fn take(&mut self, now: Duration, amount: u64, patience: Duration) -> bool {
        let in_spite = self.left < amount.max(1) && now < self.claimed;
        if self.claimed <= now {
            // Whole again. Where a provider never said that anything was left, nobody knows how much that is.
            let known = self.whole > 0;
            (self.left, self.until) = if known { (self.whole, now + self.span) } else { (0, Duration::ZERO) };
            self.claimed = self.until;
        } else if in_spite && self.until <= now {
            self.until = now + patience;
        }
        self.left = self.left.saturating_sub(amount);
        in_spite
    }

    /// What is whole again in a while, of an account that had something left before, is believed. Otherwise one call is made
    /// before that, to see.
    fn hear(&mut self, now: Duration, said: Left, since: u64, patience: Duration) {
        let claimed = Duration::from_millis(said.reset_ms);
        let whole = self.whole.max(said.remaining);
        let longest = if claimed <= LONGEST && whole > 0 { LONGEST } else { patience };
        let span = claimed.min(longest);
        *self = Self {
            left: said.remaining.saturating_sub(since),
            until: now + span,
            claimed: now + claimed,
            whole,
            span: self.span.max(span),
        };
    }
}
