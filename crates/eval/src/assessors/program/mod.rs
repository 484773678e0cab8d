//! `program`: a command that reads one JSON document and writes one.
//!
//! It runs in the project's folder, without a shell, once for each answer, and at most so many run at once. It inherits the
//! environment of carat, keys included: it is the project's own code, and may need them. Its time does not begin before its
//! turn. When the time is over, when it writes more than its limit, when it ends or when nobody waits for it any more, it is
//! killed with all that it started. What it writes on standard error is for people; the end of it is quoted where it fails.

mod files;
mod located;
mod process;
mod told;

use std::borrow::Cow;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use carat_core::spec::{ProgramSpec, ScorerSpec};
use carat_core::{Answer, Ask, Assessor, Completion, Grade, Row, Score, Unscored, UnscoredKind};
use serde::Serialize;
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::{Inside, Surroundings, framed};
use crate::frame::Frame;
use crate::scorers::BadSetting;
pub(super) use files::contents;
use process::{Heard, Limits};

/// The time for one answer where the spec does not say.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes that it may write where the spec does not say.
const OUTPUT_LIMIT: u64 = 1 << 20;

/// Makes one of its settings.
pub(super) fn build(
    frame: Frame,
    spec: &ScorerSpec,
    program: &ProgramSpec,
    around: &Surroundings<'_>,
) -> Result<Box<dyn Assessor>, BadSetting> {
    let own = Own { invert: spec.invert, threshold: spec.threshold };
    Ok(framed(frame, Program::new(program, around.folder, own)?))
}

struct Program {
    /// The name in the spec, for people.
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    limits: Limits,
    turns: Semaphore,
    own: Own,
}

/// What the spec makes of a score, to be held against a verdict of the program's own.
#[derive(Debug, Clone, Copy)]
struct Own {
    invert: bool,
    threshold: Option<f64>,
}

impl Own {
    /// Whether the threshold passes an answer that the program fails, or the other way round.
    fn contradicts(self, score: &Score) -> bool {
        let value = if self.invert { score.value.inverted() } else { score.value }.get();
        match (score.pass, self.threshold) {
            (Some(pass), Some(threshold)) => (value >= threshold) != (pass != self.invert),
            (None, _) | (_, None) => false,
        }
    }
}

/// What a program reads.
#[derive(Serialize)]
struct Question<'a> {
    row: &'a Row,
    output: &'a str,
    completion: &'a Completion,
    trial: u32,
    latency_ms: Option<f64>,
}

impl Program {
    fn new(spec: &ProgramSpec, folder: &Path, own: Own) -> Result<Self, BadSetting> {
        let bad = |key: &str, message: &str| BadSetting::new(format!("program.{key}"), message);
        let command = spec.command.split_first().filter(|(program, _)| !program.trim().is_empty());
        let (program, arguments) = command.ok_or_else(|| bad("command", "names no program"))?;
        let timeout = spec.timeout.map_or(TIMEOUT, |span| span.0);
        if timeout.is_zero() {
            return Err(bad("timeout", "leaves no time to answer"));
        }
        let output = spec.output_limit.unwrap_or(OUTPUT_LIMIT);
        if output == 0 {
            return Err(bad("output_limit", "leaves no room for an answer"));
        }
        let at_once = match spec.concurrency {
            None => std::thread::available_parallelism().map_or(1, NonZero::get),
            Some(0) => return Err(bad("concurrency", "lets none run; 1 runs one after the other")),
            Some(most) => most.min(Semaphore::MAX_PERMITS),
        };
        files::check(&spec.files, folder)?;
        Ok(Self {
            name: program.clone(),
            program: located::find(program, folder).map_err(|why| BadSetting::new("program.command", why))?,
            arguments: arguments.to_vec(),
            folder: folder.to_owned(),
            limits: Limits { time: timeout, output },
            turns: Semaphore::new(at_once),
            own,
        })
    }

    fn failed(&self, what: &str, heard: &Heard) -> Unscored {
        Unscored::new(UnscoredKind::ScorerFailed, format!("`{}` {what}{}", self.name, heard.complaint()))
    }

    async fn run(&self, question: &Question<'_>) -> Result<Score, Unscored> {
        let input = serde_json::to_vec(question).map_err(|error| self.failed(&error.to_string(), &Heard::default()))?;
        // Nobody closes the semaphore, so there is always a turn.
        let turn = self.turns.acquire().await;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(&self.folder);
        let (ended, heard) = process::run(command, &input, self.limits).await;
        drop(turn);
        let end = ended.map_err(|end| self.failed(&end, &heard))?;
        if !end.success() {
            return Err(self.failed(&format!("ended with {end}"), &heard));
        }
        match told::read(&heard.stdout) {
            Ok(Ok(score)) if self.own.contradicts(&score) => {
                let what = "contradicts the `threshold` of the spec with a `pass` of its own; leave one of them out";
                Err(self.failed(what, &heard))
            }
            Ok(Ok(score)) => Ok(score),
            Ok(Err(why)) => Err(Unscored::new(UnscoredKind::NoVerdict, format!("`{}`: {why}", self.name))),
            Err(what) => Err(self.failed(&what, &heard)),
        }
    }
}

#[async_trait]
impl Inside for Program {
    async fn assess(&self, frame: &Frame, answer: &Answer<'_>, _ask: &dyn Ask) -> Result<Score, Unscored> {
        let row = Row { expected: frame.expected(answer.row)?.map(Cow::into_owned), ..answer.row.clone() };
        let part = match frame.part_of(&answer.completion.text) {
            Ok(part) => part,
            Err(reason) => return Ok(frame.judged(Score::from(Grade::Pass(false)).because(reason))),
        };
        let question = Question {
            row: &row,
            output: &part,
            completion: answer.completion,
            trial: answer.trial,
            latency_ms: answer.latency.map(|latency| latency.as_secs_f64() * 1000.0),
        };
        self.run(&question).await.map(|score| frame.finish(score))
    }
}
