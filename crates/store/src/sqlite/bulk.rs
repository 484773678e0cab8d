//! Many rows in one statement, and many statements in one command.
//!
//! A command costs two hops between threads, about 100 µs of processor time, and a sample in a statement of many costs 15.
//! So rows go in by the dozen and small batches are one command. A statement is prepared once, so there are only a few
//! sizes. The placeholders are `?` because SQLite looks a numbered one up by its name in a list, once for each. Postgres
//! will take its rows as arrays.

use std::collections::HashMap;
use std::sync::Arc;

use carat_core::Digest;
use sqlx::error::BoxDynError;
use sqlx::{Arguments as _, AssertSqlSafe, Executor as _, SqlSafeStr};

use super::{Arguments, BEGIN, Connection};
use crate::pool::Content;
use crate::record::{EventRecord, JudgementRecord, SampleRecord};

mod statements;

use statements::{
    Bulk, CONTENTS, CONTENTS_OF_VERSIONS, EVENTS, IDS, JUDGEMENTS, MARKS, SAMPLES, SIZES, USES, VERSION_ROWS,
};

/// So many statements are sent as one command. More would be too many different commands to keep prepared.
const TOGETHER: usize = 3;

/// Rows of a version that stand one after another as contents, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The position of the first row.
    pub(crate) position: i64,
    /// The id of its content.
    pub(crate) content: i64,
    /// How many rows.
    pub(crate) count: i64,
}

/// Statements that take effect together or not at all. It can be committed again after a failure.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    text: &'static str,
    values: Vec<Value>,
}

impl Batch {
    /// Contents that a run uses; those that are kept already are only noted as used.
    pub(crate) fn contents(&mut self, run: i64, contents: Vec<Content>) {
        let digests: Vec<_> = contents.iter().map(|content| [content.digest.into()]).collect();
        let contents: Vec<_> =
            contents.into_iter().map(|content| [content.digest.into(), content.body.into()]).collect();
        self.add_idempotent(&CONTENTS, &[], &contents);
        self.add_idempotent(&USES, &[run.into()], &digests);
    }

    /// Contents that a version has.
    pub(crate) fn contents_of_version(&mut self, contents: Vec<Content>) {
        let contents: Vec<_> =
            contents.into_iter().map(|content| [content.digest.into(), content.body.into()]).collect();
        self.add_idempotent(&CONTENTS_OF_VERSIONS, &[], &contents);
    }

    /// Where the rows of a version are.
    pub(crate) fn version_rows(&mut self, version: i64, stretches: Vec<Stretch>) {
        let values =
            |Stretch { position, content, count }| [version.into(), position.into(), content.into(), count.into()];
        self.add(&VERSION_ROWS, &[], stretches.into_iter().map(values));
    }

    pub(crate) fn samples(&mut self, run: i64, samples: Vec<SampleRecord>) {
        self.add(&SAMPLES, &[], samples.into_iter().map(|sample| sample_values(run, sample)));
    }

    pub(crate) fn judgements(&mut self, run: i64, judgements: Vec<JudgementRecord>) {
        self.add(&JUDGEMENTS, &[], judgements.into_iter().map(|judgement| judgement_values(run, judgement)));
    }

    pub(crate) fn events(&mut self, run: i64, events: Vec<EventRecord>) {
        let values = |event: EventRecord| {
            [run.into(), event.seq.into(), event.elapsed_us.into(), event.kind.into(), event.body.into()]
        };
        self.add(&EVENTS, &[], events.into_iter().map(values));
    }

    /// Marks samples, by their numbers, as superseded or not.
    pub(crate) fn marks(&mut self, run: i64, superseded: bool, samples: Vec<i64>) {
        let samples: Vec<_> = samples.into_iter().map(|seq| [seq.into()]).collect();
        self.add_idempotent(&MARKS, &[i64::from(superseded).into(), run.into()], &samples);
    }

    /// Each row once.
    fn add<const N: usize>(
        &mut self,
        bulk: &'static Bulk,
        head: &[Value],
        mut rows: impl ExactSizeIterator<Item = [Value; N]>,
    ) {
        while rows.len() > 0 {
            let (text, size) = bulk.within(rows.len());
            let values = head.iter().cloned().chain(rows.by_ref().take(size).flatten()).collect();
            self.statements.push(Statement { text, values });
        }
    }

    /// Each row at least once: the last may come again, which fills a statement up.
    fn add_idempotent<const N: usize>(&mut self, bulk: &'static Bulk, head: &[Value], rows: &[[Value; N]]) {
        for rows in rows.chunks(SIZES[0]) {
            let (text, size) = bulk.around(rows.len());
            let again = rows.iter().rev().take(1).cycle().take(size - rows.len());
            let values = head.iter().chain(rows.iter().chain(again).flatten()).cloned().collect();
            self.statements.push(Statement { text, values });
        }
    }

    /// Does it all in the transaction that there is, which is to be given up after an error.
    pub(crate) async fn execute(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        for statement in &self.statements {
            execute(connection, statement.text, &statement.values).await?;
        }
        Ok(())
    }

    /// Does it all. After an error nothing has been done.
    pub(crate) async fn commit(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        // A statement by itself is a transaction.
        if let [statement] = self.statements.as_slice() {
            return execute(connection, statement.text, &statement.values).await;
        }
        let done = match self.statements.len() {
            0 => Ok(()),
            2..=TOGETHER => self.transact_together(connection).await,
            _ => self.transact(connection).await,
        };
        if done.is_err() {
            rollback(connection).await;
        }
        done
    }

    async fn transact(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        execute(connection, BEGIN, &[]).await?;
        self.execute(connection).await?;
        execute(connection, "COMMIT", &[]).await
    }

    /// The same as one command.
    async fn transact_together(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        let texts: Vec<&str> = self.statements.iter().map(|statement| statement.text).collect();
        let text = AssertSqlSafe(format!("{BEGIN};{};COMMIT", texts.join(";")));
        execute(connection, text, self.statements.iter().flat_map(|statement| &statement.values)).await
    }
}

/// The ids of contents that are there, by their digests.
pub(crate) async fn ids_of_contents(
    connection: &mut Connection,
    digests: &[Digest],
) -> Result<HashMap<Vec<u8>, i64>, sqlx::Error> {
    let mut ids = HashMap::with_capacity(digests.len());
    for digests in digests.chunks(SIZES[0]) {
        let (text, size) = IDS.around(digests.len());
        let again = digests.iter().rev().take(1).cycle().take(size - digests.len());
        let mut arguments = Arguments::default();
        for digest in digests.iter().chain(again) {
            arguments.add(digest.as_bytes().to_vec()).map_err(sqlx::Error::Encode)?;
        }
        ids.extend(sqlx::query_as_with::<_, (Vec<u8>, i64), _>(text, arguments).fetch_all(&mut *connection).await?);
    }
    Ok(ids)
}

/// Ends whatever transaction there is. SQLite may have ended it by itself after a grave error, so that there may be none;
/// that is also why the driver's own transactions, which count on theirs, are not used for writing in bulk.
pub(crate) async fn rollback(connection: &mut Connection) {
    let _ = execute(connection, "ROLLBACK", &[]).await;
}

async fn execute<'a>(
    connection: &mut Connection,
    text: impl SqlSafeStr,
    values: impl IntoIterator<Item = &'a Value>,
) -> Result<(), sqlx::Error> {
    let mut arguments = Arguments::default();
    for value in values {
        value.bind(&mut arguments).map_err(sqlx::Error::Encode)?;
    }
    connection.execute(sqlx::query_with(text, arguments)).await.map(drop)
}

fn sample_values(run: i64, sample: SampleRecord) -> [Value; 14] {
    [
        run.into(),
        sample.seq.into(),
        sample.elapsed_us.into(),
        sample.variant.into(),
        sample.trial.into(),
        sample.row_id.into(),
        sample.row_digest.into(),
        sample.request_digest.into(),
        sample.outcome.into(),
        sample.attempts.into(),
        sample.latency_us.into(),
        sample.verdicts.into(),
        sample.answer.into(),
        sample.request.into(),
    ]
}

fn judgement_values(run: i64, judgement: JudgementRecord) -> [Value; 12] {
    [
        run.into(),
        judgement.seq.into(),
        judgement.elapsed_us.into(),
        judgement.variant.into(),
        judgement.row_id.into(),
        judgement.trial.into(),
        judgement.scorer.into(),
        judgement.model.into(),
        judgement.model_digest.into(),
        judgement.request_digest.into(),
        judgement.vote.into(),
        judgement.body.into(),
    ]
}

/// A value of a row. Cheap to clone, because a batch may be tried again.
#[derive(Debug, Clone)]
enum Value {
    Null,
    Number(i64),
    Text(Arc<str>),
    Digest(Digest),
}

impl Value {
    fn bind(&self, arguments: &mut Arguments) -> Result<(), BoxDynError> {
        match self {
            Self::Null => arguments.add(None::<i64>),
            Self::Number(number) => arguments.add(*number),
            Self::Text(text) => arguments.add(Arc::clone(text)),
            Self::Digest(digest) => arguments.add(digest.as_bytes().to_vec()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Digest> for Value {
    fn from(digest: Digest) -> Self {
        Self::Digest(digest)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_rows_is_made_up_of_the_sizes_there_are() {
        for rows in 1..=200 {
            let (mut left, mut statements) = (rows, 0);
            while left > 0 {
                left -= SAMPLES.within(left).1;
                statements += 1;
            }
            assert!(statements <= rows / SIZES[0] + 7, "{rows} rows take {statements} statements");
            assert!(SAMPLES.around(rows).1 >= rows.min(SIZES[0]));
        }
    }
}
