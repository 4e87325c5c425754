//! `store create`.

use clap::Subcommand;
use mostrador_server::{self as server, Mint, terminal};

use super::{Stop, slug};

#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Create a shop of a company
    Create {
        /// Its company
        #[arg(long)]
        tenant: String,
        /// Short name: a-z, 0-9 and -
        store: String,
        /// What a person reads
        #[arg(long)]
        name: Option<String>,
    },
}

impl Store {
    pub(super) async fn run(self, database: impl server::Store, mint: &Mint) -> Result<(), Stop> {
        let Self::Create {
            tenant,
            store,
            name,
        } = self;
        let id = slug(&store)?;
        let shop = terminal::Shop {
            tenant: tenant.clone(),
            id: id.clone(),
            name: name.unwrap_or_else(|| id.clone()),
        };
        database.add_shop(shop, mint.now_ms()).await?;
        println!("created store {id} of {tenant}");
        println!(
            "next: mostrador-server enrol-code --tenant {tenant} --store {id} --terminal NAME"
        );
        Ok(())
    }
}
