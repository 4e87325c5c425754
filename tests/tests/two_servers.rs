//! Two servers on one PostgreSQL, and tills whose lines lead now to one, now to the other.
#![cfg(unix)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_protocol::entry::Payload;
use mostrador_protocol::lease::LeaseResource;
use mostrador_protocol::row::Row;
use mostrador_server::feed::PageRequest;
use mostrador_server::{Mint, PostgresStore, Store};
use mostrador_sync::random::Random;
use mostrador_terminal::{SaleRequest, SaleRequestLine, Till};
use mostrador_tests::Error;
use mostrador_tests::cluster::Cluster;
use mostrador_tests::counter::usable_once;
use mostrador_tests::shop::{CAFE_VT, Crowd, Shop, fixtures, until};
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

/// Sales of each till.
const SALES: u32 = 40;

/// Sales of each till before one of the servers dies, and before it is started again.
const DIES_AFTER: (u32, u32) = (10, 25);

/// A line that leads to one of several servers. Turning it to another one breaks what is under way.
struct Line {
    address: SocketAddr,
    leads_to: watch::Sender<SocketAddr>,
}

impl Line {
    async fn to(server: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (leads_to, watched) = watch::channel(server);
        tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                tokio::spawn(carry(till, watched.clone()));
            }
        });
        Ok(Self { address, leads_to })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn turn_to(&self, server: SocketAddr) {
        self.leads_to.send_replace(server);
    }
}

async fn carry(mut till: TcpStream, mut leads_to: watch::Receiver<SocketAddr>) {
    let server = *leads_to.borrow_and_update();
    if let Ok(mut server) = TcpStream::connect(server).await {
        tokio::select! {
            _ = copy_bidirectional(&mut till, &mut server) => {}
            _ = leads_to.changed() => {}
        }
    }
}

/// A company on a database, and both of its servers.
struct Site {
    shop: Shop,
    store: PostgresStore,
    other: mostrador_tests::process::ServerProcess,
    _cluster: Cluster,
    folder: TempDir,
}

impl Site {
    async fn open() -> Result<Option<Self>, Error> {
        let Some(cluster) = Cluster::start().await? else {
            return Ok(None);
        };
        let url = cluster.database("shop", "template1").await?;
        let folder = TempDir::new()?;
        let shop = Shop::open_on(&url, folder.path(), CAFE_VT, Crowd::Few)?;
        let other = shop.another_server(&folder.path().join("other"))?;
        Ok(Some(Self {
            store: PostgresStore::open(&url, &Mint::system()).await?,
            shop,
            other,
            _cluster: cluster,
            folder,
        }))
    }

    fn servers(&self) -> [SocketAddr; 2] {
        [self.shop.address(), self.other.address()]
    }

    async fn till(&self, name: &str, line: &Line) -> Result<Arc<Till>, Error> {
        let till = self.shop.till("centro", name, &line.url()).await?;
        let code = || till.ledger().read(ledger::program::current);
        until("a till to hold everything", || {
            code().is_ok_and(|it| it.is_some())
        })
        .await?;
        Ok(Arc::new(till))
    }

    /// Every position of the feed once, and what it tells last of each account is what the server holds.
    async fn feed_is_whole(&self) -> Result<(), Error> {
        let mut cursor = 0;
        let mut told = std::collections::BTreeMap::new();
        loop {
            let request = PageRequest {
                tenant: self.shop.tenant().to_owned(),
                cursor,
                hash: None,
                limit: 500,
                stream: None,
            };
            let page = self.store.page(request).await?;
            for row in page.rows {
                assert_eq!(row.position, cursor + 1, "dense");
                cursor = row.position;
                if let Row::Account {
                    customer_id,
                    account,
                } = row.row
                {
                    told.insert(customer_id, account);
                }
            }
            if !page.more {
                break;
            }
        }
        let held = self.store.accounts(self.shop.tenant()).await?;
        assert_eq!(told.into_iter().collect::<Vec<_>>(), held);
        Ok(())
    }
}

async fn sell(till: &Till, (name, sale): (&str, u32), code: Option<&str>) -> Result<(), Error> {
    let customers = till.ledger().read(|look| {
        let mut statement = look.prepare("select id from customer order by id limit 5")?;
        let found = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        Ok::<_, ledger::Error>(found.collect::<Result<Vec<_>, _>>()?)
    })?;
    let whose = &customers[sale as usize % customers.len()];
    till.sell(&SaleRequest {
        reference: format!("{name}-{sale}"),
        at_ms: Mint::system().now_ms(),
        cashier: None,
        customer: Uuid::from_slice(whose).ok(),
        lines: vec![SaleRequestLine {
            product: "espresso".to_owned(),
            quantity: Decimal::ONE,
            unit_price: None,
        }],
        codes: code.map(str::to_owned).into_iter().collect(),
    })?;
    // A shop sells while it sends, not before.
    sleep(Duration::from_millis(10)).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_turn_and_a_server_that_dies_lose_and_double_nothing() -> Result<(), Error> {
    let Some(mut site) = Site::open().await? else {
        return Ok(());
    };
    let servers = site.servers();
    let names = ["Caja 1", "Caja 2", "Caja 3"];
    let mut lines = Vec::new();
    let mut tills = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let line = Arc::new(Line::to(servers[number % 2]).await?);
        tills.push(site.till(name, &line).await?);
        lines.push(line);
    }
    // From now on each line turns after a while, whatever is under way on it.
    let turning: Vec<_> = lines
        .iter()
        .zip(1..)
        .map(|(line, seed)| {
            let (line, random) = (Arc::clone(line), Random::seeded(seed));
            tokio::spawn(async move {
                for turn in 0.. {
                    sleep(Duration::from_millis(5 + random.below(120))).await;
                    line.turn_to(servers[turn % 2]);
                }
            })
        })
        .collect();
    let sold = [(); 3].map(|()| Arc::<AtomicU32>::default());
    let selling = tills.iter().zip(names).zip(&sold);
    let selling = selling.map(|((till, name), sold)| {
        let (till, sold) = (Arc::clone(till), Arc::clone(sold));
        tokio::spawn(async move {
            for sale in 0..SALES {
                sell(&till, (name, sale), Some("CAFE10")).await?;
                sold.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Error>(())
        })
    });
    let selling: Vec<_> = selling.collect();
    let all_sold = |sales: u32| move |sold: &Arc<AtomicU32>| sold.load(Ordering::Relaxed) >= sales;
    let (first, then) = DIES_AFTER;
    until("each till to sell", || sold.iter().all(all_sold(first))).await?;
    site.shop.kill_server()?;
    until("each till to sell on", || sold.iter().all(all_sold(then))).await?;
    site.shop.start_server()?;
    for selling in selling {
        selling.await.map_err(std::io::Error::other)??;
    }
    turning.iter().for_each(tokio::task::JoinHandle::abort);

    let tills: Vec<&Till> = tills.iter().map(AsRef::as_ref).collect();
    site.shop.agree(&tills).await?;
    site.feed_is_whole().await?;
    let mut sales = std::collections::BTreeMap::new();
    for head in site.store.streams(site.shop.tenant()).await? {
        let stored = site.store.entries(site.shop.tenant(), head.stream).await?;
        assert_eq!(stored.len() as u64, head.seq);
        for entry in stored {
            let header = entry.raw.header().map_err(std::io::Error::other)?;
            let decoded = entry.raw.payload(&header).map_err(std::io::Error::other)?;
            if let mostrador_protocol::entry::Decoded::Known(Payload::SaleCompleted(sale)) = decoded
            {
                *sales.entry(sale.reference.clone()).or_insert(0) += 1;
            }
        }
    }
    let wanted = names.len() * SALES as usize;
    assert_eq!(sales.len(), wanted, "each sale");
    assert!(sales.values().all(|times| *times == 1), "once: {sales:?}");
    // What follows from each counts once, too.
    let tenant = site.shop.tenant();
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let purchases = site.store.accounts(tenant).await?;
    let purchases: i64 = purchases.iter().map(|(_, account)| account.purchases).sum();
    assert_eq!(purchases, wanted);
    let uses = site.store.code_uses(tenant).await?;
    let uses = uses.iter().find(|uses| uses.code == "CAFE10");
    assert_eq!(uses.map(|uses| uses.total), Some(wanted));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_grant_the_last_use_once_and_wake_each_other() -> Result<(), Error> {
    let Some(site) = Site::open().await? else {
        return Ok(());
    };
    let [one, other] = site.servers();
    let (north, south) = (Line::to(one).await?, Line::to(other).await?);
    let first = site.till("Caja 1", &north).await?;
    let second = site.till("Caja 2", &south).await?;
    let program = std::fs::read_to_string(fixtures().join("cafe-vt/program.toml"))?;
    let program = program.replacen("version = 1", "version = 2", 1);
    let path = site.folder.path().join("program-2.toml");
    std::fs::write(&path, program + &usable_once("ULTIMO"))?;
    let path = path.to_string_lossy();
    site.shop
        .owner(&["program", "publish", "--tenant", site.shop.tenant(), &path])?;
    // Both hear of the code at once and ask for it, each its own server.
    let resource = LeaseResource::CodeUses("ULTIMO".to_owned());
    let left = |till: &Till| {
        let left = till
            .ledger()
            .read(|look| ledger::lease::left(look, &resource));
        left.unwrap_or(0)
    };
    let holds = || left(&first) + left(&second) > 0;
    until("one of them to hold the last use", holds).await?;
    for (till, name) in [(&first, "Caja 1"), (&second, "Caja 2")] {
        sell(till, (name, 0), Some("ULTIMO")).await?;
        sell(till, (name, 1), Some("ULTIMO")).await?;
    }
    site.shop.agree(&[&first, &second]).await?;
    let used = site.store.code_uses(site.shop.tenant()).await?;
    let used = used.iter().find(|row| row.code == "ULTIMO");
    assert_eq!(used.map(|row| row.total), Some(1), "the limit holds");
    let stocks = site.store.stocks(site.shop.tenant()).await?;
    assert!(stocks.iter().all(|(_, stock)| stock.holds()), "{stocks:?}");

    // What one till sells reaches the other, which waits at the other server.
    let cursor = |till: &Till| till.ledger().read(ledger::replica::cursor).unwrap_or(0);
    let mut slowest = Duration::ZERO;
    for sale in 2..7 {
        let before = cursor(&second);
        let sold = Instant::now();
        sell(&first, ("Caja 1", sale), None).await?;
        until("the other till to hear", || cursor(&second) > before).await?;
        slowest = slowest.max(sold.elapsed());
        site.shop.agree(&[&first, &second]).await?;
    }
    eprintln!(
        "heard at the other server after {} ms at most",
        slowest.as_millis()
    );
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    site.feed_is_whole().await
}
