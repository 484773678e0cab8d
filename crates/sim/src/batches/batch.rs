//! A batch, from its file to its files.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::lines::Sheet;
use super::settings::part;
use super::stage::Stage;
use super::validation::{self, Problem};
use crate::files::StoredFile;
use crate::visit::now;
use crate::world::{Scene, World};

/// How long a completion window is.
const DAY: u64 = 86_400;

/// What a client orders.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Order {
    pub(super) input_file_id: String,
    pub(super) endpoint: String,
    pub(super) completion_window: String,
    #[serde(default)]
    pub(super) metadata: Value,
}

#[derive(Debug)]
pub(crate) struct Batch {
    number: u64,
    order: Order,
    /// What the input file was when the batch was made.
    input: Bytes,
    /// The settings that it was made under.
    scene: Arc<Scene>,
    stage: Stage,
    since: Instant,
    /// When each stage was entered, by [`Stage::place`].
    stamps: [Option<u64>; Stage::STAMPS.len()],
    lines: usize,
    worked: usize,
    sheet: Sheet,
    problems: Vec<Problem>,
    output_file: Option<String>,
    error_file: Option<String>,
}

impl Batch {
    pub(super) fn new(number: u64, order: Order, input: Bytes, scene: Arc<Scene>) -> Self {
        let mut stamps = [None; Stage::STAMPS.len()];
        stamps[Stage::Validating.place()] = Some(now());
        Self {
            number,
            order,
            input,
            scene,
            stage: Stage::Validating,
            since: Instant::now(),
            stamps,
            lines: 0,
            worked: 0,
            sheet: Sheet::default(),
            problems: Vec::new(),
            output_file: None,
            error_file: None,
        }
    }

    pub(super) fn id(&self) -> String {
        format!("batch_{:024x}", self.number)
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// Goes on as far as time has.
    pub(super) fn catch_up(&mut self, world: &World) {
        let scene = Arc::clone(&self.scene);
        let settings = &scene.settings.batches;
        if settings.manual {
            return;
        }
        let now = Instant::now();
        while let Some(lasts) = settings.lasts(self.stage) {
            let passed = now.duration_since(self.since);
            if passed >= lasts {
                self.since += lasts;
                self.advance(world);
                continue;
            }
            if self.stage == Stage::InProgress {
                self.work(world, part(self.lines, passed.as_secs_f64() / lasts.as_secs_f64()));
            }
            break;
        }
    }

    /// Goes on by one stage; whether there was one to go on to.
    pub(super) fn advance(&mut self, world: &World) -> bool {
        let expires = self.scene.settings.batches.expire_after.is_some();
        match self.stage {
            Stage::Validating => self.validate(world),
            Stage::InProgress => {
                self.work(world, self.lines);
                self.enter(if expires { Stage::Expired } else { Stage::Finalizing }, world);
            }
            Stage::Finalizing => self.enter(Stage::Completed, world),
            Stage::Cancelling => self.enter(Stage::Cancelled, world),
            Stage::Completed | Stage::Failed | Stage::Expired | Stage::Cancelled => return false,
        }
        true
    }

    /// Stops work; what was answered is kept.
    pub(super) fn cancel(&mut self, world: &World) {
        if !self.stage.is_last() && self.stage != Stage::Cancelling {
            self.since = Instant::now();
            self.enter(Stage::Cancelling, world);
        }
    }

    fn enter(&mut self, stage: Stage, world: &World) {
        self.stage = stage;
        self.stamps[stage.place()] = Some(now());
        if stage == Stage::Expired {
            self.give_up(world);
        }
        if stage.is_last() {
            self.write_files(world);
        }
    }

    fn validate(&mut self, world: &World) {
        let input = self.input.clone();
        let Ok(file) = std::str::from_utf8(&input) else {
            self.problems = vec![Problem::of_file("invalid_file_format", "The input file is no UTF-8.")];
            return self.enter(Stage::Failed, world);
        };
        self.problems = validation::problems(&self.scene, file, &self.order.endpoint);
        if !self.problems.is_empty() {
            return self.enter(Stage::Failed, world);
        }
        self.lines = validation::lines(file).count();
        self.enter(Stage::InProgress, world);
        if self.scene.settings.batches.manual {
            self.work(world, self.lines / 2);
        }
    }

    /// Answers lines until so many are, or as many as are answered before the batch expires.
    fn work(&mut self, world: &World, until: usize) {
        let until = until.min(self.scene.settings.batches.answered_of(self.lines));
        let (input, scene) = (self.input.clone(), Arc::clone(&self.scene));
        let file = std::str::from_utf8(&input).unwrap_or_default();
        for (_, line) in validation::lines(file).take(until).skip(self.worked) {
            self.sheet.work_on(world, &scene, line);
        }
        self.worked = self.worked.max(until);
    }

    fn give_up(&mut self, world: &World) {
        let input = self.input.clone();
        let file = std::str::from_utf8(&input).unwrap_or_default();
        for (_, line) in validation::lines(file).skip(self.worked) {
            self.sheet.give_up(world, line);
        }
    }

    /// A file without lines is not there.
    fn write_files(&mut self, world: &World) {
        if self.scene.settings.batches.shuffled {
            self.sheet.shuffle(self.scene.settings.seed);
        }
        let output = std::mem::take(&mut self.sheet.output);
        let errors = std::mem::take(&mut self.sheet.errors);
        self.output_file = self.keep(world, "output", &output);
        self.error_file = self.keep(world, "error", &errors);
    }

    fn keep(&self, world: &World, what: &str, lines: &[String]) -> Option<String> {
        if lines.is_empty() {
            return None;
        }
        let file = StoredFile {
            name: format!("{}_{what}.jsonl", self.id()),
            purpose: "batch_output".to_owned(),
            bytes: Bytes::from(lines.join("\n") + "\n"),
            created: now(),
        };
        Some(world.files.keep(world.number(), file))
    }

    /// The object as OpenAI shows it.
    pub(super) fn shown(&self) -> Value {
        let errors = match self.problems.as_slice() {
            [] => Value::Null,
            problems => json!({"object": "list", "data": problems}),
        };
        let order = &self.order;
        let counts = json!({"total": self.lines, "completed": self.sheet.completed, "failed": self.sheet.failed});
        let mut batch = json!({"id": self.id(), "object": "batch", "endpoint": order.endpoint, "errors": errors,
            "input_file_id": order.input_file_id, "completion_window": order.completion_window, "status": self.stage,
            "output_file_id": self.output_file, "error_file_id": self.error_file});
        for (name, stamp) in Stage::STAMPS.into_iter().zip(self.stamps) {
            batch[name] = json!(stamp);
        }
        batch["expires_at"] = json!(self.stamps[0].map(|created| created + DAY));
        batch["request_counts"] = counts;
        batch["metadata"] = order.metadata.clone();
        batch
    }
}
