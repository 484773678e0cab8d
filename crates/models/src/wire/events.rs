//! Server-sent events, as far as answers need them: the data of each, in the order in which they come.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use carat_core::Completion;
use futures::{Stream, StreamExt as _};
use reqwest::Response;

use super::failure::Failure;
use super::http::{LONGEST_ANSWER, too_long};

/// How long the rest of a body, after its last event, is waited for, so that the connection can be used again.
const REST: Duration = Duration::from_millis(250);

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

type Pieces = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// The events of an answer whose status is a success.
pub(crate) struct Events {
    body: Pieces,
    reader: Reader,
    /// How many bytes may still come.
    left: usize,
}

impl Events {
    /// Reads the body of this response.
    pub(crate) fn of(response: Response) -> Self {
        Self { body: Box::pin(response.bytes_stream()), reader: Reader::default(), left: LONGEST_ANSWER }
    }

    /// The data of the next event; none when the body has come to its end. One that breaks off, or is too long, is a failure.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        loop {
            if let Some(event) = self.reader.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(piece) = self.body.next().await else { return Ok(None) };
            let piece = piece?;
            self.left = self.left.checked_sub(piece.len()).ok_or_else(|| too_long(LONGEST_ANSWER))?;
            self.reader.feed(&piece);
        }
    }

    /// Waits a moment for the end of the body, of which nothing more is wanted.
    pub(crate) async fn drain(mut self) {
        let _ = tokio::time::timeout(REST, async { while let Some(Ok(_)) = self.body.next().await {} }).await;
    }
}

/// An answer that was streamed, with the time that its first piece took.
pub(crate) fn timed(completion: Completion, first_token: Option<Instant>, started: Instant) -> Completion {
    let waited = first_token.map(|first| first.saturating_duration_since(started));
    Completion { first_token_us: waited.and_then(|waited| waited.as_micros().try_into().ok()), ..completion }
}

/// Puts bytes together to lines, and lines to events, as the HTML standard (9.2.6) says: a line ends with LF, CR or both,
/// an event with an empty line, and one that the body breaks off in is none.
#[derive(Debug, Default)]
struct Reader {
    line: Vec<u8>,
    /// The data of the event so far.
    data: Option<Vec<u8>>,
    after_cr: bool,
    /// Whether a line has been read: only before the first one may a byte order mark stand.
    has_begun: bool,
    ready: VecDeque<Vec<u8>>,
}

impl Reader {
    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let ends_crlf = std::mem::replace(&mut self.after_cr, *byte == b'\r') && *byte == b'\n';
            match byte {
                b'\n' if ends_crlf => {}
                b'\n' | b'\r' => self.end_line(),
                _ => self.line.push(*byte),
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let first = !std::mem::replace(&mut self.has_begun, true);
        let line = if first { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if line.is_empty() {
            self.ready.extend(self.data.take());
            return;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        if name != b"data" {
            return;
        }
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &mut self.data {
            Some(data) => {
                data.push(b'\n');
                data.extend_from_slice(value);
            }
            none => *none = Some(value.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut reader = Reader::default();
        pieces.into_iter().for_each(|piece| reader.feed(piece));
        reader.ready.into_iter().map(|event| String::from_utf8_lossy(&event).into_owned()).collect()
    }

    #[test]
    fn an_event_is_its_data_whatever_ends_its_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["event: ping", "data: {}", "", ": a remark", "id: 7", "data:a", "data: b", "", "data", "", ""];
            // What follows a CR at the very end of the bytes is not known yet, and does not matter.
            assert_eq!(events([text.join(end).as_bytes()]), ["{}", "a\nb", ""], "{end:?}");
        }
    }

    #[test]
    fn what_the_body_breaks_off_in_is_no_event() {
        assert_eq!(events([&b"\xef\xbb\xbfdata: a\n\ndata: b\n"[..]]), ["a"]);
        assert_eq!(events([&b"datum: a\n\n\n\n"[..]]), [""; 0]);
    }

    proptest! {
        #[test]
        fn events_are_the_same_in_whatever_pieces_they_come(
            text in "(data: ?[a-c:]{0,4}|event: x|:|)?(\r\n|\n|\r){1,3}(data: ?[a-c:]{0,4}(\r\n|\n|\r){1,3}){0,5}",
            size in 1_usize..5,
        ) {
            prop_assert_eq!(events(text.as_bytes().chunks(size)), events([text.as_bytes()]));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            events([bytes.as_slice()]);
        }
    }
}
