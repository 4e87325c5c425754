//! `status`.

use mostrador_server::{Error, Mint, SqliteStore, Store as _};

use super::Stop;

pub(super) async fn run(store: SqliteStore, mint: &Mint) -> Result<(), Stop> {
    let tenants = store.tenants().await?;
    if tenants.is_empty() {
        println!("no tenants yet: mostrador-server tenant create NAME");
    }
    for tenant in tenants {
        println!("{} ({})", tenant.id, tenant.name);
        match store.program(&tenant.id).await? {
            Some(program) => println!("  program version {}", program.version),
            None => println!("  no program yet: mostrador-server program publish"),
        }
        let counts = store.counts(&tenant.id).await?;
        println!(
            "  {} customers, {} products, {} staff; {} entries ({} adjusted, {} held); feed at {}",
            counts.customers,
            counts.products,
            counts.staff,
            counts.entries,
            counts.adjusted,
            counts.held,
            counts.feed
        );
        shops(&store, &tenant.id, mint).await?;
    }
    Ok(())
}

async fn shops(store: &SqliteStore, tenant: &str, mint: &Mint) -> Result<(), Error> {
    let terminals = store.terminals(tenant).await?;
    let heads = store.streams(tenant).await?;
    for shop in store.shops(tenant).await? {
        println!("  store {} ({})", shop.id, shop.name);
        for terminal in terminals
            .iter()
            .filter(|terminal| terminal.shop.id == shop.id)
        {
            let seen = terminal
                .last_seen_ms
                .map_or("never seen".to_owned(), |seen_ms| {
                    format!(
                        "seen {} s ago",
                        mint.now_ms().saturating_sub(seen_ms).max(0) / 1000
                    )
                });
            let own = heads.iter().filter(|head| head.terminal == terminal.id);
            let entries: u64 = own.map(|head| head.seq).sum();
            let state = if terminal.active {
                ""
            } else {
                ", switched off"
            };
            let (id, name) = (terminal.id, &terminal.name);
            println!("    terminal {name} ({id}): {seen}, {entries} entries{state}");
        }
    }
    Ok(())
}
