//! What the server bears and what it does not: frames, sizes, times, rates, slow clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use mostrador_protocol::frame;
use mostrador_protocol::message::{
    ErrorReply, MAX_BATCH_ENTRIES, PROTOCOL, PushReply, PushRequest,
};
use mostrador_protocol::row::{Product, Row};
use mostrador_protocol::signature::{
    FRESH_MS, SIGNATURE_HEADER, SecretKey, TERMINAL_HEADER, TIME_HEADER,
};
use mostrador_server::clock::{Clock, ManualClock};
use mostrador_server::{Limits, Mint, Options, Server, SqliteStore, Store};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use crate::client::{Client, enrol, request_of};
use crate::contract::scribe::{Scribe, TENANT, furnish, profile, standing};
use crate::http::start;
use crate::sqlite::open;

const ANA: Uuid = Uuid::from_u128(1);

/// Far above what anything here takes.
const SOON: Duration = Duration::from_secs(10);

pub(crate) async fn start_with(limits: Limits, mint: Mint) -> (Server<SqliteStore>, TempDir) {
    let (store, folder) = open();
    furnish(&store, TENANT).await;
    let any_port = "127.0.0.1:0".parse().unwrap();
    let options = Options {
        metrics: Some(any_port),
        limits,
        ..Options::at(any_port)
    };
    let server = Server::start_with(store, options, mint).await.unwrap();
    (server, folder)
}

fn body_of(request: &PushRequest) -> Vec<u8> {
    serde_json::to_vec(request).unwrap()
}

/// A push of so many sales.
async fn sales(server: &Server<SqliteStore>, client: &Client, count: usize) -> (Scribe, Vec<u8>) {
    let mut till = client.scribe(server).await;
    for _ in 0..count {
        till.sell(ANA, "FREE");
    }
    let body = body_of(&request_of(&till, 0));
    (till, body)
}

#[tokio::test]
async fn a_compressed_push_counts_as_the_plain_one_and_is_answered_compressed() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let (till, body) = sales(&server, &client, 100).await;
    let hello = client.hello(&till, PROTOCOL).await;
    assert_eq!(hello.encodings, ["zstd"]);
    let frame = frame::compress(&body);
    assert!(
        frame.len() * 5 < body.len(),
        "{} of {}",
        frame.len(),
        body.len()
    );
    let sent = client.send_frame("/v1/push", ("zstd", frame)).await;
    let reply: PushReply = sent.read();
    assert_eq!(
        (reply.accepted_through, reply.head_hash),
        (100, till.head())
    );
    let plain: PushReply = client.pushed(&till, 0).await;
    assert_eq!(plain.dispositions, reply.dispositions);
    assert_eq!(standing(server.store(), ANA).await, (100, 9_000));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_by_name() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let deep = [vec![b'['; 40], vec![b']'; 40]].concat();
    let cases = [
        (
            "zstd",
            frame::compress(&vec![b' '; 4 << 20]),
            (415, "encoding_refused"),
        ),
        ("zstd", b"{}".to_vec(), (415, "encoding_refused")),
        ("br", b"{}".to_vec(), (415, "encoding_refused")),
        ("identity", deep.clone(), (400, "malformed")),
        ("zstd", frame::compress(&deep), (400, "malformed")),
    ];
    for (encoding, body, (status, code)) in cases {
        let answer = client.send_frame("/v1/push", (encoding, body)).await;
        assert_eq!(answer.failure(), (status, code.to_owned()), "{encoding}");
    }
    let noise: Vec<u8> = (0..2_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let body = frame::compress(&noise);
    let signature = client.sign("POST", "/v1/push", &body);
    let sent = client.send_with("POST", "/v1/push", (body, &signature));
    assert_eq!(sent.await.0.failure(), (413, "too_large".to_owned()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn more_than_a_batch_is_refused_and_one_large_entry_is_not() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let (till, body) = sales(&server, &client, MAX_BATCH_ENTRIES + 1).await;
    let answer = client
        .send_frame("/v1/push", ("zstd", frame::compress(&body)))
        .await;
    assert_eq!(answer.failure(), (413, "too_large".to_owned()));
    let mut fits = request_of(&till, 0);
    fits.entries.pop();
    let answer = client.send("POST", "/v1/push", body_of(&fits)).await;
    let reply: PushReply = answer.read();
    assert_eq!(reply.accepted_through, 500);

    let mut large = client.scribe(&server).await;
    let mut raw = till.entries[0].clone();
    raw.payload.push_str(&" ".repeat(1_200_000));
    large.write_raw(raw.clone());
    let alone: PushReply = client.pushed(&large, 0).await;
    assert_eq!(
        alone.accepted_through, 1,
        "a fact arrives whatever its size"
    );
    large.write_raw(raw.clone());
    large.write_raw(raw);
    let both = client.push(&large, 1).await;
    assert_eq!(both.failure(), (413, "too_large".to_owned()));
    server.stop().await.unwrap();
}

/// A clock that goes on by a second whenever somebody looks at it.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1_000, Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_push_answers_with_the_time_after_it_was_taken() {
    let clock = Arc::new(Ticking(Mint::system().now_ms().into()));
    let (server, _folder) = start_with(Limits::default(), Mint::new(clock)).await;
    let client = Client::enrol(&server).await;
    let (till, _) = sales(&server, &client, 1).await;
    let reply = client.pushed(&till, 0).await;
    let stored = server.store().entries(TENANT, till.stream).await.unwrap();
    let taken_ms = reply.server_time_ms - stored[0].received_ms;
    assert!(
        taken_ms > 1_000,
        "{taken_ms} ms, and what follows from it looked at the clock"
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_old_request_is_refused_with_the_time_and_a_fresh_one_goes_on() {
    let clock = Arc::new(ManualClock::new(Mint::system().now_ms()));
    let (server, _folder) = start_with(Limits::default(), Mint::new(clock.clone())).await;
    let mut client = Client::enrol(&server).await;
    let target = "/v1/pull?cursor=0";
    let signature = client.sign("GET", target, b"");
    let replay = async |client: &Client| {
        let (answer, _) = client.send_with("GET", target, (vec![], &signature)).await;
        answer
    };
    assert_eq!(replay(&client).await.status, 200);
    assert_eq!(
        replay(&client).await.status,
        200,
        "a network may repeat a request"
    );
    let window_ms = i64::try_from(FRESH_MS).unwrap();
    clock.advance(window_ms + 60_000);
    assert_eq!(replay(&client).await.failure(), (401, "stale".to_owned()));

    for wrong_by_ms in [
        -100_000_000_000,
        -window_ms - 60_000,
        window_ms + 60_000,
        100_000_000_000,
    ] {
        let now_ms = Mint::new(clock.clone()).now_ms();
        client.time_ms = now_ms + wrong_by_ms;
        let refused = client.send("GET", target, vec![]).await;
        assert_eq!(refused.failure(), (401, "stale".to_owned()));
        let told: ErrorReply = serde_json::from_slice(&refused.body).unwrap();
        client.time_ms = told.server_time_ms.unwrap();
        assert_eq!(client.time_ms, now_ms);
        assert_eq!(client.send("GET", target, vec![]).await.status, 200);
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_terminal_that_asks_too_often_is_told_when_to_come_back_and_others_go_on() {
    let limits = Limits {
        requests_per_second: 1,
        burst: 2,
        ..Limits::default()
    };
    let (server, _folder) = start_with(limits, Mint::system()).await;
    let client = Client::enrol(&server).await;
    let other = Client::enrol(&server).await;
    let target = "/v1/pull?cursor=0";
    let signature = client.sign("GET", target, b"");
    let mut last = None;
    for _ in 0..3 {
        let reply = client.raw("GET", target, &signature).await;
        last = Some((reply.0, reply.1));
    }
    assert_eq!(last, Some((429, Some("1".to_owned()))));
    let refused = client.send("GET", target, vec![]).await;
    assert_eq!(refused.failure(), (429, "slow_down".to_owned()));
    assert_eq!(other.send("GET", target, vec![]).await.status, 200);
    server.stop().await.unwrap();
}

fn impatient() -> Limits {
    Limits {
        headers_within: Duration::from_millis(150),
        body_within: Duration::from_millis(150),
        connections: 1,
        ..Limits::default()
    }
}

/// Sends bytes and hears what comes until the server hangs up.
async fn hear_out(server: &Server<SqliteStore>, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut heard = Vec::new();
    let ended = timeout(SOON, stream.read_to_end(&mut heard)).await;
    ended.expect("the server hangs up by itself").unwrap_or(0);
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn a_client_that_says_nothing_or_half_gives_its_place_to_the_next() {
    let (server, _folder) = start_with(impatient(), Mint::system()).await;
    // There is one place, so each of these is served only once the one before was sent away.
    assert_eq!(hear_out(&server, b"").await, "");
    hear_out(&server, b"GET /health/live HTTP/1.1\r\nhost").await;
    let heard = hear_out(
        &server,
        b"POST /v1/enrol HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
    );
    let heard = heard.await;
    assert!(heard.starts_with("HTTP/1.1 408"), "{heard}");
    assert!(heard.contains("too_slow"), "{heard}");
    let many = format!("GET /health/live HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(65));
    let heard = hear_out(&server, many.as_bytes()).await;
    assert!(heard.starts_with("HTTP/1.1 431"), "{heard}");
    let fine = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(hear_out(&server, fine).await.starts_with("HTTP/1.1 200"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_gives_its_place_to_the_next() {
    let limits = Limits {
        write_within: Duration::from_millis(300),
        body_within: SOON,
        ..impatient()
    };
    let (server, _folder) = start_with(limits, Mint::system()).await;
    let client = Client::enrol(&server).await;
    // More than a socket holds on its way.
    let large = |number: u32| {
        Row::Product(Product {
            id: format!("p{number}"),
            sku: number.to_string(),
            barcode: None,
            name: "x".repeat(256 << 10),
            unit_price: 1,
            categories: vec![],
            partner: None,
            floor: 0,
            discountable: true,
            earns_points: true,
            active: true,
        })
    };
    let rows = (0..100).map(large).collect();
    server.store().put(TENANT, rows).await.unwrap();
    let target = "/v1/pull?cursor=0&limit=1000";
    let asked = format!(
        "GET {target} HTTP/1.1\r\nhost: x\r\n{TERMINAL_HEADER}: {}\r\n{TIME_HEADER}: {}\r\n\
         {SIGNATURE_HEADER}: {}\r\n\r\n",
        client.terminal,
        client.time_ms,
        client.sign("GET", target, b"")
    );
    let mut silent = TcpStream::connect(server.address()).await.unwrap();
    silent.write_all(asked.as_bytes()).await.unwrap();
    // There is one place.
    let fine = b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(hear_out(&server, fine).await.starts_with("HTTP/1.1 200"));
    let mut begun = [0; 12];
    silent.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200", "its answer was on the way");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn strangers_are_slowed_down_together_and_terminals_go_on() {
    let limits = Limits {
        enrolments_per_second: 1,
        enrolment_burst: 2,
        ..Limits::default()
    };
    let (server, _folder) = start_with(limits, Mint::system()).await;
    let client = Client::enrol(&server).await;
    let guess = async |code: &str| {
        let key = SecretKey::from_bytes(&[8; 32]);
        enrol(&server.url(), code, &key).await.0.failure()
    };
    let mut refused = Vec::new();
    while refused.len() < 20 && !refused.contains(&(429, "slow_down".to_owned())) {
        refused.push(guess("ABCDE").await);
    }
    assert_eq!(refused[0].1, "enrol_code_invalid");
    assert!(refused.len() < 20, "{refused:?}");
    assert_eq!(client.pull("cursor=0").await.rows.len(), 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn numbers_are_told_on_their_own_address_only() {
    let (server, _folder) = start_with(Limits::default(), Mint::system()).await;
    let client = Client::enrol(&server).await;
    let (till, body) = sales(&server, &client, 3).await;
    client.hello(&till, PROTOCOL).await;
    client
        .send_frame("/v1/push", ("zstd", frame::compress(&body)))
        .await;
    let mut clone = client.scribe(&server).await;
    clone.stream = till.stream;
    clone.open_shift();
    client.push(&clone, 0).await;
    let mut behind = client.scribe(&server).await;
    behind.stream = till.stream;
    client.hello(&behind, PROTOCOL).await;

    let here = reqwest::get(format!("{}/metrics", server.url()))
        .await
        .unwrap();
    assert_eq!(here.status().as_u16(), 404);
    let address = server.metrics_address().unwrap();
    let told = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap();
    let text = told.text().await.unwrap();
    for line in [
        r#"mostrador_ingested_entries_total{tenant="cafe",disposition="applied"} 3"#,
        r#"mostrador_stored_entries{tenant="cafe"} 3"#,
        r#"mostrador_held_entries{tenant="cafe"} 0"#,
        r#"mostrador_forks_total{tenant="cafe"} 1"#,
        r#"mostrador_refused_total{code="fork"} 1"#,
        r#"mostrador_request_seconds_count{route="/v1/push",status="200"} 1"#,
        r#"mostrador_ingest_lag_seconds_count{tenant="cafe"} 1"#,
        r#"mostrador_batch_bytes_count{as="sent"} 2"#,
        "mostrador_batch_entries_sum 4.0",
        "mostrador_database_errors_total 0",
        "mostrador_clock_skew_seconds{tenant=\"cafe\"",
        "mostrador_connections 1",
        r#"mostrador_open_leases{tenant="cafe"} 0"#,
        r#"mostrador_rewinds_total{tenant="cafe"} 1"#,
        r#"mostrador_parted_terminals{tenant="cafe"} 0"#,
        r#"mostrador_request_seconds_bucket{le="0.001","#,
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let waiting = format!(
        r#"mostrador_waiting_entries{{tenant="cafe",terminal="{}"}} 3"#,
        client.terminal
    );
    assert!(text.contains(&waiting), "{waiting} is missing in\n{text}");
    let here = reqwest::get(format!("{}/terminals", server.url())).await;
    assert_eq!(here.unwrap().status().as_u16(), 404);
    let told = reqwest::get(format!("http://{address}/terminals")).await;
    let told: serde_json::Value =
        serde_json::from_str(&told.unwrap().text().await.unwrap()).unwrap();
    let standing = &told[0]["terminals"][0];
    assert_eq!(
        (&told[0]["tenant"], &standing["entries"]),
        (&"cafe".into(), &3.into())
    );
    let codes = standing["attention"].as_array().unwrap().iter();
    let codes: Vec<&str> = codes.map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["rewound", "clock_skew"], "{standing}");
    assert!(standing["attention"][0]["remedy"].as_str().unwrap().len() > 20);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn ready_means_that_what_is_written_stays() {
    let (server, folder) = start_with(Limits::default(), Mint::system()).await;
    let path = folder.path().join("server.sqlite");
    let beside = rusqlite::Connection::open(path).unwrap();
    beside
        .execute_batch("alter table server_identity rename to elsewhere")
        .unwrap();
    let status = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", server.url())).await;
        answer.unwrap().status().as_u16()
    };
    assert_eq!(status("/health/live").await, 200);
    assert_eq!(status("/health/ready").await, 503);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_has_one_server() {
    let (server, folder) = start().await;
    let path = folder.path().join("server.sqlite");
    let beside = SqliteStore::open(&path, &Mint::system()).unwrap();
    let row = mostrador_protocol::row::Row::Customer(profile(ANA, "Ana", 1));
    beside.put(TENANT, vec![row]).await.unwrap();
    let any_port = "127.0.0.1:0".parse().unwrap();
    let second = Server::start(beside.clone(), any_port, Mint::system()).await;
    let error = second.unwrap_err();
    assert!(error.to_string().contains("another server"), "{error}");
    assert!(SqliteStore::reserve(&path).is_err());
    server.stop().await.unwrap();
    let third = Server::start(beside, any_port, Mint::system())
        .await
        .unwrap();
    third.stop().await.unwrap();
}
