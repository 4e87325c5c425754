//! Programs: read from a file with all their faults, published once.

use std::path::Path;

use mostrador_protocol::program::ProgramDocument;

use crate::Error;
use crate::mint::Mint;
use crate::store::Store;

/// Reads a program from its TOML file.
///
/// # Errors
/// [`Error::ProgramFaults`] with every fault of the text, each with its line.
pub fn read_program(path: &Path) -> Result<ProgramDocument, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::File {
        attempt: "reading",
        path: path.to_owned(),
        source,
    })?;
    ProgramDocument::parse(&text).map_err(Error::ProgramFaults)
}

/// Publishes a program for a tenant; its terminals get it with their next pull.
///
/// # Errors
/// [`Error::ProgramFaults`] with every fault, [`Error::ProgramVersion`] unless the version ascends.
pub async fn publish<S: Store>(
    store: &S,
    mint: &Mint,
    tenant: &str,
    program: ProgramDocument,
) -> Result<(), Error> {
    let faults = program.check();
    if !faults.is_empty() {
        return Err(Error::ProgramFaults(faults));
    }
    let version = program.version;
    store.publish(tenant, program, mint.now_ms()).await?;
    tracing::info!(tenant, version, "a program was published");
    Ok(())
}
