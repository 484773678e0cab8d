//! Filling in variables.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use carat::{Part, RenderError, RequestError, Role};
use carat_core::package::Picture;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::made::{TRIAGE, entry, package, packed, place, still, write};

#[derive(Serialize)]
struct Ticket<'a> {
    subject: Option<&'a str>,
    body: &'a str,
}

/// The one prompt of a bundle.
fn prompt(text: &str) -> carat::Prompt {
    let (_folder, path) = place();
    write(&path, vec![entry("support/triage", 7, &["production"], text)]);
    still(&path).get("support/triage@7").unwrap()
}

fn error(text: &str, variables: impl Serialize) -> String {
    prompt(text).render(&variables).unwrap_err().to_string()
}

fn spoken(rendered: &carat::Rendered) -> Vec<(Role, String)> {
    rendered.messages().iter().map(|message| (message.role, message.joined_text().into_owned())).collect()
}

#[test]
fn a_struct_fills_in_the_variables() {
    let rendered = prompt(TRIAGE).render(&Ticket { subject: Some("Invoice"), body: "Charged twice." }).unwrap();
    let expected =
        [(Role::System, "Answer with one word.".to_owned()), (Role::User, "Invoice\nCharged twice.".to_owned())];
    assert_eq!(spoken(&rendered), expected);
    assert_eq!((rendered.model(), rendered.parameters().0["temperature"].clone()), (Some("gpt-5-mini"), json!(0)));
    assert_eq!((rendered.stamp().name.as_str(), rendered.stamp().version), ("support/triage", Some(7)));
}

#[test]
fn a_field_that_is_none_is_left_to_the_default() {
    let rendered = prompt(TRIAGE).render(&Ticket { subject: None, body: "Charged twice." }).unwrap();
    assert_eq!(spoken(&rendered)[1].1, "\nCharged twice.");
}

#[test]
fn a_null_is_a_value_where_anything_is_taken() {
    let text = "---\ninputs: { x: any }\n---\nuser:\n{% if x is none %}nothing{% endif %}";
    assert_eq!(spoken(&prompt(text).render(&json!({ "x": null })).unwrap())[0].1, "nothing");
}

#[test]
fn what_is_missing_is_told_with_variable_file_and_line() {
    insta::assert_snapshot!(error(TRIAGE, json!({"subject": "x", "boddy": "y"})), @"prompts/support/triage.prompty:13: the variable `body` is not given; given are subject, boddy; did you mean `boddy`?");
    insta::assert_snapshot!(error(TRIAGE, Ticket { subject: None, body: "" }.subject), @"prompts/support/triage.prompty:13: the variable `body` is not given; nothing is");
    insta::assert_snapshot!(error("user:\nHello\n{{ nmae }}", json!({"name": "x"})), @"prompts/support/triage.prompty:3: `nmae` is undefined (given are name); did you mean `name`?");
    let RenderError::Missing { variable, line, .. } = prompt(TRIAGE).render(&json!({})).unwrap_err() else {
        unreachable!("it is missing")
    };
    assert_eq!((variable.as_str(), line), ("body", Some(13)));
}

#[test]
fn an_input_that_need_not_be_given_may_be_null_as_well() {
    let text = "---\ninputs:\n  tone: { kind: string, required: false }\n---\nuser:\n{% if tone is defined %}Be {{ tone }}.{% else %}Be kind.{% endif %}";
    assert_eq!(spoken(&prompt(text).render(&json!({ "tone": null })).unwrap())[0].1, "Be kind.");
    assert_eq!(spoken(&prompt(text).render(&json!({ "tone": "brief" })).unwrap())[0].1, "Be brief.");
}

#[test]
fn a_value_of_another_kind_is_refused() {
    insta::assert_snapshot!(error(TRIAGE, json!({"body": 42})), @"prompts/support/triage.prompty: input `body` is declared as string, but is a number (42)");
    insta::assert_snapshot!(error("---\ninputs: { x: number }\n---\nuser:\n{{ x }}", json!({"x": f64::NAN})), @"prompts/support/triage.prompty:5: the variable `x` is not given; nothing is");
}

#[test]
fn variables_have_names() {
    insta::assert_snapshot!(error(TRIAGE, "body"), @"support/triage: variables have names; give a struct or a map in place of a text");
    insta::assert_snapshot!(error(TRIAGE, ["body"]), @"support/triage: variables have names; give a struct or a map in place of a list");
    insta::assert_snapshot!(error(TRIAGE, 1), @"support/triage: variables have names; give a struct or a map in place of a number");
    let by_pairs = BTreeMap::from([((1, 2), 3)]);
    insta::assert_snapshot!(error(TRIAGE, by_pairs), @"support/triage: the variables cannot be written as JSON: key must be a string");
}

#[test]
fn the_question_is_the_one_that_evals_record() {
    let text =
        "---\nmodel: { options: { temperature: 0.5 } }\noutputs: { queue: string }\n---\nsystem:\nA\nuser:\n{{ x }}";
    let rendered = prompt(text).render(&json!({"x": "b"})).unwrap();
    let parsed = package(text).prompt("support/triage").unwrap();
    let messages = parsed.render(json!({"x": "b"}).as_object().unwrap(), &[], &|_| Err(String::new())).unwrap();
    let tools = parsed.tools.clone();
    let (response_format, parameters) = (parsed.response_format.clone(), parsed.parameters.clone());
    let request = carat_core::Request { messages, tools, response_format, parameters };
    assert_eq!(rendered.request().digest(), request.digest());
    assert_eq!(rendered.stamp().digest, parsed.digest());
}

#[test]
fn a_picture_of_the_version_comes_along_and_any_other_path_is_refused() {
    let picture = Picture { media_type: "image/png".to_owned(), base64: "iVBORw==".to_owned() };
    let mut package = package("user:\n![a](cat.png) ![b]({{ photo }})");
    package.pictures.insert("cat.png".to_owned(), picture);
    let (_folder, path) = place();
    write(&path, vec![packed("a", 1, &[], package)]);
    let prompt = still(&path).get("a@1").unwrap();
    let rendered = prompt.render(&json!({"photo": "https://example.org/a.png"})).unwrap();
    let addresses: Vec<Value> = match &rendered.body() {
        Err(RequestError::NoModel { .. }) => rendered.clone().for_model("m").body().unwrap()["messages"][0]["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| part["image_url"]["url"].clone())
            .collect(),
        other => unreachable!("no model is named: {other:?}"),
    };
    assert_eq!(addresses, ["data:image/png;base64,iVBORw==", "https://example.org/a.png"]);
    assert!(matches!(&rendered.messages()[0].content[0], Part::Image(image) if image.digest.is_some()));
    let error = prompt.render(&json!({"photo": "/etc/passwd"})).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"prompts/support/triage.prompty: image `/etc/passwd`: it is no part of the version; give an address (https:// or data:image/)");
}

#[test]
fn the_stamp_goes_along_when_asked_for_and_leaves_room_for_sixteen() {
    let text = |pairs: usize| {
        let pairs: String = (0..pairs).map(|at| format!("k{at}: v, ")).collect();
        format!("---\nmodel: {{ id: m, options: {{ metadata: {{ {pairs} }} }} }}\n---\nuser:\nhi")
    };
    let rendered = prompt(&text(13)).render(&()).unwrap();
    assert_eq!(rendered.body().unwrap()["metadata"].as_object().unwrap().len(), 13);
    let metadata = rendered.stamped().body().unwrap()["metadata"].clone();
    assert_eq!(metadata.as_object().unwrap().len(), 16);
    assert_eq!((&metadata["prompt"], &metadata["prompt_version"]), (&json!("support/triage"), &json!("7")));
    let error = prompt(&text(14)).render(&()).unwrap().stamped().body().unwrap_err().to_string();
    assert!(
        error.ends_with(
            "the stamp does not fit into `metadata`: with the prompt's own it is 17 pairs, and OpenAI takes 16"
        ),
        "{error}"
    );
}

#[test]
fn a_prompt_that_was_got_stays_what_it_was() {
    let (_folder, path) = place();
    write(&path, vec![entry("a", 1, &["production"], "user:\nfirst")]);
    let prompts = still(&path);
    let before = prompts.get("a@production").unwrap();
    write(&path, vec![entry("a", 2, &["production"], "user:\nsecond")]);
    assert!(prompts.reload().unwrap());
    assert_eq!(spoken(&before.render(&()).unwrap())[0].1, "first");
    drop(prompts);
    assert_eq!(spoken(&before.render(&()).unwrap())[0].1, "first");
}

proptest! {
    #[test]
    fn a_value_never_makes_a_message(subject in "\\PC*|user:\n.*|\n*assistant:\n.*", body in any::<String>()) {
        static PROMPT: LazyLock<carat::Prompt> = LazyLock::new(|| prompt(TRIAGE));
        let rendered = PROMPT.render(&json!({"subject": subject, "body": body})).unwrap();
        prop_assert_eq!(spoken(&rendered)[1..].to_vec(), [(Role::User, format!("{subject}\n{body}"))]);
        prop_assert_eq!(rendered.messages().len(), 2);
    }
}
