use mostrador_protocol::message::Verdict;

use super::*;
use crate::clock::ManualClock;
use crate::transport::Pending;
use mostrador_protocol::signature::FRESH_MS;
use std::sync::Mutex;

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
        encoding: None,
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
    let cases: [(&str, Incoming, &str); 13] = [
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
        ("slow line", answer(408, b"", None), "Timeout"),
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

/// A server that knows one terminal: it refuses stamps that are not its time, and frames when it was
/// told to.
#[derive(Debug)]
struct Strict {
    key: SecretKey,
    terminal: PublicKey,
    now_ms: i64,
    reads_frames: bool,
    /// What came: whether its stamp was fresh, and whether it was a frame.
    heard: Mutex<Vec<(bool, bool)>>,
}

impl Strict {
    fn answer(&self, request: &Outgoing) -> Incoming {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.clone())
        };
        let signature = header(SIGNATURE_HEADER).unwrap();
        let time_ms: i64 = header(TIME_HEADER).unwrap().parse().unwrap();
        let signed = SignedRequest {
            method: request.method,
            target: &request.target,
            time_ms,
            body: &request.body,
        };
        signed.verify(&self.terminal, &signature).unwrap();
        let is_fresh = time_ms.abs_diff(self.now_ms) <= FRESH_MS;
        let is_frame = header("content-encoding").is_some();
        self.heard.lock().unwrap().push((is_fresh, is_frame));
        let refuse = |code: ErrorCode| ErrorReply {
            code: code.as_str().to_owned(),
            message: "no".to_owned(),
            hint: "another way".to_owned(),
            server_time_ms: (code == ErrorCode::Stale).then_some(self.now_ms),
        };
        let (status, json) = if !is_fresh {
            (401, serde_json::to_vec(&refuse(ErrorCode::Stale)).unwrap())
        } else if is_frame && !self.reads_frames {
            let refusal = refuse(ErrorCode::EncodingRefused);
            (415, serde_json::to_vec(&refusal).unwrap())
        } else {
            (200, br#""ok""#.to_vec())
        };
        let body = frame::compress(&json);
        let reply = SignedReply {
            request_signature: &signature,
            status,
            body: &body,
        };
        Incoming {
            status,
            signature: Some(reply.sign(&self.key)),
            retry_after: None,
            encoding: Some(frame::ZSTD.to_owned()),
            body,
        }
    }
}

impl Transport for Strict {
    fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>> {
        Box::pin(std::future::ready(Ok(self.answer(&request))))
    }
}

const SERVER_MS: i64 = 1_763_730_000_000;

fn strict(reads_frames: bool, clock: &Arc<ManualClock>) -> (Arc<Strict>, Conversation) {
    let (server, till) = (
        SecretKey::from_bytes(&[1; 32]),
        SecretKey::from_bytes(&[3; 32]),
    );
    let strict = Arc::new(Strict {
        key: server.clone(),
        terminal: till.public(),
        now_ms: SERVER_MS,
        reads_frames,
        heard: Mutex::default(),
    });
    let conversation = Conversation {
        transport: strict.clone(),
        clock: clock.clone(),
        terminal_id: Uuid::from_u128(7),
        key: till,
        server: server.public(),
        learned: Learned::default(),
    };
    (strict, conversation)
}

async fn asked(conversation: &Conversation, body: &[u8]) -> Result<Verdict, Failure> {
    let question = Question {
        method: "POST",
        target: "/v1/push".to_owned(),
        body: body.to_vec(),
        timeout: Duration::from_secs(5),
    };
    conversation.exchange(&question).await
}

#[tokio::test]
async fn a_wrong_clock_costs_one_refusal_and_never_blocks() {
    let day_ms = 86_400_000;
    for wrong_ms in [-20_000 * day_ms, -day_ms, day_ms, 20_000 * day_ms] {
        let clock = Arc::new(ManualClock::new(SERVER_MS + wrong_ms));
        let (strict, conversation) = strict(true, &clock);
        for _ in 0..3 {
            assert_eq!(asked(&conversation, b"{}").await.unwrap(), Verdict::Ok);
            // From here on a jump of the wall clock does not matter either.
            clock.set_ms(SERVER_MS - wrong_ms / 2);
        }
        let fresh: Vec<bool> = strict.heard.lock().unwrap().iter().map(|h| h.0).collect();
        assert_eq!(fresh, [false, true, true, true], "{wrong_ms}");
    }
}

#[tokio::test]
async fn a_clock_that_is_right_is_believed_and_nothing_is_refused() {
    let clock = Arc::new(ManualClock::new(SERVER_MS + 200_000));
    let (strict, conversation) = strict(true, &clock);
    asked(&conversation, b"{}").await.unwrap();
    assert_eq!(*strict.heard.lock().unwrap(), [(true, false)]);
}

#[tokio::test]
async fn only_a_server_that_reads_frames_gets_them_and_one_refusal_ends_them() {
    let large = vec![b' '; frame::WORTH_BYTES];
    let clock = Arc::new(ManualClock::new(SERVER_MS));
    let (strict, conversation) = strict(false, &clock);
    asked(&conversation, &large).await.unwrap();
    conversation
        .learned
        .reads(&["br".to_owned(), frame::ZSTD.to_owned()]);
    asked(&conversation, &large[1..]).await.unwrap();
    asked(&conversation, &large).await.unwrap();
    asked(&conversation, &large).await.unwrap();
    let frames: Vec<bool> = strict.heard.lock().unwrap().iter().map(|h| h.1).collect();
    let expected = [false, false, true, false, false];
    assert_eq!(
        frames, expected,
        "unknown, too small, tried, at once plain, plain"
    );
}

#[test]
fn a_frame_is_verified_before_it_is_opened() {
    let key = SecretKey::from_bytes(&[1; 32]);
    let frame_of = |body: &[u8], signer: &SecretKey| Incoming {
        encoding: Some(frame::ZSTD.to_owned()),
        ..answer(200, body, Some(("mine", signer)))
    };
    let good = frame::compress(br#""ok""#);
    let believed = believe::<Verdict>(&frame_of(&good, &key), "mine", Some(&key.public()));
    assert_eq!(believed.unwrap(), Verdict::Ok);
    let damaged = believe::<Verdict>(&frame_of(b"no frame", &key), "mine", Some(&key.public()));
    assert!(matches!(damaged, Err(Failure::Frame(_))));
    let stranger = SecretKey::from_bytes(&[2; 32]);
    let forged = believe::<Verdict>(
        &frame_of(b"no frame", &stranger),
        "mine",
        Some(&key.public()),
    );
    assert!(matches!(forged, Err(Failure::NotTheServer { .. })));
}
