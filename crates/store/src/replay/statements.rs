//! What is selected of a run. A table has a statement of its own, with the columns that are needed and no others: the
//! driver copies every value of every column, and that is most of the work of reading.

pub(super) const EVENTS: &str =
    "SELECT seq, elapsed_us, body FROM events WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3";

pub(super) const PLANS: &str =
    "SELECT body FROM events WHERE run = $1 AND kind IN ('run_started', 'run_resumed') ORDER BY seq";

pub(super) const JUDGEMENTS: &str = "SELECT seq, elapsed_us, variant, row_id, trial, scorer, model, model_digest, request_digest, vote, body \
     FROM judgements WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3";

macro_rules! select_samples {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT seq, elapsed_us, variant, trial, row_id, row_digest, request_digest, outcome, attempts, latency_us, \
             verdicts, answer",
            $more,
            " FROM samples ",
            $rest
        )
    };
}

pub(super) const SAMPLES: &str =
    select_samples!("", "WHERE run = $1 AND seq > $2 AND superseded = 0 ORDER BY seq LIMIT $3");

/// A transcript whose request is `null` is one without a request.
pub(super) const SAMPLES_WITH_ROWS: &str = select_samples!(
    ", CASE WHEN request IS NULL THEN NULL ELSE 'null' END AS request, contents.body AS content",
    "LEFT JOIN contents ON contents.digest = samples.row_digest \
     WHERE run = $1 AND seq > $2 AND superseded = 0 ORDER BY seq LIMIT $3"
);

pub(super) const FULL_SAMPLES: &str = select_samples!(
    ", request, contents.body AS content",
    "LEFT JOIN contents ON contents.digest = samples.row_digest \
     WHERE run = $1 AND seq > $2 AND superseded = 0 ORDER BY seq LIMIT $3"
);

pub(super) const ONE_SAMPLE: &str = select_samples!(
    ", request, contents.body AS content",
    "LEFT JOIN contents ON contents.digest = samples.row_digest WHERE run = $1 AND seq = $2"
);

macro_rules! select_index {
    ($rest:literal) => {
        concat!(
            "SELECT seq, variant, row_id, trial, row_digest, request_digest, outcome, superseded, \
             verdicts IS NOT NULL AS scored FROM samples ",
            $rest
        )
    };
}

pub(super) const INDEX_PAGE: &str = select_index!("WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3");

pub(super) const INDEX_OF_ROW: &str = select_index!("WHERE run = $1 AND row_id = $2 ORDER BY seq");
