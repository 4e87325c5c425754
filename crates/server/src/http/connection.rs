//! Connections: how many, and how long each may take to say something.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_io_timeout::TimeoutStream;

use crate::limits::Limits;

/// The most bytes of a request's line and headers.
const MAX_HEADER_BYTES: usize = 16 << 10;

/// The most headers of a request.
const MAX_HEADERS: usize = 64;

/// The wait after the system refused to accept, for want of file handles for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Serves until `stop` turns true (or its sender is gone), then finishes what is under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    (mut stop, open): (watch::Receiver<bool>, Gauge),
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let finishing = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let (stream, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers_within)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEADER_BYTES)
            .serve_connection(
                patient(stream, limits),
                TowerToHyperService::new(router.clone()),
            );
        let connection = finishing.watch(connection);
        let open = open.clone();
        open.inc();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            open.dec();
            drop(slot);
        });
    }
    drop(listener);
    finishing.shutdown().await;
}

/// The next connection, once there is a slot for it.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await;
    let slot = slot.expect("BUG: nobody closes the semaphore");
    let (stream, _) = listener.accept().await?;
    Ok((stream, slot))
}

/// A stream that gives up on a client who takes nothing of what is sent.
fn patient(
    stream: TcpStream,
    limits: Limits,
) -> TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>> {
    // Replies are small and are waited for; where this fails they come a moment later.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_within));
    TokioIo::new(Box::pin(stream))
}
