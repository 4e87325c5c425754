//! `customers erase` and `customers export`: what a person may ask of who keeps their data.

use clap::Subcommand;
use mostrador_server::erasure::{Erasure, held_about};
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Customers {
    /// Forget a person: their profile goes here and from every till; sales and points stay, without a name
    Erase {
        /// Their company
        #[arg(long)]
        tenant: String,
        /// Why, for the record; name nobody in it
        #[arg(long)]
        reason: String,
        /// The customer's id; records that were merged into theirs go too
        id: Uuid,
    },
    /// Print everything that is held about a person, as JSON
    Export {
        /// Their company
        #[arg(long)]
        tenant: String,
        /// The customer's id
        id: Uuid,
    },
    /// List who was erased, when and why
    Erased {
        /// The company
        #[arg(long)]
        tenant: String,
    },
}

impl Customers {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        match self {
            Self::Erase { tenant, reason, id } => {
                let at_ms = mint.now_ms();
                let erasure = Erasure {
                    tenant,
                    customer: id,
                    reason,
                    at_ms,
                };
                erase(&store, erasure).await
            }
            Self::Export { tenant, id } => export(&store, &tenant, id).await,
            Self::Erased { tenant } => list(&store, &tenant).await,
        }
    }
}

async fn erase(store: &impl Store, erasure: Erasure) -> Result<(), Stop> {
    let id = erasure.customer;
    let Some(gone) = store.erase(erasure).await? else {
        return Err(nobody(id));
    };
    // What the log beside the file still says of them goes too.
    store.settle().await?;
    for record in &gone {
        println!("{record} erased");
    }
    if gone.is_empty() {
        println!("{id} was erased before");
    } else {
        println!("each till forgets them when it next speaks with the server");
    }
    Ok(())
}

async fn export(store: &impl Store, tenant: &str, id: Uuid) -> Result<(), Stop> {
    // Says that there is no such tenant where there is none.
    store.terminals(tenant).await?;
    let Some(held) = held_about(store, tenant, id).await? else {
        return Err(nobody(id));
    };
    let text = serde_json::to_string_pretty(&held).expect("BUG: names of JSON are strings here");
    println!("{text}");
    Ok(())
}

async fn list(store: &impl Store, tenant: &str) -> Result<(), Stop> {
    store.terminals(tenant).await?;
    let erased = store.erased(tenant).await?;
    for customer in &erased {
        let day = customer
            .at_ms
            .and_then(chrono::DateTime::from_timestamp_millis)
            .map_or("before a restore".to_owned(), |at| {
                at.format("%Y-%m-%d").to_string()
            });
        println!("{}  {day}  {}", customer.customer_id, customer.reason);
    }
    println!("{} erased", erased.len());
    Ok(())
}

fn nobody(id: Uuid) -> Stop {
    println!("nobody here has the id {id}");
    Stop::No
}
