//! All that only SQLite does or needs. The SQL text in the other files is for Postgres as well, when that comes.

mod bulk;
mod connect;
mod fault;
mod maintenance;
mod shape;

pub(crate) use bulk::{Batch, Stretch, ids_of_contents, rollback};
pub(crate) use connect::{
    BEGIN, checkpoint, options_for_file, options_for_memory, options_for_new_file, options_for_reading, pool,
};
pub(crate) use fault::Fault;
pub(crate) use maintenance::{Given, ORIGINS, Pages, give_back};
pub(crate) use shape::bring_to_shape;

pub(crate) type Connection = sqlx::SqliteConnection;
pub(crate) type Options = sqlx::sqlite::SqliteConnectOptions;
pub(crate) type Pool = sqlx::SqlitePool;
pub(crate) type Row = sqlx::sqlite::SqliteRow;
pub(crate) type Arguments = sqlx::sqlite::SqliteArguments;
pub(crate) type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, Arguments>;
