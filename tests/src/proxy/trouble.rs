//! What a wire does to a conversation, beside being cut.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One thing that a wire does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Each piece of it takes so long, either way.
    Slow(Duration),
    /// A few bytes at a time.
    Drips,
    /// The connection ends in the middle of a request.
    CutsRequests,
    /// The connection ends in the middle of a reply.
    CutsReplies,
    /// The server does its work and its reply is lost.
    LosesReplies,
    /// The server gets each request once more, and that reply goes nowhere.
    Repeats,
    /// Half of a reply arrives and looks like a whole one.
    Shortens,
    /// What the till sends goes nowhere, and nobody closes the connection.
    DeafServer,
    /// What the server sends goes nowhere, and nobody closes the connection.
    DeafTill,
    /// Somebody else answers: log in first.
    Portal,
}

impl Trouble {
    /// Every kind, for the fault table and the bench.
    pub const ALL: [Self; 10] = [
        Self::Slow(Duration::from_millis(400)),
        Self::Drips,
        Self::CutsRequests,
        Self::CutsReplies,
        Self::LosesReplies,
        Self::Repeats,
        Self::Shortens,
        Self::DeafServer,
        Self::DeafTill,
        Self::Portal,
    ];

    /// What a command line calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slow(_) => "wire-slow",
            Self::Drips => "wire-drips",
            Self::CutsRequests => "wire-cuts-requests",
            Self::CutsReplies => "wire-cuts-replies",
            Self::LosesReplies => "wire-loses-replies",
            Self::Repeats => "wire-repeats",
            Self::Shortens => "wire-shortens",
            Self::DeafServer => "wire-deaf-server",
            Self::DeafTill => "wire-deaf-till",
            Self::Portal => "wire-portal",
        }
    }

    /// What it is called in tables.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Slow(_) => "wire: 400 ms more each way",
            Self::Drips => "wire: 48 bytes every 10 ms",
            Self::CutsRequests => "wire: cut in the middle of a request",
            Self::CutsReplies => "wire: cut in the middle of a reply",
            Self::LosesReplies => "wire: replies lost",
            Self::Repeats => "wire: requests repeated",
            Self::Shortens => "wire: replies shortened",
            Self::DeafServer => "wire: silence towards the server",
            Self::DeafTill => "wire: silence towards the till",
            Self::Portal => "wire: a captive portal",
        }
    }

    /// Whether its connections stay as dead as they are when the wire is whole again: nobody tells either end.
    pub(super) const fn outlives_itself(self) -> bool {
        matches!(self, Self::DeafServer | Self::DeafTill)
    }
}

/// What a captive portal says to everything.
const PORTAL: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 37\r\n\
                      connection: close\r\n\r\n<html><body>Please log in</body></ht>";

/// Bytes at a time, and the pause between them, of a wire that drips.
const DRIP: (usize, Duration) = (48, Duration::from_millis(10));

/// Carries one connection as `trouble` says, and counts what it does to it.
pub(super) async fn pass(
    trouble: Trouble,
    (till, server): (&mut TcpStream, &mut TcpStream),
    done: &AtomicU64,
) -> io::Result<()> {
    match trouble {
        Trouble::Slow(pause) => both_ways((till, server), (1 << 16, pause), done).await,
        Trouble::Drips => both_ways((till, server), DRIP, done).await,
        Trouble::CutsRequests => {
            let mut request = vec![0; 1 << 16];
            let size = till.read(&mut request).await?;
            done.fetch_add(u64::from(size > 0), Ordering::Relaxed);
            server.write_all(&request[..size / 2]).await?;
            server.flush().await
        }
        Trouble::Portal => {
            let size = till.read(&mut [0; 1 << 12]).await?;
            if size > 0 {
                done.fetch_add(1, Ordering::Relaxed);
                till.write_all(PORTAL.as_bytes()).await?;
            }
            till.shutdown().await
        }
        Trouble::DeafServer => {
            let mut request = vec![0; 1 << 16];
            while till.read(&mut request).await? > 0 {
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        }
        _ => converse(trouble, (till, server), done).await,
    }
}

/// What becomes of a piece of a reply.
enum Next {
    Passes,
    PassesAndEnds(Vec<u8>),
    Vanishes,
    Ends,
}

async fn converse(
    trouble: Trouble,
    (till, server): (&mut TcpStream, &mut TcpStream),
    done: &AtomicU64,
) -> io::Result<()> {
    let upstream = server.peer_addr()?;
    let (mut asks, mut learns) = till.split();
    let (mut answers, mut hears) = server.split();
    let (mut question, mut answer) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut asked = Vec::new();
    loop {
        tokio::select! {
            size = asks.read(&mut question) => {
                let piece = &question[..size?];
                if piece.is_empty() {
                    return Ok(());
                }
                asked.extend_from_slice(piece);
                hears.write_all(piece).await?;
            }
            size = answers.read(&mut answer) => {
                let piece = &answer[..size?];
                if piece.is_empty() {
                    return Ok(());
                }
                if trouble == Trouble::Repeats && !asked.is_empty() {
                    repeat(std::mem::take(&mut asked), upstream);
                    done.fetch_add(1, Ordering::Relaxed);
                }
                let next = next(trouble, piece);
                let is_harmed = !matches!(next, Next::Passes);
                done.fetch_add(u64::from(is_harmed), Ordering::Relaxed);
                match next {
                    Next::Passes => learns.write_all(piece).await?,
                    Next::PassesAndEnds(part) => {
                        learns.write_all(&part).await?;
                        return learns.shutdown().await;
                    }
                    Next::Vanishes => {}
                    Next::Ends => return Ok(()),
                }
            }
        }
    }
}

fn next(trouble: Trouble, reply: &[u8]) -> Next {
    match trouble {
        Trouble::CutsReplies => Next::PassesAndEnds(reply[..reply.len() / 2].to_vec()),
        Trouble::LosesReplies => Next::Ends,
        Trouble::Shortens => Next::PassesAndEnds(shortened(reply)),
        Trouble::DeafTill => Next::Vanishes,
        _ => Next::Passes,
    }
}

/// A reply whose head says that it is half as long, and which is.
fn shortened(reply: &[u8]) -> Vec<u8> {
    let end = reply.windows(4).position(|part| part == b"\r\n\r\n");
    let Some(end) = end else {
        return reply[..reply.len() / 2].to_vec();
    };
    let (head, body) = reply.split_at(end + 4);
    let half = body.len() / 2;
    let head = String::from_utf8_lossy(head);
    let lines = head.split_inclusive("\r\n").map(|line| {
        if line.to_ascii_lowercase().starts_with("content-length:") {
            format!("content-length: {half}\r\n")
        } else {
            line.to_owned()
        }
    });
    let mut short: Vec<u8> = lines.collect::<String>().into_bytes();
    short.extend_from_slice(&body[..half]);
    short
}

/// The same request once more, on a connection of its own.
fn repeat(request: Vec<u8>, upstream: std::net::SocketAddr) {
    tokio::spawn(async move {
        let Ok(mut server) = TcpStream::connect(upstream).await else {
            return;
        };
        if server.write_all(&request).await.is_ok() {
            let mut reply = vec![0; 1 << 16];
            let answered = server.read(&mut reply);
            tokio::time::timeout(Duration::from_secs(5), answered)
                .await
                .ok();
        }
    });
}

async fn both_ways(
    (till, server): (&mut TcpStream, &mut TcpStream),
    piece: (usize, Duration),
    done: &AtomicU64,
) -> io::Result<()> {
    let (mut asks, mut learns) = till.split();
    let (mut answers, mut hears) = server.split();
    tokio::select! {
        up = trickle((&mut asks, &mut hears), piece, done) => up,
        down = trickle((&mut answers, &mut learns), piece, done) => down,
    }
}

async fn trickle(
    (from, to): (
        &mut (impl AsyncRead + Unpin),
        &mut (impl AsyncWrite + Unpin),
    ),
    (size, pause): (usize, Duration),
    done: &AtomicU64,
) -> io::Result<()> {
    let mut piece = vec![0; size];
    loop {
        let size = from.read(&mut piece).await?;
        if size == 0 {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
        done.fetch_add(1, Ordering::Relaxed);
        to.write_all(&piece[..size]).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_reply_is_well_formed() {
        let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nx: y\r\n\r\n12345678";
        let expected = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx: y\r\n\r\n1234";
        assert_eq!(shortened(reply), expected);
    }

    #[test]
    fn the_portal_says_as_much_as_it_promises() {
        let (_, body) = PORTAL.split_once("\r\n\r\n").unwrap();
        assert!(
            PORTAL.contains(&format!("content-length: {}\r\n", body.len())),
            "{}",
            body.len()
        );
    }
}
