use super::*;

fn at(policy: &str, now: &str) -> Finding {
    let mut known = Known::with(&format!("quiet_hours: [{policy}]"));
    known.now = now.to_owned();
    known.finding()
}

/// The 26th of November 2026 is a Thursday.
#[test]
fn quiet_hours_begin_on_the_minute_and_end_before_it() {
    let afternoon = "{from: 16:00, to: 18:30}";
    let nights = "{days: [thu], from: 22:00, to: 06:00}";
    let weekend = "{days: [sat, sun]}";
    let evening = "{days: [thu], from: 16:00}";
    let morning = "{days: [thu], to: 08:00}";
    let around = "{days: [thu], from: 16:00, to: 16:00}";
    for (policy, now, is_quiet) in [
        (afternoon, "2026-11-26T15:59:59.999Z", false),
        (afternoon, "2026-11-26T16:00:00Z", true),
        (afternoon, "2026-11-26T18:29:59.999Z", true),
        (afternoon, "2026-11-26T18:30:00Z", false),
        (nights, "2026-11-26T05:00:00Z", false),
        (nights, "2026-11-26T21:59:00Z", false),
        (nights, "2026-11-26T22:00:00Z", true),
        (nights, "2026-11-27T05:59:00Z", true),
        (nights, "2026-11-27T06:00:00Z", false),
        (nights, "2026-11-27T22:00:00Z", false),
        (weekend, "2026-11-27T23:59:59Z", false),
        (weekend, "2026-11-28T00:00:00Z", true),
        (weekend, "2026-11-29T23:59:59Z", true),
        (weekend, "2026-11-30T00:00:00Z", false),
        (evening, "2026-11-26T23:59:00Z", true),
        (evening, "2026-11-27T00:00:00Z", false),
        (morning, "2026-11-26T00:00:00Z", true),
        (morning, "2026-11-26T08:00:00Z", false),
        (around, "2026-11-26T15:59:00Z", false),
        (around, "2026-11-27T15:59:00Z", true),
        (around, "2026-11-27T16:00:00Z", false),
        ("{}", "2026-11-26T12:00:00Z", true),
    ] {
        assert_eq!(at(policy, now).holds, !is_quiet, "{policy} at {now}");
    }
}

#[test]
fn the_clock_is_that_of_the_place() {
    let berlin = "{days: [fri], from: 00:00, to: 08:00, offset: +01:00}";
    for (now, is_quiet) in [
        ("2026-11-26T22:59:00Z", false),
        ("2026-11-26T23:00:00Z", true),
        ("2026-11-27T06:59:00Z", true),
        ("2026-11-27T08:00:00+01:00", false),
    ] {
        assert_eq!(at(berlin, now).holds, !is_quiet, "{now}");
    }
    let west = "{days: [thu], from: 20:00, to: 22:00, offset: '-03:30'}";
    assert!(!at(west, "2026-11-26T23:30:00Z").holds);
    assert!(at(west, "2026-11-27T01:30:00Z").holds);
    assert!(at(west, "2026-11-25T23:30:00Z").holds);
}

#[test]
fn people_are_told_until_when_and_why() {
    let friday = "{days: [fri], from: 16:00, to: 08:00, offset: +01:00, why: nobody is there to look}";
    let quiet = at(friday, "2026-11-27T15:00:00Z");
    assert_eq!(quiet.what, "outside quiet hours (fri 16:00–08:00 +01:00)");
    assert_eq!(said(&quiet), "they last until 2026-11-28 08:00 +01:00: nobody is there to look");
    assert_eq!(said(&at(friday, "2026-11-27T14:59:59Z")), "it is 2026-11-27 15:59 +01:00");
    assert_eq!(said(&at("{days: [sat, sun]}", "2026-11-28T12:00:00Z")), "they last until 2026-11-30 00:00 UTC");
    assert_eq!(said(&at("{}", NOW)), "they never end");
    assert_eq!(at("{}", NOW).what, "outside quiet hours (every day all day UTC)");
}

#[test]
fn an_instant_that_cannot_be_read_is_not_outside() {
    let finding = at("{from: 16:00}", "noon");
    assert_eq!((finding.holds, said(&finding).as_str()), (false, "the instant `noon` cannot be read"));
}

#[test]
fn each_of_several_quiet_hours_is_looked_at() {
    let known = Known::with("quiet_hours: [{days: [thu]}, {days: [fri]}]");
    assert_eq!(known.findings().iter().map(|finding| finding.holds).collect::<Vec<_>>(), [false, true]);
}
