//! Tables and prose that keep to the width of the terminal.

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::wrap::{hanging, longest_word};
use super::{Cell, Table, lines_of};

/// A column is not made narrower than this, unless it is so by itself.
const NARROWEST: usize = 12;

/// What is no wider is broken only where the table would not fit otherwise: a date, a label, a word or two.
const SMALL: usize = 20;

/// In blocks: a value with less room than this stands below its head.
const ROOM_FOR_A_VALUE: usize = 16;

impl Table {
    /// How narrow each column can be without a word being broken, or a number.
    fn least_widths(&self) -> Vec<usize> {
        let least = |text: &str| longest_word(text).max(text.width().min(NARROWEST));
        let widths = self.each_column(|cell| cell.width(), longest_word).into_iter();
        let narrow = self.each_column(least, longest_word).into_iter();
        widths.zip(narrow).zip(&self.right).map(|((width, least), right)| if *right { width } else { least }).collect()
    }

    /// The table as one block a row. What has no head, such as a number in a list, stands before what it is the number of.
    fn as_blocks(&self, width: usize) -> String {
        let titles = self.head.iter().take_while(|head| head.is_empty()).count();
        let indent = self.head.iter().skip(1).map(|head| head.width()).max().unwrap_or(0);
        let mut text = String::new();
        for row in &self.rows {
            let before: String = row.iter().take(titles).map(|cell| format!("{}  ", cell.text)).collect();
            for (column, cell) in row.iter().enumerate().skip(titles) {
                match (column, &self.head[column]) {
                    (column, _) if column == titles => push_lines(&mut text, &before, &cell.text, cell.style, width),
                    (_, head) if width < indent + 4 + ROOM_FOR_A_VALUE => {
                        push_lines(&mut text, "  ", head, Style::new(), width);
                        push_lines(&mut text, "    ", cell.text.trim(), cell.style, width);
                    }
                    (_, head) => {
                        let head = format!("  {head}{}  ", " ".repeat(indent - head.width()));
                        push_lines(&mut text, &head, cell.text.trim(), cell.style, width);
                    }
                }
            }
        }
        text
    }

    /// The table as it fits the terminal; what is not written to a terminal is not bent to its width.
    pub(crate) fn fitted(&self) -> String {
        terminal_width().map_or_else(|| self.render(), |width| self.fitted_to(width))
    }

    /// The table in so many columns: as it is, with what is short of its cells, with its texts wrapped, or as blocks,
    /// whichever is the first that fits; and as blocks where these take fewer lines than wrapping.
    fn fitted_to(&self, width: usize) -> String {
        let fits = |table: &Self| room(&table.widths()) <= width;
        if fits(self) {
            return self.render();
        }
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::shortened).collect()).collect();
        let short = Self { head: self.head.clone(), right: self.right.clone(), rows };
        if fits(&short) {
            return short.render();
        }
        let blocks = self.as_blocks(width);
        let (widths, least) = (short.widths(), short.least_widths());
        let large = widths.iter().zip(&least).map(|(wide, least)| if *wide <= SMALL { *wide } else { *least });
        let narrow = narrowed(&widths, &large.collect::<Vec<_>>(), width).or_else(|| narrowed(&widths, &least, width));
        let wrapped = narrow.map(|widths| short.render_in(&widths));
        wrapped.filter(|wrapped| wrapped.lines().count() <= blocks.lines().count()).unwrap_or(blocks)
    }
}

/// How wide a table with such columns is.
fn room(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

/// The widths with the widest columns made narrower, none below its least, until all of it fits; none if it cannot.
fn narrowed(widths: &[usize], least: &[usize], width: usize) -> Option<Vec<usize>> {
    // A column wider than the terminal has to give way in any case, and cells may be very long.
    let mut widths: Vec<usize> = widths.iter().zip(least).map(|(wide, least)| (*wide).min(width).max(*least)).collect();
    if room(least) > width {
        return None;
    }
    while room(&widths) > width {
        let columns = widths.iter_mut().zip(least).filter(|(wide, least)| **wide > **least);
        let (widest, _) = columns.max_by_key(|(wide, _)| **wide)?;
        *widest -= 1;
    }
    Some(widths)
}

/// A text behind what stands before it; where it takes several lines, the others begin below it.
fn push_lines(text: &mut String, before: &str, cell: &str, style: Style, width: usize) {
    let indent = before.width();
    for (number, line) in lines_of(cell, width.saturating_sub(indent)).iter().enumerate() {
        let before = if number == 0 { before.to_owned() } else { " ".repeat(indent) };
        text.push_str(&format!("{before}{style}{line}{style:#}\n"));
    }
}

/// Prose as it fits the terminal, broken at words; what follows a line goes on `hang` columns to the right of its
/// beginning. What is not written to a terminal is left alone, and so are lines that fit.
pub(crate) fn prose(text: String, hang: usize) -> String {
    let Some(width) = terminal_width() else { return text };
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => hanging(line, width, hang) + "\n",
            None => hanging(line, width, hang),
        })
        .collect()
}

/// How many columns the terminal has to which data goes; none where it goes elsewhere.
fn terminal_width() -> Option<usize> {
    let (_, width) = console::Term::stdout().size();
    std::io::IsTerminal::is_terminal(&std::io::stdout()).then_some(usize::from(width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    fn runs() -> Table {
        let mut table = Table::new(["run", "name", ">samples"]);
        let id = Cell::from("01a216c5-94e8-7385-8053-bb18ee2269e0").or_short("01a216c5-94e8");
        table.row(vec![id.clone(), "tuesday, after the change of examples".into(), "1336".into()]);
        table.row(vec![id, "–".into(), "668".into()]);
        table
    }

    #[test]
    fn a_table_that_fits_is_left_as_it_is() {
        assert_eq!(runs().fitted_to(100), runs().render());
    }

    #[test]
    fn where_there_is_no_room_ids_get_short_before_texts_are_wrapped() {
        insta::assert_snapshot!(plain(&runs().fitted_to(62)), @"
        run            name                                   samples
        01a216c5-94e8  tuesday, after the change of examples     1336
        01a216c5-94e8  –                                          668
        ");
        insta::assert_snapshot!(plain(&runs().fitted_to(46)), @"
        run            name                    samples
        01a216c5-94e8  tuesday, after the         1336
                       change of examples
        01a216c5-94e8  –                           668
        ");
    }

    #[test]
    fn what_cannot_be_wrapped_into_the_width_becomes_blocks_that_keep_to_it() {
        insta::assert_snapshot!(plain(&runs().fitted_to(30)), @"
        01a216c5-94e8-7385-8053-bb18ee
        2269e0
          name     tuesday, after the
                   change of examples
          samples  1336
        01a216c5-94e8-7385-8053-bb18ee
        2269e0
          name     –
          samples  668
        ");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let cells = ["", " ", "–", "漢字漢字漢字漢字漢字", "support/triage-few-shot@1×nearest", " 50.9 % [45.6, 56.2]"];
        let long = "a word-that-has-no-end-".repeat(9);
        let texts: Vec<&str> = cells.into_iter().chain(["first version of all", "1336", &long]).collect();
        for width in 12..180 {
            for shift in 0..texts.len() {
                let mut table = Table::new(["variant", ">calls", "a longer head of a column", "why"]);
                for step in [1, 2, 4] {
                    let cell = |column: usize| Cell::from(texts[(shift + column * step) % texts.len()]);
                    table.row((0..4).map(cell).collect());
                }
                let text = plain(&table.fitted_to(width));
                assert!(text.lines().all(|line| line.width() <= width), "{width}:\n{text}");
            }
        }
    }

    #[test]
    fn a_cell_of_megabytes_is_wrapped_without_ado() {
        let mut table = Table::new(["row", "answer"]);
        table.row(vec!["a".into(), "word ".repeat(200_000).into()]);
        assert!(table.fitted_to(80).lines().all(|line| plain(line).width() <= 80));
    }
}
