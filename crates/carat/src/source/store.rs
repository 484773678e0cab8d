//! Prompts straight out of a store: every version that a label points to, and the newest of each name.
//!
//! A store is opened, read and closed again on a thread of its own, so that nothing of it stays open, whatever happens to the
//! file meanwhile, and so that it does not matter whether the caller is inside a runtime.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

use carat_prompt::{Digest, Package};
use carat_store::{Kind, Store, StoreError};

use super::OpenError;
use super::look::Look;
use crate::Prompt;
use crate::bundle::Ready;
use crate::shelf::{Shelf, Unusable};

/// How often to read anew where somebody changes the store while it is being read.
const MOST_TRIES: usize = 5;

/// A store of carat.
pub(crate) struct StoreSource {
    /// The store, as the caller named it.
    place: String,
    /// What [`Store::open`] takes for it.
    location: String,
    /// Its file; none where it is elsewhere.
    file: Option<PathBuf>,
    /// What was seen before it was read last.
    seen: Option<Look>,
    /// The digest of what was read last, and the end of the audit log then.
    read: Option<(Digest, End)>,
}

/// The end of an audit log, which moves with every version and every label.
type End = Option<(u64, Digest)>;

impl StoreSource {
    pub(super) fn new(place: &str) -> Self {
        let path = place.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        let is_elsewhere = path.is_none() && place.contains("://");
        let location = path.unwrap_or(place).to_owned();
        let file = (!is_elsewhere).then(|| PathBuf::from(&location));
        Self { place: place.to_owned(), location, file, seen: None, read: None }
    }

    pub(super) fn may_have_changed(&self) -> bool {
        self.file.is_none() || self.seen.as_ref().is_none_or(|seen| self.look().may_differ(seen))
    }

    /// Reads the store; none where it holds what is being served.
    pub(super) fn load(&mut self, current: Option<&Shelf>) -> Result<Option<Shelf>, OpenError> {
        // Looked at before it is read: what is written meanwhile is seen the next time.
        self.seen = Some(self.look());
        // A store that is not there would be made.
        if self.file.as_ref().is_some_and(|file| !file.is_file()) {
            return Err(OpenError::NotThere { place: self.place.clone() });
        }
        // What is unusable may be mended without an entry in the log, and what was refused must be refused again.
        let is_served =
            |digest: Digest| current.is_some_and(|current| current.digest == digest && current.is_all_usable());
        let known_end = self.read.filter(|(digest, _)| is_served(*digest)).map(|(_, end)| end);
        let reading = Reading { location: &self.location, place: &self.place, current };
        let read = std::thread::scope(|scope| scope.spawn(|| reading.read(known_end)).join());
        let read = read.unwrap_or_else(|_| Err("the thread that reads it failed".to_owned()));
        let read = read.map_err(|cause| OpenError::Store { place: self.place.clone(), cause })?;
        let Some((shelf, end)) = read else { return Ok(None) };
        self.read = Some((shelf.digest, end));
        Ok(current.is_none_or(|current| current.digest != shelf.digest).then_some(shelf))
    }

    fn look(&self) -> Look {
        // What was written last stands in the log beside the file.
        let log = self.file.iter().map(|file| {
            let mut log = OsString::from(file);
            log.push("-wal");
            PathBuf::from(log)
        });
        Look::at(self.file.iter().cloned().chain(log))
    }
}

/// One reading of a store. Errors are in words.
struct Reading<'a> {
    location: &'a str,
    place: &'a str,
    current: Option<&'a Shelf>,
}

impl Reading<'_> {
    /// What the store holds, and the end of its log; none where the log ends where it ended before.
    fn read(&self, known_end: Option<End>) -> Result<Option<(Shelf, End)>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let store = Store::open(self.location).await.map_err(|error| error.to_string())?;
            let read = self.read_whole(&store, known_end).await;
            store.close().await;
            read
        })
    }

    /// Reads again until nobody has changed anything meanwhile.
    async fn read_whole(&self, store: &Store, known_end: Option<End>) -> Result<Option<(Shelf, End)>, String> {
        let in_words = |error: StoreError| error.to_string();
        for _ in 0..MOST_TRIES {
            let end = store.audit_head().await.map_err(in_words)?;
            if known_end == Some(end) {
                return Ok(None);
            }
            let shelf = self.shelf(store).await?;
            if store.audit_head().await.map_err(in_words)? == end {
                return Ok(Some((shelf, end)));
            }
        }
        Err("it is being changed all the time".to_owned())
    }

    async fn shelf(&self, store: &Store) -> Result<Shelf, String> {
        let in_words = |error: StoreError| error.to_string();
        let (mut ready, mut unusable, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for name in store.names(Kind::Prompt).await.map_err(in_words)? {
            let newest = store.versions(Kind::Prompt, &name).await.map_err(in_words)?.pop();
            let labels = store.labels(Kind::Prompt, &name).await.map_err(in_words)?;
            let labels = labels.into_iter().map(|(label, id)| (label.as_str().to_owned(), id));
            let mut wanted = BTreeMap::new();
            for (label, id) in labels.chain(newest.map(|newest| ("latest".to_owned(), newest.id))) {
                wanted.entry(id.number).or_insert_with(|| (id, BTreeSet::new())).1.insert(label);
            }
            for (version, (id, labels)) in wanted {
                let found = match self.known(&name, version, id.digest) {
                    Some(prompt) => Ok(prompt),
                    None => unpack(&name, version, id.digest, store.body(&id).await.map_err(in_words)?),
                };
                all.push((name.clone(), version, id.digest, labels.clone(), found.is_ok()));
                match found {
                    Ok(prompt) => ready.push(Ready { prompt, labels }),
                    Err(why) => unusable.push(Unusable { name: name.clone(), version, labels, why }),
                }
            }
        }
        match all.is_empty() {
            true => Err("no prompt has been saved in it; `carat prompt save` does that".to_owned()),
            false => Ok(Shelf::of_versions(self.place.to_owned(), Digest::of_json(&all), ready, unusable)),
        }
    }

    /// A version that is being served need not be read again, for it never changes.
    fn known(&self, name: &str, version: u32, digest: Digest) -> Option<Prompt> {
        self.current?.version(name, version).filter(|prompt| prompt.digest() == digest).cloned()
    }
}

fn unpack(name: &str, version: u32, digest: Digest, body: Option<String>) -> Result<Prompt, String> {
    let body = body.ok_or("its content was not kept; `carat prompt save` keeps it, from the file as it was then")?;
    let package: Package =
        serde_json::from_str(&body).map_err(|error| format!("its content is no package: {error}"))?;
    let prompt = Prompt::unpack(name, Some(version), &package, None).map_err(|error| error.to_string())?;
    match prompt.digest() == digest {
        true => Ok(prompt),
        false => Err(format!("its content has the digest {}, and not {digest}", prompt.digest())),
    }
}
