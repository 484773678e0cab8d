//! Messages that come piece by piece.

use std::time::Instant;

use carat_core::Completion;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{BlockTold, Heard, Message};
use super::usage::UsageTold;
use crate::told::{Count, Words};
use crate::wire::{Events, Failure, Told, read_json, timed};

/// An event. Every field may be missing; events of other types, such as `ping`, say nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    r#type: Words,
    index: Count,
    message: Option<Message>,
    content_block: Option<BlockTold>,
    delta: Option<Delta>,
    usage: Option<UsageTold>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta {
    r#type: Words,
    text: Words,
    partial_json: Words,
    stop_reason: Words,
}

/// Puts an answer together. `started` is when the request was sent. A stream is whole when the server has said why the
/// answer ends, or that it does; otherwise it broke off, even if the connection ended in good order.
pub(super) async fn read(mut events: Events, started: Instant, asked: &str) -> Result<Completion, Failure> {
    let mut heard = Heard::default();
    let mut is_over = false;
    while !is_over {
        match events.next().await {
            Ok(Some(event)) => is_over = take(&mut heard, &event)?,
            Ok(None) | Err(_) if heard.has_ended() => break,
            Ok(None) => {
                let letters = heard.letters();
                let problem = format!("the stream broke off after {letters} characters, without a word of an end");
                return Err(Failure::Unreadable(problem));
            }
            Err(failure) => return Err(failure),
        }
    }
    if is_over {
        events.drain().await;
    }
    let first_token = heard.first_token();
    Ok(timed(heard.completion(asked), first_token, started))
}

/// Takes an event, and tells whether it is the last one.
fn take(heard: &mut Heard, event: &[u8]) -> Result<bool, Failure> {
    let Event { r#type, index, message, content_block, delta, usage, error } = read_json(event)?;
    if let Some(told) = error.as_ref().and_then(Told::read) {
        return Err(Failure::Told(told));
    }
    let index = index.0.unwrap_or(0);
    match r#type.as_str() {
        "message_start" => heard.begin_stream(message.unwrap_or_default()),
        "content_block_start" => heard.begin_block(index, content_block.unwrap_or_default()),
        "content_block_delta" => piece(heard, index, &delta.unwrap_or_default()),
        "message_delta" => heard.end(delta.and_then(|delta| delta.stop_reason.filled()), usage),
        "message_stop" => return Ok(true),
        _ => {}
    }
    Ok(false)
}

fn piece(heard: &mut Heard, index: u64, delta: &Delta) {
    match delta.r#type.as_str() {
        "text_delta" => heard.hear_text(index, delta.text.as_str()),
        "input_json_delta" => heard.hear_input(index, delta.partial_json.as_str()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carat_core::{FinishReason, ModelErrorKind, Usage};
    use proptest::prelude::*;
    use serde_json::json;

    fn heard(events: &[Value]) -> Result<(Completion, bool), Failure> {
        let mut heard = Heard::default();
        let mut is_over = false;
        for event in events {
            is_over = take(&mut heard, event.to_string().as_bytes())?;
        }
        Ok((heard.completion("m"), is_over))
    }

    fn completion(events: &[Value]) -> Completion {
        heard(events).unwrap().0
    }

    fn text(piece: &str) -> Value {
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})
    }

    #[test]
    fn events_join_to_an_answer() {
        let usage = json!({"input_tokens": 6, "cache_read_input_tokens": 5, "output_tokens": 1});
        let message = json!({"id": "msg_1", "model": "m-2", "content": [], "stop_reason": null, "usage": usage});
        let (answer, is_over) = heard(&[
            json!({"type": "message_start", "message": message}),
            json!({"type": "ping"}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            text("bil"),
            text("ling"),
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
            json!({"type": "message_stop"}),
        ])
        .unwrap();
        assert!(is_over);
        let usage = Usage { input_tokens: 11, output_tokens: 2, cached_input_tokens: Some(5), reasoning_tokens: None };
        let expected = Completion {
            text: "billing".to_owned(),
            finish_reason: FinishReason::Stop,
            usage: Some(usage),
            answered_by: Some("m-2".to_owned()),
            response_id: Some("msg_1".to_owned()),
            ..Completion::default()
        };
        assert_eq!(answer, expected);
    }

    #[test]
    fn without_a_last_word_on_usage_it_is_unknown() {
        let message = json!({"usage": {"input_tokens": 6, "output_tokens": 1}});
        assert_eq!(completion(&[json!({"type": "message_start", "message": message}), text("a")]).usage, None);
    }

    #[test]
    fn the_input_of_a_tool_comes_in_pieces_or_not_at_all() {
        let begin = |index: u64, name: &str| {
            let block = json!({"type": "tool_use", "id": format!("t{index}"), "name": name, "input": {}});
            json!({"type": "content_block_start", "index": index, "content_block": block})
        };
        let piece = |piece: &str| json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": piece}});
        let thinking = json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking"}});
        let thought =
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}});
        let answer = completion(&[
            thinking,
            thought,
            begin(1, "weather"),
            piece(""),
            piece("{\"city\": \"Be"),
            piece("rn\"}"),
            begin(2, "now"),
        ]);
        let calls: Vec<_> = answer.tool_calls.into_iter().map(|call| (call.id, call.name, call.arguments)).collect();
        let expected = [("t1", "weather", json!({"city": "Bern"})), ("t2", "now", json!({}))];
        assert_eq!(calls, expected.map(|(id, name, input)| (id.to_owned(), name.to_owned(), input)));
        assert_eq!(answer.text, "");
    }

    #[test]
    fn an_error_in_a_stream_is_known_by_its_type() {
        let kind = |kind: &str| {
            let error = json!({"type": kind, "message": "no"});
            match heard(&[text("a"), json!({"type": "error", "error": error})]).unwrap_err() {
                Failure::Told(told) => told.kind,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(kind("overloaded_error"), ModelErrorKind::Server);
        assert_eq!(kind("api_error"), ModelErrorKind::Server);
        assert_eq!(kind("rate_limit_error"), ModelErrorKind::RateLimited);
        assert_eq!(kind("invalid_request_error"), ModelErrorKind::BadRequest);
        assert_eq!(kind("request_too_large"), ModelErrorKind::BadRequest);
    }

    proptest! {
        #[test]
        fn pieces_join_to_the_whole(pieces in prop::collection::vec("\\PC{0,8}", 0..8)) {
            let whole = pieces.concat();
            let events: Vec<Value> = pieces.iter().map(|piece| text(piece)).collect();
            prop_assert_eq!(completion(&events).text, whole);
        }

        #[test]
        fn any_event_is_read_without_a_panic(event in "[{}\\[\\]:,\"a-z0-9_ ]{0,60}") {
            let _ = take(&mut Heard::default(), event.as_bytes());
        }
    }
}
