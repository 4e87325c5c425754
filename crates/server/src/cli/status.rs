//! `status`.

use mostrador_server::attention::{self, Standing, skew};
use mostrador_server::store::{Restore, Restores};
use mostrador_server::{Error, Mint, Store};

use super::Stop;
use super::leases::name_of;

pub(super) async fn run(store: impl Store, mint: &Mint) -> Result<(), Stop> {
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
        restored(&store, &tenant.id, mint.now_ms()).await?;
        shops(&store, &tenant.id, mint).await?;
    }
    Ok(())
}

/// Whether the feed was restored, and who is not believed about it.
async fn restored(store: &impl Store, tenant: &str, now_ms: i64) -> Result<(), Error> {
    let Restores { believed, doubted } = store.restores(tenant).await?;
    let terminals = store.terminals(tenant).await?;
    let said = |word: &Restore| {
        let ago_s = now_ms.saturating_sub(word.at_ms).max(0) / 1000;
        format!(
            "{} showed it {ago_s} s ago",
            name_of(&terminals, word.terminal)
        )
    };
    if let Some(last) = believed.first() {
        println!(
            "  restored from a backup, {} times so far: {}",
            believed.len(),
            said(last)
        );
    }
    if let Some(word) = &doubted {
        println!(
            "  needs attention: restored_again: {}, and had been believed less than an hour before; it \
             is not believed. If nobody restored this server, switch the terminal off",
            said(word)
        );
    }
    Ok(())
}

async fn shops(store: &impl Store, tenant: &str, mint: &Mint) -> Result<(), Error> {
    let now_ms = mint.now_ms();
    let terminals = attention::terminals(store, tenant, now_ms).await?;
    for shop in store.shops(tenant).await? {
        println!("  store {} ({})", shop.id, shop.name);
        let own = terminals.iter().filter(|known| known.store == shop.id);
        for standing in own {
            show(standing, now_ms);
        }
    }
    Ok(())
}

fn show(standing: &Standing, now_ms: i64) {
    let ago = |at_ms: i64| now_ms.saturating_sub(at_ms).max(0) / 1000;
    let seen = standing.last_seen_ms.map_or("never seen".to_owned(), |ms| {
        format!("seen {} s ago", ago(ms))
    });
    let switched = if standing.active {
        ""
    } else {
        ", switched off"
    };
    let (id, name, entries) = (standing.terminal, &standing.name, standing.entries);
    println!("    terminal {name} ({id}): {seen}, {entries} entries{switched}");
    if let Some(said) = &standing.said {
        let waiting = said
            .waiting
            .map_or("an unknown number".to_owned(), |n| n.to_string());
        println!(
            "      said {} s ago: version {} (protocol {}), {} entries, {waiting} waiting, clock {}",
            ago(said.at_ms),
            said.version,
            said.protocol,
            said.head_seq,
            skew(said.skew_ms)
        );
    }
    let rights = standing.leases;
    if rights.open > 0 {
        println!(
            "      holds {} leases, {} units left",
            rights.open, rights.left
        );
    }
    if standing.new_streams > 0 {
        println!(
            "      went on in a new stream {} times",
            standing.new_streams
        );
    }
    for attention in &standing.attention {
        println!("      needs attention: {}", attention.says);
        println!("        what to do: {}", attention.remedy);
    }
}
