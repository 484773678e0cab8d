//! What can be wrong in a spec, said when the scorer is made.

use crate::given::{refusal, try_spec};

#[test]
fn whatever_is_wrong_in_a_spec_is_said_when_the_scorer_is_made() {
    for (text, told) in [
        ("regex: {pattern: 'a(b'}", "regex.pattern: at character 2 of `a(b`: unclosed group"),
        (
            "regex: {pattern: '(?<queue>a)', capture: quue}",
            "regex.capture: `(?<queue>a)` has no group `quue`; did you mean `queue`? (its groups are numbered up to 1)",
        ),
        (
            "regex: {pattern: 'a', capture: '1'}",
            "regex.capture: `a` has no group `1` (its groups are numbered up to 0)",
        ),
        (
            "regex: {pattern: 'a', text: {trim: true}}",
            "regex.text: only a captured text is normalised; name the group in `capture`",
        ),
        (
            "choice: {options: [Other, b, other]}",
            "choice.options: `Other` and `other` are the same class, apart from case",
        ),
        ("choice: {options: [a]}", "choice.options: a choice needs at least two classes"),
        ("choice: {options: [a, ' ']}", "choice.options: a class without letters cannot be named"),
        ("contains: {all: [a, '']}", "contains.all: an empty text is in every answer; leave it out"),
        (
            "contains: {all: [Sorry], none: [sorry], case: ignore}",
            "contains.none: `sorry` is in `sorry`, which `all` asks for: no answer can pass",
        ),
        ("number: {absolute: -1}", "number.absolute: -1 is not a tolerance; it is 0 or more"),
        ("number: {relative: .nan}", "number.relative: NaN is not a tolerance; it is 0 or more"),
        ("levenshtein: {}\nthreshold: 1.5", "threshold: 1.5 is not a number from 0 to 1"),
        ("levenshtein: {}\nthreshold: .nan", "threshold: NaN is not a number from 0 to 1"),
        ("json: {schema: 5}", "json.schema: expected a JSON Schema, or the path of a file that holds one"),
        ("json: {fields: {a: ignore}}", "json.fields: every field is ignored, so that none is compared"),
        (
            "json: {fields: {a: equal, a.b: ignore}}",
            "json.fields: `a.b` is a part of `a`, which is named as a whole; name one of them",
        ),
        ("json: {fields: {a..b: equal}}", "json.fields: `a..b` is not a field; write `items.0.sku`"),
        ("exact: {}\non: {last_line: false}", "on.last_line: `false` names no part of the answer; leave `on` out"),
        ("exact: {}\non: {regex: '['}", "on.regex: at character 1 of `[`: unclosed character class"),
        (
            "exact: {}\non: {json_path: 'a.b'}",
            "on.json_path: at character 1 of `a.b`: not an RFC 9535 JSON path; a path begins with `$`",
        ),
        ("exact: {}\non: {json_path: '$.é['}", "on.json_path: at character 4 of `$.é[`: not an RFC 9535 JSON path"),
        ("chrf: {char_order: 0}", "chrf.char_order: is a number from 1 to 10; 6 is usual"),
        ("chrf: {char_order: 11}", "chrf.char_order: is a number from 1 to 10; 6 is usual"),
        ("chrf: {word_order: 5}", "chrf.word_order: is a number from 0 to 4; 0 is chrF, 2 is chrF++"),
        ("finish_reason: {one_of: []}", "finish_reason.one_of: names no reason, so that nothing passes"),
        ("length: {}", "length: needs `at_least` or `at_most`"),
        ("length: {unit: lines}", "length: needs `at_least` or `at_most`"),
        ("length: {at_least: 5, at_most: 4}", "length: nothing is at least 5 and at most 4"),
        ("cost: {at_most: -0.01}", "cost.at_most: is US dollars, from 0 on"),
        ("cost: {at_most: .nan}", "cost.at_most: is US dollars, from 0 on"),
        ("cost: {at_most: .inf}", "cost.at_most: is US dollars, from 0 on"),
    ] {
        assert_eq!(refusal(text), format!("scorer `s`: {told}"), "{text}");
    }
    assert_eq!(refusal("exact: {}\nnumber: {}"), "scorer `s` is both `exact` and `number`; make two scorers of it");
    assert!(refusal("json: {schema: {type: strnig}}").starts_with("scorer `s`: json.schema: "));
    assert!(refusal("json: {schema: {$ref: 'https://example.org/x'}}").starts_with("scorer `s`: json.schema: "));
}

#[test]
fn a_verdict_has_no_degree_to_hold_a_threshold_against() {
    for (text, kind) in [
        ("exact: {}", "exact"),
        ("json: {}", "json without fields"),
        ("squad: {measure: exact}", "squad"),
        ("refusal: {}", "refusal"),
        ("finish_reason: {one_of: [stop]}", "finish_reason"),
        ("length: {at_most: 5}", "length"),
        ("latency: {at_most: 1s}", "latency"),
        ("cost: {at_most: 1}", "cost"),
    ] {
        let told = format!(
            "scorer `s`: threshold: `{kind}` says right or wrong, so there is no degree to compare with; leave it out"
        );
        assert_eq!(refusal(&format!("{text}\nthreshold: 0.5")), told);
    }
}

#[test]
fn what_looks_at_an_answer_as_a_whole_has_no_part_to_look_at() {
    for text in [
        "tool_calls: {}",
        "refusal: {}",
        "finish_reason: {one_of: [stop]}",
        "length: {at_most: 5}",
        "latency: {at_most: 1s}",
        "cost: {at_most: 1}",
    ] {
        let kind = text.split(':').next().unwrap();
        let told = format!("scorer `s`: on: `{kind}` looks at the answer as a whole; leave it out");
        assert_eq!(refusal(&format!("{text}\non: {{last_line: true}}")), told);
    }
}

#[test]
fn a_setting_that_is_not_there_is_refused_where_it_stands_with_the_nearest_name() {
    for (text, told) in [
        ("rouge: {typ: rouge1}", "did you mean `type`?"),
        ("rouge: {type: rouge3}", "did you mean `rouge1`?"),
        ("bleu: {tokenizer: 13b}", "did you mean `13a`?"),
        ("chrf: {word_ordr: 2}", "did you mean `word_order`?"),
        ("wer: {case: ignore}", "unknown field `case`, expected one of text"),
        ("list: {compare: levenstein}", "did you mean `levenshtein`?"),
        ("tool_calls: {argument: subset}", "did you mean `arguments`?"),
        ("refusal: {wanted: as_expectd}", "did you mean `as_expected`?"),
        ("finish_reason: {one_of: [stopp]}", "did you mean `stop`?"),
        ("length: {at_mots: 5}", "did you mean `at_most`?"),
        ("latency: {at_most: soon}", "`soon` is not a length of time such as `60s`, `1m 30s` or `250ms`"),
        ("latency: {at_most: -1s}", "is not a length of time"),
        ("latency: {}", "missing field `at_most`"),
        ("squad: {measure: em}", "unknown variant `em`, expected one of f1, exact"),
        ("numeric_diff: {relative: true}", "unknown field `relative`"),
        ("jaro_winklr: {}", "did you mean `jaro_winkler`?"),
        ("bleu: {}\nthresold: 0.5", "did you mean `threshold`?"),
    ] {
        let error = try_spec(text).unwrap_err();
        assert!(
            error.contains(told) && error.contains("eval.yaml:2:") | error.contains("eval.yaml:3:"),
            "{text}: {error}"
        );
    }
}
