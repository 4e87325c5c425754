//! `program check` and `program publish`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use mostrador_protocol::program::{Findings, ProgramDocument};
use mostrador_server::{Error, Mint, Published, Store, examine, publish};

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Program {
    /// Read a program file: every fault, and what is surely not meant
    Check(Check),
    /// Publish a program file: every terminal of the company gets it
    Publish(Publish),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Look names of stores and products up in what this company has
    #[arg(long)]
    pub(super) tenant: Option<String>,
    /// End with a failure when there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// The TOML file
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The company
    #[arg(long)]
    tenant: String,
    /// The TOML file
    file: PathBuf,
}

impl Check {
    /// `store` is only needed with a tenant.
    pub(super) async fn run(self, store: Option<impl Store>, mint: &Mint) -> Result<(), Stop> {
        let company = store.as_ref().zip(self.tenant.as_deref());
        let (program, warnings) = read(&self.file, mint, company).await?;
        let (file, codes) = (self.file.display(), program.codes.len());
        let ProgramDocument {
            name,
            version,
            currency,
            ..
        } = program;
        let verdict = match warnings {
            0 => "fine".to_owned(),
            1 => "no faults, 1 warning".to_owned(),
            many => format!("no faults, {many} warnings"),
        };
        println!("{file}: {verdict}. {name} version {version}, {currency}, {codes} codes");
        if warnings > 0 && self.deny_warnings {
            return Err(Stop::No);
        }
        Ok(())
    }
}

impl Publish {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let tenant = self.tenant.as_str();
        let (program, _) = read(&self.file, mint, Some((&store, tenant))).await?;
        let version = program.version;
        match publish(&store, mint, tenant, program).await? {
            Published::Now => println!("published version {version} for {tenant}"),
            Published::Already => {
                println!("version {version} is in force for {tenant} already, word for word");
            }
        }
        Ok(())
    }
}

/// Reads the file. Its faults are printed as `FILE:LINE:COLUMN: what; what to write`, its warnings
/// below them; answers how many warnings there are.
async fn read(
    file: &Path,
    mint: &Mint,
    company: Option<(&impl Store, &str)>,
) -> Result<(ProgramDocument, usize), Stop> {
    if let Some((store, tenant)) = company {
        let tenants = store.tenants().await?;
        if !tenants.iter().any(|known| known.id == tenant) {
            return Err(Error::UnknownTenant(tenant.to_owned()).into());
        }
    }
    let Findings {
        document,
        faults,
        warnings,
    } = examine(file, mint, company).await?;
    let shown = file.display();
    for fault in &faults {
        let (what, remedy) = (&fault.what, &fault.remedy);
        let (line, column) = (fault.line, fault.column);
        eprintln!("{shown}:{line}:{column}: {what}; {remedy}");
    }
    for warning in &warnings {
        let (line, column) = (warning.line, warning.column);
        eprintln!("{shown}:{line}:{column}: warning: {warning}");
    }
    let told = warnings.iter().map(|warning| 1 + warning.others).sum();
    if let Some(document) = document {
        return Ok((document, told));
    }
    let to_mend = match faults.len() {
        1 => "1 fault".to_owned(),
        many => format!("{many} faults"),
    };
    eprintln!("error: {to_mend} to mend; the program in force stays as it is");
    Err(Stop::No)
}
