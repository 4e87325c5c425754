//! `serve`: until SIGTERM or Ctrl+C.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use mostrador_server::{Error, Limits, Mint, Options, Server, Store};

use super::Stop;

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Address and port of the numbers about the server (Prometheus text); without it there are none
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<SocketAddr>,
    /// Connections open at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    max_connections: usize,
    /// File that gets the bound address once the server listens
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// Write the log as one JSON object per line
    #[arg(long)]
    pub(super) log_json: bool,
}

impl Serve {
    pub(super) async fn run(self, store: impl Store, mint: Mint) -> Result<(), Stop> {
        let stop = stop_asked()?;
        let options = Options {
            metrics: self.metrics,
            limits: Limits {
                connections: self.max_connections.max(1),
                ..Limits::default()
            },
            ..Options::at(self.listen)
        };
        let server = Server::start_with(store, options, mint).await?;
        if let Some(address) = server.metrics_address() {
            tracing::info!(%address, "numbers about the server are told");
        }
        tracing::info!(address = %server.address(), "the server listens");
        if let Some(path) = &self.port_file {
            write_address(path, server.address())?;
        }
        println!("Mostrador server on {}", server.url());
        stop.await;
        tracing::info!("the server stops");
        server.stop().await?;
        tracing::info!("the server has stopped");
        Ok(())
    }
}

/// Written beside and moved, so that nobody reads half an address.
fn write_address(path: &Path, address: SocketAddr) -> Result<(), Error> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, address.to_string())
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|source| Error::File {
            attempt: "writing",
            path: path.to_owned(),
            source,
        })
}

/// Resolves when somebody asks the program to stop. Signals are caught from the call on.
#[cfg(unix)]
fn stop_asked() -> Result<impl Future<Output = ()>, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let catch = |kind| {
        signal(kind).map_err(|source| Error::File {
            attempt: "catching signals of",
            path: "this process".into(),
            source,
        })
    };
    let mut terminate = catch(SignalKind::terminate())?;
    let mut interrupt = catch(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_asked() -> Result<impl Future<Output = ()>, Error> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
