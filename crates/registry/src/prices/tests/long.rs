//! Tables that are as long as nobody writes them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::{input, table, told};

/// A list of so many entries, each with another name or pattern.
fn long(count: usize, model: &str) -> String {
    let entry = |place: usize| {
        let model = model.replace('#', &place.to_string());
        format!("- {{ provider: openai, model: \"{model}\", input: 1, output: 1, source: s, as_of: 2026-01-01 }}\n")
    };
    (0..count).map(entry).collect()
}

#[test]
fn a_long_table_is_read_and_asked_and_a_longer_one_is_refused() {
    let table = table(&(long(9000, "*m#-*") + &long(9000, "n-#")));
    for place in 0..50 {
        assert_eq!(input(&table, &format!("n-{place}"), "2026-01-01"), "1");
        assert_eq!(input(&table, &format!("xm{place}-y"), "2026-01-01"), "1");
        assert!(input(&table, &format!("n-x{place}"), "2026-01-01").starts_with("unknown, Some"));
    }
    let told = told(&long(20_000, "n-#"));
    insta::assert_snapshot!(told, @"prices.yaml:19231:62: no more than 250000 keys and values are read of one file; keep only what is about models of this project");
}

#[test]
fn a_model_may_have_another_price_every_day() {
    let day = |place: i32| Date::constant(2000, 1, 1).saturating_add(place.days());
    let entry = |place: i32, until: i32| {
        let (from, until) = (day(place), day(until));
        format!(
            "- {{ provider: openai, model: m, input: {place}, output: 1, from: {from}, until: {until}, source: s, as_of: 2026-01-01 }}\n"
        )
    };
    let days: String = (0..2000).rev().map(|place| entry(place, place + 1)).collect();
    assert_eq!(input(&table(&days), "m", &day(700).to_string()), "700");
    let told = told(&(days + &entry(700, 702)));
    insta::assert_snapshot!(told, @"prices.yaml:2001:1: `m` has two prices for 2001-12-01, on lines 1300 and 2001; end one with `until`");
}
