//! `enrol-code`.

use clap::Args;
use mostrador_server::{Mint, Store, enrol_code};

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
    /// Leave the explanation out
    #[arg(long)]
    plain: bool,
}

impl EnrolCode {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let place = (self.tenant.as_str(), self.store.as_str());
        let code = enrol_code::issue(&store, mint, place, &self.terminal).await?;
        // The output holds the code alone, for scripts; the explanation is for people.
        println!("{code}");
        if !self.plain {
            eprintln!(
                "one-time code for {}: type it on the terminal",
                self.terminal
            );
            eprintln!("it works once, within 15 minutes");
        }
        Ok(())
    }
}
