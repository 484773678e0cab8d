//! Assertions that no scorer takes the place of: why, and what to do.

use super::assertion::Assertion;
use crate::account::Note;

/// What to do about a program.
pub(super) const AS_PROGRAM: &str = "make it a scorer `program: { command: […] }`: a program that reads a row and the answer as \
                                     JSON and writes {\"score\": …, \"reason\": …}";

const WITH_RUBRIC: &str = "judge with a rubric that says what to look for";

/// The types of promptfoo's assertions.
pub(super) const TYPES: &[&str] = &[
    "answer-relevance",
    "bleu",
    "classifier",
    "contains",
    "contains-all",
    "contains-any",
    "contains-html",
    "contains-json",
    "contains-sql",
    "contains-xml",
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "conversation-relevance",
    "cost",
    "ends-with",
    "equals",
    "factuality",
    "finish-reason",
    "g-eval",
    "gleu",
    "guardrails",
    "icontains",
    "icontains-all",
    "icontains-any",
    "is-html",
    "is-json",
    "is-refusal",
    "is-sql",
    "is-valid-function-call",
    "is-valid-openai-function-call",
    "is-valid-openai-tools-call",
    "is-xml",
    "javascript",
    "latency",
    "levenshtein",
    "llm-rubric",
    "meteor",
    "model-graded-closedqa",
    "model-graded-factuality",
    "moderation",
    "perplexity",
    "perplexity-score",
    "pi",
    "python",
    "regex",
    "rouge-n",
    "ruby",
    "search-rubric",
    "similar",
    "similar:cosine",
    "similar:dot",
    "similar:euclidean",
    "skill-used",
    "starts-with",
    "tool-call-f1",
    "trace-error-spans",
    "trace-span-count",
    "trace-span-duration",
    "trajectory:goal-success",
    "trajectory:step-count",
    "trajectory:tool-args-match",
    "trajectory:tool-sequence",
    "trajectory:tool-used",
    "webhook",
    "word-count",
];

/// What is said of an assertion that is left out.
pub(super) fn note(kind: &str, assertion: &Assertion<'_>) -> Note {
    let (why, advice) = reason(kind);
    // Everything else that it says is left out with it.
    let what =
        if assertion.inverse { format!("the assertion `not-{kind}`") } else { format!("the assertion `{kind}`") };
    if TYPES.contains(&kind) || SPECIAL.contains(&kind) {
        return Note::lost(what, why, advice);
    }
    let hint = carat_core::nearest::did_you_mean(kind, TYPES.iter().copied());
    Note::lost(what, format!("promptfoo has no such type{hint}"), "correct it and import again")
}

/// Types that compare the answers of several models, or wait for a person.
const SPECIAL: &[&str] = &["select-best", "max-score", "human", "agent-rubric", "assert-set"];

fn reason(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "javascript" | "python" | "ruby" | "webhook" => ("it is a program, which runs inside of promptfoo", AS_PROGRAM),
        "levenshtein" => (
            "it counts edits; `levenshtein` here is a likeness from 0 to 1, in relation to the length",
            "use `levenshtein` with a threshold of 1 - edits / length",
        ),
        "contains-html" | "is-html" | "contains-xml" | "is-xml" | "contains-sql" | "is-sql" => {
            ("carat does not read this language", AS_PROGRAM)
        }
        "is-valid-function-call" | "is-valid-openai-function-call" | "is-valid-openai-tools-call" => {
            ("carat compares calls with those that a row expects", "use `tool_calls`, or a program (`program`)")
        }
        "gleu" | "meteor" => {
            ("carat has no such measure", "use `bleu`, `chrf` or `rouge`, with a threshold of its own")
        }
        "similar:dot" | "similar:euclidean" => {
            ("`embedding` is the cosine", "use `embedding` with a threshold of its own")
        }
        "perplexity" | "perplexity-score" => ("carat does not keep the probabilities of tokens", ""),
        "select-best" | "max-score" => (
            "it compares the answers of several prompts and models",
            "use `judge: { pairwise: … }`, or compare the variants",
        ),
        "human" => ("it waits for a person", "look at the answers with `carat run show`"),
        "moderation" | "classifier" | "pi" | "guardrails" => {
            ("it asks a service that carat has no scorer for", AS_PROGRAM)
        }
        "agent-rubric" | "search-rubric" => ("its judge uses tools, and a judge here only reads", WITH_RUBRIC),
        kind if kind.starts_with("trac") || kind.starts_with("trajectory") || kind == "skill-used" => {
            ("carat keeps no traces of what a model did on the way", "use `tool_calls` for the calls of one answer")
        }
        _ => ("carat has no such scorer", WITH_RUBRIC),
    }
}
