//! A TCP proxy between a till and its server whose cable can be pulled.
//!
//! Cutting closes every connection where it stands, in the middle of a request if need be, and
//! refuses new ones; losing acknowledgements lets pushes arrive whose replies never do; restoring
//! lets everything through. What the two sides make of it is theirs.

mod forger;
mod trouble;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use self::forger::{Change, Forger};
pub use self::trouble::Trouble;

/// How a cable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cable {
    /// Carries both ways.
    Whole,
    /// Carries nothing.
    Cut,
    /// Carries everything but the reply to a push: the connection ends where it would begin.
    LosesAcknowledgements,
    /// Carries in its own way.
    Troubled(Trouble),
}

/// A running proxy; dropping it cuts everything and stops listening.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    cable: watch::Sender<Cable>,
    counts: Arc<Counts>,
    accepting: tokio::task::JoinHandle<()>,
}

/// What happened so far.
#[derive(Debug, Default)]
struct Counts {
    carried: AtomicU64,
    unacknowledged: AtomicU64,
    troubled: AtomicU64,
}

impl Proxy {
    /// Listens on a free loopback port and forwards to `upstream`, open from the start.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (cable, watched) = watch::channel(Cable::Whole);
        let counts = Arc::<Counts>::default();
        let counting = Arc::clone(&counts);
        let accepting = tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                if *watched.borrow() != Cable::Cut {
                    counting.carried.fetch_add(1, Ordering::Relaxed);
                    let ends = (till, upstream);
                    tokio::spawn(carry(ends, watched.clone(), Arc::clone(&counting)));
                }
            }
        });
        Ok(Self {
            address,
            cable,
            counts,
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
        self.cable.send_replace(Cable::Cut);
    }

    /// Closes every connection; new ones end before the reply to a push.
    pub fn lose_acknowledgements(&self) {
        self.cable.send_replace(Cable::LosesAcknowledgements);
    }

    /// Closes every connection; what happens to new ones is `trouble`.
    pub fn trouble(&self, trouble: Trouble) {
        self.cable.send_replace(Cable::Troubled(trouble));
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.cable.send_replace(Cable::Whole);
    }

    /// Connections carried so far.
    pub fn carried(&self) -> u64 {
        self.counts.carried.load(Ordering::Relaxed)
    }

    /// Pushes that the server answered and whose reply was lost.
    pub fn unacknowledged(&self) -> u64 {
        self.counts.unacknowledged.load(Ordering::Relaxed)
    }

    /// How often a trouble did something to what a connection carried.
    pub fn troubled(&self) -> u64 {
        self.counts.troubled.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.accepting.abort();
    }
}

async fn carry(
    (mut till, upstream): (TcpStream, SocketAddr),
    mut cable: watch::Receiver<Cable>,
    counts: Arc<Counts>,
) {
    let Ok(mut server) = TcpStream::connect(upstream).await else {
        return;
    };
    let at_first = *cable.borrow_and_update();
    if let Cable::Troubled(trouble) = at_first
        && trouble.outlives_itself()
    {
        let ends = (&mut till, &mut server);
        trouble::pass(trouble, ends, &counts.troubled).await.ok();
        return;
    }
    let changes = cable.wait_for(|now| *now != at_first);
    tokio::select! {
        () = pass(at_first, (&mut till, &mut server), &counts) => {}
        _ = changes => {}
    }
}

async fn pass(cable: Cable, (till, server): (&mut TcpStream, &mut TcpStream), counts: &Counts) {
    match cable {
        Cable::LosesAcknowledgements => {
            let is_lost = lose_acknowledgements(till, server).await;
            let lost = u64::from(is_lost.unwrap_or(false));
            counts.unacknowledged.fetch_add(lost, Ordering::Relaxed);
            Some(())
        }
        Cable::Troubled(trouble) => trouble::pass(trouble, (till, server), &counts.troubled)
            .await
            .ok(),
        Cable::Whole | Cable::Cut => tokio::io::copy_bidirectional(till, server)
            .await
            .map(drop)
            .ok(),
    };
}

/// What the request line of a push holds.
const PUSH: &[u8] = b" /v1/push";

/// Whether it ended at the reply to a push.
async fn lose_acknowledgements(till: &mut TcpStream, server: &mut TcpStream) -> io::Result<bool> {
    let (mut asks, mut learns) = till.split();
    let (mut answers, mut hears) = server.split();
    let (mut question, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut pushed = false;
    loop {
        tokio::select! {
            size = asks.read(&mut question) => {
                let asked = &question[..size?];
                if asked.is_empty() {
                    return Ok(false);
                }
                pushed |= asked.windows(PUSH.len()).any(|part| part == PUSH);
                hears.write_all(asked).await?;
            }
            size = answers.read(&mut answer) => {
                let size = size?;
                // The server has done its work, and nobody will know.
                if size == 0 || pushed {
                    return Ok(size > 0);
                }
                learns.write_all(&answer[..size]).await?;
            }
        }
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

    #[tokio::test]
    async fn a_trouble_counts_once_it_did_something_to_a_connection() {
        let proxy = Proxy::start(echo_server().await).await.unwrap();
        for trouble in Trouble::ALL {
            if matches!(trouble, Trouble::DeafServer | Trouble::DeafTill) {
                continue;
            }
            let before = proxy.troubled();
            proxy.trouble(trouble);
            assert_eq!(proxy.troubled(), before, "{trouble:?}");
            echoes(proxy.address()).await;
            assert!(proxy.troubled() > before, "{trouble:?}");
        }
    }

    #[tokio::test]
    async fn a_lost_acknowledgement_is_the_reply_to_a_push_only() {
        let (heard, mut pushes) = tokio::sync::mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::start(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut request = vec![0; 64];
                let size = client.read(&mut request).await.unwrap_or(0);
                heard.send(request[..size].to_vec()).ok();
                client.write_all(b"done").await.ok();
            }
        });
        proxy.lose_acknowledgements();
        for (request, replies) in [("GET /v1/pull", 4), ("POST /v1/push", 0)] {
            let mut client = TcpStream::connect(proxy.address()).await.unwrap();
            client.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.ok();
            assert_eq!(answer.len(), replies, "{request}");
            assert_eq!(pushes.recv().await.unwrap(), request.as_bytes());
        }
    }
}
