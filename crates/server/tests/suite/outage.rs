//! A database that crashes under load and comes back: terminals are told to come again, nothing that was
//! acknowledged is lost, and nobody has to do anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use mostrador_protocol::message::{Disposition, PushReply};
use mostrador_server::{Mint, PostgresStore, Server, Store};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::client::Client;
use crate::cluster::Cluster;
use crate::contract::scribe::{Scribe, TENANT, furnish, standing};

const ANA: Uuid = Uuid::from_u128(1);

/// Pushes of each terminal that are acknowledged before a crash, and after the last.
const ACKNOWLEDGED: u64 = 10;

/// Pushes of each terminal that are turned away before the database comes back.
const TURNED_AWAY: u64 = 3;

/// How long anything may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// What one terminal meets, for who watches.
#[derive(Debug, Default)]
struct Met {
    /// Pushes that were acknowledged.
    acknowledged: AtomicU64,
    /// Pushes that were not answered with an acknowledgement, and were sent again.
    turned_away: AtomicU64,
    /// Whether it should stop.
    stop: AtomicBool,
}

/// Sells and pushes until told to stop; every push goes on until it is acknowledged.
async fn sell((mut pen, client): (Scribe, Client), met: &Met) -> Scribe {
    while !met.stop.load(Ordering::Relaxed) {
        let base = pen.seq();
        pen.sell(ANA, "FREE");
        loop {
            let answer = client.push(&pen, base).await;
            if answer.status == 200 {
                let reply: PushReply = answer.read();
                assert_eq!(reply.accepted_through, pen.seq());
                assert_eq!(reply.dispositions[0].disposition, Disposition::Applied);
                met.acknowledged.fetch_add(1, Ordering::Relaxed);
                break;
            }
            assert_eq!(answer.failure(), (503, "unavailable".to_owned()));
            met.turned_away.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(20)).await;
        }
    }
    pen
}

/// Waits until a count of each terminal is higher by so many.
async fn grows(all: &[Arc<Met>], count: fn(&Met) -> &AtomicU64, by: u64) {
    let now = || all.iter().map(|met| count(met).load(Ordering::Relaxed));
    let wanted: Vec<u64> = now().map(|count| count + by).collect();
    let deadline = Instant::now() + PATIENCE;
    while now().zip(&wanted).any(|(count, wanted)| count < *wanted) {
        assert!(Instant::now() < deadline, "{all:?}, wanted {wanted:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn is_ready(server: &Server<PostgresStore>) -> bool {
    let answer = reqwest::get(format!("{}/health/ready", server.url())).await;
    answer.unwrap().status() == 200
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_the_database_is_told_and_loses_nothing_that_was_acknowledged() {
    let Some(mut cluster) = Cluster::start().await.unwrap() else {
        return;
    };
    let url = cluster.database("shop", "template1").await.unwrap();
    let store = PostgresStore::open(&url, &Mint::system()).await.unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(store, listen, Mint::system()).await.unwrap();
    furnish(server.store(), TENANT).await;
    let mut sellers = Vec::new();
    let mut all = Vec::new();
    for _ in 0..3 {
        let client = Client::enrol(&server).await;
        let pen = client.scribe(&server).await;
        let met = Arc::<Met>::default();
        all.push(Arc::clone(&met));
        sellers.push(tokio::spawn(async move { sell((pen, client), &met).await }));
    }
    let looking = Client::enrol(&server).await;
    let pull = "/v1/pull?cursor=0&limit=1";
    let signature = looking.sign("GET", pull, b"");
    for _ in 0..2 {
        grows(&all, |met| &met.acknowledged, ACKNOWLEDGED).await;
        cluster.crash().unwrap();
        let told = looking.raw("GET", pull, &signature).await;
        assert_eq!(told, (503, Some("2".to_owned())));
        assert!(!is_ready(&server).await, "readiness tells");
        grows(&all, |met| &met.turned_away, TURNED_AWAY).await;
        cluster.start_again().await.unwrap();
        // Readiness is looked at once a second.
        let deadline = Instant::now() + PATIENCE;
        while !is_ready(&server).await {
            assert!(Instant::now() < deadline, "it goes on by itself");
            sleep(Duration::from_millis(50)).await;
        }
    }
    grows(&all, |met| &met.acknowledged, ACKNOWLEDGED).await;
    for met in &all {
        met.stop.store(true, Ordering::Relaxed);
    }
    let mut sales = 0;
    for seller in sellers {
        let pen = seller.await.unwrap();
        let stored = server.store().entries(TENANT, pen.stream).await;
        let bytes: Vec<_> = stored.unwrap().into_iter().map(|it| it.raw).collect();
        assert_eq!(bytes, pen.entries, "every one, once, in its order");
        sales += pen.seq();
    }
    let total = i64::try_from(sales).unwrap();
    assert_eq!(standing(server.store(), ANA).await, (total, 90 * total));
    server.stop().await.unwrap();
}
