//! A TCP proxy between a till and its server whose cable can be pulled.
//!
//! Cutting closes every connection where it stands, in the middle of a request if need be, and
//! refuses new ones; restoring lets new ones through. What the two sides make of it is theirs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A running proxy; dropping it cuts everything and stops listening.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    open: watch::Sender<bool>,
    carried: Arc<AtomicU64>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free loopback port and forwards to `upstream`, open from the start.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn start(upstream: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (open, watched) = watch::channel(true);
        let carried = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&carried);
        let accepting = tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                if *watched.borrow() {
                    counter.fetch_add(1, Ordering::Relaxed);
                    tokio::spawn(carry(till, upstream, watched.clone()));
                }
            }
        });
        Ok(Self {
            address,
            open,
            carried,
            accepting,
        })
    }

    /// Where tills connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base address for a till: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes every connection and refuses new ones.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.open.send_replace(true);
    }

    /// Connections carried so far.
    pub fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.accepting.abort();
    }
}

async fn carry(mut till: TcpStream, upstream: SocketAddr, mut open: watch::Receiver<bool>) {
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut till, &mut server) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn echo_server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = client.split();
                    tokio::io::copy(&mut read, &mut write).await.ok();
                });
            }
        });
        address
    }

    async fn echoes(address: SocketAddr) -> bool {
        let Ok(mut client) = TcpStream::connect(address).await else {
            return false;
        };
        let mut answer = [0; 4];
        client.write_all(b"ping").await.is_ok()
            && client.read_exact(&mut answer).await.is_ok()
            && &answer == b"ping"
    }

    #[tokio::test]
    async fn a_cut_cable_carries_nothing_and_a_restored_one_does() {
        let proxy = Proxy::start(echo_server().await).await.unwrap();
        assert!(echoes(proxy.address()).await);
        proxy.cut();
        assert!(!echoes(proxy.address()).await);
        proxy.restore();
        assert!(echoes(proxy.address()).await);
    }

    #[tokio::test]
    async fn a_cut_closes_connections_that_were_open() {
        let proxy = Proxy::start(echo_server().await).await.unwrap();
        let mut client = TcpStream::connect(proxy.address()).await.unwrap();
        client.write_all(b"ping").await.unwrap();
        let mut answer = [0; 4];
        client.read_exact(&mut answer).await.unwrap();
        proxy.cut();
        assert_eq!(client.read(&mut answer).await.unwrap_or(0), 0, "closed");
    }
}
