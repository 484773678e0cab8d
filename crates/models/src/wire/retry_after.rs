//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use jiff::fmt::rfc2822::DateTimeParser;

/// The milliseconds that a server asks to wait: `retry-after-ms`, else `retry-after` in seconds or as a date. A date that
/// has passed is 0; what cannot be read is none.
pub(crate) fn retry_after_ms(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let value = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let exact = value("retry-after-ms").and_then(|text| milliseconds(text, 1.0));
    exact.or_else(|| {
        let text = value(header::RETRY_AFTER.as_str())?;
        milliseconds(text, 1000.0).or_else(|| until(text, now))
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
fn milliseconds(text: &str, each: f64) -> Option<u64> {
    let number = text.parse::<f64>().ok()? * each;
    (0.0..1e15).contains(&number).then_some(number.ceil() as u64)
}

fn until(date: &str, now: SystemTime) -> Option<u64> {
    let then = SystemTime::from(DateTimeParser::new().parse_timestamp(date).ok()?);
    let left = then.duration_since(now).unwrap_or(Duration::ZERO);
    u64::try_from(left.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &'static str, value: &str) -> Option<u64> {
        let headers = HeaderMap::from_iter([(http::HeaderName::from_static(name), value.parse().unwrap())]);
        // Sunday, 6 November 1994, 08:49:37 UTC.
        retry_after_ms(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
    }

    #[test]
    fn a_wait_is_read_in_seconds_in_milliseconds_and_as_a_date() {
        assert_eq!(asked("retry-after", "2"), Some(2000));
        assert_eq!(asked("retry-after", "0.5"), Some(500));
        assert_eq!(asked("retry-after-ms", "150"), Some(150));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT"), Some(3000));
        assert_eq!(asked("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
    }

    #[test]
    fn a_wait_that_cannot_be_read_is_none() {
        for text in ["soon", "-1", "NaN", "inf", "", "Sun, 99 Nov 1994 08:49:40 GMT"] {
            assert_eq!(asked("retry-after", text), None, "{text}");
        }
    }
}
