//! Prices from tables, and in what order they count.

mod long;
mod standard;

use carat_core::yaml;
use jiff::ToSpan as _;
use proptest::prelude::*;

use super::gap::Missing;
use super::*;

const TABLE: &str = r#"
- { provider: openai, model: "gpt-*", input: 9, output: 9, source: https://a.example, as_of: 2026-01-01 }
- { provider: openai, model: "gpt-x*", input: 8, output: 8, source: https://a.example, as_of: 2026-01-01 }
- { provider: openai, model: gpt-x, input: 1, output: 2, until: 2026-06-01, source: https://a.example, as_of: 2026-01-01 }
- provider: OpenAI
  model: gpt-x
  input: 3
  cached_input: 0.5
  output: 4
  reasoning: 5
  batch: 0.5
  up_to: 272000
  from: "2026-07-01"
  source: https://b.example
  as_of: 2026-07-01
  note: after the summer
- { provider: llm.example.org, model: own, input: 0, output: 0, source: our contract, as_of: 2026-01-01 }
"#;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn table(text: &str) -> PriceTable {
    PriceTable::read(text, "prices.yaml").unwrap()
}

fn told(text: &str) -> String {
    PriceTable::read(text, "prices.yaml").unwrap_err().to_string()
}

/// The price of input that a table has for a model of OpenAI's, or why it has none.
fn input(table: &PriceTable, model: &str, on: &str) -> String {
    match table.look_up("openai", model, day(on)) {
        Ok(LookUp::Known(price, _)) => price.input.to_string(),
        Ok(LookUp::Gap(gap)) => gap.to_string(),
        Ok(LookUp::Unknown { nearest }) => format!("unknown, {nearest:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_very_name_counts_before_a_pattern_and_a_longer_pattern_before_a_shorter_one() {
    let table = table(TABLE);
    assert_eq!(input(&table, "gpt-x", "2026-05-31"), "1");
    assert_eq!(input(&table, "gpt-x", "2026-07-01"), "3");
    assert_eq!(input(&table, "gpt-xy", "2026-05-31"), "8");
    assert_eq!(input(&table, "gpt-y", "2026-05-31"), "9");
}

#[test]
fn a_table_is_about_models_of_its_provider_alone() {
    let table = table(TABLE);
    let known = |provider: &str, model: &str| table.look_up(provider, model, day("2026-01-01")).unwrap();
    assert!(matches!(known("llm.example.org", "own"), LookUp::Known(price, _) if price.is_free()));
    assert_eq!(known("localhost", "gpt-x"), LookUp::Unknown { nearest: None });
    assert_eq!(known("openai", "own"), LookUp::Unknown { nearest: None });
}

#[test]
fn a_day_between_two_prices_is_a_gap_and_no_pattern_fills_it() {
    let table = table(TABLE);
    insta::assert_snapshot!(input(&table, "gpt-x", "2026-06-15"), @"prices.yaml knows gpt-x until 2026-06-01 and from 2026-07-01 on, and nothing for 2026-06-15");
    let ended =
        "- { provider: openai, model: m, input: 1, output: 1, until: 2026-06-01, source: s, as_of: 2026-01-01 }";
    insta::assert_snapshot!(input(&self::table(ended), "m", "2026-06-01"), @"prices.yaml knows m until 2026-06-01, and nothing for 2026-06-01");
    let begins = ended.replace("until", "from");
    insta::assert_snapshot!(input(&self::table(&begins), "m", "2026-05-31"), @"prices.yaml knows m from 2026-06-01 on, and nothing for 2026-05-31");
}

#[test]
fn a_model_that_no_entry_is_about_is_unknown_with_the_nearest_name() {
    let table = table(
        "- { provider: openai, model: \"gpt-5-mini{,-2025-08-07}\", input: 1, output: 1, source: s, as_of: 2026-01-01 }",
    );
    assert_eq!(input(&table, "gpt-5-mimi", "2026-01-01"), "unknown, Some(\"gpt-5-mini\")");
    assert_eq!(input(&table, "qwen", "2026-01-01"), "unknown, None");
}

#[test]
fn two_prices_for_one_day_are_refused_with_both_lines() {
    let entry = |more: &str| {
        format!("- {{ provider: openai, model: m, input: 1, output: 1, source: s, as_of: 2026-01-01{more} }}\n")
    };
    insta::assert_snapshot!(told(&(entry("") + &entry(""))), @"prices.yaml:2:1: `m` has two prices for one day, on lines 1 and 2; end one with `until`");
    let overlapping = entry(", until: 2026-06-02") + "\n" + &entry(", from: 2026-06-01");
    insta::assert_snapshot!(told(&overlapping), @"prices.yaml:3:1: `m` has two prices for 2026-06-01, on lines 1 and 3; end one with `until`");
    let apart = entry(", until: 2026-06-01") + &entry(", from: 2026-06-01");
    assert_eq!(input(&table(&apart), "m", "2026-06-01"), "1");
    let alike = "- { provider: openai, model: \"gpt-*-mini\", input: 1, output: 1, source: s, as_of: 2026-01-01 }\n\
                 - { provider: openai, model: \"gpt-5-mi*\", input: 2, output: 1, source: s, as_of: 2026-01-01 }\n\
                 - { provider: openai, model: \"gpt-5-min*\", input: 3, output: 1, until: 2026-01-01, source: s, as_of: 2026-01-01 }\n\
                 - { provider: openai, model: \"gpt-5-*ini\", input: 4, output: 1, source: s, as_of: 2026-01-01 }\n";
    insta::assert_snapshot!(input(&table(alike), "gpt-5-mini", "2026-01-01"), @"prices.yaml: `gpt-*-mini` on line 1 and `gpt-5-*ini` on line 4 fit gpt-5-mini equally well, and both have a price for 2026-01-01; write one for the very name `gpt-5-mini`");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let with = |key: &str, value: &str| {
        let fields = [
            ("provider", "openai"),
            ("model", "m"),
            ("input", "1"),
            ("output", "2"),
            ("source", "s"),
            ("as_of", "2026-01-01"),
        ];
        let line = |(name, usual): (&str, &str)| format!("  {name}: {}\n", if name == key { value } else { usual });
        format!("-\n{}", fields.map(line).concat())
    };
    insta::assert_snapshot!(told(&with("input", "-1")), @"prices.yaml:4:10: a price is a number of US dollars for a million tokens, from 0 to 1000000; -1 is none");
    insta::assert_snapshot!(told(&with("input", "1e308")), @"prices.yaml:4:10: a price is a number of US dollars for a million tokens, from 0 to 1000000; 1e308 is none");
    insta::assert_snapshot!(told(&with("provider", "127.0.0.1:7748")), @"prices.yaml:2:13: `127.0.0.1:7748` has a port; write the host without the port: `127.0.0.1`");
    for hostile in ["{".repeat(2000) + &"}".repeat(2000), "{a,b},".repeat(300)] {
        let told = told(&with("model", &format!("\"{hostile}\"")));
        assert!(
            told.starts_with("prices.yaml:3:10: a model's name, or a pattern for names, has at most 200 bytes"),
            "{told}"
        );
    }
    insta::assert_snapshot!(told(&with("output", "cheap")), @"prices.yaml:5:11: expected a number");
    insta::assert_snapshot!(told(&with("provider", "antrhopic")), @"prices.yaml:2:13: `antrhopic` is neither `openai`, `anthropic` or `azure` nor a host such as `api.mistral.ai`; did you mean `anthropic`?");
    insta::assert_snapshot!(told(&with("as_of", "2026-02-30")), @"prices.yaml:7:10: `2026-02-30` is not a day such as `2026-06-30`");
    insta::assert_snapshot!(told(&(with("", "") + "  until: June\n")), @"prices.yaml:8:10: `June` is not a day such as `2026-06-30`");
    insta::assert_snapshot!(told(&(with("", "") + "  cached: 1\n")), @"prices.yaml:8:3: unknown field `cached`, expected one of provider, model, input, cached_input, output, reasoning, batch, up_to, from, until, source, as_of, note; did you mean `cached_input`?");
    insta::assert_snapshot!(told(&(with("", "") + "  from: 2026-06-01\n  until: 2026-06-01\n")), @"prices.yaml:2:1: from 2026-06-01 until 2026-06-01 is no time; `until` is the first day without this price");
    insta::assert_snapshot!(told("provider: openai\n"), @"prices.yaml:1:1: expected a list (`[a, b]`, or lines that begin with `- `)");
}

#[test]
fn a_table_without_entries_is_one() {
    for text in ["", "# nothing yet\n", "---\n", "[]"] {
        assert!(table(text).entries().is_empty(), "{text:?}");
    }
}

/// What is known of a model with these settings, with a project's table and the built-in one.
fn priced(own: &str, settings: &str) -> String {
    let tables = vec![table(own), PriceTable::built_in().unwrap()];
    let prices = Prices { tables };
    match prices.of_model("gpt-5-mini", &yaml::read(settings, "carat.yaml").unwrap(), day("2026-11-26")).unwrap() {
        Priced::Written(price) => format!("carat.yaml {}", price.input),
        Priced::Listed { price, table, .. } => format!("{table} {}", price.input),
        Priced::Free => "free".to_owned(),
        Priced::Gap(gap) => gap.to_string(),
        Priced::Unknown { nearest } => format!("unknown {nearest:?}"),
    }
}

#[test]
fn settings_count_before_the_project_s_table_and_that_before_the_built_in_one() {
    let own = "- { provider: openai, model: gpt-5-mini, input: 7, output: 1, source: s, as_of: 2026-01-01 }";
    assert_eq!(priced("", "provider: openai"), "the built-in table 0.25");
    assert_eq!(priced(own, "provider: openai"), "prices.yaml 7");
    assert_eq!(priced(own, "provider: openai\nprice: { input: 5, output: 5 }"), "carat.yaml 5");
    let ended = own.replace("source", "until: 2026-11-26, source");
    assert_eq!(
        priced(&ended, "provider: openai"),
        "prices.yaml knows gpt-5-mini until 2026-11-26, and nothing for 2026-11-26"
    );
    assert_eq!(priced(&ended, "provider: openai\nmodel: gpt-5-nano"), "the built-in table 0.05");
}

#[test]
fn what_answers_from_here_is_free_and_what_a_program_costs_nobody_knows() {
    assert_eq!(priced("", "provider: baseline"), "free");
    assert_eq!(priced("", "provider: recorded\nfrom: a.jsonl"), "free");
    assert_eq!(priced("", "provider: recorded\nfrom: a.jsonl\nprice: { input: 1, output: 1 }"), "carat.yaml 1");
    assert_eq!(priced("", "provider: command\ncommand: [cat]"), "unknown None");
    assert_eq!(priced("", "provider: openai\nbase_url: http://localhost:1/v1"), "unknown None");
}

/// Every entry of the built-in table is one that counts: for its own stem, today, with a source of the provider's own.
#[test]
fn the_built_in_table_is_as_it_should_be() {
    let table = PriceTable::built_in().unwrap();
    let today = day("2026-11-26");
    assert!(table.entries().len() >= 40);
    for entry in table.entries() {
        let (pages, line) = (["https://developers.openai.com/", "https://platform.claude.com/"], entry.line);
        let page = if entry.provider == "openai" { pages[0] } else { pages[1] };
        assert!(entry.source.starts_with(page) && entry.as_of <= today, "line {line}");
        let Price { input, output, cached_input, batch, .. } = entry.price;
        let is_embedding = entry.model.as_str().starts_with("text-embedding-");
        assert!(input > 0.0 && input < 1000.0 && (output >= input) != is_embedding, "line {line}");
        assert!(cached_input.is_none_or(|cached| cached > 0.0 && cached < input), "line {line}");
        assert!(batch.is_none_or(|part| part == 0.5), "line {line}");
        let model = entry.model.stem().trim_end_matches('-').replace("????", "2026");
        if entry.model.fits(&model) && entry.holds_on(today) {
            let found = table.look_up(&entry.provider, &model, today).unwrap();
            assert_eq!(found, LookUp::Known(entry.price, entry), "{model}");
        }
        let last = entry.until.map_or(today, |until| until.saturating_sub(1.day()));
        assert!(entry.holds_on(last), "line {line}");
    }
}

#[test]
fn the_built_in_table_knows_the_models_of_this_year() {
    let table = PriceTable::built_in().unwrap();
    let price = |provider: &str, model: &str| match table.look_up(provider, model, day("2026-11-26")) {
        Ok(LookUp::Known(price, _)) => Some((price.input, price.output)),
        _ => None,
    };
    assert_eq!(price("openai", "gpt-5-mini-2025-08-07"), Some((0.25, 2.0)));
    assert_eq!(price("openai", "gpt-5.6"), Some((4.0, 20.0)));
    assert_eq!(price("openai", "gpt-5.6-terra-2026-07-01"), Some((2.0, 12.0)));
    assert_eq!(price("openai", "gpt-5-chat-latest"), Some((1.25, 10.0)));
    assert_eq!(price("openai", "ft:gpt-4o-mini-2024-07-18:org::abc"), Some((0.3, 1.2)));
    assert_eq!(price("anthropic", "claude-opus-5-5-20260901"), Some((4.0, 20.0)));
    assert_eq!(price("anthropic", "claude-opus-5"), Some((5.0, 25.0)));
    assert_eq!(price("openai", "claude-opus-5"), None);
    assert_eq!(price("openai", "gpt-9"), None);
}

proptest! {
    #[test]
    fn nothing_that_anybody_writes_breaks_the_reader(text in "\\PC{0,80}", value in "[ -~]{0,20}") {
        let _ = PriceTable::read(&text, "x");
        let entry = format!("- {{provider: openai, model: \"{value}\", input: 1, output: 1, source: s, as_of: 2026-01-01}}");
        if let Ok(table) = PriceTable::read(&entry, "x") {
            let _ = table.look_up("openai", &text, Date::MIN);
        }
    }

    /// Whatever the times of two entries are: a day has the price of the one that holds, and is a gap where none does.
    #[test]
    fn a_day_has_one_price_or_is_a_gap(a in 1_i8..28, b in 1_i8..28, on in 1_i8..28) {
        let entry = |input: u32, key: &str, day: i8| {
            format!("- {{provider: openai, model: m, input: {input}, output: 1, {key}: 2026-06-{day:02}, source: s, as_of: 2026-01-01}}\n")
        };
        let text = entry(1, "until", a) + &entry(2, "from", b);
        match PriceTable::read(&text, "x") {
            Err(_) => prop_assert!(b < a, "only prices of one day are refused"),
            Ok(table) => {
                let found = table.look_up("openai", "m", Date::constant(2026, 6, on)).unwrap();
                match found {
                    LookUp::Known(price, _) => prop_assert_eq!(price.input, if on < a { 1.0 } else { 2.0 }),
                    LookUp::Gap(gap) => {
                        let told = matches!(gap.missing, Missing::Day { until: Some(_), from: Some(_), .. });
                        prop_assert!(on >= a && on < b && told);
                    }
                    LookUp::Unknown { .. } => prop_assert!(false),
                }
            }
        }
    }
}
