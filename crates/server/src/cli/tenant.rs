//! `tenant create`.

use clap::Subcommand;
use mostrador_server::{Mint, Store, terminal};

use super::{Stop, slug};

#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    /// Create a company
    Create {
        /// Short name: a-z, 0-9 and -
        tenant: String,
        /// What a person reads
        #[arg(long)]
        name: Option<String>,
    },
}

impl Tenant {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let Self::Create { tenant, name } = self;
        let id = slug(&tenant)?;
        let name = name.unwrap_or_else(|| id.clone());
        let added = terminal::Tenant {
            id: id.clone(),
            name,
        };
        store.add_tenant(added, mint.now_ms()).await?;
        println!("created tenant {id}");
        println!("next: mostrador-server store create --tenant {id} STORE");
        Ok(())
    }
}
