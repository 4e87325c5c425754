//! Random years on tills and server come to equal accounts.

use std::ops::Range;
use std::thread;

use mostrador_tests::Error;
use mostrador_tests::years::{Plan, Played, play};

/// Worlds that are played, each by its number: ten histories of forty steps.
const WORLDS: Range<u64> = 0..20;

/// `MOSTRADOR_YEARS` says other ones: `500` of them, or `17..18` for the one that failed.
fn worlds() -> Range<u64> {
    let Ok(asked) = std::env::var("MOSTRADOR_YEARS") else {
        return WORLDS;
    };
    let number = |text: &str| text.parse().expect("a number of worlds");
    match asked.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&asked),
    }
}

/// Plays every world of `worlds` whose number leaves `rest` when it is divided by two.
fn played(worlds: Range<u64>, rest: u64) -> Result<Played, (u64, Error)> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    let mut played = Played::default();
    for seed in worlds.filter(|seed| seed % 2 == rest) {
        let plan = Plan {
            seed,
            histories: 10,
            steps: 40,
        };
        let world = runtime.block_on(play(plan));
        played.add(world.map_err(|error| (seed, error))?);
    }
    Ok(played)
}

#[test]
fn random_years_come_to_equal_accounts_on_tills_and_server() {
    let halves = thread::scope(|scope| {
        let halves = [0, 1].map(|rest| scope.spawn(move || played(worlds(), rest)));
        halves.map(|half| half.join().expect("a world that ends"))
    });
    let mut played = Played::default();
    for half in halves {
        match half {
            Ok(half) => played.add(half),
            Err((seed, error)) => panic!("world {seed}: {error}"),
        }
    }
    println!("{played}");
    if played.histories >= 100 {
        for kind in [
            "points_expired",
            "tier_moved",
            "referral_bonus",
            "sale_voided",
        ] {
            assert!(played.entries.contains_key(kind), "no {kind}: {played}");
        }
    }
}
