//! What can go wrong.

use serde::{Deserialize, Serialize};

use crate::endpoint::Endpoint;

/// One way a server or the network misbehaves, as seen on the wire. Errors of which no shape is told have that of the
/// dialect that is spoken: OpenAI's, Azure's, Anthropic's or that of the Open Inference Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// 429 that does not say when to come back.
    RateLimited,
    /// 429 with `retry-after` in seconds and the headers of a limit that is used up. A `wait_ms` of 86,400,000 is a day.
    RateLimitedSeconds,
    /// 429 with `retry-after-ms` and the headers of a limit that is used up.
    RateLimitedMilliseconds,
    /// 429 with `retry-after` as an HTTP date.
    RateLimitedDate,
    /// 429 with `retry-after: soon`, which is neither a number nor a date.
    RateLimitedNonsense,
    /// 429 with the code `insufficient_quota`, which no retry helps.
    QuotaExhausted,
    /// 500, as the server itself says it.
    ServerError,
    /// 503 with an HTML page.
    UnavailableHtml,
    /// 529 with an `overloaded_error`, as Anthropic's gateway says it.
    Overloaded,
    /// 413 with a plain-text body.
    TooLarge,
    /// 400 with the code `context_length_exceeded`.
    ContextLengthExceeded,
    /// 400 with the code `content_filter` and an `innererror`, as Azure OpenAI refuses a prompt.
    PromptFiltered,
    /// An error (401 unless `status` says otherwise) whose `code` is a number.
    ErrorNumberCode,
    /// An error (404 unless `status` says otherwise) of the form `{"detail": …}`.
    ErrorDetail,
    /// An error (502 unless `status` says otherwise) with an HTML page.
    ErrorHtml,
    /// The connection is closed before any byte is answered.
    DroppedConnection,
    /// The answer is complete; then the connection is closed although keep-alive was announced.
    ClosedAfterAnswer,
    /// The answer is complete; the next request on the same connection is dropped without a byte.
    ClosedOnReuse,
    /// The connection breaks in the middle of an event. Streams only.
    TruncatedStream,
    /// The stream ends properly, but in the middle of an event and without `[DONE]`. Streams only.
    StreamWithoutEnd,
    /// An error event under HTTP 200, in place of the second half. Streams only.
    StreamErrorEvent,
    /// Half of the announced body, then the connection breaks. No streams.
    TruncatedBody,
    /// Half of the JSON as a complete body under HTTP 200; in a batch, half of the line. No streams.
    MalformedJson,
    /// No `usage`.
    MissingUsage,
    /// The usage chunk has a choice in it, also when usage was not asked for. Streams only.
    UsageWithChoices,
    /// No `created`, `created_at`, `object` or token details; applies to model lists too.
    MissingFields,
    /// `model` in the answer is not the one asked for.
    OtherModel,
    /// The content is an empty string.
    EmptyContent,
    /// The content is null.
    NullContent,
    /// The content is cut and the reason is `length`.
    FinishLength,
    /// The content is empty and the reason is `content_filter`.
    ContentFilter,
    /// Nothing is ever answered and the connection stays open.
    Hang,
    /// A line of a batch stands in no file, and was not worked on either. Lines of batches only.
    LineMissing,
    /// A line of a batch stands twice in the output. Lines of batches only.
    LineDoubled,
    /// After the line of a batch stands another with an id that nobody asked for. Lines of batches only.
    LineForeign,
}

impl FaultKind {
    /// Whether the kind can show on such a request.
    pub(crate) fn shows_on(self, endpoint: Endpoint, stream: bool) -> bool {
        if endpoint == Endpoint::BatchLines {
            return !self.is_of_connections();
        }
        match self {
            Self::TruncatedStream | Self::StreamWithoutEnd | Self::StreamErrorEvent => stream,
            Self::UsageWithChoices => stream && endpoint != Endpoint::Messages,
            Self::TruncatedBody | Self::MalformedJson => !stream,
            Self::EmptyContent | Self::NullContent | Self::FinishLength | Self::ContentFilter => {
                matches!(endpoint, Endpoint::Chat | Endpoint::Responses | Endpoint::Messages | Endpoint::Infer)
            }
            _ => !self.is_of_lines(),
        }
    }

    /// Whether only a line of a batch can have it.
    pub(crate) fn is_of_lines(self) -> bool {
        matches!(self, Self::LineMissing | Self::LineDoubled | Self::LineForeign)
    }

    /// Whether it happens to a connection or a stream, which a line of a batch does not have.
    fn is_of_connections(self) -> bool {
        matches!(
            self,
            Self::DroppedConnection
                | Self::ClosedAfterAnswer
                | Self::ClosedOnReuse
                | Self::TruncatedStream
                | Self::StreamWithoutEnd
                | Self::StreamErrorEvent
                | Self::TruncatedBody
                | Self::UsageWithChoices
                | Self::Hang
        )
    }

    /// Whether the client has the whole answer in spite of the fault.
    pub(crate) fn leaves_answer_whole(self) -> bool {
        matches!(
            self,
            Self::ClosedAfterAnswer
                | Self::ClosedOnReuse
                | Self::MissingUsage
                | Self::UsageWithChoices
                | Self::MissingFields
                | Self::OtherModel
                | Self::EmptyContent
                | Self::NullContent
                | Self::FinishLength
                | Self::ContentFilter
                | Self::LineDoubled
                | Self::LineForeign
        )
    }
}
