//! A running server: bound, serving, stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::Error;
use crate::again::for_every_tenant;
use crate::http::{App, metrics_router, router, serve};
use crate::ingest::release::release_readable;
use crate::limits::Limits;
use crate::mint::Mint;
use crate::store::{Serving, Store};
use crate::{compaction, jobs};

/// How long a stop waits for requests under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How often the jobs look for what is due; what must be written at once does not wait for them.
const JOBS_EVERY: Duration = Duration::from_mins(1);

/// Where a server listens and what it bears.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where terminals speak to it; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Where it tells numbers about itself; nowhere without it.
    pub metrics: Option<SocketAddr>,
    /// What it bears.
    pub limits: Limits,
    /// How often its jobs look for what is due, see [`crate::jobs`].
    pub jobs_every: Duration,
}

impl Options {
    /// An address for terminals, no numbers, the usual limits, jobs every minute.
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            metrics: None,
            limits: Limits::default(),
            jobs_every: JOBS_EVERY,
        }
    }
}

/// A server that accepts requests until [`Server::stop`].
///
/// ```no_run
/// use std::path::Path;
/// use mostrador_server::{Error, Mint, Server, SqliteStore};
///
/// # async fn example() -> Result<(), Error> {
/// let mint = Mint::system();
/// let store = SqliteStore::open(Path::new("server.sqlite"), &mint)?;
/// let listen = "127.0.0.1:0".parse().expect("an address");
/// let server = Server::start(store, listen, mint).await?;
/// println!("{}", server.url());
/// server.stop().await
/// # }
/// ```
#[derive(Debug)]
pub struct Server<S> {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    store: S,
    stopping: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    _serving: Serving,
}

impl<S: Store> Server<S> {
    /// Serves at an address with the usual limits, see [`Server::start_with`].
    ///
    /// # Errors
    /// See [`Server::start_with`].
    pub async fn start(store: S, listen: SocketAddr, mint: Mint) -> Result<Self, Error> {
        Self::start_with(store, Options::at(listen), mint).await
    }

    /// Tries held entries again, binds the addresses (port 0: any free one) and serves from then on.
    ///
    /// # Errors
    /// [`Error::Listen`] when an address cannot be had, [`Error::AlreadyServed`] when another server
    /// has this data and the store is for one.
    pub async fn start_with(store: S, options: Options, mint: Mint) -> Result<Self, Error> {
        let serving = store.begin_serving().await?;
        release_readable(&store).await?;
        let identity = store.identity().await?;
        let (listener, address) = bind(options.listen).await?;
        let (stopping, stop) = watch::channel(false);
        let limits = options.limits;
        let key = (identity.secret_key, limits);
        let app = Arc::new(App::new(store.clone(), mint, key, stop.clone()));
        let open = app.metrics.connections().clone();
        let mut metrics_address = None;
        let mut tasks = Vec::new();
        if let Some(listen) = options.metrics {
            let (listener, address) = bind(listen).await?;
            metrics_address = Some(address);
            let router = metrics_router(Arc::clone(&app));
            let uncounted = Gauge::default();
            let serve = serve(listener, router, limits, (stop.clone(), uncounted));
            tasks.push(tokio::spawn(serve));
        }
        let jobs = ("jobs", options.jobs_every);
        let jobs = for_every_tenant(Arc::clone(&app), jobs, jobs::while_serving);
        tasks.push(tokio::spawn(jobs));
        let feed = ("compaction", compaction::EVERY);
        let feed = for_every_tenant(Arc::clone(&app), feed, compaction::while_serving);
        tasks.push(tokio::spawn(feed));
        let serve = serve(listener, router(app), limits, (stop, open));
        tasks.push(tokio::spawn(serve));
        Ok(Self {
            address,
            metrics_address,
            store,
            stopping,
            tasks,
            _serving: serving,
        })
    }

    /// The bound address.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bound address of the numbers, when they were asked for.
    pub const fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// The bound address as terminals write it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The data behind it.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Accepts nothing more, finishes what is under way (at most 10 s) and settles the data.
    ///
    /// # Errors
    /// What the store says when it cannot settle.
    pub async fn stop(self) -> Result<(), Error> {
        self.stopping.send_replace(true);
        let until = tokio::time::Instant::now() + STOP_WITHIN;
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout_at(until, task).await.is_err() {
                tracing::warn!("requests under way were cut off; terminals send them again");
                abort.abort();
            }
        }
        self.store.settle().await
    }
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let cannot_listen = |source| Error::Listen {
        address: listen,
        source,
    };
    let listener = TcpListener::bind(listen).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    Ok((listener, address))
}
