//! A database that crashes under load and comes back: terminals are told to come again, nothing that was
//! acknowledged is lost, and nobody has to do anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mostrador_protocol::message::{Disposition, PushReply};
use mostrador_server::{Mint, PostgresStore, Server, Store};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::client::Client;
use crate::cluster::Cluster;
use crate::contract::scribe::{Scribe, TENANT, furnish, standing};

const ANA: Uuid = Uuid::from_u128(1);

/// How long the database stays away.
const AWAY: Duration = Duration::from_secs(3);

/// What one terminal met.
struct Met {
    pen: Scribe,
    client: Client,
    /// Pushes that were not answered with an acknowledgement, and were sent again.
    turned_away: u64,
}

/// Sells and pushes until told to stop; every push goes on until it is acknowledged.
async fn sell(mut met: Met, stop: &AtomicBool) -> Met {
    while !stop.load(Ordering::Relaxed) {
        let base = met.pen.seq();
        met.pen.sell(ANA, "FREE");
        loop {
            let answer = met.client.push(&met.pen, base).await;
            if answer.status == 200 {
                let reply: PushReply = answer.read();
                assert_eq!(reply.accepted_through, met.pen.seq());
                assert_eq!(reply.dispositions[0].disposition, Disposition::Applied);
                break;
            }
            assert_eq!(answer.failure(), (503, "unavailable".to_owned()));
            met.turned_away += 1;
            sleep(Duration::from_millis(20)).await;
        }
    }
    met
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
    let stop = std::sync::Arc::new(AtomicBool::new(false));
    for _ in 0..3 {
        let client = Client::enrol(&server).await;
        let met = Met {
            pen: client.scribe(&server).await,
            client,
            turned_away: 0,
        };
        let stop = std::sync::Arc::clone(&stop);
        sellers.push(tokio::spawn(async move { sell(met, &stop).await }));
    }
    let looking = Client::enrol(&server).await;
    let pull = "/v1/pull?cursor=0&limit=1";
    let signature = looking.sign("GET", pull, b"");
    for _ in 0..2 {
        sleep(Duration::from_secs(1)).await;
        cluster.crash().unwrap();
        let back_at = Instant::now() + AWAY;
        let told = looking.raw("GET", pull, &signature).await;
        assert_eq!(told, (503, Some("2".to_owned())));
        assert!(!is_ready(&server).await, "readiness tells");
        tokio::time::sleep_until(back_at).await;
        cluster.start_again().await.unwrap();
        // Readiness is looked at once a second.
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_ready(&server).await {
            assert!(Instant::now() < deadline, "it goes on by itself");
            sleep(Duration::from_millis(50)).await;
        }
    }
    sleep(Duration::from_millis(500)).await;
    stop.store(true, Ordering::Relaxed);
    let mut sales = 0;
    let mut turned_away = 0;
    for seller in sellers {
        let met = seller.await.unwrap();
        let stored = server.store().entries(TENANT, met.pen.stream).await;
        let bytes: Vec<_> = stored.unwrap().into_iter().map(|it| it.raw).collect();
        assert_eq!(bytes, met.pen.entries, "every one, once, in its order");
        sales += met.pen.seq();
        turned_away += met.turned_away;
    }
    assert!(turned_away > 0 && sales > 0, "{turned_away}, {sales}");
    let total = i64::try_from(sales).unwrap();
    assert_eq!(standing(server.store(), ANA).await, (total, 90 * total));
    server.stop().await.unwrap();
}
