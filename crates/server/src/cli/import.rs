//! `import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mostrador_server::import::{Import as Job, Subject, Summary, import};
use mostrador_server::{Mint, Store};

use super::Stop;

/// Reasons printed; the rejects file has all.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The company
    #[arg(long)]
    tenant: String,
    /// What the file holds
    what: What,
    /// The CSV file: comma or semicolon, UTF-8, header line first
    file: PathBuf,
    /// Read, match and report, but change nothing
    #[arg(long)]
    dry_run: bool,
    /// File that gets the rows that were not taken, with line and reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Customers,
    Products,
    Staff,
    Codes,
}

impl Import {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let job = Job {
            tenant: &self.tenant,
            subject: match self.what {
                What::Customers => Subject::Customers,
                What::Products => Subject::Products,
                What::Staff => Subject::Staff,
                What::Codes => Subject::Codes,
            },
            file: &self.file,
            rejects: self.rejects.as_deref(),
            dry_run: self.dry_run,
        };
        let summary = import(&store, mint, job).await?;
        if self.dry_run {
            println!("dry run: nothing was changed");
        }
        println!("{}", sentence(&summary));
        for (line, reason) in summary.rejected.iter().take(SHOWN) {
            println!("  line {line}: {reason}");
        }
        let hidden = summary.rejected.len().saturating_sub(SHOWN);
        if hidden > 0 {
            println!("  and {hidden} more");
        }
        match &self.rejects {
            Some(path) if !summary.rejected.is_empty() => {
                println!(
                    "the rejected rows are in {}: correct and import it",
                    path.display()
                );
            }
            None if !summary.rejected.is_empty() => {
                println!("add --rejects FILE to get the rejected rows in a file");
            }
            _ => {}
        }
        Ok(())
    }
}

/// `7 rows: 5 added, 1 changed, 0 unchanged, 1 rejected`.
pub(super) fn sentence(summary: &Summary) -> String {
    format!(
        "{} rows: {} added, {} changed, {} unchanged, {} rejected",
        summary.rows,
        summary.added,
        summary.changed,
        summary.unchanged,
        summary.rejected.len()
    )
}
