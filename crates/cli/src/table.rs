//! Tables for terminals: aligned by what people see, not by bytes, and no wider than the terminal.

mod fitted;
mod wrap;

use std::borrow::Cow;

use anstyle::Style;
use carat_core::untrusted::visible;
use unicode_width::UnicodeWidthStr as _;

pub(crate) use fitted::prose;
use wrap::wrapped;

/// A cell: its text and its style.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    /// What is enough where the table is wider than the terminal.
    short: Option<String>,
    style: Style,
}

impl Cell {
    pub(crate) fn styled(style: Style, text: impl Into<String>) -> Self {
        Self { text: fit_for_a_cell(text.into()), short: None, style }
    }

    /// The same cell, of which this much is enough where there is no room: the beginning of an id, for instance.
    pub(crate) fn or_short(self, short: impl Into<String>) -> Self {
        Self { short: Some(fit_for_a_cell(short.into())), ..self }
    }

    fn shortened(&self) -> Self {
        self.short.as_ref().map_or_else(|| self.clone(), |short| Self { text: short.clone(), ..self.clone() })
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(Style::new(), text)
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

    /// How wide each column is when nothing is wrapped.
    fn widths(&self) -> Vec<usize> {
        self.each_column(|cell| cell.width(), |head| head.width())
    }

    /// The most of what is measured of the cells and of the head of each column.
    fn each_column(&self, of_cell: impl Fn(&str) -> usize, of_head: impl Fn(&str) -> usize) -> Vec<usize> {
        let most = |(column, head): (usize, &String)| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| of_cell(&cell.text));
            cells.chain([of_head(head)]).max().unwrap_or(0)
        };
        self.head.iter().enumerate().map(most).collect()
    }

    /// The table as lines.
    pub(crate) fn render(&self) -> String {
        self.render_in(&self.widths())
    }

    fn render_in(&self, widths: &[usize]) -> String {
        let mut text = String::new();
        let head: Vec<Cell> = self.head.iter().map(|head| Cell::styled(crate::out::FAINT, head.clone())).collect();
        for row in std::iter::once(&head).chain(&self.rows) {
            self.row_in(row, widths, &mut text);
        }
        text
    }

    /// A row, which takes as many lines as the cell that is wrapped most.
    fn row_in(&self, row: &[Cell], widths: &[usize], text: &mut String) {
        let cells: Vec<Vec<String>> =
            row.iter().zip(widths).map(|(cell, width)| lines_of(&cell.text, *width)).collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
        for line in 0..lines {
            let part = |(cell, whole): (&Vec<String>, &Cell)| {
                Cell::styled(whole.style, cell.get(line).map(String::as_str).unwrap_or_default())
            };
            let mut parts: Vec<Cell> = cells.iter().zip(row).map(part).collect();
            if line > 0 {
                let last = parts.iter().rposition(|part| !part.text.is_empty());
                parts.truncate(last.map_or(0, |last| last + 1));
            }
            self.line(&parts, widths, text);
        }
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
}

/// The lines of a cell; one that fits is left as it is.
fn lines_of(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width { vec![text.to_owned()] } else { wrapped(text, width) }
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
