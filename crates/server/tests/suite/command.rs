//! The program as a person or a script meets it.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use mostrador_protocol::entry::EntryHash;
use mostrador_server::ingest::reading::Meaning;
use mostrador_server::store::Greeting;
use mostrador_server::{Mint, SqliteStore, Store};

use crate::contract::fork::greeting;
use crate::contract::scribe::{Scribe, standing};

const PROGRAM: &str = r#"
version = 1
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"
demo = true

[[codes]]
text = "VERANO10"
percent_bp = 1000
"#;

fn run(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mostrador-server"))
        .env_remove("MOSTRADOR_DATA")
        .arg("--data")
        .arg(data)
        .args(arguments)
        .output()
        .unwrap()
}

/// What a command that works says.
pub(crate) fn ok(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}{error}");
    said
}

/// What a command that fails says: a sentence and what to do, never a trace.
pub(crate) fn fails(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
    assert!(
        !error.contains("panicked") && !error.contains("RUST_BACKTRACE"),
        "{error}"
    );
    error
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn an_owner_sets_up_a_company() {
    let folder = tempfile::tempdir().unwrap();
    let data = &folder.path().join("data");
    let program = write(folder.path(), "program.toml", PROGRAM);
    ok(data, &["tenant", "create", "cafe", "--name", "Café"]);
    ok(data, &["store", "create", "--tenant", "cafe", "centro"]);
    assert!(ok(data, &["program", "check", &program]).contains("1 codes"));
    ok(data, &["program", "publish", "--tenant", "cafe", &program]);
    let customers = write(
        folder.path(),
        "c.csv",
        "name,phone\nAna,3001234567\nEva,x\n",
    );
    let rejects = folder.path().join("rejects.csv");
    let import = ["import", "--tenant", "cafe", "customers", &customers];
    let dry = ok(data, &[&import[..], &["--dry-run"]].concat());
    assert!(dry.contains("nothing was changed"), "{dry}");
    let said = ok(
        data,
        &[&import[..], &["--rejects", rejects.to_str().unwrap()]].concat(),
    );
    assert!(
        said.contains("2 rows: 1 added, 0 changed, 0 unchanged, 1 rejected"),
        "{said}"
    );
    assert!(std::fs::read_to_string(rejects).unwrap().contains("3,"));

    let place = [
        "enrol-code",
        "--tenant",
        "cafe",
        "--store",
        "centro",
        "--terminal",
        "Caja 1",
    ];
    let code = ok(data, &place);
    assert_eq!(
        code.trim().len(),
        23,
        "the code alone stands on the output: {code}"
    );
    let status = ok(data, &["status"]);
    for part in [
        "cafe (Café)",
        "program version 1",
        "1 customers",
        "store centro",
    ] {
        assert!(status.contains(part), "{status}");
    }
}

#[test]
fn every_mistake_gets_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = &folder.path().join("data");
    let broken = PROGRAM
        .replace("MXN", "pesos")
        .replace("percent_bp = 1000", "percent = 10");
    let broken = write(folder.path(), "broken.toml", &broken);
    let program = write(folder.path(), "program.toml", PROGRAM);
    let other = write(
        folder.path(),
        "other.toml",
        &PROGRAM.replace("1000", "2000"),
    );
    ok(data, &["tenant", "create", "cafe"]);
    ok(data, &["program", "publish", "--tenant", "cafe", &program]);
    let cases: [(&[&str], &str); 9] = [
        (&["tenant", "create", "cafe"], "exists already"),
        (&["tenant", "create", "Café Uno"], "cannot be a short name"),
        (
            &["store", "create", "--tenant", "nobody", "centro"],
            "no tenant \"nobody\"",
        ),
        (
            &[
                "enrol-code",
                "--tenant",
                "cafe",
                "--store",
                "x",
                "--terminal",
                "Caja",
            ],
            "has no store \"x\"",
        ),
        (&["program", "check", &broken], "broken.toml:"),
        (
            &["program", "publish", "--tenant", "cafe", &other],
            "is published already",
        ),
        (
            &["import", "--tenant", "cafe", "customers", "nowhere.csv"],
            "reading nowhere.csv",
        ),
        (&["demo", "--fixtures", "nowhere"], "is missing"),
        (
            &["terminal", "off", "00000000-0000-0000-0000-000000000001"],
            "no terminal 00000000",
        ),
    ];
    for (arguments, expected) in cases {
        let error = fails(data, arguments);
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
    let nowhere = &folder.path().join("typo");
    assert!(fails(nowhere, &["status"]).contains("no server data at"));
    assert!(!nowhere.exists());
    let nothing = Command::new(env!("CARGO_BIN_EXE_mostrador-server"))
        .env_remove("MOSTRADOR_DATA")
        .arg("status")
        .output()
        .unwrap();
    assert!(
        String::from_utf8(nothing.stderr)
            .unwrap()
            .contains("--data DIR")
    );
    std::fs::write(data.join("server.sqlite"), [7; 4096]).unwrap();
    let corrupt = fails(data, &["status"]);
    assert!(
        corrupt.contains("not an intact database") && corrupt.contains("backup"),
        "{corrupt}"
    );
    assert_eq!(
        std::fs::read(data.join("server.sqlite")).unwrap(),
        [7; 4096]
    );
}

#[tokio::test]
async fn the_demo_can_be_prepared_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = &folder.path().join("data");
    for (tenant, store) in [("cafe-vt", "centro"), ("livex", "bogota")] {
        let file = |name: &str, text: &str| write(folder.path(), &format!("{tenant}/{name}"), text);
        file("program.toml", PROGRAM);
        file("products.csv", "sku,name,price\nCAF-1,Latte,48.50\n");
        file("customers.csv", "name,phone\nAna,3001234567\n");
        file(
            "staff.csv",
            &format!("name,role,store,pin\nEva,cashier,{store},1717\n"),
        );
    }
    let fixtures = folder.path().to_str().unwrap();
    let first = ok(data, &["demo", "--fixtures", fixtures]);
    assert_eq!(first.matches("1 rows: 1 added").count(), 6, "{first}");
    let store = SqliteStore::open(&data.join("server.sqlite"), &Mint::system()).unwrap();
    let before = store.counts("livex").await.unwrap();
    let again = ok(data, &["demo", "--fixtures", fixtures]);
    assert_eq!(
        again
            .matches("1 rows: 0 added, 0 changed, 1 unchanged")
            .count(),
        6,
        "{again}"
    );
    assert_eq!(store.counts("livex").await.unwrap(), before);
    let staff = store.staff("livex").await.unwrap();
    assert_eq!(staff[0].demo_pin.as_deref(), Some("1717"));
}

#[tokio::test]
async fn an_owner_sees_which_terminal_needs_attention_and_releases_what_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let path = data.join("server.sqlite");
    let store = SqliteStore::open(&path, &Mint::system()).unwrap();
    let mut till = Scribe::new(&store).await;
    let ana = uuid::Uuid::from_u128(1);
    let entry_id = till.sell(ana, "FREE").to_string();
    let mut unread = till.batch(0);
    unread.links[0].meaning = Meaning::Held("unknown_kind: a later one".to_owned());
    store.ingest(unread).await.unwrap();
    let greeting = Greeting {
        hash: EntryHash([9; 32]),
        ..greeting(&till, 1)
    };
    store.greet(greeting).await.unwrap();
    drop(store);

    let status = ok(data, &["status"]);
    for part in [
        "version 0.1.0 (protocol 2), 1 entries, 7 waiting, clock 61 s ahead of the server's",
        "needs attention: fork: two machines write as this terminal",
        "what to do: switch the copy off; the other goes on in a new stream by itself",
        "needs attention: silent: not heard for ",
        "; 7 waited when it last spoke",
        "needs attention: 1 held (unknown_kind); see `mostrador-server held list --tenant cafe`",
    ] {
        assert!(status.contains(part), "{part} is missing in\n{status}");
    }
    let list = ok(data, &["held", "list", "--tenant", "cafe"]);
    assert!(
        list.contains(&format!("{entry_id}  sale_completed  Caja, position 1")),
        "{list}"
    );
    let release = ["held", "release", "--tenant", "cafe", "--entry", &entry_id];
    assert_eq!(ok(data, &release), "1 released, 0 still held\n");
    assert_eq!(ok(data, &["held", "list", "--tenant", "cafe"]), "0 held\n");
    assert_eq!(
        run(data, &release).status.code(),
        Some(1),
        "there is nothing to release"
    );
    let unknown = fails(data, &["held", "list", "--tenant", "nobody"]);
    assert!(unknown.contains("no tenant"), "{unknown}");
    let store = SqliteStore::open(&path, &Mint::system()).unwrap();
    assert_eq!(standing(&store, ana).await, (1, 90));
}

/// A serving process; killed when a test fails.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_owner_lists_what_was_accepted_and_should_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let path = data.join("server.sqlite");
    let store = SqliteStore::open(&path, &Mint::system()).unwrap();
    let mut till = Scribe::new(&store).await;
    let report = ["report", "exceptions", "--tenant", "cafe"];
    assert_eq!(ok(data, &report), "nothing to look at\n");
    for _ in 0..2 {
        till.sell(uuid::Uuid::from_u128(1), "ONCE");
    }
    till.push(&store, 0).await;
    let said = ok(data, &report);
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with("2026-11-21 12:00  C-1  Caja (centro)  staff 0")
            && lines[0].ends_with("code_over_limit  ONCE  1000 MXN"),
        "{said}"
    );
    assert_eq!(lines[1], "  code ONCE was used 2 times, its limit is 1");
    assert_eq!(lines[2..], ["code_over_limit: 1, 1000 MXN"]);
    let of = |more: &[&str]| ok(data, &[&report, more].concat());
    assert_eq!(of(&["--code", "clock_suspect"]), "nothing to look at\n");
    assert_eq!(of(&["--from", "2026-01-01"]), "nothing to look at\n");
    assert_eq!(of(&["--to", "1970-01-01"]), said);
}

#[tokio::test]
async fn a_server_stops_in_order_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    ok(data, &["tenant", "create", "cafe"]);
    let port_file = data.join("address");
    let log = std::fs::File::create(data.join("server.log")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_mostrador-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--log-json", "--data"])
        .arg(data)
        .arg("--port-file")
        .arg(&port_file)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut serving = Serving(child);
    let mut pause = tokio::time::interval(Duration::from_millis(20));
    let address = loop {
        pause.tick().await;
        if let Ok(address) = std::fs::read_to_string(&port_file) {
            break address;
        }
        assert_eq!(serving.0.try_wait().unwrap(), None, "the server ended");
    };
    let health = reqwest::get(format!("http://{address}/healthz"))
        .await
        .unwrap();
    assert_eq!(health.status().as_u16(), 200);
    ok(data, &["store", "create", "--tenant", "cafe", "norte"]);
    let second = fails(data, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(second.contains("another server uses the data"), "{second}");
    assert!(
        second.contains("what to do: stop the other one"),
        "{second}"
    );

    let pid = serving.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = loop {
        pause.tick().await;
        if let Some(status) = serving.0.try_wait().unwrap() {
            break status;
        }
    };
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(data.join("server.log")).unwrap();
    let last = log.lines().last().unwrap();
    assert!(
        last.starts_with('{') && last.contains("the server has stopped"),
        "{log}"
    );
}
