use carat_core::spec::Tensors;
use carat_core::{Completion, FinishReason, Message, Role};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::{of_generate, of_infer};
use super::body::{Generate, Infer};
use crate::wire::Failure;
use crate::wire::asked::{any_request, everything, is_sent_or_refused, plain, with_parameters};

fn unsendable<T: std::fmt::Debug>(made: Result<T, Failure>) -> String {
    match made {
        Err(Failure::Unsendable(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn inferred(answer: Value, output: Option<&str>) -> Result<Completion, Failure> {
    of_infer(answer.to_string().as_bytes(), output, "m")
}

fn unreadable(answer: Value, output: Option<&str>) -> String {
    match inferred(answer, output) {
        Err(Failure::Unreadable(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_is_a_tensor_of_one_element() {
    let input = json!({"name": "text_input", "shape": [1], "datatype": "BYTES", "data": ["hello"]});
    let request = plain("hello");
    let body = serde_json::to_value(Infer::new(&request, request.digest(), &Tensors::default()).unwrap()).unwrap();
    assert_eq!(body, json!({"id": request.digest(), "inputs": [input]}));
    let tensors = Tensors { input: Some("prompt".to_owned()), output: Some("answer".to_owned()) };
    let request = with_parameters(&json!({"max_output_tokens": 8, "temperature": 0.5, "top_k": 5}));
    let body = serde_json::to_value(Infer::new(&request, request.digest(), &tensors).unwrap()).unwrap();
    assert_eq!((&body["inputs"][0]["name"], &body["outputs"]), (&json!("prompt"), &json!([{"name": "answer"}])));
    assert_eq!(body["parameters"], json!({"max_tokens": 8, "temperature": 0.5, "top_k": 5}));
}

#[test]
fn triton_takes_a_text_with_parameters_beside_it() {
    let request = with_parameters(&json!({"max_output_tokens": 8}));
    let body = serde_json::to_value(Generate::new(&request).unwrap()).unwrap();
    assert_eq!(body, json!({"text_input": "hello", "parameters": {"max_tokens": 8}}));
    assert_eq!(serde_json::to_value(Generate::new(&plain("x")).unwrap()).unwrap(), json!({"text_input": "x"}));
}

#[test]
fn what_is_more_than_one_text_is_refused_in_words() {
    insta::assert_snapshot!(unsendable(Generate::new(&everything())), @"a model of provider `oip` takes one text and nothing else, and this request has 4 messages; write all of the prompt under `user:`, in the form that the model was trained on");
    let mut twice = plain("a");
    twice.messages.push(Message::text(Role::User, "b"));
    insta::assert_snapshot!(unsendable(Infer::new(&twice, twice.digest(), &Tensors::default())), @"a model of provider `oip` takes one text and nothing else, and this request has 2 messages");
    let listed = with_parameters(&json!({"stop": ["END"]}));
    insta::assert_snapshot!(unsendable(Generate::new(&listed)), @"the parameter `stop` is no text, number or boolean, as the Open Inference Protocol wants parameters");
    let same = with_parameters(&json!({"max_output_tokens": 1, "max_tokens": 2}));
    assert!(unsendable(Generate::new(&same)).contains("`max_tokens`"));
}

#[test]
fn the_text_is_in_the_first_output_that_holds_texts_or_in_the_one_that_is_named() {
    let scores = json!({"name": "scores", "datatype": "FP32", "shape": [1], "data": [0.5]});
    let first = json!({"name": "a", "datatype": "BYTES", "shape": [1, 1], "data": [["one"]]});
    let second = json!({"name": "b", "data": ["two"]});
    let answer = json!({"model_name": "m", "id": "7", "outputs": [scores, first, second]});
    let expected = Completion { text: "one".to_owned(), response_id: Some("7".to_owned()), ..Completion::default() };
    assert_eq!(expected.finish_reason, FinishReason::Unknown);
    assert_eq!(inferred(answer.clone(), None).unwrap(), expected);
    assert_eq!(inferred(answer.clone(), Some("b")).unwrap().text, "two");
    assert_eq!(unreadable(answer.clone(), Some("c")), "it has no output `c`");
    assert_eq!(unreadable(answer, Some("scores")), "its output is no text");
}

#[test]
fn an_output_without_one_text_cannot_be_read() {
    let output = |data: Value| json!({"outputs": [{"name": "a", "datatype": "BYTES", "data": data}]});
    assert_eq!(inferred(output(json!([null])), None).unwrap().text, "");
    assert_eq!(unreadable(output(json!(["a", "b"])), None), "it has 2 texts in place of one");
    assert_eq!(unreadable(output(json!([1])), None), "its output is no text");
    assert_eq!(unreadable(json!({"outputs": []}), None), "none of its outputs holds a text (`BYTES`)");
    assert_eq!(unreadable(json!({"outputs": [{"data": [1]}]}), None), "none of its outputs holds a text (`BYTES`)");
    assert_eq!(unreadable(json!({"text_output": "x"}), None), "it has no `outputs`");
}

#[test]
fn triton_answers_with_a_text() {
    let read = |answer: Value| of_generate(answer.to_string().as_bytes(), "m");
    let answer = read(json!({"model_name": "ensemble", "model_version": "1", "text_output": "billing"})).unwrap();
    assert_eq!(
        (answer.text.as_str(), answer.answered_by.as_deref(), answer.usage),
        ("billing", Some("ensemble"), None)
    );
    assert_eq!(read(json!({"text_output": ["billing"]})).unwrap().text, "billing");
    assert_eq!(read(json!({"text_output": null})).unwrap().text, "");
    assert_eq!(read(json!({})).unwrap_err(), Failure::Unreadable("it has no `text_output`".to_owned()));
    assert!(matches!(read(json!({"error": "no more memory"})), Err(Failure::Told(_))));
}

proptest! {
    #[test]
    fn every_request_is_sent_or_refused_in_words(request in any_request()) {
        is_sent_or_refused(Infer::new(&request, request.digest(), &Tensors::default()))?;
        is_sent_or_refused(Generate::new(&request))?;
    }

    #[test]
    fn any_answer_is_read_without_a_panic(data in "[\\[\\]{}\",:a-z0-9]{0,40}") {
        for body in [format!(r#"{{"outputs":[{{"data":{data}}}]}}"#), format!(r#"{{"text_output":{data}}}"#), data] {
            let _ = of_infer(body.as_bytes(), None, "m");
            let _ = of_generate(body.as_bytes(), "m");
        }
    }
}
