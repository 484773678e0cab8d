//! Tables for terminals: aligned by what people see, not by bytes.

use std::borrow::Cow;

use anstyle::Style;
use carat_core::untrusted::visible;
use unicode_width::UnicodeWidthStr as _;

/// A cell: its text and its style.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(crate) fn styled(style: Style, text: impl Into<String>) -> Self {
        Self { text: fit_for_a_cell(text.into()), style }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: fit_for_a_cell(text.into()), style: Style::new() }
    }
}

/// Names of rows, files and prompts are nobody's to trust: what a terminal would act on, or what would break the line, is
/// shown instead.
fn fit_for_a_cell(text: String) -> String {
    match visible(&text) {
        Cow::Borrowed(_) if !text.contains(['\n', '\t']) => text,
        shown => shown.replace('\n', "⏎").replace('\t', " "),
    }
}

/// A table with a head.
#[derive(Debug, Default)]
pub(crate) struct Table {
    head: Vec<String>,
    /// Which columns are numbers, and so aligned on the right.
    right: Vec<bool>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table with these columns; a head that begins with `>` is aligned on the right.
    pub(crate) fn new(head: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let head: Vec<String> = head.into_iter().map(Into::into).collect();
        let right = head.iter().map(|text| text.starts_with('>')).collect();
        let head = head.into_iter().map(|text| text.trim_start_matches('>').to_owned()).collect();
        Self { head, right, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width());
            cells.chain([self.head[column].width()]).max().unwrap_or(0)
        };
        (0..self.head.len()).map(width).collect()
    }

    /// How wide the table is when nothing is wrapped.
    pub(crate) fn width(&self) -> usize {
        let widths = self.widths();
        widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
    }

    /// The table as lines.
    pub(crate) fn render(&self) -> String {
        let widths = self.widths();
        let mut text = String::new();
        let head: Vec<Cell> = self.head.iter().map(|head| Cell::styled(crate::out::FAINT, head.clone())).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            self.line(row, &widths, &mut text);
        }
        text
    }

    fn line(&self, row: &[Cell], widths: &[usize], text: &mut String) {
        let last = row.len().saturating_sub(1);
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column].saturating_sub(cell.text.width()));
            let style = cell.style;
            let cell = format!("{style}{}{style:#}", cell.text);
            match (self.right[column], column == last) {
                (true, _) => text.extend([gap.as_str(), &cell]),
                (false, true) => text.push_str(&cell),
                (false, false) => text.extend([cell.as_str(), &gap]),
            }
            if column < last {
                text.push_str("  ");
            }
        }
        text.push('\n');
    }

    /// The table as one block a row, for terminals that are narrower than the table.
    pub(crate) fn render_as_blocks(&self) -> String {
        let indent = self.head.iter().skip(1).map(|head| head.width()).max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                let style = cell.style;
                if column == 0 {
                    text.push_str(&format!("{style}{}{style:#}\n", cell.text));
                } else {
                    let head = &self.head[column];
                    let gap = " ".repeat(indent - head.width());
                    text.push_str(&format!("  {head}{gap}  {style}{}{style:#}\n", cell.text));
                }
            }
        }
        text
    }

    /// The table as it fits the terminal; what is not written to a terminal is not bent to its width.
    pub(crate) fn fitted(&self) -> String {
        let (_, width) = console::Term::stdout().size();
        let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
        if is_terminal && self.width() > usize::from(width) { self.render_as_blocks() } else { self.render() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_what_people_see() {
        let mut table = Table::new(["name", ">score"]);
        table.row(vec!["漢字".into(), "1".into()]);
        table.row(vec!["triage".into(), "0.5".into()]);
        let text = anstream::adapter::strip_str(&table.render()).to_string();
        assert_eq!(text, "name    score\n漢字        1\ntriage    0.5\n");
    }

    #[test]
    fn a_cell_sends_nothing_to_the_terminal_and_stays_on_its_line() {
        let mut table = Table::new(["row"]);
        table.row(vec!["a\u{1b}]0;b\nc\td".into()]);
        let text = anstream::adapter::strip_str(&table.render()).to_string();
        assert_eq!(text, "row\na␛]0;b⏎c d\n");
    }
}
