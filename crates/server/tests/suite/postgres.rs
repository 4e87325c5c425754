//! PostgreSQL keeps the contract, and several servers on one database behave as one.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mostrador_protocol::row::{FeedRow, Row};
use mostrador_server::ingest::Outcome;
use mostrador_server::{Error, Mint, PostgresStore, Server, Store};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use crate::client::Client;
use crate::cluster::Cluster;
use crate::contract;
use crate::contract::scribe::{Scribe, TENANT, furnish, standing};

const ANA: Uuid = Uuid::from_u128(1);

/// Behaviours that are tried at once: each has up to 16 connections of the 100 that there are.
const AT_ONCE: usize = 4;

/// A database with tables, which others are made like.
const MADE: &str = "made";

/// A cluster with a database that has its tables.
async fn cluster() -> Option<Arc<Cluster>> {
    let cluster = Cluster::start().await.unwrap()?;
    let url = cluster.database(MADE, "template1").await.unwrap();
    drop(PostgresStore::open(&url, &Mint::system()).await.unwrap());
    // Connections end a moment after their pool.
    let look = cluster.connect("postgres").await.unwrap();
    let sql = "select count(*) from pg_stat_activity where datname = $1";
    while look
        .query_one(sql, &[&MADE])
        .await
        .unwrap()
        .get::<_, i64>(0)
        > 0
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Some(Arc::new(cluster))
}

async fn open(cluster: &Cluster, name: &str) -> PostgresStore {
    let url = cluster.database(name, MADE).await.unwrap();
    PostgresStore::open(&url, &Mint::system()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_keeps_the_contract() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let open_one = |name: &'static str| {
        let (cluster, turns) = (Arc::clone(&cluster), Arc::clone(&turns));
        async move {
            let turn = turns.acquire_owned().await.unwrap();
            // Names of databases end at 63 signs.
            let short = &name[..name.len().min(60)];
            (open(&cluster, short).await, turn)
        }
    };
    let mut tasks = Vec::new();
    contract! { contract_tasks { tasks, open_one } }
    let tried = tasks.len();
    let mut broken = Vec::new();
    for (name, task) in tasks {
        if task.await.is_err() {
            broken.push(name);
        }
    }
    assert_eq!(broken, Vec::<&str>::new(), "of {tried} behaviours");
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let client = cluster.connect(MADE).await.unwrap();
    let sql = "select table_name::text, column_name::text, is_nullable = 'NO'
               from information_schema.columns where table_schema = 'public'";
    let here: BTreeMap<(String, String), bool> = client
        .query(sql, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| ((row.get(0), row.get(1)), row.get(2)))
        .filter(|((table, _), _)| table != "refinery_schema_history")
        .collect();
    let (store, folder) = crate::sqlite::open();
    drop(store);
    let file = rusqlite::Connection::open(folder.path().join("server.sqlite")).unwrap();
    let sql = "select t.name, c.name, c.\"notnull\" or c.pk from sqlite_schema t
               join pragma_table_info(t.name) c
               where t.type = 'table' and t.name not like 'sqlite%'
                     and t.name <> 'refinery_schema_history'";
    let mut statement = file.prepare(sql).unwrap();
    let there: BTreeMap<(String, String), bool> = statement
        .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(here.len() > 100, "{here:?}");
    let keys = |columns: &BTreeMap<_, _>| columns.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&here), keys(&there));
    assert_eq!(here, there, "where nothing may be missing");
}

/// Two servers on one database, as two machines would run them.
async fn two_servers(cluster: &Cluster) -> [Server<PostgresStore>; 2] {
    let url = cluster.database("two", MADE).await.unwrap();
    let start = async || {
        let store = PostgresStore::open(&url, &Mint::system()).await.unwrap();
        let listen = "127.0.0.1:0".parse().unwrap();
        Server::start(store, listen, Mint::system()).await.unwrap()
    };
    let first = start().await;
    furnish(first.store(), TENANT).await;
    [first, start().await]
}

/// Every row of the feed as a server tells it.
async fn whole_feed(client: &Client) -> Vec<FeedRow> {
    let mut rows = Vec::new();
    loop {
        let cursor = rows.last().map_or(0, |row: &FeedRow| row.position);
        let page = client.pull(&format!("cursor={cursor}&limit=1000")).await;
        rows.extend(page.rows);
        if !page.more {
            return rows;
        }
    }
}

/// The same terminal at another server.
fn at(client: &Client, server: &Server<PostgresStore>) -> Client {
    let mut same = client.clone();
    same.url = server.url();
    same
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_database_behave_as_one() {
    const SALES: u64 = 20;
    let Some(cluster) = cluster().await else {
        return;
    };
    let servers = two_servers(&cluster).await;
    let [north, south] = &servers;
    let one = Client::enrol(north).await;
    let other = Client::enrol(south).await;
    let mut pen = one.scribe(north).await;
    let mut other_pen = other.scribe(south).await;

    // Somebody waits at one server for what arrives at the other.
    let cursor = whole_feed(&one).await.last().unwrap().position;
    let waiting = at(&one, south);
    let waiting = tokio::spawn(async move {
        let page = waiting.pull(&format!("cursor={cursor}&wait=25000")).await;
        page.rows.len()
    });

    // Both tills sell to one customer at once; every answer of the first is lost, and it asks the
    // other server, while its first request may still be under way.
    for _ in 0..SALES {
        let (base, other_base) = (pen.seq(), other_pen.seq());
        pen.sell(ANA, "FREE");
        other_pen.sell(ANA, "FREE");
        let elsewhere = at(&one, south);
        let (first, again, _) = tokio::join!(
            one.pushed(&pen, base),
            elsewhere.pushed(&pen, base),
            other.pushed(&other_pen, other_base),
        );
        assert_eq!(first.dispositions, again.dispositions);
        assert_eq!(first.head_hash, again.head_hash);
    }
    let seen = timeout(Duration::from_secs(10), waiting).await.unwrap();
    assert!(seen.unwrap() > 0, "woken by a commit at the other server");

    let total = i64::try_from(2 * SALES).unwrap();
    for server in &servers {
        assert_eq!(standing(server.store(), ANA).await, (total, 90 * total));
        let counts = server.store().counts(TENANT).await.unwrap();
        assert_eq!(counts.entries, 2 * SALES);
    }
    let told = whole_feed(&one).await;
    assert_eq!(told, whole_feed(&at(&one, south)).await);
    let positions: Vec<u64> = told.iter().map(|row| row.position).collect();
    let dense: Vec<u64> = (1..=told.len() as u64).collect();
    assert_eq!(positions, dense, "no position is missing or told twice");
    let last = told.iter().rev().find_map(|row| match &row.row {
        Row::Account { account, .. } => Some(account.purchases),
        _ => None,
    });
    assert_eq!(last, Some(total));
    for server in servers {
        server.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break_neither_lose_nor_double_a_sale() {
    const SALES: u64 = 60;
    let Some(cluster) = cluster().await else {
        return;
    };
    let store = open(&cluster, "breaking").await;
    let mut till = Scribe::new(&store).await;
    let breaker = cluster.connect("postgres").await.unwrap();
    let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity
               where datname = 'breaking'";
    let mut broken = 0;
    for base in 0..SALES {
        till.sell(ANA, "FREE");
        // Everything breaks once on the way of each sale, each time a little later.
        let breaking = async {
            tokio::time::sleep(Duration::from_micros(300 * base)).await;
            breaker.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
        };
        // What a till does: it sends the same again until it is answered.
        let selling = async {
            while let Err(error) = store.ingest(till.batch(base)).await.map(|it| accepted(&it)) {
                assert!(matches!(error, Error::Database { .. }), "{error:?}");
            }
        };
        broken += tokio::join!(breaking, selling).0;
    }
    assert!(broken > 0);
    let total = i64::try_from(SALES).unwrap();
    assert_eq!(standing(&store, ANA).await, (total, 90 * total));
    let stored = store.entries(TENANT, till.stream).await.unwrap();
    let bytes: Vec<_> = stored.into_iter().map(|entry| entry.raw).collect();
    assert_eq!(bytes, till.entries);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_whose_writers_wait_keeps_no_other_tenant_waiting() {
    const QUEUE: usize = 24;
    const OTHER: &str = "other";
    let Some(cluster) = cluster().await else {
        return;
    };
    let store = open(&cluster, "queues").await;
    furnish(&store, TENANT).await;
    furnish(&store, OTHER).await;
    // Somebody has the tenant's turn and keeps it.
    let holder = cluster.connect("queues").await.unwrap();
    let sql = "begin; select 1 from feed_head where tenant_id = ";
    let sql = format!("{sql}'{TENANT}' for update");
    holder.batch_execute(&sql).await.unwrap();
    let started = Arc::<AtomicUsize>::default();
    let waiting: Vec<_> = (0..QUEUE)
        .map(|_| {
            let (store, started) = (store.clone(), Arc::clone(&started));
            tokio::spawn(async move {
                started.fetch_add(1, Ordering::Relaxed);
                store.put(TENANT, Vec::new()).await
            })
        })
        .collect();
    let count = "select count(*) from pg_stat_activity
                 where datname = 'queues' and wait_event_type = 'Lock'";
    let queued = async || holder.query_one(count, &[]).await.unwrap().get::<_, i64>(0);
    let patience = Duration::from_secs(5);
    let all_wait = async {
        while queued().await == 0 || started.load(Ordering::Relaxed) < QUEUE {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(patience, all_wait).await.expect("they wait");
    for _ in 0..QUEUE {
        let written = timeout(patience, store.put(OTHER, Vec::new())).await;
        written.expect("a turn of its own").unwrap();
        let read = timeout(patience, store.counts(TENANT)).await;
        read.expect("who looks waits for nobody").unwrap();
    }
    assert!(queued().await <= 2, "the others wait in the server");
    holder.batch_execute("rollback").await.unwrap();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
}

fn accepted(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}

#[tokio::test]
async fn the_program_works_on_a_database_by_its_url() {
    let Some(cluster) = cluster().await else {
        return;
    };
    let url = cluster.database("shop", "template1").await.unwrap();
    let run = |url: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mostrador-server"));
        command.env_remove("MOSTRADOR_DATA");
        command.env("MOSTRADOR_DATABASE", url).args(arguments);
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = run(&url, &["tenant", "create", "cafe", "--name", "Café"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&url, &["status"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("cafe (Café)"), "{said}");
    let (code, said) = run(&url, &["--data", "folder", "status"]);
    assert_eq!(code, Some(2), "two places are one too many: {said}");
    let nowhere = cluster.url("nowhere").replace('?', "?password=secret&");
    let (code, said) = run(&nowhere, &["status"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("nowhere") && said.contains("what to do"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}
