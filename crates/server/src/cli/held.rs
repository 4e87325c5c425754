//! `held list` and `held release`.

use clap::Subcommand;
use mostrador_protocol::message::Disposition;
use mostrador_server::Store;
use mostrador_server::ingest::release::release;
use uuid::Uuid;

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Held {
    /// List entries that are stored and have no effects yet, with the reason
    List {
        /// Their company
        #[arg(long)]
        tenant: String,
    },
    /// Try them again; those that can be read now get the effects they would have had at first
    Release {
        /// Their company
        #[arg(long)]
        tenant: String,
        /// Only this entry, see `held list`
        #[arg(long, value_name = "ID")]
        entry: Option<Uuid>,
    },
}

impl Held {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        match self {
            Self::List { tenant } => list(&store, &tenant).await,
            Self::Release { tenant, entry } => try_again(&store, &tenant, entry).await,
        }
    }
}

async fn list(store: &impl Store, tenant: &str) -> Result<(), Stop> {
    let terminals = store.terminals(tenant).await?;
    let held = store.held(tenant).await?;
    for entry in &held {
        let wrote = terminals.iter().find(|known| known.id == entry.terminal);
        let name = wrote.map_or("an unknown terminal", |known| known.name.as_str());
        let kind = entry.kind.as_deref().unwrap_or("no readable kind");
        let id = entry
            .entry_id
            .map_or("no id".to_owned(), |id| id.to_string());
        println!("{id}  {kind}  {name}, position {}", entry.seq);
        println!("  {}", entry.reason);
    }
    println!("{} held", held.len());
    Ok(())
}

async fn try_again(store: &impl Store, tenant: &str, entry: Option<Uuid>) -> Result<(), Stop> {
    // Says that there is no such tenant where there is none.
    store.terminals(tenant).await?;
    let released = release(store, tenant, entry).await?;
    let freed = released.freed().count();
    let still_held = released.still_held().count();
    println!("{freed} released, {still_held} still held");
    let followed = released.followed.iter();
    for (stream, entry) in followed.filter(|(_, entry)| entry.disposition != Disposition::Held) {
        println!(
            "  position {} of stream {stream} had waited for it",
            entry.seq
        );
    }
    for (stream, entry) in released.still_held() {
        let reason = entry.reason.as_deref().unwrap_or("no reason");
        println!("  position {} of stream {stream}: {reason}", entry.seq);
    }
    if entry.is_some() && freed == 0 {
        return Err(Stop::No);
    }
    Ok(())
}
