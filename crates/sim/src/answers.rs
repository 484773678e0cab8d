//! The table of right answers: which question is asked, and what is said to it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::AhoCorasick;

use crate::hash::Digest;

/// Up to this size of all questions together a question is also found inside a longer prompt. The search automaton
/// takes some forty bytes for each of them.
const SEARCHED_BYTES: usize = 2 << 20;

/// Right answers by question, and the wrong answers to choose from.
#[derive(Debug)]
pub(crate) struct Answers {
    questions: Vec<String>,
    right: Vec<String>,
    places: HashMap<String, usize>,
    inside: Option<AhoCorasick>,
    wrong: Vec<String>,
}

impl Answers {
    /// Takes the table; `wrong` may be empty, then the right answers to other questions are the wrong ones.
    pub(crate) fn new(table: &BTreeMap<String, String>, wrong: &[String]) -> Self {
        let (questions, right): (Vec<String>, Vec<String>) = table
            .iter()
            .map(|(question, answer)| (question.trim().to_owned(), answer.clone()))
            .filter(|(question, _)| !question.is_empty())
            .unzip();
        let wrong: BTreeSet<&String> = match wrong {
            [] => right.iter().collect(),
            given => given.iter().collect(),
        };
        Self {
            places: questions.iter().cloned().zip(0..).collect(),
            inside: automaton(&questions),
            wrong: wrong.into_iter().cloned().collect(),
            questions,
            right,
        }
    }

    /// What is said to a message: the right answer, or one that differs from it. `digest` chooses among the wrong.
    pub(crate) fn reply(&self, message: &str, right: bool, digest: Digest) -> Cow<'_, str> {
        match self.place(message.trim()) {
            Some(place) if right => Cow::Borrowed(&self.right[place]),
            Some(place) => self.other_than(&self.right[place], digest),
            None if right => Cow::Owned(made_up(Digest::new(1).bytes(message.as_bytes()))),
            None => self.other_than("", digest),
        }
    }

    fn place(&self, message: &str) -> Option<usize> {
        self.places.get(message).copied().or_else(|| self.longest_inside(message))
    }

    fn longest_inside(&self, message: &str) -> Option<usize> {
        self.inside
            .as_ref()?
            .find_overlapping_iter(message)
            .map(|found| found.pattern().as_usize())
            .max_by_key(|place| self.questions[*place].len())
    }

    fn other_than(&self, right: &str, digest: Digest) -> Cow<'_, str> {
        let count = self.wrong.len();
        if count == 0 {
            return Cow::Owned(made_up(digest.number(2)));
        }
        // The wrong answers are distinct, so the next one differs when this one does not.
        let first = (digest.number(3).value() % count as u64) as usize;
        [first, (first + 1) % count]
            .into_iter()
            .map(|place| &self.wrong[place])
            .find(|answer| *answer != right)
            .map_or_else(|| Cow::Owned(made_up(digest.number(2))), |answer| Cow::Borrowed(answer.as_str()))
    }
}

fn automaton(questions: &[String]) -> Option<AhoCorasick> {
    let bytes: usize = questions.iter().map(String::len).sum();
    if bytes == 0 || bytes > SEARCHED_BYTES {
        return None;
    }
    AhoCorasick::new(questions).ok()
}

fn made_up(digest: Digest) -> String {
    format!("answer {:08x}", digest.value() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Answers {
        let pairs = [("2+2", "4"), ("What is 2+2?", "four"), ("sky", "blue")];
        let table = pairs.map(|(q, a)| (q.to_owned(), a.to_owned())).into();
        Answers::new(&table, &[])
    }

    #[test]
    fn the_longest_question_inside_a_prompt_is_meant() {
        let prompt = "Think. What is 2+2? Be brief.";
        assert_eq!(table().reply(prompt, true, Digest::new(0)), "four");
    }

    #[test]
    fn a_question_is_found_whole_before_it_is_found_inside() {
        assert_eq!(table().reply(" 2+2\n", true, Digest::new(0)), "4");
    }

    #[test]
    fn a_wrong_answer_is_never_the_right_one() {
        for seed in 0..1_000 {
            assert_ne!(table().reply("sky", false, Digest::new(seed)), "blue");
        }
    }

    #[test]
    fn a_table_of_one_answer_still_has_a_wrong_one() {
        let table = Answers::new(&[("a".to_owned(), "b".to_owned())].into(), &[]);
        assert_ne!(table.reply("a", false, Digest::new(0)), "b");
    }

    #[test]
    fn an_unknown_question_has_one_made_up_answer() {
        let said = table().reply("who?", true, Digest::new(0)).into_owned();
        assert_eq!(said, table().reply("who?", true, Digest::new(9)));
        assert!(said.starts_with("answer "), "{said}");
    }
}
