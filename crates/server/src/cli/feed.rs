//! `feed compact`.

use clap::Subcommand;
use mostrador_server::compaction::{self, DAY_MS};
use mostrador_server::{Error, Mint, Store};

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Feed {
    /// Delete rows of the feed that later ones replaced; a running server does it every hour
    Compact {
        /// Only this company
        #[arg(long)]
        tenant: Option<String>,
        /// A terminal that was away for fewer days reads on; one that was away for longer begins with a
        /// snapshot. 0: everything that is replaced now
        #[arg(long, value_name = "DAYS", default_value_t = compaction::KEEP_MS / DAY_MS)]
        older_than_days: i64,
    },
}

impl Feed {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let Self::Compact {
            tenant: only,
            older_than_days,
        } = self;
        let tenants = store.tenants().await?;
        let known = |slug: &String| tenants.iter().any(|tenant| tenant.id == *slug);
        if let Some(unknown) = only.as_ref().filter(|slug| !known(slug)) {
            return Err(Error::UnknownTenant(unknown.clone()).into());
        }
        let keep_ms = older_than_days.max(0).saturating_mul(DAY_MS);
        for tenant in &tenants {
            if only.as_ref().is_some_and(|only| *only != tenant.id) {
                continue;
            }
            let done = compaction::run(&store, &tenant.id, (mint.now_ms(), keep_ms)).await?;
            println!(
                "{}: {} rows deleted; terminals that stand below position {} begin with a snapshot",
                tenant.id, done.removed, done.horizon
            );
        }
        Ok(())
    }
}
