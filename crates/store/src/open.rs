//! Opening a store, whatever is found there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::ConnectOptions;
use tokio::time::Instant;

use crate::StoreError;
use crate::claim::Claims;
use crate::record::Nonsense;
use crate::sqlite::{self, Connection, Fault, Options, Pool};

/// What is kept of a project: runs, their samples, and versions. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: Pool,
    pub(crate) claims: Claims,
    pub(crate) place: Place,
    options: Options,
}

impl Store {
    /// Opens the store in a file, and makes it (and the folders above it) where there is none. `:memory:` is a store in
    /// memory. A store of an older carat is brought to the present shape.
    ///
    /// A store that cannot be written, such as one on a read-only disk, is opened all the same; what writes fails with
    /// [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// The location is a URL, the file is not a store or that of a newer carat, or the file system or another program is
    /// in the way.
    pub async fn open(location: &str) -> Result<Self, StoreError> {
        if location == ":memory:" {
            return Self::in_memory().await;
        }
        if let Some((scheme, _)) = location.split_once("://") {
            return Err(StoreError::NotSupported { scheme: scheme.to_owned() });
        }
        let place = Place { name: location.into() };
        // Absolute, because SQLite takes a name that begins with `file:` for a URL.
        let file = std::path::absolute(location).map_err(|error| place.cannot_open(&error))?;
        make_folder_of(&file)?;
        Self::open_file(&file, &place).await
    }

    /// A new store in memory, which lasts as long as this value and its clones.
    ///
    /// # Errors
    /// There is no memory.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let place = Place { name: "in memory".into() };
        let options = sqlite::options_for_memory().map_err(|error| place.error("open", &error))?;
        Self::open_with(options.clone(), options, Claims::Memory(Arc::default()), place).await
    }

    /// Finishes what is under way, moves the write-ahead log into the file and closes it.
    pub async fn close(self) {
        if let Ok(mut connection) = self.pool.acquire().await {
            // The log that stays behind is as good; the next to open the store reads it.
            let _ = sqlite::checkpoint(&mut connection).await;
        }
        self.pool.close().await;
    }

    /// A connection of one's own.
    pub(crate) async fn connect(&self) -> Result<Connection, StoreError> {
        self.options.connect().await.map_err(|error| self.place.error("connect", &error))
    }

    async fn open_file(file: &Path, place: &Place) -> Result<Self, StoreError> {
        let claims = Claims::Folder(file.with_file_name("locks").into());
        let options = sqlite::options_for_file(file);
        let is_new = std::fs::metadata(file).map_or(true, |found| found.len() == 0);
        let first = if is_new { sqlite::options_for_new_file(file) } else { options.clone() };
        let error = match Self::open_in_turn(&first, &options, &claims, place).await {
            Err(error @ (StoreError::CannotOpen { .. } | StoreError::ReadOnly { .. })) if file.is_file() => error,
            done => return done,
        };
        for options in sqlite::options_for_reading(file) {
            match Self::open_with(options.clone(), options, claims.clone(), place.clone()).await {
                Err(StoreError::CannotOpen { .. } | StoreError::ReadOnly { .. }) => {}
                done => return done,
            }
        }
        Err(error)
    }

    /// Opens; again, where several processes make the same store at once, because the switch to a write-ahead log does
    /// not wait for its turn by itself.
    async fn open_in_turn(
        first: &Options,
        options: &Options,
        claims: &Claims,
        place: &Place,
    ) -> Result<Self, StoreError> {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            match Self::open_with(first.clone(), options.clone(), claims.clone(), place.clone()).await {
                Err(StoreError::Locked { .. }) if Instant::now() < end => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                done => return done,
            }
        }
    }

    /// Makes the first connection as `first` says, and all others as `options` do.
    async fn open_with(first: Options, options: Options, claims: Claims, place: Place) -> Result<Self, StoreError> {
        let store = Self { pool: sqlite::pool(first), claims, place, options };
        let mut connection = store.pool.acquire().await.map_err(|error| store.place.error("open", &error))?;
        store.pool.set_connect_options(store.options.clone());
        sqlite::bring_to_shape(&mut connection, &store.place).await?;
        drop(connection);
        Ok(store)
    }
}

fn make_folder_of(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    std::fs::create_dir_all(&folder)
        .map_err(|error| StoreError::Folder { folder: folder.display().to_string(), cause: error.to_string() })
}

/// A store as its errors name it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    name: Arc<str>,
}

impl Place {
    /// The store, as the person knows it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What a failure of the database means.
    pub(crate) fn error(&self, doing: &'static str, error: &sqlx::Error) -> StoreError {
        let file = self.to_string();
        let cause = error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
        match Fault::of(error) {
            Fault::Busy => StoreError::Locked { file },
            Fault::CannotOpen => StoreError::CannotOpen { file, cause },
            Fault::Damaged => StoreError::Damaged { file, what: cause },
            Fault::Disk => StoreError::Disk { file, cause },
            Fault::Full => StoreError::Full { file },
            Fault::NotADatabase => StoreError::NotAStore { file, what: "it is not a database at all".to_owned() },
            Fault::ReadOnly => StoreError::ReadOnly { file, cause },
            Fault::Interrupted | Fault::Other | Fault::Taken => StoreError::Database { file, doing, cause },
        }
    }

    /// What came of doing something with the database.
    pub(crate) fn doing<T>(&self, doing: &'static str, done: Result<T, sqlx::Error>) -> Result<T, StoreError> {
        done.map_err(|error| self.error(doing, &error))
    }

    /// Something that was read makes no sense.
    pub(crate) fn damaged(&self, nonsense: Nonsense) -> StoreError {
        StoreError::Damaged { file: self.to_string(), what: nonsense.0 }
    }

    fn cannot_open(&self, error: &std::io::Error) -> StoreError {
        StoreError::CannotOpen { file: self.to_string(), cause: error.to_string() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}
