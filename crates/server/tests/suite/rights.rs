//! What is scarce as terminals ask for it over a real socket, and as an owner sees it.

use mostrador_loyalty::lease::Stock;
use mostrador_protocol::lease::{
    LeaseResource, LeaseState, LeaseWant, LeasesReply, LeasesRequest, MAX_WANTS,
};
use mostrador_protocol::row::Row;
use mostrador_server::{Mint, SqliteStore, Store};
use tempfile::TempDir;
use uuid::Uuid;

use crate::client::Client;
use crate::command::{fails, ok};
use crate::contract::lease::sell_by;
use crate::contract::scribe::{Scribe, TENANT};
use crate::http::start;
use crate::sqlite::open;

fn want(code: &str, units: i64) -> LeaseWant {
    LeaseWant {
        lease_id: Mint::system().id().unwrap(),
        resource: LeaseResource::CodeUses(code.to_owned()),
        units,
        urgent: false,
    }
}

async fn ask(client: &Client, wants: Vec<LeaseWant>) -> LeasesReply {
    let body = serde_json::to_vec(&LeasesRequest { wants }).unwrap();
    client.send("POST", "/v1/leases", body).await.read()
}

#[tokio::test]
async fn a_terminal_asks_over_the_wire_and_hears_of_its_own_leases_only() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let other = Client::enrol(&server).await;
    let question = vec![want("ONCE", 1)];
    let granted = ask(&client, question.clone()).await;
    assert_eq!(granted.leases.len(), 1);
    let lease = &granted.leases[0];
    assert_eq!(
        (
            lease.lease_id,
            lease.terminal_id,
            lease.granted,
            lease.state
        ),
        (question[0].lease_id, client.terminal, 1, LeaseState::Open)
    );
    // A lost answer costs nothing: the same question, the same lease.
    assert_eq!(ask(&client, question).await.leases, granted.leases);
    let refused = ask(&other, vec![want("ONCE", 1)]).await;
    assert_eq!(
        (refused.leases.len(), refused.exhausted),
        (0, vec![LeaseResource::CodeUses("ONCE".to_owned())])
    );
    let is_lease = |row: &Row| matches!(row, Row::Lease(_));
    for (who, query, rows) in [
        (&client, "cursor=0&limit=100&leases=true", 1),
        (&client, "cursor=0&limit=100", 0),
        (&other, "cursor=0&limit=100&leases=true", 0),
    ] {
        let page = who.pull(query).await;
        let seen = page.rows.iter().filter(|row| is_lease(&row.row)).count();
        assert_eq!(seen, rows, "{query}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_question_that_is_too_long_or_not_one_is_refused() {
    let (server, _folder) = start().await;
    let client = Client::enrol(&server).await;
    let wants = (0..=MAX_WANTS).map(|_| want("ONCE", 1)).collect();
    let body = serde_json::to_vec(&LeasesRequest { wants }).unwrap();
    let answer = client.send("POST", "/v1/leases", body).await;
    assert_eq!(answer.failure(), (413, "too_large".to_owned()));
    let answer = client.send("POST", "/v1/leases", b"{".to_vec()).await;
    assert_eq!(answer.failure().0, 400);
    assert_eq!(server.store().open_leases(TENANT).await.unwrap(), []);
    server.stop().await.unwrap();
}

/// A furnished store in a folder where commands find it, with two terminals; the first holds the last use
/// of ONCE.
async fn holding() -> (SqliteStore, TempDir, [Scribe; 2], Uuid) {
    let (store, folder) = open();
    let first = Scribe::new(&store).await;
    let second = Scribe::another(&store).await;
    let want = want("ONCE", 1);
    let lease_id = want.lease_id;
    grant(&store, &first, want).await;
    (store, folder, [first, second], lease_id)
}

async fn grant(store: &SqliteStore, till: &Scribe, want: LeaseWant) {
    let asked = mostrador_server::lease::Asked {
        tenant: TENANT.to_owned(),
        terminal: till.terminal,
        wants: vec![want],
        now_ms: 0,
    };
    store.lease(asked).await.unwrap();
}

async fn once(store: &SqliteStore) -> Stock {
    let stocks = store.stocks(TENANT).await.unwrap();
    let resource = LeaseResource::CodeUses("ONCE".to_owned());
    let found = stocks.into_iter().find(|(known, _)| *known == resource);
    found.unwrap().1
}

#[tokio::test]
async fn an_owner_lists_leases_and_writes_one_off() {
    let (store, folder, _, lease_id) = holding().await;
    let list = ["leases", "list", "--tenant", TENANT];
    let said = ok(folder.path(), &list);
    for part in [
        "uses of ONCE: 0 used, 1 granted, limit 1, free 0, exposure 0",
        &lease_id.to_string(),
        "1 of 1 left, overdue",
        "1 open",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let id = lease_id.to_string();
    let write_off = ["leases", "write-off", "--tenant", TENANT, &id];
    let said = ok(folder.path(), &write_off);
    assert_eq!(said, "uses of ONCE: exposure 1\n1 written off\n");
    fails(folder.path(), &write_off);
    assert!(ok(folder.path(), &list).contains("exposure 1"));
    let stock = once(&store).await;
    assert_eq!((stock.leased, stock.exposure, stock.free()), (0, 1, 1));
    fails(folder.path(), &["leases", "list", "--tenant", "nobody"]);
}

#[tokio::test]
async fn a_terminal_that_was_written_off_and_comes_back_stands_in_the_report() {
    let (store, folder, [mut first, mut second], lease_id) = holding().await;
    let id = first.terminal.to_string();
    let said = ok(folder.path(), &["terminal", "write-off", &id]);
    assert_eq!(said, "uses of ONCE: exposure 1\n1 written off\n");
    let unknown = Uuid::nil().to_string();
    fails(folder.path(), &["terminal", "write-off", &unknown]);

    let report = ["report", "exceptions", "--tenant", TENANT];
    let said = ok(folder.path(), &report);
    assert_eq!(said, "nothing to look at\n");
    // Another till sells the use again, and the dead one comes back having sold it too.
    let again = want("ONCE", 1);
    let again_id = again.lease_id;
    grant(&store, &second, again).await;
    sell_by(&mut second, "ONCE", &[(again_id, 1)]);
    second.push(&store, 0).await;
    sell_by(&mut first, "ONCE", &[(lease_id, 1)]);
    first.push(&store, 0).await;
    let said = ok(folder.path(), &report);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    for part in ["C-1", "ONCE", "1000 MXN", "staff"] {
        assert!(lines[0].contains(part), "{part} in {said}");
    }
    assert!(lines[1].contains("a right that was written off"), "{said}");
    assert_eq!(lines[2], "right_missing: 1, 1000 MXN");
    let stock = once(&store).await;
    assert_eq!((stock.used, stock.limit, stock.exposure), (2, 1, 1));
}
