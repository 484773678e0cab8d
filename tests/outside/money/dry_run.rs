//! A dry run tells what a run is going to take, as far as that can be known.

use super::{entry, project, server};
use crate::outside::project::Project;

fn dry(project: &Project, more: &[&str]) -> String {
    project.carat(&[&["eval", "fruit", "--dry-run", "-q"], more].concat()).shown(project)
}

#[test]
fn without_earlier_answers_their_length_is_bounded_or_unknown() {
    let server = server();
    let project = project(&server);
    project.write("prices.yaml", entry(2.0, ""));
    insta::assert_snapshot!(dry(&project, &[]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 1 models × 1 trials = 4 calls

    prompt  model  calls  input tokens, about  output tokens, about               cost
    sort    m          4                  149               unknown  more than $0.0003

    estimate
    more than $0.0003 in all
    price    m: $2 in, $8 out for a million tokens (prices.yaml, as of 2026-11-02, our contract)
    answers  sort×m: no earlier run says how long they are, and no `max_tokens` how long they may be
    ");
    insta::assert_snapshot!(dry(&project, &["--set", "max_tokens=50"]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 1 models × 1 trials = 4 calls

    prompt  model  calls  input tokens, about  output tokens, about                cost
    sort    m          4                  149             up to 200  $0.0003 to $0.0019

    estimate
    $0.0003 to $0.0019 in all
    price    m: $2 in, $8 out for a million tokens (prices.yaml, as of 2026-11-02, our contract)
    answers  sort×m: no earlier run says how long they are; at most 50 tokens each, by `max_tokens`
    ");
    assert!(!project.file(".carat").exists(), "it makes no store");
}

#[test]
fn earlier_answers_say_how_long_further_ones_are_going_to_be() {
    let server = server();
    let project = project(&server);
    project.write("prices.yaml", entry(2.0, ""));
    assert_eq!(project.carat(&["eval", "fruit", "-q", "--limit", "3"]).code, Some(0));
    insta::assert_snapshot!(dry(&project, &["--trials", "2"]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 1 models × 2 trials = 8 calls

    prompt  model  calls  input tokens, about  output tokens, about           cost
    sort    m          8                  187                     5  about $0.0004

    estimate
    about $0.0004 in all
    price    m: $2 in, $8 out for a million tokens (prices.yaml, as of 2026-11-02, our contract)
    before   sort×m: 3 of 8 calls were answered before, and cost nothing
    answers  sort×m: as long as 3 answers of run RUN
    ");
    std::fs::remove_file(project.file("prices.yaml")).unwrap();
    insta::assert_snapshot!(dry(&project, &[]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 1 models × 1 trials = 4 calls

    prompt  model  calls  input tokens, about  output tokens, about     cost
    sort    m          4                   38                     1  unknown

    estimate
    what it is going to cost is not known
    price    m: unknown; write `price` with the model in carat.yaml, or an entry into prices.yaml
    before   sort×m: 3 of 4 calls were answered before, and cost nothing
    answers  sort×m: as long as 3 answers of run RUN
    ");
    project.write("prompts/sort.prompty", "---\ninputs:\n  thing: { kind: string }\n---\nuser:\n{{ thing }}?\n");
    assert!(dry(&project, &[]).contains("sort×m: as long as 3 answers of run RUN\n"), "a prompt is known by its name");
}

#[test]
fn what_is_free_is_told_apart_from_what_is_unknown() {
    let server = server();
    let project = project(&server);
    let url = server.base_url();
    project.write(
        "carat.yaml",
        format!(
            "models:\n  nearest: {{ provider: baseline }}\n  m: {{ provider: openai, base_url: \"{url}\" }}\n  \
             strict: {{ provider: openai, base_url: \"{url}\" }}\n"
        ),
    );
    insta::assert_snapshot!(dry(&project, &["--model", "nearest"]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 1 models × 1 trials = 4 calls

    prompt  model    calls  input tokens, about
    sort    nearest      4                  149
    ");
    let judged = "prompts: [sort]\nmodels: [nearest, m]\ndataset: fruit\nscorers:\n  - { name: polite, judge: { model: strict, rubric: \"Is it polite?\" } }\n";
    project.write("evals/fruit.yaml", judged);
    insta::assert_snapshot!(dry(&project, &[]), @"
    exit 0
    fruit: 4 rows of fruit × 1 prompts × 2 models × 1 trials = 8 calls

    prompt  model    calls  input tokens, about  output tokens, about     cost
    sort    nearest      4                  149                     –  nothing
    sort    m            4                  149               unknown  unknown

    estimate
    what it is going to cost is not known
    price    m: unknown; write `price` with the model in carat.yaml, or an entry into prices.yaml
    answers  sort×m: no earlier run says how long they are, and no `max_tokens` how long they may be
    judges   strict: what they are asked is not in it
    ");
}

#[test]
fn of_many_rows_some_are_counted_and_the_range_says_so() {
    let server = server();
    let project = project(&server);
    let row = |number: usize| {
        let words = "many words ".repeat(number % 7);
        format!("{{\"id\": \"r-{number}\", \"input\": {{\"thing\": \"{words}\"}}, \"expected\": \"no\"}}\n")
    };
    project.write("datasets/fruit.jsonl", (0..1000).map(row).collect::<String>());
    project.write("prices.yaml", entry(2.0, ", up_to: 42"));
    insta::assert_snapshot!(dry(&project, &["--set", "max_tokens=1"]), @"
    exit 0
    fruit: 1000 rows of fruit × 1 prompts × 1 models × 1 trials = 1000 calls

    prompt  model  calls     input tokens, about  output tokens, about               cost
    sort    m       1000  41845 (41404 to 42286)            up to 1000  more than $0.0401

    estimate
    more than $0.0401 in all
    price    m: $2 in, $8 out, up to 42 tokens a request for a million tokens (prices.yaml, as of 2026-11-02, our contract)
    answers  sort×m: no earlier run says how long they are; at most 1 tokens each, by `max_tokens`
    input    sort×m: about 43 % of the requests are longer than 42 tokens, and cost more
    input    counted on 200 of 1000 rows
    ");
}
