//! What holds for every basket and every program; accounts have tests of their own.

mod bounds;
mod crowd;
mod draw;
mod events;
mod order;
mod points;
mod refunds;
mod splits;
mod sums;
mod text;

use mostrador_loyalty::money::Amount;
use proptest::prelude::ProptestConfig;

fn sum(amounts: &[Amount]) -> i64 {
    amounts.iter().map(|amount| amount.minor()).sum()
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn cases(usual: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(usual),
    }
}
