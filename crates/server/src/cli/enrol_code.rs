//! `enrol-code`.

use clap::Args;
use mostrador_server::{Mint, SqliteStore, enrol_code};

use super::Stop;

#[derive(Debug, Args)]
pub(super) struct EnrolCode {
    /// Its company
    #[arg(long)]
    tenant: String,
    /// Its shop
    #[arg(long)]
    store: String,
    /// What the new terminal is called
    #[arg(long)]
    terminal: String,
    /// Print the code alone
    #[arg(long)]
    plain: bool,
}

impl EnrolCode {
    pub(super) async fn run(self, store: SqliteStore, mint: &Mint) -> Result<(), Stop> {
        let place = (self.tenant.as_str(), self.store.as_str());
        let code = enrol_code::issue(&store, mint, place, &self.terminal).await?;
        if self.plain {
            println!("{code}");
        } else {
            println!("one-time code for {}: {code}", self.terminal);
            println!("type it on the terminal within 15 minutes; it works once");
        }
        Ok(())
    }
}
