//! What taking entries in costs: pushes over HTTP with signature, chain, ingest, effects and feed, on SQLite and
//! on PostgreSQL, by one till and by several at once. The baseline is the same bytes in the same batches, written
//! by a bare insert of many rows into a table of their own in a database of the same kind and durability.

mod bare;
mod sales;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mostrador_protocol::message::{MAX_BATCH_ENTRIES, PushRequest};
use mostrador_protocol::signature::{PublicKey, SecretKey};
use mostrador_server::{
    Mint, PostgresStore, Server, SqliteStore, Store, enrol_code, publish, read_program,
};
use mostrador_sync::clock::SystemClock;
use mostrador_sync::conversation::Conversation;
use mostrador_sync::enrol::{Applicant, enrol};
use mostrador_sync::learned::Learned;
use mostrador_sync::transport::{Http, Transport};

use self::sales::Stream;
use crate::Error;
use crate::bench_ledger::Figure;
use crate::cluster::{Cluster, Setup};
use crate::shop::CAFE_VT;

/// Entries of each measurement.
const ENTRIES: usize = 20_000;

/// Tills that push at once, beside one alone.
const TILLS: usize = 4;

const TENANT: &str = CAFE_VT.tenant;

/// Pushes on SQLite and, where there is one, on PostgreSQL.
///
/// # Errors
/// When a server does not start or takes something else than what was sent.
pub async fn figures(fixtures: &Path, folder: &Path) -> Result<Vec<Figure>, Error> {
    let program = fixtures.join(TENANT).join("program.toml");
    let mut figures = Vec::new();
    let store = SqliteStore::open(&folder.join("server.sqlite"), &Mint::system())?;
    let site = Site::open(store, &program).await?;
    for tills in [1, TILLS] {
        let streams = site.streams(tills).await?;
        let took = site.push(&streams).await?;
        let path = folder.join(format!("bare-{tills}.sqlite"));
        let bare = bare::sqlite(&streams, &path)?;
        figures.push(figure(("SQLite", tills), took, bare));
    }
    site.server.stop().await?;

    let setup = Setup {
        durable: true,
        ..Setup::default()
    };
    let Some(cluster) = Cluster::start_with(&setup).await? else {
        return Ok(figures);
    };
    let url = cluster.database("server", "template1").await?;
    let store = PostgresStore::open(&url, &Mint::system()).await?;
    let site = Site::open(store, &program).await?;
    for tills in [1, TILLS] {
        let streams = site.streams(tills).await?;
        let took = site.push(&streams).await?;
        let bare = bare::postgres(&streams, &mut cluster.connect("server").await?).await?;
        figures.push(figure(("PostgreSQL", tills), took, bare));
    }
    site.server.stop().await?;
    Ok(figures)
}

fn figure((store, tills): (&str, usize), took: Duration, bare: Duration) -> Figure {
    #[expect(clippy::cast_precision_loss, reason = "a count of some thousands")]
    let per_second = |took: Duration| ENTRIES as f64 / took.as_secs_f64();
    Figure {
        name: format!("ingest on {store}, {tills} tills, batches of {MAX_BATCH_ENTRIES}"),
        measured: per_second(took),
        baseline: per_second(bare),
        unit: "entries/s",
    }
}

/// A serving company.
struct Site<S> {
    server: Server<S>,
}

/// A till's stream, and its end of the wire.
struct Till {
    conversation: Arc<Conversation>,
    stream: Stream,
}

impl<S: Store> Site<S> {
    async fn open(store: S, program: &Path) -> Result<Self, Error> {
        let mint = Mint::system();
        CAFE_VT.found(&store, &mint).await?;
        publish(&store, &mint, TENANT, read_program(program)?).await?;
        let listen = ([127, 0, 0, 1], 0).into();
        let server = Server::start(store, listen, mint).await?;
        Ok(Self { server })
    }

    /// So many tills with all entries between them.
    async fn streams(&self, tills: usize) -> Result<Vec<Till>, Error> {
        let mut streams = Vec::new();
        for number in 0..tills {
            let conversation = self.enrol(&format!("Caja {tills}-{number}")).await?;
            let stream = Stream::of_sales(conversation.terminal_id, ENTRIES / tills)?;
            // From the answer it learns that frames are read.
            let hello = conversation.hello(&stream.hello()).await;
            hello.map_err(std::io::Error::other)?;
            streams.push(Till {
                conversation,
                stream,
            });
        }
        Ok(streams)
    }

    async fn enrol(&self, name: &str) -> Result<Arc<Conversation>, Error> {
        let code = enrol_code::issue(
            self.server.store(),
            &Mint::system(),
            (TENANT, "centro"),
            name,
        )
        .await?;
        let key = SecretKey::from_bytes(&[7; 32]);
        let transport: Arc<dyn Transport> =
            Arc::new(Http::new(&self.server.url()).map_err(std::io::Error::other)?);
        let applicant = Applicant {
            code: &code,
            key: &key.public(),
            is_private: true,
        };
        let enrolled = enrol(&*transport, applicant).await;
        let enrolled = enrolled.map_err(std::io::Error::other)?;
        let reply = enrolled.reply;
        let server = PublicKey::from_hex(&reply.server_public_key);
        Ok(Arc::new(Conversation {
            transport,
            clock: Arc::new(SystemClock::new()),
            terminal_id: reply.terminal_id,
            key,
            server: server.map_err(std::io::Error::other)?,
            learned: Learned::remembering(enrolled.binds_replies),
        }))
    }

    /// How long it takes until everything is acknowledged, all tills at once.
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
    async fn push(&self, tills: &[Till]) -> Result<Duration, Error> {
        let begin = Instant::now();
        let mut pushing = tokio::task::JoinSet::new();
        for till in tills {
            let requests = till.stream.batches();
            let conversation = Arc::clone(&till.conversation);
            pushing.spawn(async move { push_all(&conversation, requests).await });
        }
        while let Some(pushed) = pushing.join_next().await {
            pushed.map_err(std::io::Error::other)??;
        }
        let took = begin.elapsed();
        let held = self.server.store().streams(TENANT).await?;
        for till in tills {
            let there = held.iter().find(|head| head.stream == till.stream.id);
            if there.map(|head| (head.seq, head.hash)) != Some(till.stream.head()) {
                let stream = till.stream.id;
                return Err(Error::Disagreement(vec![format!("{stream}: {there:?}")]));
            }
        }
        Ok(took)
    }
}

async fn push_all(conversation: &Conversation, requests: Vec<PushRequest>) -> Result<(), Error> {
    for request in requests {
        let reply = conversation.push(&request).await;
        let reply = reply.map_err(std::io::Error::other)?;
        let end = request.base_seq + request.entries.len() as u64;
        if reply.accepted_through != end {
            let through = reply.accepted_through;
            return Err(Error::Disagreement(vec![format!(
                "accepted through {through} of {end}"
            )]));
        }
    }
    Ok(())
}
