//! A pattern as steps that all its ways are taken through at once.
//!
//! The pattern is never made into a regular expression: such a machine is built for milliseconds, and a table may have many
//! thousands of patterns. This is Thompson's construction (K. Thompson, "Regular Expression Search Algorithm", CACM 11(6),
//! 1968): reading takes as long as the pattern is, and trying a name as long as both are when multiplied.

use std::fmt;
use std::iter::Peekable;
use std::mem;
use std::str::Chars;

/// The most groups inside one another.
const DEEPEST: usize = 8;

/// The most alternatives in all groups together.
const MOST_ALTERNATIVES: usize = 64;

/// A pattern that has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps(Vec<Step>);

/// One step. Every step that reads no character leads forward, and so one pass takes all of them.
#[derive(Debug, Clone)]
enum Step {
    /// This character.
    One(char),
    /// Any one character.
    Any,
    /// Any characters, also none.
    Many,
    /// One character of a class.
    Of(Box<Class>),
    /// No character: on to the next step, and to that one as well.
    Fork(usize),
    /// No character: on to that step.
    Go(usize),
}

/// `[a-z0]`, or `[!a-z0]` for all others.
#[derive(Debug, Clone)]
struct Class {
    is_negated: bool,
    ranges: Vec<(char, char)>,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadPattern {
    /// A sign without the one that it needs.
    Alone(char, char),
    /// A range that ends before it begins.
    Backwards(char, char),
    /// A `\` at the end.
    Dangling,
    /// Too many groups inside one another.
    Deep,
    /// Too many alternatives.
    Wide,
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone(sign, other) => {
                write!(f, "a `{sign}` without its `{other}`; write `[{sign}]` for the sign itself")
            }
            Self::Backwards(from, to) => write!(f, "nothing is from `{from}` to `{to}`"),
            Self::Dangling => f.write_str("nothing follows the last `\\`"),
            Self::Deep => write!(f, "more than {DEEPEST} groups inside one another"),
            Self::Wide => write!(f, "more than {MOST_ALTERNATIVES} alternatives"),
        }
    }
}

/// A group whose end has not been read yet.
struct Group {
    /// The fork before the last alternative so far.
    fork: usize,
    /// The ends of the alternatives before it, which lead behind the group.
    ends: Vec<usize>,
}

/// What has been read of a pattern.
#[derive(Default)]
struct Reader {
    steps: Vec<Step>,
    groups: Vec<Group>,
    alternatives: usize,
}

impl Steps {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It is none, or too large.
    pub(super) fn read(written: &str) -> Result<Self, BadPattern> {
        let mut reader = Reader::default();
        let mut signs = written.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '{' => reader.begin_group()?,
                ',' => reader.begin_alternative()?,
                '}' => reader.end_group()?,
                '?' => reader.steps.push(Step::Any),
                '*' => reader.steps.push(Step::Many),
                '[' => reader.steps.push(Step::Of(Box::new(class(&mut signs)?))),
                '\\' => reader.steps.push(Step::One(signs.next().ok_or(BadPattern::Dangling)?)),
                other => reader.steps.push(Step::One(other)),
            }
        }
        if reader.groups.is_empty() { Ok(Self(reader.steps)) } else { Err(BadPattern::Alone('{', '}')) }
    }

    /// Whether there is a way through that reads the whole name.
    pub(super) fn lead_through(&self, name: &str) -> bool {
        let mut here = vec![false; self.0.len() + 1];
        let mut next = here.clone();
        here[0] = true;
        for c in name.chars() {
            self.take(&mut here, Some((c, &mut next)));
            mem::swap(&mut here, &mut next);
            if !here.contains(&true) {
                return false;
            }
            next.fill(false);
        }
        self.take(&mut here, None);
        here.ends_with(&[true])
    }

    /// Takes all steps that read nothing, and, where there is a character, those that read it.
    fn take(&self, here: &mut [bool], mut reading: Option<(char, &mut Vec<bool>)>) {
        for (at, step) in self.0.iter().enumerate() {
            if !here[at] {
                continue;
            }
            match step {
                Step::Go(to) => here[*to] = true,
                Step::Fork(to) => (here[at + 1], here[*to]) = (true, true),
                Step::Many => here[at + 1] = true,
                Step::One(_) | Step::Any | Step::Of(_) => {}
            }
            if let Some((c, next)) = &mut reading {
                match step {
                    Step::Many => next[at] = true,
                    Step::One(one) => next[at + 1] |= one == c,
                    Step::Any => next[at + 1] = true,
                    Step::Of(class) => next[at + 1] |= class.has(*c),
                    Step::Go(_) | Step::Fork(_) => {}
                }
            }
        }
    }
}

impl Reader {
    fn begin_group(&mut self) -> Result<(), BadPattern> {
        if self.groups.len() == DEEPEST {
            return Err(BadPattern::Deep);
        }
        let fork = self.fork()?;
        self.groups.push(Group { fork, ends: Vec::new() });
        Ok(())
    }

    /// A comma outside of groups is itself.
    fn begin_alternative(&mut self) -> Result<(), BadPattern> {
        let Some(mut group) = self.groups.pop() else {
            self.steps.push(Step::One(','));
            return Ok(());
        };
        group.ends.push(self.steps.len());
        self.steps.push(Step::Go(0));
        self.steps[group.fork] = Step::Fork(self.steps.len());
        group.fork = self.fork()?;
        self.groups.push(group);
        Ok(())
    }

    fn end_group(&mut self) -> Result<(), BadPattern> {
        let group = self.groups.pop().ok_or(BadPattern::Alone('}', '{'))?;
        self.steps[group.fork] = Step::Go(group.fork + 1);
        let behind = self.steps.len();
        for end in group.ends {
            self.steps[end] = Step::Go(behind);
        }
        Ok(())
    }

    /// A fork whose other way is not known yet.
    fn fork(&mut self) -> Result<usize, BadPattern> {
        self.alternatives += 1;
        if self.alternatives > MOST_ALTERNATIVES {
            return Err(BadPattern::Wide);
        }
        self.steps.push(Step::Fork(0));
        Ok(self.steps.len() - 1)
    }
}

/// Reads a class behind its `[`. A `]` that comes first, and a `-` that is between nothing, are themselves.
fn class(signs: &mut Peekable<Chars<'_>>) -> Result<Class, BadPattern> {
    let is_negated = signs.next_if(|sign| matches!(sign, '!' | '^')).is_some();
    let mut members = Vec::new();
    loop {
        match signs.next().ok_or(BadPattern::Alone('[', ']'))? {
            ']' if !members.is_empty() => break,
            member => members.push(member),
        }
    }
    let mut ranges = Vec::new();
    let mut rest = members.as_slice();
    while let [first, behind @ ..] = rest {
        let (range, left) = match behind {
            ['-', last, left @ ..] => ((*first, *last), left),
            left => ((*first, *first), left),
        };
        if range.1 < range.0 {
            return Err(BadPattern::Backwards(range.0, range.1));
        }
        ranges.push(range);
        rest = left;
    }
    Ok(Class { is_negated, ranges })
}

impl Class {
    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != self.is_negated
    }
}
