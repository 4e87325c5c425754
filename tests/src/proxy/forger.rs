//! A proxy that reads what passes: it changes, or withholds, the replies to what one path asks for.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mostrador_protocol::frame;
use mostrador_protocol::signature::{
    SIGNATURE_HEADER, SecretKey, Signed as _, SignedReply, SignedRequest, Standing,
    TERMINAL_HEADER, TIME_HEADER,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// One byte of its body is another.
    FlipsAByte,
    /// Its body is this JSON, and somebody else signs it.
    Forges(Vec<u8>),
    /// So many pass as they are; those after them wait until something else is said here.
    Passes(u64),
}

/// What happened so far.
#[derive(Debug, Default)]
struct Counts {
    changed: AtomicU64,
    /// Since something was said last.
    passed: AtomicU64,
}

/// A running proxy; dropping it stops listening.
#[derive(Debug)]
pub struct Forger {
    address: SocketAddr,
    change: watch::Sender<Change>,
    counts: Arc<Counts>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Forger {
    /// Listens on a free loopback port and forwards to `upstream`; replies to requests whose target begins
    /// with `path` are changed.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn start(upstream: SocketAddr, path: &'static str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (change, watched) = watch::channel(Change::None);
        let counts = Arc::<Counts>::default();
        let counting = Arc::clone(&counts);
        let accepting = tokio::spawn(async move {
            while let Ok((till, _)) = listener.accept().await {
                let (watched, counting) = (watched.clone(), Arc::clone(&counting));
                tokio::spawn(async move {
                    let server = TcpStream::connect(upstream).await?;
                    carry((till, server), path, (watched, &counting)).await
                });
            }
        });
        Ok(Self {
            address,
            change,
            counts,
            accepting,
        })
    }

    /// Base address for a till: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What becomes of replies from now on.
    pub fn change(&self, change: Change) {
        self.counts.passed.store(0, Ordering::SeqCst);
        self.change.send_replace(change);
    }

    /// Replies that were changed so far.
    pub fn changed(&self) -> u64 {
        self.counts.changed.load(Ordering::SeqCst)
    }
}

impl Drop for Forger {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(
    (mut till, mut server): (TcpStream, TcpStream),
    path: &str,
    (mut change, counts): (watch::Receiver<Change>, &Counts),
) -> io::Result<()> {
    while let Some(request) = Message::read(&mut till).await? {
        server.write_all(&request.bytes()).await?;
        let Some(mut reply) = Message::read(&mut server).await? else {
            break;
        };
        if request.target().starts_with(path) {
            let said = change.borrow_and_update().clone();
            match &said {
                Change::None => {}
                Change::FlipsAByte => {
                    let middle = reply.body.len() / 2;
                    reply.body[middle] ^= 1;
                }
                Change::Forges(json) => reply.forge(&request, json),
                Change::Passes(most) => {
                    if counts.passed.fetch_add(1, Ordering::SeqCst) >= *most {
                        // An error means that the proxy is gone: nobody waits for this any more.
                        change.changed().await.map_err(io::Error::other)?;
                    }
                }
            }
            if matches!(said, Change::FlipsAByte | Change::Forges(_)) {
                counts.changed.fetch_add(1, Ordering::SeqCst);
            }
        }
        till.write_all(&reply.bytes()).await?;
    }
    Ok(())
}

/// A request or a reply whose head says how long its body is.
struct Message {
    /// Lines without their ends, the empty one included.
    head: Vec<String>,
    body: Vec<u8>,
}

impl Message {
    /// The next one; none when the connection ended before it.
    async fn read(from: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if from.read(&mut byte).await? == 0 {
                return Ok(None);
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head);
        let head = head.trim_end().split("\r\n").map(str::to_owned).collect();
        let mut message = Self {
            head,
            body: Vec::new(),
        };
        let length = message.header("content-length").parse().unwrap_or(0);
        message.body = vec![0; length];
        from.read_exact(&mut message.body).await?;
        Ok(Some(message))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.join("\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    fn header(&self, name: &str) -> &str {
        let values = self.head.iter().filter_map(|line| line.split_once(':'));
        let mut named = values.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.next().map_or("", |(_, value)| value.trim())
    }

    fn set_header(&mut self, name: &str, value: &str) {
        let is = |line: &String| {
            let found = line.split_once(':').map_or("", |(found, _)| found);
            !found.eq_ignore_ascii_case(name)
        };
        self.head.retain(is);
        self.head.push(format!("{name}: {value}"));
    }

    fn target(&self) -> &str {
        let line = self.head.first().map_or("", String::as_str);
        line.split(' ').nth(1).unwrap_or_default()
    }

    /// Says `body` instead, signed as well as somebody can who does not have the server's key.
    fn forge(&mut self, request: &Self, json: &[u8]) {
        let body = frame::compress(json);
        let asked = SignedRequest {
            method: "GET",
            target: request.target(),
            terminal: request.header(TERMINAL_HEADER).parse().unwrap_or_default(),
            time_ms: request.header(TIME_HEADER).parse().unwrap_or_default(),
            body: &request.body,
        };
        let reply = SignedReply {
            request: &asked.digest(request.header(SIGNATURE_HEADER)),
            standing: Standing::Verified,
            status: 200,
            body: &body,
        };
        let signature = reply.sign(&SecretKey::from_bytes(&[9; 32]));
        self.set_header(SIGNATURE_HEADER, &signature);
        self.set_header("content-encoding", frame::ZSTD);
        self.set_header("content-length", &body.len().to_string());
        self.body = body;
    }
}
