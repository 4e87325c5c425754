//! `report over-limit`.

use clap::Subcommand;
use mostrador_server::Store;
use mostrador_server::report::{OverLimitUse, over_limit};

use super::Stop;
use super::leases::name_of;

#[derive(Debug, Subcommand)]
pub(super) enum Report {
    /// List the sales that used a code beyond its limits: where, who, which code, what it cost
    OverLimit {
        /// The company
        #[arg(long)]
        tenant: String,
    },
}

impl Report {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let Self::OverLimit { tenant } = self;
        let terminals = store.terminals(&tenant).await?;
        let staff = store.staff(&tenant).await?;
        let uses = over_limit(&store.adjusted(&tenant).await?);
        for used in &uses {
            let cashier = staff.iter().find(|known| known.id == used.cashier);
            let cashier = cashier.map_or_else(
                || format!("staff {}", used.cashier),
                |known| known.name.clone(),
            );
            println!(
                "{}  {}  {}  {cashier}  {}  {}",
                used.local_time.format("%Y-%m-%d %H:%M"),
                used.receipt,
                name_of(&terminals, used.terminal),
                used.code,
                cost(used)
            );
            println!("  {}", used.reason);
        }
        let cost: i64 = uses.iter().map(|used| used.cost).sum();
        println!("{} uses over a limit, {cost} minor units", uses.len());
        Ok(())
    }
}

fn cost(used: &OverLimitUse) -> String {
    format!("{} {}", used.cost, used.currency)
}
