//! `status`.

use std::collections::BTreeMap;

use mostrador_protocol::message::Verdict;
use mostrador_server::terminal::Terminal;
use mostrador_server::{Error, Mint, Store};

use super::Stop;

/// A clock that differs more than this needs attention, as on the till's own screen, milliseconds.
const SKEW_SHOWN_MS: u64 = 120_000;

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
        shops(&store, &tenant.id, mint).await?;
    }
    Ok(())
}

async fn shops(store: &impl Store, tenant: &str, mint: &Mint) -> Result<(), Error> {
    let terminals = store.terminals(tenant).await?;
    let heads = store.streams(tenant).await?;
    let held = store.held(tenant).await?;
    for shop in store.shops(tenant).await? {
        println!("  store {} ({})", shop.id, shop.name);
        let own = terminals.iter().filter(|known| known.shop.id == shop.id);
        for terminal in own {
            let held = held.iter().filter(|entry| entry.terminal == terminal.id);
            let stands = Stands {
                now_ms: mint.now_ms(),
                entries: heads
                    .iter()
                    .filter(|head| head.terminal == terminal.id)
                    .map(|head| head.seq)
                    .sum(),
                held: held.map(|entry| entry.reason.as_str()).collect(),
            };
            show(terminal, &stands);
        }
    }
    Ok(())
}

/// What the server holds of a terminal.
struct Stands<'a> {
    now_ms: i64,
    entries: u64,
    /// The reason of each held entry.
    held: Vec<&'a str>,
}

fn show(terminal: &Terminal, stands: &Stands<'_>) {
    let ago = |at_ms: i64| stands.now_ms.saturating_sub(at_ms).max(0) / 1000;
    let seen = terminal.last_seen_ms.map_or("never seen".to_owned(), |ms| {
        format!("seen {} s ago", ago(ms))
    });
    let switched = if terminal.active {
        ""
    } else {
        ", switched off"
    };
    let (id, name, entries) = (terminal.id, &terminal.name, stands.entries);
    println!("    terminal {name} ({id}): {seen}, {entries} entries{switched}");
    if let Some(told) = &terminal.told {
        let waiting = told
            .waiting
            .map_or("an unknown number".to_owned(), |n| n.to_string());
        println!(
            "      said {} s ago: version {} (protocol {}), {} entries, {waiting} waiting, clock {}",
            ago(told.at_ms),
            told.app_version,
            told.protocol,
            told.head_seq,
            skew(told.skew_ms)
        );
    }
    for line in attention(terminal, stands) {
        println!("      needs attention: {line}");
    }
}

/// Everything about a terminal that a person should look at.
fn attention(terminal: &Terminal, stands: &Stands<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let verdict = match terminal.verdict {
        None | Some(Verdict::Ok) => None,
        Some(Verdict::Rewound) => Some(
            "rewound: the server holds more of its sales than it has itself; its disk was restored",
        ),
        Some(Verdict::Fork) => {
            Some("fork: two machines write as this terminal; its disk was copied or restored")
        }
        Some(Verdict::Upgrade) => Some("upgrade: its program is too old for this server"),
    };
    lines.extend(verdict.map(str::to_owned));
    let told = terminal.told.as_ref();
    let skewed = told.filter(|told| told.skew_ms.unsigned_abs() >= SKEW_SHOWN_MS);
    lines.extend(skewed.map(|told| format!("clock_skew: its clock is {}", skew(told.skew_ms))));
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for reason in &stands.held {
        let code = reason.split_once(':').map_or(*reason, |(code, _)| code);
        *reasons.entry(code).or_default() += 1;
    }
    lines.extend(reasons.iter().map(|(code, count)| {
        let tenant = &terminal.tenant.id;
        format!("{count} held ({code}); see `mostrador-server held list --tenant {tenant}`")
    }));
    lines
}

/// Server time less the terminal's, as a person says it.
fn skew(skew_ms: i64) -> String {
    let seconds = skew_ms.unsigned_abs() / 1000;
    match skew_ms {
        _ if seconds < 5 => "right".to_owned(),
        0.. => format!("{seconds} s behind the server's"),
        _ => format!("{seconds} s ahead of the server's"),
    }
}
