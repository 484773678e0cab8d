//! What a run waits for, in words.

use std::time::Duration;

use carat_core::untrusted::one_line;
use carat_eval::limits::{Wait, Why};

use crate::commands::run::summary::duration;

/// A wait is told after so long: most are over before.
const LONG: Duration = Duration::from_secs(10);

/// What is waited for, if that takes long: `waiting for api.example: it has refused every call for 50s; …`
pub(super) fn told(waits: &[Wait]) -> Option<String> {
    let told: Vec<String> = waits.iter().filter(|wait| wait.lasted >= LONG).map(of_one).collect();
    (!told.is_empty()).then(|| format!("waiting for {}", told.join("; for ")))
}

fn of_one(wait: &Wait) -> String {
    let (lasted, left) = (duration(wait.lasted), duration(wait.left));
    let why = match wait.why {
        Why::NothingLeft => format!("it says that nothing is left; the next call goes out in {left}"),
        Why::RefusesAll => format!("it has refused every call for {lasted}; the next one goes out in {left}"),
        Why::RequestsPerMinute(most) => format!("requests_per_minute: {most} lets the next call go out in {left}"),
        Why::TokensPerMinute(most) => format!("tokens_per_minute: {most} lets the next call go out in {left}"),
    };
    format!("{}: {why}", one_line(&wait.account, 80))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(why: Why, lasted: u64, left: u64) -> Wait {
        let [lasted, left] = [lasted, left].map(Duration::from_secs);
        Wait { account: "api.example".into(), why, lasted, left }
    }

    #[test]
    fn a_long_wait_is_told_with_its_reason_and_its_end() {
        let told = |why| told(&[wait(why, 20, 40)]).unwrap_or_default();
        assert_eq!(
            told(Why::NothingLeft),
            "waiting for api.example: it says that nothing is left; the next call goes out in 40s"
        );
        assert_eq!(
            told(Why::RefusesAll),
            "waiting for api.example: it has refused every call for 20s; the next one goes out in 40s"
        );
        assert_eq!(
            told(Why::RequestsPerMinute(1)),
            "waiting for api.example: requests_per_minute: 1 lets the next call go out in 40s"
        );
        assert_eq!(
            told(Why::TokensPerMinute(9)),
            "waiting for api.example: tokens_per_minute: 9 lets the next call go out in 40s"
        );
    }

    #[test]
    fn a_short_wait_is_not_told() {
        assert_eq!(told(&[wait(Why::RequestsPerMinute(1), 9, 51), wait(Why::RefusesAll, 0, 8)]), None);
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn each_account_is_told_in_one_line() {
        let odd = Wait { account: "a\n\u{1b}[2J".into(), ..wait(Why::RefusesAll, 12, 1) };
        let told = told(&[odd, wait(Why::NothingLeft, 11, 1)]).unwrap_or_default();
        assert!(!told.contains('\n') && told.contains("; for api.example: it says"), "{told}");
    }
}
