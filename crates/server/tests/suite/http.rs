//! The protocol over a real socket, signed both ways.

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::found::SalesReply;
use mostrador_protocol::history::HistoryReply;
use mostrador_protocol::message::{
    CustomerReply, Disposition, EnrolReply, PROTOCOL, PushReply, PushRequest, Verdict,
};
use mostrador_protocol::row::Row;
use mostrador_protocol::signature::SecretKey;
use mostrador_server::store::Greeting;
use mostrador_server::{Mint, Server, SqliteStore, Store, enrol_code};
use tempfile::TempDir;
use uuid::Uuid;

use crate::client::{Client, enrol, request_of};
use crate::contract::fork::greeting;
use crate::contract::scribe::{TENANT, furnish, profile, standing};
use crate::sqlite::open;

const ANA: Uuid = Uuid::from_u128(1);

/// A furnished server on a free port.
pub(crate) async fn start() -> (Server<SqliteStore>, TempDir) {
    let (store, folder) = open();
    furnish(&store, TENANT).await;
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(store, listen, Mint::system()).await.unwrap();
    (server, folder)
}

#[tokio::test]
async fn a_sale_travels_from_hello_to_pull() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let mut till = client.scribe(&server).await;
    let hello = client.hello(&till, PROTOCOL).await;
    assert_eq!((hello.verdict, hello.accepted_through), (Verdict::Ok, 0));

    till.sell(ANA, "FREE");
    let request = PushRequest {
        profiles: vec![profile(ANA, "Ana 🎉", 5)],
        programs: Vec::new(),
        ..request_of(&till, 0)
    };
    let body = serde_json::to_vec(&request).unwrap();
    let first = client.send("POST", "/v1/push", body.clone()).await;
    let reply: PushReply = first.read();
    assert_eq!((reply.accepted_through, reply.head_hash), (1, till.head()));
    assert_eq!(reply.dispositions[0].disposition, Disposition::Applied);
    let again: PushReply = client.send("POST", "/v1/push", body).await.read();
    assert_eq!(again.dispositions, reply.dispositions);
    assert_eq!(standing(server.store(), ANA).await, (1, 90));

    let page = client.pull("cursor=0&limit=100").await;
    assert_eq!((page.own_through, page.more), (1, false));
    let kinds: Vec<&str> = page.rows.iter().map(|row| kind(&row.row)).collect();
    assert_eq!(
        kinds,
        ["program", "account", "code_use", "customer", "stream"]
    );

    let target = format!("/v1/customers/{ANA}");
    let seen: CustomerReply = client.send("GET", &target, vec![]).await.read();
    assert_eq!(seen.profile.unwrap().name, "Ana 🎉");
    assert_eq!(seen.account.purchases, 1);

    let target = format!("/v1/customers/{ANA}/history?limit=1");
    let page: HistoryReply = client.send("GET", &target, vec![]).await.read();
    assert_eq!((page.entries.len(), page.next), (1, None));
    let header = page.entries[0].entry.header().unwrap();
    assert_eq!(header.kind, "sale_completed");

    let found: SalesReply = client.send("GET", "/v1/sales/C-1", vec![]).await.read();
    assert_eq!(found.sales.len(), 1);
    assert_eq!(found.sales[0].sale, page.entries[0]);
    server.stop().await.unwrap();
}

fn kind(row: &Row) -> &'static str {
    match row {
        Row::Customer(_) => "customer",
        Row::Account { .. } => "account",
        Row::Program(_) | Row::UnreadProgram(_) => "program",
        Row::Staff(_) => "staff",
        Row::Product(_) => "product",
        Row::CodeUse(_) => "code_use",
        Row::Disposition { .. } => "disposition",
        Row::Lease(_) => "lease",
        Row::Stream { .. } => "stream",
    }
}

#[tokio::test]
async fn a_hello_judges_where_the_terminal_stands() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let mut till = client.scribe(&server).await;
    till.sell(ANA, "FREE");
    let backup = till.clone();
    let mut clone = till.clone();
    till.sell(ANA, "FREE");
    clone.sell(ANA, "FREE");
    client.pushed(&till, 0).await;

    let verdict = async |scribe, protocol| client.hello(scribe, protocol).await.verdict;
    assert_eq!(verdict(&till, PROTOCOL).await, Verdict::Ok);
    assert_eq!(verdict(&backup, PROTOCOL).await, Verdict::Rewound);
    assert_eq!(verdict(&clone, PROTOCOL).await, Verdict::Fork);
    assert_eq!(verdict(&till, 0).await, Verdict::Upgrade);
    till.sell(ANA, "FREE");
    let ahead = client.hello(&till, PROTOCOL).await;
    assert_eq!((ahead.verdict, ahead.accepted_through), (Verdict::Ok, 2));
    assert_eq!(ahead.accepted_hash, till.hashes[2]);
    let once_more = client.hello(&till, PROTOCOL).await;
    assert_eq!(once_more.generation, ahead.generation);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_connected_terminal_hears_that_the_server_was_restored() {
    let (server, _folder) = start().await;
    let connected = Client::enrol(&server).await;
    let till = connected.scribe(&server).await;
    connected.hello(&till, PROTOCOL).await;
    let before = connected.pull("cursor=0").await;
    let finder = Client::enrol(&server).await.scribe(&server).await;
    let word = Greeting {
        cursor: (1_000, Some(EntryHash([9; 32]))),
        ..greeting(&finder, 0)
    };
    server.store().greet(word).await.unwrap();
    let asked = connected.send("GET", "/v1/pull?cursor=1", Vec::new());
    assert_eq!(asked.await.failure(), (409, "other_feed".to_owned()));
    let hello = connected.hello(&till, PROTOCOL).await;
    assert_eq!(hello.generation, Uuid::from_u128(2));
    assert_eq!(connected.pull("cursor=0").await.rows, before.rows);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_push_is_read_up_to_the_limit_that_is_stated() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let mut till = client.scribe(&server).await;
    till.sell(ANA, "FREE");
    let mut body = serde_json::to_vec(&request_of(&till, 0)).unwrap();
    body.resize(4 << 20, b' ');
    let reply: PushReply = client.send("POST", "/v1/push", body).await.read();
    assert_eq!(reply.accepted_through, 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_push_that_does_not_fit_says_how() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let other = Client::enrol(&server).await;
    let mut till = client.scribe(&server).await;
    till.sell(ANA, "FREE");
    let mut clone = till.clone();
    till.sell(ANA, "FREE");
    clone.sell(ANA, "FREE");
    let gap: PushReply = client.pushed(&till, 1).await;
    assert_eq!((gap.accepted_through, gap.need_from), (0, Some(1)));
    client.pushed(&till, 0).await;

    let fork = client.push(&clone, 0).await;
    assert_eq!(fork.failure(), (409, "fork".to_owned()));
    let foreign = other.push(&till, 0).await;
    assert_eq!(foreign.failure(), (403, "stream_foreign".to_owned()));
    let mut swapped = request_of(&till, 0);
    swapped.entries.swap(0, 1);
    let body = serde_json::to_vec(&swapped).unwrap();
    let broken = client.send("POST", "/v1/push", body).await;
    assert_eq!(broken.failure(), (422, "chain_broken".to_owned()));
    assert_eq!(standing(server.store(), ANA).await, (2, 180));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_speaks_without_a_signature() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let target = "/v1/pull?cursor=0";
    let good = client.sign("GET", target, b"");
    let send = async |target: &str, body: &[u8], signature: &str| {
        let (answer, _) = client
            .send_with("GET", target, (body.to_vec(), signature))
            .await;
        answer.status
    };
    assert_eq!(send(target, b"", &good).await, 200);
    let wrong = [
        ("/v1/pull?cursor=1", b"".as_slice(), good.as_str()),
        (target, b"more", good.as_str()),
        (target, b"", "AAAA"),
        (target, b"", "not base64"),
    ];
    for (target, body, signature) in wrong {
        assert_eq!(
            send(target, body, signature).await,
            401,
            "{target} {signature}"
        );
    }
    let mut stranger = client.clone();
    stranger.terminal = Uuid::from_u128(404);
    let answer = stranger.refused("GET", target).await;
    assert_eq!(answer.failure(), (401, "terminal_unknown".to_owned()));
    let store = server.store();
    assert!(
        store
            .set_terminal_active(client.terminal, false)
            .await
            .unwrap()
    );
    let answer = client.refused("GET", target).await;
    assert_eq!(answer.failure(), (401, "terminal_unknown".to_owned()));
    let bare = reqwest::get(format!("{}{target}", server.url()))
        .await
        .unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_one_time_code_works_once() {
    let (server, _folder) = start().await;
    let mint = Mint::system();
    let place = (TENANT, "centro");
    let code = enrol_code::issue(server.store(), &mint, place, "Caja")
        .await
        .unwrap();
    let typed = code.replace('-', " ").to_lowercase();
    let own = SecretKey::from_bytes(&[1; 32]);
    let (answer, _) = enrol(&server.url(), &typed, &own).await;
    let reply: EnrolReply = answer.read();
    assert_eq!(
        (reply.tenant.as_str(), reply.store_name.as_str()),
        (TENANT, "Centro")
    );
    let thief = SecretKey::from_bytes(&[2; 32]);
    let (answer, _) = enrol(&server.url(), &code, &thief).await;
    assert_eq!(answer.failure(), (403, "enrol_code_invalid".to_owned()));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nonsense_gets_a_sentence() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let cases = [
        ("POST", "/v1/push", "{", (400, "malformed")),
        ("POST", "/v1/hello", "[]", (400, "malformed")),
        ("GET", "/v1/pull?cursor=minus", "", (400, "malformed")),
        ("GET", "/v1/customers/ana", "", (400, "malformed")),
        ("GET", "/v1/customers/ana/history", "", (400, "malformed")),
        (
            "GET",
            "/v1/customers/00000000-0000-0000-0000-00000000002a/history?before=yesterday",
            "",
            (400, "malformed"),
        ),
        (
            "GET",
            "/v1/customers/00000000-0000-0000-0000-00000000002a",
            "",
            (404, "not_found"),
        ),
    ];
    for (method, target, body, (status, code)) in cases {
        let answer = client.send(method, target, body.as_bytes().to_vec()).await;
        assert_eq!(answer.failure(), (status, code.to_owned()), "{target}");
    }
    let body = vec![b' '; (4 << 20) + 1];
    let (large, signature) = client.send_with("POST", "/v1/push", (body, "AAAA")).await;
    assert_eq!(large.failure(), (413, "too_large".to_owned()));
    assert_eq!(signature, "", "what did not arrive whole has no digest");
    let nowhere = reqwest::get(format!("{}/v2/hello", server.url()))
        .await
        .unwrap();
    assert_eq!(nowhere.status().as_u16(), 404);
    let health = reqwest::get(format!("{}/healthz", server.url()))
        .await
        .unwrap();
    assert_eq!(health.status().as_u16(), 200);
    assert!(health.text().await.unwrap().contains("\"status\":\"ok\""));
    server.stop().await.unwrap();
}
