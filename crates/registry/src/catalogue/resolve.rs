//! From a reference to the version that it means, and what is said where there is none.

use carat_core::nearest::did_you_mean;
use carat_core::version::{Kind, LATEST, Label, Move, Pick, Reference, TOO_SHORT, is_short_digest};
use carat_store::Version;
use jiff::Timestamp;

use super::meaning::name_of;
use super::{Catalogue, CatalogueError};

/// So many labels are named in an error; a project with more of them looks at the list.
const NAMED: usize = 12;

impl Catalogue {
    /// The version that a reference means: now, or where an instant is given (RFC 3339, in any zone) the one that it meant
    /// then. Numbers and digests mean at every instant what they mean now.
    ///
    /// # Errors
    /// It means none: the numbers and labels that there are, and the nearest of them; for a name without versions, whether
    /// there is a file, and the command that saves it. The beginning of a digest is that of several versions. It means the
    /// working file. And whatever keeps a store from being read.
    pub async fn resolve(
        &self,
        kind: Kind,
        reference: &Reference,
        at: Option<&str>,
    ) -> Result<Version, CatalogueError> {
        let name = name_of(kind, &reference.name);
        let at = at.map(instant).transpose()?;
        let found = match (&reference.pick, &at) {
            (Pick::Working, _) => return Err(self.no_version_named(kind, &name).await?),
            (Pick::Label(label), Some(at)) => self.labelled_then(kind, &name, label, at).await?,
            (Pick::Latest, Some(at)) => self.latest_then(kind, &name, at).await?,
            (Pick::Number(_) | Pick::Digest(_), Some(_)) | (_, None) => {
                self.store.version(kind, &name, &reference.pick).await?
            }
        };
        match found {
            Some(version) => Ok(version),
            None => Err(self.no_such_version(kind, &name, &reference.pick).await?),
        }
    }

    async fn labelled_then(
        &self,
        kind: Kind,
        name: &str,
        label: &Label,
        at: &str,
    ) -> Result<Option<Version>, CatalogueError> {
        let history = self.store.label_history(kind, name, Some(label)).await?;
        if let Some(then) = Move::at(&history, at) {
            return Ok(self.store.version(kind, name, &Pick::Number(then.number)).await?);
        }
        let Some(first) = history.first() else { return Ok(None) };
        let taken_away = history.iter().rev().find(|moved| moved.at.as_str() <= at);
        let since = match taken_away {
            Some(moved) => format!("; it had been taken away at {}", moved.at),
            None => format!("; it was put there first at {}", first.at),
        };
        Err(not_then(kind, name, format!("label `{label}`"), at, since))
    }

    async fn latest_then(&self, kind: Kind, name: &str, at: &str) -> Result<Option<Version>, CatalogueError> {
        let mut versions = self.store.versions(kind, name).await?;
        // Of versions that came from elsewhere, the first may have a higher number than later ones.
        let Some(first) = versions.iter().map(|first| first.provenance.at.clone()).min() else { return Ok(None) };
        versions.retain(|version| version.provenance.at.as_str() <= at);
        let since = || format!("; the first was saved at {first}");
        versions.pop().map(Some).ok_or_else(|| not_then(kind, name, "version".to_owned(), at, since()))
    }

    /// A version is wanted, and a name came alone.
    async fn no_version_named(&self, kind: Kind, name: &str) -> Result<CatalogueError, CatalogueError> {
        Ok(match self.choice(kind, name).await? {
            Some(choice) => CatalogueError::Working { kind, name: name.to_owned(), choice },
            None => self.nothing_saved(kind, name).await?,
        })
    }

    async fn no_such_version(&self, kind: Kind, name: &str, pick: &Pick) -> Result<CatalogueError, CatalogueError> {
        let Some(choice) = self.choice(kind, name).await? else { return self.nothing_saved(kind, name).await };
        let labels = self.store.labels(kind, name).await?;
        let (wanted, hint) = match pick {
            Pick::Label(label) => {
                let known = labels.iter().map(|(label, _)| label.as_str()).chain([LATEST]);
                let too_short = is_short_digest(label.as_str()).then(|| format!("; {TOO_SHORT}"));
                (format!("label `{label}`"), too_short.unwrap_or_else(|| did_you_mean(label.as_str(), known)))
            }
            Pick::Number(number) => (format!("version {number}"), String::new()),
            Pick::Digest(digits) => (format!("version with a digest that begins with {digits}"), String::new()),
            Pick::Working | Pick::Latest => ("version".to_owned(), String::new()),
        };
        Ok(CatalogueError::NoSuchVersion { kind, name: name.to_owned(), wanted, hint, choice })
    }

    /// No version has this name at all.
    async fn nothing_saved(&self, kind: Kind, name: &str) -> Result<CatalogueError, CatalogueError> {
        if self.project.has(kind, name) {
            return Ok(CatalogueError::NotSaved { kind, name: name.to_owned(), advice: saving(kind, name) });
        }
        let (in_files, in_store) = (self.project.names(kind), self.store.names(kind).await?);
        let hint = did_you_mean(name, in_files.iter().chain(&in_store).map(String::as_str));
        Ok(CatalogueError::Unknown { kind, name: name.to_owned(), hint })
    }

    /// The versions of a name in words: `there are versions 1 to 3 (candidate is 3, production is 2)`; none where there is none.
    pub(super) async fn choice(&self, kind: Kind, name: &str) -> Result<Option<String>, CatalogueError> {
        let numbers: Vec<u32> =
            self.store.versions(kind, name).await?.iter().map(|version| version.id.number).collect();
        let numbers = match numbers.as_slice() {
            [] => return Ok(None),
            [only] => format!("there is version {only}"),
            several => format!("there are versions {}", in_words(several)),
        };
        let labels = self.store.labels(kind, name).await?;
        let named = labels.iter().take(NAMED).map(|(label, version)| format!("{label} is {}", version.number));
        let mut named: Vec<String> = named.collect();
        named.extend((labels.len() > NAMED).then(|| "…".to_owned()));
        Ok(Some(if named.is_empty() { numbers } else { format!("{numbers} ({})", named.join(", ")) }))
    }
}

/// `1 to 3`, `1, 2 and 5 to 9`: the numbers, which ascend and may have gaps. Of many stretches the first and the last are told.
fn in_words(numbers: &[u32]) -> String {
    let mut stretches: Vec<String> = numbers
        .chunk_by(|before, after| before + 1 == *after)
        .flat_map(|stretch| match stretch {
            [first, .., last] if first + 1 < *last => vec![format!("{first} to {last}")],
            // Of two it is shorter to name both, unless they are all that there are.
            [first, last] if numbers.len() == 2 => vec![format!("{first} to {last}")],
            few => few.iter().map(u32::to_string).collect(),
        })
        .collect();
    if stretches.len() > NAMED {
        let last = stretches.len() - 1;
        stretches.splice(NAMED - 2..last, ["…".to_owned()]);
    }
    let last = stretches.pop().unwrap_or_default();
    if stretches.is_empty() { last } else { format!("{} and {last}", stretches.join(", ")) }
}

fn not_then(kind: Kind, name: &str, wanted: String, at: &str, since: String) -> CatalogueError {
    CatalogueError::NotThen { kind, name: name.to_owned(), wanted, at: at.to_owned(), since }
}

/// The command that gives what the project has its first version. `carat eval` runs evals, so that there an eval is a spec.
fn saving(kind: Kind, name: &str) -> String {
    let noun = match kind {
        Kind::Prompt | Kind::Dataset | Kind::Model => kind.as_str(),
        Kind::Eval => "spec",
    };
    format!("`carat {noun} save {name}` makes one of it as it is now")
}

/// An instant as the store writes it, so that instants compare as texts.
fn instant(written: &str) -> Result<String, CatalogueError> {
    let instant: Timestamp = written
        .parse()
        .map_err(|error: jiff::Error| CatalogueError::BadInstant { at: written.to_owned(), why: error.to_string() })?;
    Ok(instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_gaps_are_told_as_what_they_are() {
        for (numbers, told) in [
            (vec![1, 2], "1 to 2"),
            (vec![1, 2, 3], "1 to 3"),
            (vec![7], "7"),
            (vec![2, 5], "2 and 5"),
            (vec![1, 2, 5, 6, 7, 9], "1, 2, 5 to 7 and 9"),
            ((1..100).map(|number| number * 2).collect(), "2, 4, 6, 8, 10, 12, 14, 16, 18, 20, … and 198"),
        ] {
            assert_eq!(in_words(&numbers), told);
        }
    }

    #[test]
    fn an_instant_of_any_zone_is_written_as_the_store_writes_it() {
        assert_eq!(instant("2026-05-31T16:00:00+02:00").unwrap(), "2026-05-31T14:00:00.000Z");
        assert_eq!(instant("2026-05-31T14:00:00.1239Z").unwrap(), "2026-05-31T14:00:00.123Z");
        let refused = instant("yesterday").unwrap_err().to_string();
        assert!(refused.starts_with("`yesterday` is no instant: "), "{refused}");
        assert!(refused.ends_with("write it as 2026-05-31T16:00:00Z"), "{refused}");
    }
}
