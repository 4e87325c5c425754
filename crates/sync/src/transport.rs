//! How bytes reach the server: HTTP in a shop, a function call in a test.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use mostrador_protocol::signature::{SIGNATURE_HEADER, first};

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest reply that a till reads, bytes.
pub(crate) const MAX_REPLY_BYTES: usize = 64 << 20;

/// A future that can be kept in a trait object.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request as it goes out: already signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query: `/v1/pull?cursor=7`.
    pub target: String,
    /// Names in lower case and their values.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, or its frame where the headers say so; empty for `GET`.
    pub body: Vec<u8>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

/// An answer as it came in: not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// HTTP status.
    pub status: u16,
    /// The value of [`SIGNATURE_HEADER`].
    pub signature: Option<String>,
    /// The value of [`first::SIGNATURE_HEADER`], from a server of that form.
    pub first_signature: Option<String>,
    /// When the other side asks to come back.
    pub retry_after: Option<Duration>,
    /// The value of `content-encoding`.
    pub encoding: Option<String>,
    /// The bytes as they came, so compressed where they travelled compressed.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody there: no network, no such name, connection refused or broken.
    #[error("cannot reach the server")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No whole answer in time. The server may have acted.
    #[error("the server did not answer in time")]
    Timeout,
    /// The answer is larger than a till reads.
    #[error("the server's answer is larger than {MAX_REPLY_BYTES} bytes")]
    TooLong,
}

/// Carries one request and brings its answer.
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends `request`. Dropping the future gives the exchange up; the server may have acted.
    fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>>;
}

/// HTTP to one server.
#[derive(Debug)]
pub struct Http {
    base: String,
    client: reqwest::Client,
}

impl Http {
    /// A transport to `base`: `https://host:port`, a slash at its end is ignored.
    ///
    /// # Errors
    /// [`TransportError::Unreachable`] when the system's TLS cannot be set up.
    pub fn new(base: &str) -> Result<Self, TransportError> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // A portal that redirects would be followed to its login page.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| TransportError::Unreachable(Box::new(error)))?;
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            client,
        })
    }

    async fn exchange(&self, request: Outgoing) -> Result<Incoming, TransportError> {
        let method = match request.method {
            "POST" => reqwest::Method::POST,
            _ => reqwest::Method::GET,
        };
        let url = format!("{}{}", self.base, request.target);
        let mut sending = self.client.request(method, url).timeout(request.timeout);
        for (name, value) in request.headers {
            sending = sending.header(name, value);
        }
        if !request.body.is_empty() {
            sending = sending
                .header("content-type", "application/json")
                .body(request.body);
        }
        let mut answer = sending.send().await.map_err(name)?;
        let header = |name: &str| Some(answer.headers().get(name)?.to_str().ok()?.to_owned());
        let status = answer.status().as_u16();
        let signature = header(SIGNATURE_HEADER);
        let first_signature = header(first::SIGNATURE_HEADER);
        let retry_after = header("retry-after").and_then(|after| wait(&after, header("date")));
        let encoding = header("content-encoding");
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(name)? {
            if body.len() + chunk.len() > MAX_REPLY_BYTES {
                return Err(TransportError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Incoming {
            status,
            signature,
            first_signature,
            retry_after,
            encoding,
            body,
        })
    }
}

/// What `Retry-After` asks for: seconds, or a date, which counts from the date of the answer because
/// this till's clock may be wrong.
fn wait(after: &str, answered: Option<String>) -> Option<Duration> {
    if let Ok(seconds) = after.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| -> Option<SystemTime> { httpdate::parse_http_date(text).ok() };
    let wait = date(after)?.duration_since(date(&answered?)?);
    Some(wait.unwrap_or_default())
}

impl Transport for Http {
    fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn name(error: reqwest::Error) -> TransportError {
    if error.is_timeout() {
        TransportError::Timeout
    } else {
        TransportError::Unreachable(Box::new(error))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn nobody_listening_is_unreachable_and_never_a_panic() {
        for base in ["http://127.0.0.1:1", "not an address", ""] {
            let http = Http::new(base).expect("TLS is there");
            let answer = http
                .send(Outgoing {
                    method: "GET",
                    target: "/healthz".into(),
                    headers: vec![],
                    body: vec![],
                    timeout: Duration::from_secs(2),
                })
                .await;
            assert!(
                matches!(answer, Err(TransportError::Unreachable(_))),
                "{base}: {answer:?}"
            );
        }
    }

    /// Answers one connection with `answer`, whatever is asked.
    async fn somebody(answer: &'static str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.expect("a connection");
            let mut asked = [0; 4096];
            let _ = socket.read(&mut asked).await;
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        });
        format!("http://{address}/")
    }

    async fn ask(base: &str, timeout: Duration) -> Result<Incoming, TransportError> {
        let http = Http::new(base).expect("TLS is there");
        let request = Outgoing {
            method: "GET",
            target: "/v1/pull?cursor=7".into(),
            headers: vec![(SIGNATURE_HEADER, "mine".into())],
            body: vec![],
            timeout,
        };
        http.send(request).await
    }

    #[tokio::test]
    async fn an_answer_comes_with_its_signature_and_a_redirect_is_not_followed() {
        let busy = somebody(
            "HTTP/1.1 503 Busy\r\nretry-after: 12\r\nmostrador-signature: before\r\n\
             mostrador-signature-2: theirs\r\ncontent-length: 2\r\n\r\nno",
        );
        let answer = ask(&busy.await, Duration::from_secs(5))
            .await
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.body.as_slice()),
            (503, b"no".as_slice())
        );
        assert_eq!(answer.signature.as_deref(), Some("theirs"));
        assert_eq!(answer.first_signature.as_deref(), Some("before"));
        assert_eq!(answer.retry_after, Some(Duration::from_secs(12)));

        let portal = somebody(
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/login\r\ncontent-length: 0\r\n\r\n",
        );
        let answer = ask(&portal.await, Duration::from_secs(5))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 302);
    }

    #[test]
    fn a_date_to_come_back_counts_from_the_date_of_the_answer() {
        let noon = "Sat, 21 Nov 2026 12:00:00 GMT".to_owned();
        let cases = [
            ("7", None, Some(7)),
            (" 0 ", None, Some(0)),
            ("Sat, 21 Nov 2026 12:01:30 GMT", Some(&noon), Some(90)),
            ("Sat, 21 Nov 2026 11:00:00 GMT", Some(&noon), Some(0)),
            ("Sat, 21 Nov 2026 12:01:30 GMT", None, None),
            ("soon", Some(&noon), None),
            ("-3", Some(&noon), None),
        ];
        for (after, answered, seconds) in cases {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(wait(after, answered.cloned()), expected, "{after}");
        }
    }

    #[tokio::test]
    async fn half_an_answer_is_none() {
        let cut = somebody("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nhalf");
        let answer = ask(&cut.await, Duration::from_secs(5)).await;
        assert!(
            matches!(answer, Err(TransportError::Unreachable(_))),
            "{answer:?}"
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let silent = format!("http://{}", listener.local_addr().expect("an address"));
        let answer = ask(&silent, Duration::from_millis(50)).await;
        assert!(matches!(answer, Err(TransportError::Timeout)), "{answer:?}");
    }
}
