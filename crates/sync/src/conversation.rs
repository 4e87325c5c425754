//! Requests that are signed, replies that are believed only when the server signed them.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::found::SalesReply;
use mostrador_protocol::frame;
use mostrador_protocol::history::{HistoryPlace, HistoryReply};
use mostrador_protocol::lease::{LeasesReply, LeasesRequest};
use mostrador_protocol::message::{
    ErrorCode, ErrorReply, HelloReply, HelloRequest, PullReply, PushReply, PushRequest,
};
use mostrador_protocol::signature::{
    PublicKey, RequestDigest, SIGNATURE_HEADER, SecretKey, Signed as _, SignedReply, SignedRequest,
    Standing, TERMINAL_HEADER, TIME_HEADER, first,
};
use mostrador_protocol::snapshot::{SnapshotPart, SnapshotPlace, SnapshotReply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::clock::Clock;
use crate::learned::Learned;
use crate::transport::{Incoming, MAX_REPLY_BYTES, Outgoing, Transport, TransportError};

/// How long one exchange may take beside the time that the server was asked to wait.
pub(crate) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long somebody may take to answer anything at all.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a look-up that somebody waits for may take.
const LOOK_UP_TIMEOUT: Duration = Duration::from_secs(8);

/// The most rows in one page.
pub const PAGE_ROWS: u32 = 1_000;

/// Why an exchange brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody there.
    #[error("cannot reach the server")]
    Unreachable(#[source] TransportError),
    /// No answer in time; the server may have acted.
    #[error("the server did not answer in time")]
    Timeout,
    /// The batch is larger than the server, or something before it, takes.
    #[error("the batch is larger than the server takes")]
    TooLarge,
    /// The server, or something before it, cannot answer now.
    #[error("the server answered with status {status}")]
    Busy {
        /// HTTP status, 429 or 5xx.
        status: u16,
        /// When it asks to come back.
        retry_after: Option<Duration>,
    },
    /// Somebody answered who is not our server: a portal, a proxy, another machine.
    #[error("the answer (status {status}) does not carry the server's signature")]
    NotTheServer {
        /// HTTP status.
        status: u16,
    },
    /// The server says no, and signs it.
    #[error("the server refused: {} ({})", .0.message, .0.code)]
    Refused(ErrorReply),
    /// The server signed something that this version cannot read.
    #[error("cannot read the server's answer")]
    Unreadable(#[source] serde_json::Error),
    /// The server signed a compressed body that cannot be opened.
    #[error("cannot open the server's answer")]
    Frame(#[source] mostrador_protocol::Error),
}

/// One terminal's side of the talk with its server.
#[derive(Debug)]
pub struct Conversation {
    /// How bytes travel.
    pub transport: Arc<dyn Transport>,
    /// Stamps the requests.
    pub clock: Arc<dyn Clock>,
    /// Who speaks.
    pub terminal_id: Uuid,
    /// Signs what goes out.
    pub key: SecretKey,
    /// Verifies what comes in.
    pub server: PublicKey,
    /// What the server's earlier answers taught.
    pub learned: Learned,
}

/// A request before it is stamped and signed.
#[derive(Debug)]
struct Question {
    method: &'static str,
    target: String,
    /// JSON; empty for `GET`.
    body: Vec<u8>,
    timeout: Duration,
}

impl Conversation {
    /// Says where the till is, and hears what the server thinks of it.
    pub async fn hello(&self, request: &HelloRequest) -> Result<HelloReply, Failure> {
        let reply: HelloReply = self.post("/v1/hello", request).await?;
        self.learned.reads(&reply.encodings);
        Ok(reply)
    }

    /// Whether somebody answers who may be the server, or leads to it. Nothing is signed, so nothing is believed.
    pub async fn answers(&self) -> bool {
        let request = Outgoing {
            method: "GET",
            target: "/health/ready".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            timeout: PROBE_TIMEOUT,
        };
        matches!(send(&*self.transport, request).await, Ok(answer) if answer.status < 500)
    }

    /// Sends entries and profiles.
    pub async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        self.post("/v1/push", request).await
    }

    /// Asks for rights to what is scarce, and hears which the terminal has.
    pub async fn leases(&self, request: &LeasesRequest) -> Result<LeasesReply, Failure> {
        self.post("/v1/leases", request).await
    }

    /// Asks for what changed after `cursor` of the feed whose chain up to there is `hash`, and how far
    /// `stream` is included; the server may wait `wait_ms` for something to say.
    pub async fn pull(
        &self,
        stream: Uuid,
        (cursor, hash): (u64, Option<EntryHash>),
        wait_ms: u32,
    ) -> Result<PullReply, Failure> {
        let mut asked = format!(
            "cursor={cursor}&limit={PAGE_ROWS}&wait={wait_ms}&stream={stream}&leases=true&snapshot=true"
        );
        if let Some(hash) = hash {
            asked.push_str("&hash=");
            asked.push_str(&hash.to_hex());
        }
        let question = Question {
            method: "GET",
            target: format!("/v1/pull?{asked}"),
            body: Vec::new(),
            timeout: EXCHANGE_TIMEOUT + Duration::from_millis(wait_ms.into()),
        };
        self.exchange(&question).await
    }

    /// Asks where a till can begin that holds nothing the feed leads on from.
    pub async fn snapshot(&self) -> Result<SnapshotReply, Failure> {
        let question = Question {
            method: "GET",
            target: "/v1/snapshot".to_owned(),
            body: Vec::new(),
            timeout: EXCHANGE_TIMEOUT,
        };
        self.exchange(&question).await
    }

    /// Asks for the rows of the snapshot at a position, whose chain is `hash`, that stand after a place.
    pub async fn snapshot_rows(
        &self,
        (position, hash): (u64, EntryHash),
        after: Option<&SnapshotPlace>,
    ) -> Result<SnapshotPart, Failure> {
        let hash = hash.to_hex();
        let after = after.map_or_else(String::new, |place| format!("&after={place}"));
        let question = Question {
            method: "GET",
            target: format!("/v1/snapshot/rows?position={position}&hash={hash}{after}"),
            body: Vec::new(),
            timeout: EXCHANGE_TIMEOUT,
        };
        self.exchange(&question).await
    }

    /// Asks for at most `limit` entries of a customer's history before `before`, of every store. Somebody
    /// waits for it: it takes a few seconds at most.
    pub async fn history(
        &self,
        customer: Uuid,
        before: Option<HistoryPlace>,
        limit: u32,
    ) -> Result<HistoryReply, Failure> {
        let before = before.map_or_else(String::new, |place| format!("&before={place}"));
        let question = Question {
            method: "GET",
            target: format!("/v1/customers/{customer}/history?limit={limit}{before}"),
            body: Vec::new(),
            timeout: LOOK_UP_TIMEOUT,
        };
        self.exchange(&question).await
    }

    /// Asks for the sales of every store with this receipt number or id, and what undid them. `number`
    /// holds letters, digits and dashes only. Somebody waits for it.
    pub async fn sales(&self, number: &str) -> Result<SalesReply, Failure> {
        let question = Question {
            method: "GET",
            target: format!("/v1/sales/{number}"),
            body: Vec::new(),
            timeout: LOOK_UP_TIMEOUT,
        };
        self.exchange(&question).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        target: &str,
        request: &impl Serialize,
    ) -> Result<T, Failure> {
        let question = Question {
            method: "POST",
            target: target.to_owned(),
            body: serde_json::to_vec(request).map_err(Failure::Unreadable)?,
            timeout: EXCHANGE_TIMEOUT,
        };
        self.exchange(&question).await
    }

    /// Asks, and once more when the refusal says how to ask better.
    async fn exchange<T: DeserializeOwned>(&self, question: &Question) -> Result<T, Failure> {
        match self.ask(question).await {
            Err(Failure::Refused(refusal)) if self.heed(&refusal) => self.ask(question).await,
            answer => answer,
        }
    }

    /// Whether a signed refusal taught something that makes the next try another one.
    fn heed(&self, refusal: &ErrorReply) -> bool {
        let is = |code: ErrorCode| refusal.code == code.as_str();
        match refusal.server_time_ms {
            Some(server_ms) if is(ErrorCode::Stale) => {
                tracing::info!(server_ms, "the clock is wrong, the server's time is used");
                self.learned.time_is(server_ms, &*self.clock);
                true
            }
            _ if is(ErrorCode::EncodingRefused) && self.learned.compresses() => {
                tracing::info!("the server cannot read compressed requests, plain ones are sent");
                self.learned.reads_plain_only();
                true
            }
            _ => false,
        }
    }

    async fn ask<T: DeserializeOwned>(&self, question: &Question) -> Result<T, Failure> {
        let (body, is_frame) = self.pack(&question.body);
        let time_ms = self.learned.stamp_ms(&*self.clock);
        let signed = SignedRequest {
            method: question.method,
            target: &question.target,
            terminal: self.terminal_id,
            time_ms,
            body: &body,
        };
        let signature = signed.sign(&self.key);
        let first = (!self.learned.is_bound()).then(|| first_form(&signed).sign(&self.key));
        let asked = AskedFor {
            request: signed.digest(&signature),
            first,
        };
        let mut headers = vec![
            (TERMINAL_HEADER, self.terminal_id.to_string()),
            (TIME_HEADER, time_ms.to_string()),
            (SIGNATURE_HEADER, signature),
            ("accept-encoding", frame::ZSTD.to_owned()),
        ];
        if let Some(first) = &asked.first {
            headers.push((first::SIGNATURE_HEADER, first.clone()));
        }
        if is_frame {
            headers.push(("content-encoding", frame::ZSTD.to_owned()));
        }
        let request = Outgoing {
            method: question.method,
            target: question.target.clone(),
            headers,
            body: body.into_owned(),
            timeout: question.timeout,
        };
        let answer = send(&*self.transport, request).await?;
        let (form, reply) = believe(&answer, &asked, &self.server)?;
        if form == Form::Bound {
            self.learned.binds_replies();
        }
        reply
    }

    /// The body as it travels, and whether that is a frame.
    fn pack<'a>(&self, json: &'a [u8]) -> (Cow<'a, [u8]>, bool) {
        if json.len() < frame::WORTH_BYTES || !self.learned.compresses() {
            return (Cow::Borrowed(json), false);
        }
        (Cow::Owned(frame::compress(json)), true)
    }
}

/// The request in the form that a server of before reads.
const fn first_form<'a>(request: &SignedRequest<'a>) -> first::SignedRequest<'a> {
    first::SignedRequest {
        method: request.method,
        target: request.target,
        time_ms: request.time_ms,
        body: request.body,
    }
}

/// Sends with a deadline of its own, whatever the transport does about time.
pub(crate) async fn send(
    transport: &dyn Transport,
    request: Outgoing,
) -> Result<Incoming, Failure> {
    let limit = request.timeout;
    match tokio::time::timeout(limit, transport.send(request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(TransportError::Timeout)) | Err(_) => Err(Failure::Timeout),
        Ok(Err(error)) => Err(Failure::Unreachable(error)),
    }
}

/// What a genuine answer was signed over.
#[derive(Debug)]
struct AskedFor {
    request: RequestDigest,
    /// The request's signature in the first form; none once the server spoke the later one.
    first: Option<String>,
}

/// How an answer was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// To the text of the request's signature.
    First,
    /// To the request.
    Bound,
}

/// What an answer is worth: an error says that nobody knows who spoke, and the reply or the refusal
/// inside is the server's word, with the form in which it gave it.
fn believe<T: DeserializeOwned>(
    answer: &Incoming,
    asked: &AskedFor,
    server: &PublicKey,
) -> Result<(Form, Result<T, Failure>), Failure> {
    nobody_at_work(answer)?;
    let Some((form, standing)) = signed_by(answer, asked, server) else {
        let status = answer.status;
        return Err(Failure::NotTheServer { status });
    };
    if standing == Standing::Unverified {
        return Err(stranger(answer));
    }
    Ok((form, read(answer)))
}

/// What somebody between says, or the server before it looked at who asks. Nobody signs that, and all
/// that follows from it is to come back later or with less.
pub(crate) fn nobody_at_work(answer: &Incoming) -> Result<(), Failure> {
    match answer.status {
        413 => Err(Failure::TooLarge),
        // The server waited for the whole request and gave up: a slow line needs smaller batches.
        408 => Err(Failure::Timeout),
        status if status == 429 || status >= 500 => Err(Failure::Busy {
            status,
            retry_after: answer.retry_after,
        }),
        _ => Ok(()),
    }
}

/// The form and the standing in which our server signed this answer to this request. What was signed in
/// the first form counts as verified: a server of before does not say.
fn signed_by(answer: &Incoming, asked: &AskedFor, server: &PublicKey) -> Option<(Form, Standing)> {
    let (status, body) = (answer.status, answer.body.as_slice());
    if let Some(signature) = &answer.signature {
        let is = |standing: &Standing| {
            let reply = SignedReply {
                request: &asked.request,
                standing: *standing,
                status,
                body,
            };
            reply.verify(server, signature).is_ok()
        };
        let standing = [Standing::Verified, Standing::Unverified];
        return Some((Form::Bound, standing.into_iter().find(is)?));
    }
    let reply = first::SignedReply {
        request_signature: asked.first.as_deref()?,
        status,
        body,
    };
    reply
        .verify(server, answer.first_signature.as_deref()?)
        .ok()?;
    Some((Form::First, Standing::Verified))
}

/// The server does not know who asked: of that it can say nothing else.
fn stranger(answer: &Incoming) -> Failure {
    let status = answer.status;
    let says_so = |refusal: &ErrorReply| {
        let codes = [ErrorCode::TerminalUnknown, ErrorCode::SignatureInvalid];
        codes.iter().any(|code| refusal.code == code.as_str())
    };
    match read::<()>(answer) {
        Err(Failure::Refused(refusal)) if says_so(&refusal) => Failure::Refused(refusal),
        _ => Failure::NotTheServer { status },
    }
}

/// The reply, or the refusal, in an answer that was verified.
pub(crate) fn read<T: DeserializeOwned>(answer: &Incoming) -> Result<T, Failure> {
    let body = unpack(answer)?;
    if (200..300).contains(&answer.status) {
        return serde_json::from_slice(&body).map_err(Failure::Unreadable);
    }
    let refusal = serde_json::from_slice(&body).map_err(Failure::Unreadable)?;
    Err(Failure::Refused(refusal))
}

/// The JSON of an answer whose signature was verified.
fn unpack(answer: &Incoming) -> Result<Cow<'_, [u8]>, Failure> {
    if answer.encoding.as_deref() != Some(frame::ZSTD) {
        return Ok(Cow::Borrowed(&answer.body));
    }
    let body = frame::expand(&answer.body, MAX_REPLY_BYTES).map_err(Failure::Frame)?;
    Ok(Cow::Owned(body))
}

#[cfg(test)]
mod tests;
