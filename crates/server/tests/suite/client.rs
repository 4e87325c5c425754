//! A terminal's end of the wire: signs what it sends, believes only what the server signed.

use mostrador_protocol::frame;
use mostrador_protocol::message::{
    EnrolReply, EnrolRequest, ErrorReply, HelloReply, HelloRequest, PROTOCOL, PullReply, PushReply,
    PushRequest,
};
use mostrador_protocol::signature::{
    PublicKey, SIGNATURE_HEADER, SecretKey, Signed as _, SignedEnrolment, SignedReply,
    SignedRequest, Standing, TERMINAL_HEADER, TIME_HEADER,
};
use mostrador_server::terminal::Terminal;
use mostrador_server::{Mint, Server, Store, enrol_code};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::contract::scribe::{Scribe, TENANT};

/// A status with the body that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Status and stable code of a failure, which always says what to do.
    pub(crate) fn failure(&self) -> (u16, String) {
        let error: ErrorReply = serde_json::from_slice(&self.body).unwrap();
        assert!(
            !error.message.is_empty() && !error.hint.is_empty(),
            "{error:?}"
        );
        (self.status, error.code)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) url: String,
    pub(crate) key: SecretKey,
    pub(crate) server_key: PublicKey,
    pub(crate) terminal: Uuid,
    /// What it thinks that the time is.
    pub(crate) time_ms: i64,
    http: reqwest::Client,
}

/// Sends an enrolment and reads the answer without believing it.
pub(crate) async fn enrol(url: &str, code: &str, key: &SecretKey) -> (Answer, String) {
    let sent = reqwest::Client::new()
        .post(format!("{url}/v1/enrol"))
        .body(enrolment(code, key));
    let reply = sent.send().await.unwrap();
    let signature = signature_of(&reply);
    let status = reply.status().as_u16();
    let body = reply.bytes().await.unwrap().to_vec();
    (Answer { status, body }, signature)
}

/// The body of an enrolment.
fn enrolment(code: &str, key: &SecretKey) -> Vec<u8> {
    let request = EnrolRequest {
        code: code.to_owned(),
        public_key: key.public().to_hex(),
        protocol: PROTOCOL,
        proof: None,
    };
    serde_json::to_vec(&request).unwrap()
}

impl Client {
    /// Enrols a new terminal of the test tenant.
    pub(crate) async fn enrol<S: Store>(server: &Server<S>) -> Self {
        let key = SecretKey::from_bytes(&[9; 32]);
        let place = (TENANT, "centro");
        let mint = Mint::system();
        let code = enrol_code::issue(server.store(), &mint, place, "Caja 1")
            .await
            .unwrap();
        let (answer, signature) = enrol(&server.url(), &code, &key).await;
        let reply: EnrolReply = answer.read();
        let server_key = PublicKey::from_hex(&reply.server_public_key).unwrap();
        let signed = SignedEnrolment {
            code: &code,
            request: &enrolment(&code, &key),
            status: answer.status,
            body: &answer.body,
        };
        signed.verify(&server_key, &signature).unwrap();
        Self {
            url: server.url(),
            key,
            server_key,
            terminal: reply.terminal_id,
            time_ms: mint.now_ms(),
            http: reqwest::Client::new(),
        }
    }

    /// A pen for a new stream of this terminal.
    pub(crate) async fn scribe<S: Store>(&self, server: &Server<S>) -> Scribe {
        let terminal: Option<Terminal> = server.store().terminal(self.terminal).await.unwrap();
        Scribe::of(&terminal.unwrap())
    }

    /// Sends a signed request; the reply's signature must be the server's, which knows who sent it unless
    /// its database is away.
    pub(crate) async fn send(&self, method: &str, target: &str, body: Vec<u8>) -> Answer {
        let signature = self.sign(method, target, &body);
        let sent = (method, target, body.as_slice());
        let heard = self.send_with(method, target, (body.clone(), &signature));
        let (answer, reply_signature) = heard.await;
        let standing = self.standing((sent, &signature), (&answer, &reply_signature));
        let known = answer.status != 503 && standing == Some(Standing::Verified);
        let away = answer.status == 503 && standing.is_some();
        assert!(known || away, "{standing:?} {answer:?}");
        answer
    }

    /// Sends a signed request to a server that must say that it does not know who sent it.
    pub(crate) async fn refused(&self, method: &str, target: &str) -> Answer {
        let signature = self.sign(method, target, b"");
        let heard = self.send_with(method, target, (vec![], &signature)).await;
        let sent = ((method, target, b"".as_slice()), signature.as_str());
        let standing = self.standing(sent, (&heard.0, &heard.1));
        assert_eq!(standing, Some(Standing::Unverified), "{heard:?}");
        heard.0
    }

    fn request_to_sign<'a>(
        &self,
        (method, target, body): (&'a str, &'a str, &'a [u8]),
    ) -> SignedRequest<'a> {
        SignedRequest {
            method,
            target,
            terminal: self.terminal,
            time_ms: self.time_ms,
            body,
        }
    }

    pub(crate) fn sign(&self, method: &str, target: &str, body: &[u8]) -> String {
        self.request_to_sign((method, target, body)).sign(&self.key)
    }

    /// What the server says of who sent a request with this signature; none when the answer's signature
    /// is not the server's for this request.
    pub(crate) fn standing(
        &self,
        (sent, signature): ((&str, &str, &[u8]), &str),
        (answer, reply_signature): (&Answer, &str),
    ) -> Option<Standing> {
        let request = self.request_to_sign(sent).digest(signature);
        let is = |standing: &Standing| {
            let signed = SignedReply {
                request: &request,
                standing: *standing,
                status: answer.status,
                body: &answer.body,
            };
            signed.verify(&self.server_key, reply_signature).is_ok()
        };
        [Standing::Verified, Standing::Unverified]
            .into_iter()
            .find(is)
    }

    /// Sends a frame and reads one.
    pub(crate) async fn send_frame(
        &self,
        target: &str,
        (encoding, body): (&str, Vec<u8>),
    ) -> Answer {
        let signature = self.sign("POST", target, &body);
        let request = self.request("POST", target, &signature);
        let request = request.header("accept-encoding", "zstd");
        let sent = request.header("content-encoding", encoding);
        let reply = sent.body(body.clone()).send().await.unwrap();
        let sent = ("POST", target, body.as_slice());
        let reply_signature = signature_of(&reply);
        let status = reply.status().as_u16();
        let is_frame = reply.headers().get("content-encoding").is_some();
        let body = reply.bytes().await.unwrap().to_vec();
        let answer = Answer { status, body };
        let standing = self.standing((sent, &signature), (&answer, &reply_signature));
        assert_eq!(standing, Some(Standing::Verified), "{answer:?}");
        let body = answer.body;
        let body = if is_frame {
            frame::expand(&body, 64 << 20).unwrap()
        } else {
            body
        };
        Answer { status, body }
    }

    /// Sends a request and answers with its status and when to come back.
    pub(crate) async fn raw(
        &self,
        method: &str,
        target: &str,
        signature: &str,
    ) -> (u16, Option<String>) {
        let reply = self
            .request(method, target, signature)
            .send()
            .await
            .unwrap();
        let after = reply.headers().get("retry-after");
        let after = after.map(|text| text.to_str().unwrap().to_owned());
        (reply.status().as_u16(), after)
    }

    pub(crate) fn request(
        &self,
        method: &str,
        target: &str,
        signature: &str,
    ) -> reqwest::RequestBuilder {
        let url = format!("{}{target}", self.url);
        self.http
            .request(method.parse().unwrap(), url)
            .header(TERMINAL_HEADER, self.terminal.to_string())
            .header(TIME_HEADER, self.time_ms.to_string())
            .header(SIGNATURE_HEADER, signature)
    }

    /// Sends a request with this signature, whatever it is worth.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        target: &str,
        (body, signature): (Vec<u8>, &str),
    ) -> (Answer, String) {
        let sent = self.request(method, target, signature).body(body);
        let reply = sent.send().await.unwrap();
        let signature = signature_of(&reply);
        let status = reply.status().as_u16();
        let body = reply.bytes().await.unwrap().to_vec();
        (Answer { status, body }, signature)
    }

    pub(crate) async fn push(&self, scribe: &Scribe, base: u64) -> Answer {
        let request = request_of(scribe, base);
        self.send("POST", "/v1/push", serde_json::to_vec(&request).unwrap())
            .await
    }

    pub(crate) async fn pushed(&self, scribe: &Scribe, base: u64) -> PushReply {
        self.push(scribe, base).await.read()
    }

    pub(crate) async fn hello(&self, scribe: &Scribe, protocol: u16) -> HelloReply {
        let request = HelloRequest {
            protocol,
            app_version: "0.1.0".to_owned(),
            stream: scribe.stream,
            head_seq: scribe.seq(),
            head_hash: scribe.head(),
            cursor: 0,
            cursor_hash: None,
            generation: None,
            acknowledged: None,
            acknowledged_hash: None,
            wall_ms: 0,
            waiting: Some(3),
        };
        let body = serde_json::to_vec(&request).unwrap();
        self.send("POST", "/v1/hello", body).await.read()
    }

    pub(crate) async fn pull(&self, query: &str) -> PullReply {
        let target = format!("/v1/pull?{query}");
        self.send("GET", &target, Vec::new()).await.read()
    }
}

/// The push of a scribe's entries after `base`.
pub(crate) fn request_of(scribe: &Scribe, base: u64) -> PushRequest {
    let at = usize::try_from(base).unwrap();
    PushRequest {
        stream: scribe.stream,
        base_seq: base,
        base_hash: scribe.hashes[at],
        entries: scribe.entries[at..].to_vec(),
        profiles: Vec::new(),
        programs: Vec::new(),
    }
}

pub(crate) fn signature_of(reply: &reqwest::Response) -> String {
    let signature = reply.headers().get(SIGNATURE_HEADER);
    signature.map_or_else(String::new, |text| text.to_str().unwrap().to_owned())
}
