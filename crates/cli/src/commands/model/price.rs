//! What a model costs and who says so, in words and as JSON.

use carat_core::spec::Price;
use carat_core::untrusted::one_line;
use carat_registry::prices::BUILT_IN;
use carat_registry::{PRICES_FILE, PROJECT_FILE, Priced};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::out::{FAINT, styled};

/// Today, in UTC: prices are looked up for it.
pub(crate) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// A few words for a cell of a table: the price, and whose word it is.
pub(super) fn short(priced: &Priced<'_>) -> String {
    match priced {
        Priced::Written(price) => format!("{} ({PROJECT_FILE})", in_and_out(price)),
        Priced::Listed { price, table, .. } => format!("{} ({})", in_and_out(price), name(table)),
        Priced::Free => "nothing".to_owned(),
        Priced::Gap(_) | Priced::Unknown { .. } => "unknown".to_owned(),
    }
}

/// A line about the price; none where nobody charges.
pub(super) fn line(priced: &Priced<'_>) -> String {
    match priced {
        Priced::Free => String::new(),
        priced => format!("{}  {}\n", styled(FAINT, "price"), sentence(priced)),
    }
}

/// All that there is to say, on a line: the price for a million tokens, who says so, where that is from and of which day; or
/// what to do where nobody says.
pub(crate) fn sentence(priced: &Priced<'_>) -> String {
    match priced {
        Priced::Written(price) => format!("{} for a million tokens ({PROJECT_FILE})", in_full(price)),
        Priced::Listed { price, entry, table } => {
            let (source, as_of) = (one_line(&entry.source, 120), entry.as_of);
            let note = entry.note.as_ref().map(|note| format!("; {}", one_line(note, 120))).unwrap_or_default();
            let table = name(table);
            format!("{} for a million tokens ({table}, as of {as_of}, {source}){note}", in_full(price))
        }
        Priced::Free => "nothing, for it answers here".to_owned(),
        Priced::Gap(gap) => one_line(&format!("unknown: {gap}"), 300),
        Priced::Unknown { nearest } => {
            let hint = nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            let advice = format!("write `price` with the model in {PROJECT_FILE}, or an entry into {PRICES_FILE}");
            one_line(&format!("unknown; {advice}{hint}"), 300)
        }
    }
}

/// The price and where it is from, for programs; documented in `docs/money.md`.
pub(super) fn json(priced: &Priced<'_>) -> Value {
    let from = match priced {
        Priced::Written(_) => json!({"table": PROJECT_FILE, "source": null, "as_of": null}),
        Priced::Listed { entry, table, .. } => {
            json!({"table": name(table), "source": entry.source, "as_of": entry.as_of.to_string()})
        }
        Priced::Free | Priced::Gap(_) | Priced::Unknown { .. } => Value::Null,
    };
    json!({"usd_per_million": priced.price(), "from": from})
}

fn name(table: &str) -> String {
    if table == BUILT_IN { "built in".to_owned() } else { one_line(table, 60) }
}

fn in_and_out(price: &Price) -> String {
    format!("${} in, ${} out", price.input, price.output)
}

fn in_full(price: &Price) -> String {
    let cached = price.cached_input.map(|cached| format!(" (${cached} from the provider's cache)"));
    let hidden = price.reasoning.map(|hidden| format!(" (${hidden} for hidden reasoning)"));
    let longest = price.up_to.map(|most| format!(", up to {most} tokens a request"));
    let [cached, hidden, longest] = [cached, hidden, longest].map(Option::unwrap_or_default);
    format!("${} in{cached}, ${} out{hidden}{longest}", price.input, price.output)
}

#[cfg(test)]
mod tests {
    use carat_registry::prices::{LookUp, PriceTable};

    use super::*;

    #[test]
    fn a_price_is_told_with_whose_word_it_is() {
        let price = Price { input: 0.25, output: 2.0, cached_input: Some(0.025), ..Price::FREE };
        insta::assert_snapshot!(sentence(&Priced::Written(price)), @"$0.25 in ($0.025 from the provider's cache), $2 out for a million tokens (carat.yaml)");
        let text = "- { provider: openai, model: m, input: 1, output: 2, reasoning: 3, up_to: 10, source: \"our\\ncontract\", as_of: 2026-01-01, note: till May }";
        let table = PriceTable::read(text, "prices.yaml").unwrap();
        let found = table.look_up("openai", "m", today()).unwrap();
        let LookUp::Known(price, entry) = found else { unreachable!("{found:?}") };
        let listed = Priced::Listed { price, entry, table: table.shown() };
        insta::assert_snapshot!(sentence(&listed), @"$1 in, $2 out ($3 for hidden reasoning), up to 10 tokens a request for a million tokens (prices.yaml, as of 2026-01-01, our⏎contract); till May");
        assert_eq!(short(&listed), "$1 in, $2 out (prices.yaml)");
        let unknown = Priced::Unknown { nearest: Some("gpt-5".to_owned()) };
        insta::assert_snapshot!(sentence(&unknown), @"unknown; write `price` with the model in carat.yaml, or an entry into prices.yaml; did you mean `gpt-5`?");
        assert_eq!(
            (json(&unknown)["usd_per_million"].clone(), short(&Priced::Free)),
            (Value::Null, "nothing".to_owned())
        );
    }
}
