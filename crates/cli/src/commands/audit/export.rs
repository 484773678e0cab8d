//! `carat audit export`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use carat_core::audit::Entry;

use crate::exit::Exit;
use crate::fault::Fault;
use crate::out;
use crate::session::Session;

use super::pages::{Line, Pages};

pub(super) async fn export(session: &Session, file: Option<&Path>, force: bool) -> Result<Exit, Fault> {
    let store = session.store().await?;
    let mut pages = Pages::of(&store);
    let Some(path) = file.filter(|file| *file != Path::new("-")) else {
        while let Some(line) = pages.next().await? {
            out::json_line(&entry(line)?)?;
        }
        return Ok(Exit::Fine);
    };
    if !force && path.exists() {
        return Err(Fault::mendable(format!("{} is there already; --force overwrites it", path.display())));
    }
    let cannot = |error: std::io::Error| Fault::world(format!("cannot write {}: {error}", path.display()));
    // Written whole beside it first: a log that was cut short by a full disk would pass for one that was cut off.
    let beside = path.with_added_extension("part");
    let mut writer = BufWriter::new(File::create(&beside).map_err(cannot)?);
    let mut entries = 0_u64;
    while let Some(line) = pages.next().await? {
        entries += 1;
        let line = serde_json::to_string(&entry(line)?).map_err(Fault::bug)?;
        writeln!(writer, "{line}").map_err(cannot)?;
    }
    let written = writer.into_inner().map_err(|error| cannot(error.into_error()))?;
    written.sync_all().map_err(cannot)?;
    std::fs::rename(&beside, path).map_err(cannot)?;
    let plural = if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
    session.talk(&format!("{plural} in {}", path.display()));
    Ok(Exit::Fine)
}

/// What cannot be read is not left out without a word.
fn entry(line: Line) -> Result<Entry, Fault> {
    match line {
        Line::Entry(entry) => Ok(*entry),
        Line::Unreadable(why) => Err(Fault::world(format!("the audit log cannot be exported: {why}"))),
    }
}
