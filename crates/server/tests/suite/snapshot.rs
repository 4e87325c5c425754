//! Beginning with a snapshot, over a real socket: who is told to, and what comes.

use std::collections::BTreeMap;

use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::Row;
use mostrador_protocol::seal;
use mostrador_protocol::snapshot::{SnapshotPart, SnapshotReply};
use mostrador_server::{Limits, Mint, Server, SqliteStore, Store, compaction};
use uuid::Uuid;

use crate::client::Client;
use crate::contract::scribe::TENANT;
use crate::wire::start_with;

const ANA: Uuid = Uuid::from_u128(1);

/// What `target` is answered when it is refused.
async fn refusal(client: &Client, target: &str) -> (u16, String) {
    client.send("GET", target, Vec::new()).await.failure()
}

/// A server on which one terminal sold twice.
async fn sold(limits: Limits) -> (Server<SqliteStore>, Client, tempfile::TempDir) {
    let (server, folder) = start_with(limits, Mint::system()).await;
    let client = Client::enrol(&server).await;
    let mut till = client.scribe(&server).await;
    till.sell(ANA, "FREE");
    till.sell(ANA, "FREE");
    client.pushed(&till, 0).await;
    (server, client, folder)
}

#[tokio::test]
async fn a_terminal_that_can_is_told_to_begin_with_a_snapshot_where_the_feed_is_long() {
    let eager = Limits {
        snapshot_rows: 3,
        ..Limits::default()
    };
    let (server, client, _folder) = sold(eager).await;
    let needed = (410, "snapshot".to_owned());
    let all = client.pull("cursor=0&limit=100").await;
    assert!(all.rows.len() >= 3, "who cannot reads pages");
    let target = "/v1/pull?cursor=0&limit=100&snapshot=true";
    assert_eq!(refusal(&client, target).await, needed);
    let end = all.next_cursor;
    let none: PullReply = client.pull(&format!("cursor={end}&snapshot=true")).await;
    assert!(none.rows.is_empty(), "who holds something reads on");

    let told: SnapshotReply = client.send("GET", "/v1/snapshot", vec![]).await.read();
    assert_eq!(
        (told.position, Some(told.hash), told.accounts),
        (end, all.next_hash, 1)
    );
    let hash = told.hash.to_hex();
    let mut rows: BTreeMap<_, Row> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let target = format!("/v1/snapshot/rows?position={end}&hash={hash}&limit=2{after}");
        let part: SnapshotPart = client.send("GET", &target, vec![]).await.read();
        for row in part.rows {
            if let Row::Program(program) = &row {
                let document = serde_json::to_string(program).unwrap();
                let sealed = (document.as_str(), part.seals[&program.version].as_str());
                assert!(seal::verify(&client.server_key, TENANT, sealed).is_ok());
            }
            rows.insert(row.key(), row);
        }
        match part.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let pages = all.rows.into_iter().map(|row| (row.row.key(), row.row));
    let latest: BTreeMap<_, Row> = pages.filter(|(key, _)| key.0 != "lease").collect();
    assert_eq!(rows, latest);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn who_stands_below_the_horizon_is_refused_by_name_and_nonsense_too() {
    let (server, client, _folder) = sold(Limits::default()).await;
    let told: SnapshotReply = client.send("GET", "/v1/snapshot", vec![]).await.read();
    let (end, hash) = (told.position, told.hash.to_hex());
    compaction::run(server.store(), TENANT, (0, 0))
        .await
        .unwrap();
    let named = |status: u16, code: &str| (status, code.to_owned());
    let other = "09".repeat(32);
    let rows = "/v1/snapshot/rows";
    let cases = [
        ("/v1/pull?cursor=0".to_owned(), named(410, "snapshot")),
        (
            "/v1/pull?cursor=1&wait=25000".to_owned(),
            named(410, "snapshot"),
        ),
        (
            format!("/v1/pull?cursor={end}&hash={other}"),
            named(409, "other_feed"),
        ),
        (
            format!("{rows}?position={end}&hash={other}"),
            named(409, "other_feed"),
        ),
        (
            format!("{rows}?position=0&hash={}", "00".repeat(32)),
            named(410, "snapshot"),
        ),
        (
            format!("{rows}?position={end}&hash={hash}&after=lease.61"),
            named(400, "malformed"),
        ),
        (
            format!("{rows}?position={end}&hash={hash}&after=customer"),
            named(400, "malformed"),
        ),
        (
            format!("{rows}?position={end}&hash=xyz"),
            named(400, "malformed"),
        ),
        (
            format!("{rows}?position=-1&hash={hash}"),
            named(400, "malformed"),
        ),
        (rows.to_owned(), named(400, "malformed")),
    ];
    for (target, expected) in cases {
        assert_eq!(refusal(&client, &target).await, expected, "{target}");
    }
    let beyond = format!("{rows}?position={end}&hash={hash}&limit=4000000000");
    let part: SnapshotPart = client.send("GET", &beyond, vec![]).await.read();
    assert_eq!(part.next, None);
    let unsigned = client.send_with("GET", rows, (vec![], "nonsense")).await;
    assert_eq!(unsigned.0.failure().0, 401);
    let counts = server.store().counts(TENANT).await.unwrap();
    assert_eq!(counts.feed, end);
    server.stop().await.unwrap();
}
