//! How rows are put together: the parts that are looked at by themselves, and those that hang together.

use carat_core::Rows;
use carat_core::spec::EvalSpec;

/// Whether rows can be put together in the way that a spec asks for.
///
/// # Errors
/// The slice or the cluster that makes no sense, and why.
pub(crate) fn check(spec: &EvalSpec) -> Result<(), String> {
    if let Some(cluster) = &spec.cluster {
        cluster.check().map_err(|why| format!("cluster: {why}"))?;
    }
    for (index, slice) in spec.slices.iter().enumerate() {
        slice.check().map_err(|why| format!("slices: {why}"))?;
        if spec.slices[..index].iter().any(|before| before.by == slice.by) {
            return Err(format!("slices: `{}` is named twice", slice.by));
        }
    }
    Ok(())
}

/// Whether the rows say which clusters they are in. Where none does, each would pass for independent of all others, which is
/// what a misspelt field comes to.
///
/// # Errors
/// What is wrong with the field or with a row, or why the rows cannot be read.
pub(crate) fn check_rows(spec: &EvalSpec, rows: &dyn Rows) -> Result<(), String> {
    let Some(cluster) = &spec.cluster else { return Ok(()) };
    let mut any = false;
    for row in rows.open().map_err(|error| error.to_string())? {
        let row = row.map_err(|error| error.to_string())?;
        any |= cluster.check_row(&row).map_err(|why| format!("cluster: {why}"))?;
    }
    if any {
        return Ok(());
    }
    Err(format!(
        "cluster: no row has `{}`; each would be a cluster of its own, as if rows were independent",
        cluster.by()
    ))
}
