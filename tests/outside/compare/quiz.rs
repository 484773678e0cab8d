//! A quiz, and a model that answers it as the test says.

use serde_json::{Value, json};

use crate::outside::project::{Ended, Project};

/// A project with the prompt `ask`, the model `m`, whose answers are recorded, and the eval `quiz`. Every question wants a
/// `yes`.
pub(super) struct Quiz {
    pub(super) project: Project,
    questions: usize,
}

/// The eval, but for what a test adds to it.
const EVAL: &str = "prompts: [ask]\nmodels: [m]\ndataset: questions\n";

/// How right is measured where a test does not say.
const RIGHT: &str = "scorers:\n  - { name: right, exact: {} }\n";

impl Quiz {
    /// So many questions, `q-01`, `q-02`, …
    pub(super) fn of(questions: usize) -> Self {
        let quiz = Self { project: Project::empty(), questions };
        quiz.project.write("carat.yaml", "models:\n  m: { provider: recorded, from: answers.jsonl }\n");
        quiz.project.write("prompts/ask.prompty", "user:\n{{ question }}\n");
        quiz.spec("");
        quiz.rows(|_| json!({}));
        quiz
    }

    /// What the eval has besides its scorer: slices, trials, gates.
    pub(super) fn spec(&self, more: &str) {
        self.project.write("evals/quiz.yaml", format!("{EVAL}{RIGHT}{more}"));
    }

    /// Other scorers than `right`.
    pub(super) fn scorers(&self, scorers: &str) {
        self.project.write("evals/quiz.yaml", format!("{EVAL}scorers:\n{scorers}"));
    }

    /// The questions, with what a test puts into some of them. Without answers to them, what was answered stays.
    pub(super) fn rows(&self, more: impl Fn(usize) -> Value) {
        let row = |number: usize| {
            let question = format!("Is {number} a number?");
            let mut row = json!({"id": id(number), "input": {"question": question}, "expected": "yes"});
            for (key, value) in more(number).as_object().unwrap() {
                row[key] = value.clone();
            }
            format!("{row}\n")
        };
        self.project.write("datasets/questions.jsonl", (1..=self.questions).map(row).collect::<String>());
    }

    /// What the model says from now on, a sign a question: `+` is right, `-` is wrong, `.` is no answer.
    pub(super) fn answers(&self, signs: &str) {
        assert_eq!(signs.len(), self.questions, "a sign a question");
        let words = signs.chars().map(|sign| match sign {
            '+' => Some("yes"),
            '-' => Some("no"),
            _ => None,
        });
        self.says(words);
    }

    /// What the model says from now on, in its own words.
    pub(super) fn says<'a>(&self, words: impl IntoIterator<Item = Option<&'a str>>) {
        let lines = (1..).zip(words).filter_map(|(number, words)| {
            let output = words?;
            Some(format!("{}\n", json!({"id": id(number), "output": output})))
        });
        self.project.write("answers.jsonl", lines.collect::<String>());
    }

    /// Runs it, and says nothing but results.
    pub(super) fn eval(&self, more: &[&str]) -> Ended {
        self.project.carat(&[&["eval", "quiz", "-q"], more].concat())
    }

    /// Runs it with these answers, to be found by this name.
    pub(super) fn record(&self, name: &str, signs: &str) {
        self.answers(signs);
        self.record_as(name);
    }

    /// Runs it, to be found by this name.
    pub(super) fn record_as(&self, name: &str) {
        let ended = self.eval(&["--name", name]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }

    /// What a run with this gate says of these answers, after a run with those before.
    pub(super) fn changed(before: &str, after: &str, gate: &str) -> String {
        let quiz = Self::of(before.len());
        quiz.record("before", before);
        quiz.answers(after);
        quiz.gated(gate)
    }

    /// What a run with this gate against the run `before` says.
    pub(super) fn gated(&self, gate: &str) -> String {
        self.eval(&["--baseline", "before", "--gate", gate]).shown(&self.project)
    }

    /// How many runs are recorded.
    pub(super) fn runs(&self) -> usize {
        let listed: Value = serde_json::from_str(&self.project.carat(&["run", "list", "--json"]).data).unwrap();
        listed["runs"].as_array().unwrap().len()
    }

    /// The last report.
    pub(super) fn report(&self) -> Value {
        self.project.report("@last")
    }
}

/// `q-07`
pub(super) fn id(number: usize) -> String {
    format!("q-{number:02}")
}

/// So many right answers, then so many wrong ones.
pub(super) fn signs(right: usize, wrong: usize) -> String {
    "+".repeat(right) + &"-".repeat(wrong)
}
