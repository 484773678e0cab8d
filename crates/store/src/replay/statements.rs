//! What is selected of a run.

/// One statement, so that all tables are seen at the same instant however busily somebody writes.
macro_rules! select_page {
    ($heavy:literal, $from:literal) => {
        concat!(
            "SELECT seq, elapsed_us, body AS event, NULL AS judgement, NULL AS scorer, NULL AS model, \
             NULL AS model_digest, NULL AS vote, NULL AS variant, NULL AS trial, NULL AS row_id, NULL AS row_digest, \
             NULL AS request_digest, NULL AS outcome, NULL AS attempts, NULL AS latency_us, NULL AS verdicts, \
             NULL AS answer, NULL AS request, NULL AS content \
             FROM events WHERE run = $1 AND seq > $2 \
             UNION ALL \
             SELECT seq, elapsed_us, NULL, body, scorer, model, model_digest, vote, variant, trial, row_id, NULL, \
             request_digest, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
             FROM judgements WHERE run = $1 AND seq > $2 \
             UNION ALL \
             SELECT seq, elapsed_us, NULL, NULL, NULL, NULL, NULL, NULL, variant, trial, row_id, row_digest, \
             request_digest, outcome, attempts, latency_us, verdicts, answer, ",
            $heavy,
            " FROM samples ",
            $from,
            " WHERE run = $1 AND seq > $2 AND superseded = 0 ORDER BY seq LIMIT $3"
        )
    };
}

pub(super) const PAGE: &str = select_page!("NULL, NULL", "");

/// A transcript whose request is `null` is one without a request.
pub(super) const PAGE_WITH_ROWS: &str = select_page!(
    "CASE WHEN request IS NULL THEN NULL ELSE 'null' END, contents.body",
    "LEFT JOIN contents ON contents.digest = samples.row_digest"
);

pub(super) const FULL_PAGE: &str =
    select_page!("request, contents.body", "LEFT JOIN contents ON contents.digest = samples.row_digest");

pub(super) const ONE_SAMPLE: &str = "SELECT seq, elapsed_us, NULL AS event, NULL AS judgement, variant, trial, row_id, row_digest, request_digest, \
     outcome, attempts, latency_us, verdicts, answer, request, contents.body AS content \
     FROM samples LEFT JOIN contents ON contents.digest = samples.row_digest WHERE run = $1 AND seq = $2";

pub(super) const INDEX_PAGE: &str = "SELECT seq, variant, row_id, trial, row_digest, request_digest, outcome, superseded, \
     verdicts IS NOT NULL AS scored FROM samples WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3";

pub(super) const JUDGED: &str = "SELECT judgements.body FROM judgements JOIN runs ON runs.key = judgements.run \
     WHERE model_digest = $1 AND request_digest = $2 AND vote = $3 \
     ORDER BY runs.started_at DESC, judgements.run DESC, seq DESC LIMIT 1";
