//! Requests that are signed, replies that are believed only when the server signed them.

use std::sync::Arc;
use std::time::Duration;

use mostrador_protocol::history::{HistoryPlace, HistoryReply};
use mostrador_protocol::message::{
    EnrolReply, EnrolRequest, ErrorReply, HelloReply, HelloRequest, PullReply, PushReply,
    PushRequest,
};
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, SecretKey, SignedReply, SignedRequest, TERMINAL_HEADER,
    TIME_HEADER,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::clock::Clock;
use crate::transport::{Incoming, Outgoing, Transport, TransportError};

/// How long one exchange may take beside the time that the server was asked to wait.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

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
}

impl Conversation {
    /// Says where the till is, and hears what the server thinks of it.
    pub async fn hello(&self, request: &HelloRequest) -> Result<HelloReply, Failure> {
        self.post("/v1/hello", request).await
    }

    /// Sends entries and profiles.
    pub async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        self.post("/v1/push", request).await
    }

    /// Asks for what changed after `cursor`, and how far `stream` is included; the server may wait
    /// `wait_ms` for something to say.
    pub async fn pull(
        &self,
        stream: Uuid,
        cursor: u64,
        wait_ms: u32,
    ) -> Result<PullReply, Failure> {
        let asked = format!("cursor={cursor}&limit={PAGE_ROWS}&wait={wait_ms}&stream={stream}");
        let target = format!("/v1/pull?{asked}");
        let timeout = EXCHANGE_TIMEOUT + Duration::from_millis(wait_ms.into());
        self.exchange("GET", target, Vec::new(), timeout).await
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
        let target = format!("/v1/customers/{customer}/history?limit={limit}{before}");
        self.exchange("GET", target, Vec::new(), LOOK_UP_TIMEOUT)
            .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        target: &str,
        request: &impl Serialize,
    ) -> Result<T, Failure> {
        let body = serde_json::to_vec(request).map_err(Failure::Unreadable)?;
        self.exchange("POST", target.to_owned(), body, EXCHANGE_TIMEOUT)
            .await
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        method: &'static str,
        target: String,
        body: Vec<u8>,
        timeout: Duration,
    ) -> Result<T, Failure> {
        let time_ms = self.clock.now_ms();
        let signed = SignedRequest {
            method,
            target: &target,
            time_ms,
            body: &body,
        };
        let signature = signed.sign(&self.key);
        let headers = vec![
            (TERMINAL_HEADER, self.terminal_id.to_string()),
            (TIME_HEADER, time_ms.to_string()),
            (SIGNATURE_HEADER, signature.clone()),
        ];
        let request = Outgoing {
            method,
            target,
            headers,
            body,
            timeout,
        };
        let answer = send(&*self.transport, request).await?;
        believe(&answer, &signature, Some(&self.server))
    }
}

/// Asks to belong with the owner's one-time `code`. The server's key comes with the answer, which
/// is signed over the code: from then on only that key is believed.
pub async fn enrol(
    transport: &dyn Transport,
    request: &EnrolRequest,
) -> Result<EnrolReply, Failure> {
    let body = serde_json::to_vec(request).map_err(Failure::Unreadable)?;
    let outgoing = Outgoing {
        method: "POST",
        target: "/v1/enrol".into(),
        headers: Vec::new(),
        body,
        timeout: EXCHANGE_TIMEOUT,
    };
    let answer = send(transport, outgoing).await?;
    let claimed = serde_json::from_slice::<EnrolReply>(&answer.body)
        .ok()
        .and_then(|reply| PublicKey::from_hex(&reply.server_public_key).ok());
    believe(&answer, &request.code, claimed.as_ref())
}

/// Sends with a deadline of its own, whatever the transport does about time.
async fn send(transport: &dyn Transport, request: Outgoing) -> Result<Incoming, Failure> {
    let limit = request.timeout;
    match tokio::time::timeout(limit, transport.send(request)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(TransportError::Timeout)) | Err(_) => Err(Failure::Timeout),
        Ok(Err(error)) => Err(Failure::Unreachable(error)),
    }
}

/// What an answer is worth. Only a signature makes it an acknowledgement or a refusal.
fn believe<T: DeserializeOwned>(
    answer: &Incoming,
    request_signature: &str,
    server: Option<&PublicKey>,
) -> Result<T, Failure> {
    let status = answer.status;
    if status == 413 {
        return Err(Failure::TooLarge);
    }
    if status == 429 || status >= 500 {
        let retry_after = answer.retry_after;
        return Err(Failure::Busy {
            status,
            retry_after,
        });
    }
    let signed = SignedReply {
        request_signature,
        status,
        body: &answer.body,
    };
    let genuine = match (server, &answer.signature) {
        (Some(key), Some(signature)) => signed.verify(key, signature).is_ok(),
        _ => false,
    };
    // Before an enrolment the server's key is unknown: its refusals are taken at their word, since
    // believing one costs nothing.
    if server.is_none()
        && let Ok(refusal) = serde_json::from_slice(&answer.body)
    {
        return Err(Failure::Refused(refusal));
    }
    if !genuine {
        return Err(Failure::NotTheServer { status });
    }
    if (200..300).contains(&status) {
        return serde_json::from_slice(&answer.body).map_err(Failure::Unreadable);
    }
    let refusal = serde_json::from_slice(&answer.body).map_err(Failure::Unreadable)?;
    Err(Failure::Refused(refusal))
}

#[cfg(test)]
mod tests {
    use mostrador_protocol::message::Verdict;

    use super::*;

    fn answer(status: u16, body: &[u8], signed_for: Option<(&str, &SecretKey)>) -> Incoming {
        let signature = signed_for.map(|(request_signature, key)| {
            let reply = SignedReply {
                request_signature,
                status,
                body,
            };
            reply.sign(key)
        });
        Incoming {
            status,
            signature,
            retry_after: Some(Duration::from_secs(7)),
            body: body.to_vec(),
        }
    }

    #[test]
    fn only_what_our_server_signed_for_this_request_is_believed() {
        let (server, other) = (
            SecretKey::from_bytes(&[1; 32]),
            SecretKey::from_bytes(&[2; 32]),
        );
        let verdict = br#""ok""#;
        let refusal = br#"{"code":"fork","message":"m","hint":"h"}"#;
        let genuine = Some(("mine", &server));
        let cases: [(&str, Incoming, &str); 12] = [
            ("genuine", answer(200, verdict, genuine), "Ok"),
            ("portal", answer(200, b"<html>", None), "NotTheServer"),
            ("unsigned", answer(200, verdict, None), "NotTheServer"),
            (
                "other key",
                answer(200, verdict, Some(("mine", &other))),
                "NotTheServer",
            ),
            (
                "replayed",
                answer(200, verdict, Some(("earlier", &server))),
                "NotTheServer",
            ),
            ("redirect", answer(302, b"", None), "NotTheServer"),
            ("unsigned no", answer(404, refusal, None), "NotTheServer"),
            ("signed no", answer(409, refusal, genuine), "Refused"),
            ("signed nonsense", answer(200, b"{", genuine), "Unreadable"),
            ("too large", answer(413, b"", None), "TooLarge"),
            ("slow down", answer(429, b"", None), "Busy"),
            ("broken gateway", answer(502, b"<html>", None), "Busy"),
        ];
        for (name, answer, expected) in cases {
            let believed = believe::<Verdict>(&answer, "mine", Some(&server.public()));
            let found = match believed {
                Ok(verdict) => format!("{verdict:?}"),
                Err(failure) => format!("{failure:?}"),
            };
            assert!(found.starts_with(expected), "{name}: {found}");
        }
        let mut changed = answer(200, verdict, genuine);
        changed.body = br#""fork""#.to_vec();
        let believed = believe::<Verdict>(&changed, "mine", Some(&server.public()));
        assert!(matches!(believed, Err(Failure::NotTheServer { .. })));
    }
}
