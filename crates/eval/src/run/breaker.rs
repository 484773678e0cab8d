//! When to give a model up.

use carat_core::ModelError;

use super::case::End;

/// A missing key fails every case alike: one is enough. A key that has worked before may fail for another reason.
const CONDEMNED_IN_A_ROW: u32 = 8;
/// A server that is not there fails every case alike, each after all its attempts.
const UNREACHED_IN_A_ROW: u32 = 16;

/// Watches the ends of a model's cases and says when every further one is bound to fail.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    answered: bool,
    condemned: u32,
    unreached: u32,
}

impl Breaker {
    /// Takes how a case ended; gives the error for which the model should be given up.
    pub(super) fn after(&mut self, end: End) -> Option<ModelError> {
        let error = match end {
            End::NotAsked | End::Left => return None,
            End::Answered => {
                *self = Self { answered: true, ..Self::default() };
                return None;
            }
            End::Hopeless(error) => return Some(error),
            End::Failed(error) => error,
        };
        match error.kind {
            kind if kind.condemns_the_model() => self.condemned += 1,
            kind if kind.is_transient() => self.unreached += 1,
            _ => (self.condemned, self.unreached) = (0, 0),
        }
        let condemned_limit = if self.answered { CONDEMNED_IN_A_ROW } else { 1 };
        (self.condemned >= condemned_limit || self.unreached >= UNREACHED_IN_A_ROW).then_some(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::ModelErrorKind::{self, Authentication, BadRequest, Connection};

    fn fails(breaker: &mut Breaker, kind: ModelErrorKind) -> bool {
        breaker.after(End::Failed(ModelError::new(kind, "x"))).is_some()
    }

    #[test]
    fn a_wrong_key_is_enough_at_the_start() {
        assert!(fails(&mut Breaker::default(), Authentication));
    }

    #[test]
    fn a_key_that_has_worked_gets_more_chances() {
        let mut breaker = Breaker::default();
        assert!(breaker.after(End::Answered).is_none());
        let opened = (0..CONDEMNED_IN_A_ROW).filter(|_| fails(&mut breaker, Authentication));
        assert_eq!(opened.count(), 1);
    }

    #[test]
    fn a_server_that_is_not_there_is_given_up_after_a_while() {
        let mut breaker = Breaker::default();
        assert!((1..UNREACHED_IN_A_ROW).all(|_| !fails(&mut breaker, Connection)));
        assert!(fails(&mut breaker, Connection));
    }

    #[test]
    fn requests_that_the_server_refuses_one_by_one_do_not_count() {
        let mut breaker = Breaker::default();
        assert!((0..1000).all(|_| !fails(&mut breaker, BadRequest)));
    }
}
