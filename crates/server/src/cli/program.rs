//! `program check` and `program publish`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mostrador_protocol::program::ProgramDocument;
use mostrador_server::{Error, Mint, SqliteStore, publish, read_program};

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Program {
    /// Read a program file and name every fault
    Check {
        /// The TOML file
        file: PathBuf,
    },
    /// Publish a program file: every terminal of the company gets it
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The company
    #[arg(long)]
    tenant: String,
    /// The TOML file
    file: PathBuf,
}

pub(super) fn check(file: &Path) -> Result<(), Stop> {
    let program = read(file)?;
    println!(
        "{}: fine. {} version {}, {}, {} codes",
        file.display(),
        program.name,
        program.version,
        program.currency,
        program.codes.len()
    );
    Ok(())
}

impl Publish {
    pub(super) async fn run(self, store: SqliteStore, mint: &Mint) -> Result<(), Stop> {
        let program = read(&self.file)?;
        let version = program.version;
        publish(&store, mint, &self.tenant, program).await?;
        println!("published version {version} for {}", self.tenant);
        Ok(())
    }
}

/// Reads the file; its faults are printed as `FILE:LINE:COLUMN: what; what to write`.
fn read(file: &Path) -> Result<ProgramDocument, Stop> {
    match read_program(file) {
        Ok(program) => Ok(program),
        Err(Error::ProgramFaults(faults)) => {
            for fault in &faults {
                let (what, remedy) = (&fault.what, &fault.remedy);
                let (line, column) = (fault.line, fault.column);
                eprintln!("{}:{line}:{column}: {what}; {remedy}", file.display());
            }
            let count = faults.len();
            eprintln!("error: {count} faults to mend; the program in force stays as it is");
            Err(Stop::No)
        }
        Err(error) => Err(error.into()),
    }
}
