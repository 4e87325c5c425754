//! `jobs run`.

use clap::Subcommand;
use mostrador_server::{Error, Mint, Store, jobs};

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Jobs {
    /// Write now what is due: expired lots, tiers that move, referral bonuses; safe to repeat
    Run {
        /// Only this company
        #[arg(long)]
        tenant: Option<String>,
    },
}

impl Jobs {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        let Self::Run { tenant: only } = self;
        let tenants = store.tenants().await?;
        let known = |slug: &String| tenants.iter().any(|tenant| tenant.id == *slug);
        if let Some(unknown) = only.as_ref().filter(|slug| !known(slug)) {
            return Err(Error::UnknownTenant(unknown.clone()).into());
        }
        for tenant in &tenants {
            if only.as_ref().is_some_and(|only| *only != tenant.id) {
                continue;
            }
            let report = jobs::run(&store, mint, &tenant.id).await?;
            println!(
                "{}: {} accounts looked at: {} lots expired, {} tiers moved, {} bonuses given or \
                 taken back, {} badges awarded",
                tenant.id,
                report.accounts,
                report.expired,
                report.moved,
                report.bonuses,
                report.badges
            );
        }
        Ok(())
    }
}
