//! Text that stays below GitHub's limit.

/// GitHub takes 65,536 characters in a comment; a bot may want to add a line of its own.
pub(super) const LIMIT: usize = 60_000;

/// What is kept for saying what was left out.
const RESERVE: usize = 1_500;

/// A section takes at most so much, so that none keeps the others out.
const SECTION: usize = 16_000;

/// Text with a limit. What does not fit is left out whole and told at the end.
#[derive(Debug, Default)]
pub(super) struct Budget {
    text: String,
    characters: usize,
    left_out: Vec<String>,
}

impl Budget {
    /// Adds a block, if there is room for all of it. Whether there was.
    pub(super) fn block(&mut self, name: &str, block: &str) -> bool {
        let characters = block.chars().count();
        if self.characters + characters > LIMIT - RESERVE {
            self.left_out.push(name.to_owned());
            return false;
        }
        self.characters += characters;
        self.text.push_str(block);
        true
    }

    /// Adds a block of a head, parts and a foot: as many parts as there is room for. `what` are the parts, in the plural.
    /// Nothing where there are no parts.
    pub(super) fn parts(&mut self, what: &str, head: &str, parts: impl IntoIterator<Item = String>, foot: &str) {
        let frame = head.chars().count() + foot.chars().count();
        let room = (LIMIT - RESERVE).saturating_sub(self.characters).min(SECTION);
        let (mut block, mut characters, mut left_out) = (String::new(), frame, 0_u64);
        for part in parts {
            let more = part.chars().count();
            // What comes first matters most: once something is left out, so is the rest.
            if left_out > 0 || characters + more > room {
                left_out += 1;
            } else {
                characters += more;
                block.push_str(&part);
            }
        }
        if !block.is_empty() {
            self.characters += characters;
            self.text.extend([head, &block, foot]);
        }
        if left_out > 0 {
            self.left_out.push(format!("{left_out} {what}"));
        }
    }

    /// All of it, with what was left out.
    pub(super) fn finish(mut self, foot: &str) -> String {
        self.text.push_str("<sub>");
        if !self.left_out.is_empty() {
            let told = self.left_out.join(", ");
            let told: String = told.chars().take(RESERVE / 2).collect();
            self.text.push_str(&format!("Left out for GitHub's limit: {told}. "));
        }
        let foot: String = foot.chars().take(RESERVE / 3).collect();
        self.text.push_str(&format!("{foot}</sub>\n"));
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told() {
        let mut budget = Budget::default();
        let row = "x".repeat(999) + "\n";
        for section in ["a", "b", "c", "d", "e"] {
            budget.parts(section, "head\n", std::iter::repeat_n(row.clone(), 100), "foot\n");
        }
        assert!(!budget.block("the end", &row.repeat(60)));
        let text = budget.finish("f");
        assert!(text.chars().count() <= LIMIT, "{}", text.chars().count());
        assert!(
            text.ends_with("Left out for GitHub's limit: 85 a, 85 b, 85 c, 87 d, 100 e, the end. f</sub>\n"),
            "{}",
            &text[text.len() - 200..]
        );
    }
}
