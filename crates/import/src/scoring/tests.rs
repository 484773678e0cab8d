use super::*;
use carat_core::spec::{RegexSpec, Text};

fn exact(expected: &str) -> Asked {
    let spec = ScorerSpec { exact: Some(Text::default()), ..ScorerSpec::default() };
    let expected = Some(Expected::Template(expected.to_owned()));
    Asked { place: "here".to_owned(), name: "equals".to_owned(), spec, expected }
}

fn regex(pattern: &str) -> Asked {
    let regex = RegexSpec { pattern: pattern.to_owned(), capture: None, text: Text::default() };
    let spec = ScorerSpec { regex: Some(regex), ..ScorerSpec::default() };
    Asked { place: "here".to_owned(), name: "regex".to_owned(), spec, expected: None }
}

/// The scorers as they would be written, what each row gets, and what was left out.
fn outcome(rows: &[Value], asked: &[Vec<Asked>]) -> (Vec<Value>, Vec<Added>, usize) {
    let account = Account::default();
    let rows: Vec<&Map<String, Value>> = rows.iter().filter_map(Value::as_object).collect();
    let (specs, added) = scorers(&account, &rows, asked, "assert");
    (specs.iter().map(lean).collect(), added, account.close().len())
}

#[test]
fn one_value_on_every_row_is_one_scorer() {
    let (specs, added, _) = outcome(&[json!({}), json!({})], &[vec![exact("Hi")], vec![exact("Hi")]]);
    assert_eq!(specs, [json!({"name": "equals", "exact": {}, "expected": "Hi"})]);
    assert_eq!(added, [Added::default(), Added::default()]);
}

#[test]
fn one_value_by_row_is_what_the_row_expects() {
    let (specs, added, _) = outcome(&[json!({}), json!({})], &[vec![exact("a")], vec![exact("b")]]);
    assert_eq!(specs, [json!({"name": "equals", "exact": {}})]);
    assert_eq!(added.iter().map(|row| row.expected.clone()).collect::<Vec<_>>(), [Some(json!("a")), Some(json!("b"))]);
}

#[test]
fn several_values_by_row_go_into_its_metadata_and_scorers_of_some_rows_have_a_tag() {
    let asked = [vec![exact("a"), exact("b")], vec![exact("x"), exact("d")], vec![exact("c")]];
    let (specs, added, _) = outcome(&[json!({}), json!({}), json!({})], &asked);
    assert_eq!(
        specs,
        [
            json!({"name": "equals", "exact": {}, "expected": "{{ metadata.assert.equals }}"}),
            json!({"name": "equals_2", "exact": {}, "expected": "{{ metadata.assert.equals_2 }}", "tags": ["equals_2"]}),
        ]
    );
    assert_eq!(added[0].tags, ["equals_2"]);
    assert_eq!(added[0].values, *json!({"equals": "a", "equals_2": "b"}).as_object().unwrap());
    assert_eq!((&added[2].tags, &added[2].values), (&vec![], json!({"equals": "c"}).as_object().unwrap()));
}

#[test]
fn a_template_over_variables_that_every_row_has_stays_a_template() {
    let asked = [vec![exact("{{ city }}!")], vec![exact("{{ city }}!")]];
    let (specs, _, _) = outcome(&[json!({"city": "Rom"}), json!({"city": "Ulm"})], &asked);
    assert_eq!(specs, [json!({"name": "equals", "exact": {}, "expected": "{{ input.city }}!"})]);
    let (_, added, _) = outcome(&[json!({"city": "Rom"}), json!({})], &asked);
    assert_eq!(added[0].expected, Some(json!("Rom!")));
}

#[test]
fn a_value_that_computes_is_left_out_for_its_row_alone() {
    let asked = [vec![exact("{{ city | upper }}")], vec![exact("b")]];
    let (specs, added, left_out) = outcome(&[json!({"city": "Rom"}), json!({})], &asked);
    assert_eq!((specs.len(), left_out), (1, 1));
    assert_eq!((added[0].tags.len(), added[1].tags.len()), (0, 1));
}

#[test]
fn settings_that_differ_are_scorers_of_their_own() {
    let (specs, added, left_out) = outcome(&[json!({}), json!({})], &[vec![regex("a"), regex("a")], vec![regex("b")]]);
    assert_eq!(specs[1], json!({"name": "regex_2", "regex": {"pattern": "b"}, "tags": ["regex_2"]}));
    assert_eq!((added[0].tags.clone(), left_out), (vec!["regex".to_owned()], 1));
}

#[test]
fn an_eval_has_a_bounded_number_of_scorers() {
    let rows = vec![json!({}); 100];
    let asked: Vec<Vec<Asked>> = (0..100).map(|row| vec![regex(&row.to_string())]).collect();
    let (specs, _, left_out) = outcome(&rows, &asked);
    assert_eq!((specs.len(), left_out), (MOST, 1));
}
