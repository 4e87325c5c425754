//! A running server: bound, serving, stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::Error;
use crate::http::{App, router};
use crate::mint::Mint;
use crate::store::Store;

/// How long a stop waits for requests under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// A server that accepts requests until [`Server::stop`].
///
/// ```no_run
/// use std::path::Path;
/// use mostrador_server::{Error, Mint, Server, SqliteStore};
///
/// # async fn example() -> Result<(), Error> {
/// let mint = Mint::system();
/// let store = SqliteStore::open(Path::new("server.sqlite"), &mint)?;
/// let server = Server::start(store, "127.0.0.1:0".parse().expect("an address"), mint).await?;
/// println!("{}", server.url());
/// server.stop().await
/// # }
/// ```
#[derive(Debug)]
pub struct Server<S> {
    address: SocketAddr,
    store: S,
    stopping: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

impl<S: Store> Server<S> {
    /// Binds the address (port 0: any free one) and serves from then on.
    ///
    /// # Errors
    /// [`Error::Listen`] when the address cannot be had.
    pub async fn start(store: S, listen: SocketAddr, mint: Mint) -> Result<Self, Error> {
        let cannot_listen = |source| Error::Listen {
            address: listen,
            source,
        };
        let identity = store.identity().await?;
        let listener = TcpListener::bind(listen).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let (stopping, mut stop) = watch::channel(false);
        let app = Arc::new(App {
            store: store.clone(),
            mint,
            secret_key: identity.secret_key,
            changed: Notify::new(),
            stopping: stop.clone(),
        });
        let serve = axum::serve(listener, router(app)).with_graceful_shutdown(async move {
            // The sender gone means the same as a stop.
            let _ = stop.wait_for(|stopping| *stopping).await;
        });
        let task = tokio::spawn(async move { serve.await });
        Ok(Self {
            address,
            store,
            stopping,
            task,
        })
    }

    /// The bound address.
    pub const fn address(&self) -> SocketAddr {
        self.address
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
        let abort = self.task.abort_handle();
        if tokio::time::timeout(STOP_WITHIN, self.task).await.is_err() {
            tracing::warn!("requests under way were cut off; terminals send them again");
            abort.abort();
        }
        self.store.settle().await
    }
}
