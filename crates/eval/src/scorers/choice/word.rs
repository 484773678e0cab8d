//! Which classes stand in a text as words of their own.

use crate::scorers::text::is_of_a_word;

/// A place in a text where a class stands, in bytes.
struct Place {
    start: usize,
    end: usize,
    class: usize,
}

/// The numbers of the classes that stand in the text, each once, in the order of the classes. A class that only stands inside
/// longer ones does not count. Takes time in proportion to text × classes.
pub(super) fn standing_in<'c>(text: &str, classes: impl Iterator<Item = &'c str>) -> Vec<usize> {
    let mut places: Vec<Place> =
        classes.enumerate().flat_map(|(number, class)| places_of(text, number, class)).collect();
    places.sort_unstable_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut covered = 0;
    let mut standing = Vec::new();
    for place in places {
        if place.end > covered {
            covered = place.end;
            standing.push(place.class);
        }
    }
    standing.sort_unstable();
    standing.dedup();
    standing
}

fn places_of<'t>(text: &'t str, class: usize, word: &'t str) -> impl Iterator<Item = Place> + 't {
    text.match_indices(word)
        .map(move |(start, found)| Place { start, end: start + found.len(), class })
        .filter(move |place| stands_alone(text, place))
}

fn stands_alone(text: &str, place: &Place) -> bool {
    let word = &text[place.start..place.end];
    let (first, last) = (word.chars().next(), word.chars().next_back());
    let mut before = text[..place.start].chars().rev();
    let mut after = text[place.end..].chars();
    let (previous, next) = (before.next(), after.next());
    let signed = is_digit(first) && matches!(previous, Some('-' | '\u{2212}'));
    !signed && !is_joined(first, previous, before.next()) && !is_joined(last, next, after.next())
}

/// Whether the character at the edge of a word belongs together with its neighbour, and the one beyond that: directly, by a
/// hyphen or underscore, or as the digits of one number.
fn is_joined(edge: Option<char>, neighbour: Option<char>, beyond: Option<char>) -> bool {
    match neighbour {
        Some('-' | '_' | '\u{2010}' | '\u{2011}') => beyond.is_some_and(is_of_a_word),
        Some('.' | ',') => is_digit(edge) && is_digit(beyond),
        Some(other) => is_of_a_word(other),
        None => false,
    }
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named<'c>(text: &str, classes: &[&'c str]) -> Vec<&'c str> {
        standing_in(text, classes.iter().copied()).into_iter().map(|number| classes[number]).collect()
    }

    #[test]
    fn a_class_counts_only_as_a_word_of_its_own() {
        let queues = ["billing", "technical"];
        assert_eq!(named("the queue is **billing**.", &queues), ["billing"]);
        assert_eq!(named("_billing_", &queues), ["billing"]);
        assert_eq!(named("rebilling, billings, non-technical, technical_debt", &queues), [""; 0]);
        assert_eq!(named("billing or technical", &queues), queues);
        assert_eq!(named("billing, billing", &queues), ["billing"]);
        assert_eq!(named("technical\u{301}", &queues), [""; 0]);
    }

    #[test]
    fn a_class_inside_a_longer_class_does_not_count() {
        let cities = ["york", "new york", "new york city"];
        assert_eq!(named("i love new york", &cities), ["new york"]);
        assert_eq!(named("new yorker", &["new", "new york"]), ["new"]);
        assert_eq!(named("new york city", &["new york", "york city"]), ["new york", "york city"]);
        assert_eq!(named("york is not new york", &cities), ["york", "new york"]);
    }

    #[test]
    fn digits_of_a_longer_number_are_no_class() {
        let grades = ["1", "2", "3", "4", "5"];
        assert_eq!(named("4.5", &grades), [""; 0]);
        assert_eq!(named("-1", &grades), [""; 0]);
        assert_eq!(named("score: 4.", &grades), ["4"]);
        assert_eq!(named("45", &grades), [""; 0]);
        assert_eq!(named("-1", &["-1", "0", "1"]), ["-1"]);
    }

    #[test]
    fn classes_with_signs_in_them_are_found() {
        assert_eq!(named("in c++, of course", &["c", "c++"]), ["c++"]);
        assert_eq!(named("in c#", &["c", "c#"]), ["c#"]);
    }
}
