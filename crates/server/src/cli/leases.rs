//! `leases list` and `leases write-off`, which `terminal write-off` is too.

use std::collections::BTreeMap;

use clap::Subcommand;
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::lease::WriteOff;
use mostrador_server::terminal::Terminal;
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Leases {
    /// List what is scarce, and which terminal holds a right to how much of it
    List {
        /// The company
        #[arg(long)]
        tenant: String,
    },
    /// Give up on one lease: what is left of it can be granted again, and is named as what the limit
    /// may be passed by
    WriteOff {
        /// The company
        #[arg(long)]
        tenant: String,
        /// Its id, see `leases list`
        id: Uuid,
    },
}

impl Leases {
    pub(super) async fn run(self, store: impl Store, mint: &Mint) -> Result<(), Stop> {
        match self {
            Self::List { tenant } => list(&store, &tenant, mint.now_ms()).await,
            Self::WriteOff { tenant, id } => write_off(&store, &tenant, WriteOff::Lease(id)).await,
        }
    }
}

async fn list(store: &impl Store, tenant: &str, now_ms: i64) -> Result<(), Stop> {
    let terminals = store.terminals(tenant).await?;
    let open = store.open_leases(tenant).await?;
    let stocks = store.stocks(tenant).await?;
    for (resource, stock) in &stocks {
        println!(
            "{}: {} used, {} granted, limit {}, free {}, exposure {}",
            words(resource),
            stock.used,
            stock.leased,
            stock.limit,
            stock.free(),
            stock.exposure
        );
        let held = open
            .iter()
            .filter(|lease| LeaseResource::from(&lease.resource) == *resource);
        for lease in held {
            let name = name_of(&terminals, lease.terminal);
            let late = if lease.expires_ms < now_ms {
                ", overdue"
            } else {
                ""
            };
            let (left, granted) = (lease.left(), lease.granted);
            println!("  {}  {name}: {left} of {granted} left{late}", lease.id);
        }
    }
    for terminal in store.awaited(tenant).await? {
        println!(
            "awaited since the server was restored: {}",
            name_of(&terminals, terminal)
        );
    }
    println!("{} open", open.len());
    Ok(())
}

/// Writes leases off and says what that came to.
pub(super) async fn write_off(
    store: &impl Store,
    tenant: &str,
    which: WriteOff,
) -> Result<(), Stop> {
    let awaited = store.awaited(tenant).await?;
    let written_off = store.write_off(tenant, which).await?;
    let is_awaited_no_more = store.awaited(tenant).await? != awaited;
    if is_awaited_no_more {
        println!("it is awaited no more");
    }
    let mut exposure: BTreeMap<LeaseResource, i64> = BTreeMap::new();
    for ended in &written_off {
        let named = exposure.entry(LeaseResource::from(&ended.lease.resource));
        *named.or_default() += ended.units;
    }
    for (resource, units) in &exposure {
        println!("{}: exposure {units}", words(resource));
    }
    println!("{} written off", written_off.len());
    if written_off.is_empty() && !is_awaited_no_more {
        return Err(Stop::No);
    }
    Ok(())
}

/// What a terminal is called.
pub(super) fn name_of(terminals: &[Terminal], id: Uuid) -> String {
    let known = terminals.iter().find(|known| known.id == id);
    known.map_or_else(
        || format!("terminal {id}"),
        |known| format!("{} ({})", known.name, known.shop.id),
    )
}

fn words(resource: &LeaseResource) -> String {
    match resource {
        LeaseResource::CodeUses(code) => format!("uses of {code}"),
        LeaseResource::CodeBudget(code) => format!("budget of {code}"),
        LeaseResource::Customer(id) => format!("customer {id}"),
    }
}
