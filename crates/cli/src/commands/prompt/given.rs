//! What a prompt is given: the row of a dataset, or single values.

use carat_core::{Message, Rows as _};
use carat_registry::Catalogue;
use serde_json::{Map, Value};

use crate::fault::Fault;

/// The variables, and what had been said before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) input: Map<String, Value>,
    pub(crate) conversation: Vec<Message>,
}

/// The row that `DATASET:ID` means; the dataset may be a version: `tickets@2:t-0001`.
///
/// # Errors
/// There is no such dataset or row, or it cannot be read.
pub(crate) async fn row_of(catalogue: &Catalogue, reference: &str) -> Result<Given, Fault> {
    let (dataset, id) = reference.split_once(':').ok_or_else(|| Fault::mendable("--row takes DATASET:ID"))?;
    // Of a file only the rows before it are read.
    let rows = match catalogue.project.dataset(dataset) {
        Ok((_, file)) => file.open()?,
        Err(_) => catalogue.dataset(dataset).await?.rows.open()?,
    };
    tokio::task::block_in_place(|| {
        for row in rows {
            let row = row?;
            if row.id.as_str() == id {
                return Ok(Given { input: row.input, conversation: row.messages });
            }
        }
        Err(Fault::mendable(format!("{dataset} has no row `{id}`")))
    })
}
