//! `demo`.

use std::path::PathBuf;

use clap::Args;
use mostrador_server::{Mint, Store, demo};

use super::Stop;
use super::import::sentence;

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Folder with `cafe-vt` and `livex`
    #[arg(long, value_name = "DIR")]
    fixtures: PathBuf,
}

impl Demo {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        for prepared in demo::prepare(&store, mint, &self.fixtures).await? {
            println!("{}: program version {}", prepared.tenant, prepared.version);
            for (what, summary) in &prepared.imports {
                println!("  {what}: {}", sentence(summary));
                for (line, reason) in &summary.rejected {
                    println!("    line {line}: {reason}");
                }
            }
        }
        Ok(())
    }
}
