//! What a till says when somebody else answers, when its clock is wrong, and when it is forgotten: over a
//! real line to a real server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use mostrador_server::Store as _;
use mostrador_sync::clock::{Clock, SystemClock};
use mostrador_terminal::view::{Language, SyncState};
use mostrador_terminal::{Till, TillOptions};
use mostrador_tests::Error;
use mostrador_tests::counter::pay;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, options, until};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

const LINE: u8 = 0;
const LOGIN_PAGE: u8 = 1;
const REDIRECT: u8 = 2;
const OWN_WORDS: u8 = 3;

/// A line with a portal on it: it carries everything to the server, or answers itself.
#[derive(Debug)]
struct Portal {
    address: SocketAddr,
    mode: Arc<AtomicU8>,
    answering: tokio::task::JoinHandle<()>,
}

impl Portal {
    async fn start(server: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mode = Arc::new(AtomicU8::new(LINE));
        let now = Arc::clone(&mode);
        let answering = tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                tokio::spawn(serve(till, server, now.load(Ordering::SeqCst)));
            }
        });
        Ok(Self {
            address,
            mode,
            answering,
        })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

/// One connection. Whatever becomes of it, the till has to bear it.
async fn serve(mut till: TcpStream, server: SocketAddr, mode: u8) {
    if mode == LINE {
        if let Ok(mut server) = TcpStream::connect(server).await {
            let _ = copy_bidirectional(&mut till, &mut server).await;
        }
        return;
    }
    let mut asked = vec![0; 64 << 10];
    let _ = till.read(&mut asked).await;
    let page = "<html>Bienvenido al hotel</html>";
    let no = r#"{"code":"terminal_unknown","message":"no","hint":"no"}"#;
    let answer = match mode {
        LOGIN_PAGE => format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{page}",
            page.len()
        ),
        REDIRECT => {
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
                .to_owned()
        }
        _ => format!(
            "HTTP/1.1 401 No\r\nmostrador-signature: QUJD\r\nmostrador-signature-2: QUJD\r\n\
             content-length: {}\r\n\r\n{no}",
            no.len()
        ),
    };
    let _ = till.write_all(answer.as_bytes()).await;
    let _ = till.shutdown().await;
}

/// The machine's clock, set wrong by so much.
#[derive(Debug)]
struct WrongBy {
    machine: SystemClock,
    by_ms: AtomicI64,
}

impl Clock for WrongBy {
    fn now_ms(&self) -> i64 {
        self.machine.now_ms() + self.by_ms.load(Ordering::SeqCst)
    }

    fn monotonic_ms(&self) -> u64 {
        self.machine.monotonic_ms()
    }
}

fn says(till: &Till, code: &str) -> bool {
    let ends = |sentence: &String| sentence.ends_with(&format!("[{code}]"));
    till.sync_view()
        .is_ok_and(|view| view.attention.iter().any(ends))
}

fn sold(till: &Till) -> Result<(), Error> {
    let before = till.ledger().read(mostrador_ledger::outbox::waiting)?;
    till.add_product("espresso", "1")?;
    pay(till)?;
    let after = till.ledger().read(mostrador_ledger::outbox::waiting)?;
    assert!(after > before, "a sale is kept, whoever answers");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_is_recognised_named_in_both_languages_and_acknowledges_nothing()
-> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let portal = Portal::start(shop.address()).await?;
    let till = shop.till("centro", "Caja 1", &portal.url()).await?;
    till.unlock(&till.view().demo_pins[0].pin.clone())?;
    till.stop_sync().await;
    for mode in [LOGIN_PAGE, REDIRECT, OWN_WORDS] {
        portal.mode.store(mode, Ordering::SeqCst);
        till.start_sync()?;
        sold(&till)?;
        until("the portal to be named", || says(&till, "not_the_server")).await?;
        for (language, word) in [(Language::En, "wifi"), (Language::Es, "wifi")] {
            till.set_language(language)?;
            let view = till.sync_view()?;
            assert_eq!(view.state, SyncState::Offline, "{view:?}");
            assert!(view.attention.concat().contains(word), "{view:?}");
            assert!(view.waiting > 0 && view.retry_in_s.is_some(), "{view:?}");
        }
        assert!(!says(&till, "terminal_unknown"), "nobody signed that");
        till.stop_sync().await;
    }
    portal.mode.store(LINE, Ordering::SeqCst);
    till.start_sync()?;
    shop.agree(&[&till]).await?;
    assert!(!says(&till, "not_the_server"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_is_named_with_its_minutes_and_stops_nothing() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let clock = Arc::new(WrongBy {
        machine: SystemClock::new(),
        by_ms: AtomicI64::new(3 * 3_600_000),
    });
    let with_clock = TillOptions {
        clock: clock.clone(),
        ..options(&shop.till_folder("Caja 1"))
    };
    let till = Till::open(with_clock)?;
    till.enrol(&shop.url(), &shop.enrol_code("centro", "Caja 1")?)
        .await?;
    till.unlock(&till.view().demo_pins[0].pin.clone())?;
    sold(&till)?;
    shop.agree(&[&till]).await?;
    assert!(says(&till, "clock_skew"));
    for language in [Language::Es, Language::En] {
        till.set_language(language)?;
        let view = till.sync_view()?;
        assert_eq!((view.state, view.waiting), (SyncState::NeedsAttention, 0));
        let words = view.attention.concat();
        assert!(words.contains("180") || words.contains("179"), "{words}");
    }
    let status = shop.owner(&["status"])?;
    assert!(status.contains("clock_skew"), "{status}");
    clock.by_ms.store(0, Ordering::SeqCst);
    till.sync_now()?;
    shop.agree(&[&till]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_gone_from_a_till_that_was_offline_and_edited_them() -> Result<(), Error> {
    let folder = TempDir::new()?;
    let shop = Shop::open(folder.path(), CAFE_VT, Crowd::Few)?;
    let file = folder.path().join("one.csv");
    std::fs::write(&file, "name,phone\nAnacleta Zarzaparrilla,3119998877\n")?;
    shop.import("customers", &file.to_string_lossy())?;
    let (one, other) = (
        shop.till("centro", "Caja 1", &shop.url()).await?,
        shop.till("norte", "Caja 2", &shop.url()).await?,
    );
    shop.agree(&[&one, &other]).await?;
    let people = shop.store()?.customers(shop.tenant()).await?;
    let ana = people
        .iter()
        .find(|person| person.name.starts_with("Anacleta"));
    let ana = ana.expect("she was imported").clone();
    other.stop_sync().await;
    let edited = mostrador_protocol::row::Customer {
        name: "Anacleta Zarzaparrilla de Gil".to_owned(),
        hlc: ana.hlc + (1 << 40),
        ..ana.clone()
    };
    other
        .ledger()
        .transact(|tx| mostrador_ledger::customer::save_local(tx, &edited))?;
    let id = ana.id.to_string();
    let erase = [
        "customers",
        "erase",
        "--tenant",
        shop.tenant(),
        "--reason",
        "asked",
        &id,
    ];
    shop.owner(&erase)?;
    other.start_sync()?;
    shop.agree(&[&one, &other]).await?;
    for till in [&one, &other] {
        until("a till to forget", || {
            let known = till
                .ledger()
                .read(|look| mostrador_ledger::customer::get(look, ana.id));
            known.is_ok_and(|known| known.is_none())
        })
        .await?;
    }
    assert!(
        shop.store()?
            .customers(shop.tenant())
            .await?
            .iter()
            .all(|person| person.id != ana.id)
    );
    Ok(())
}
