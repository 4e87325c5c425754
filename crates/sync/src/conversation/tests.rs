use mostrador_protocol::message::Verdict;

use super::*;
use crate::clock::ManualClock;
use crate::transport::Pending;
use mostrador_protocol::signature::FRESH_MS;
use std::sync::Mutex;

const MINE: SignedRequest<'_> = SignedRequest {
    method: "POST",
    target: "/v1/push",
    terminal: Uuid::from_u128(7),
    time_ms: 7,
    body: b"{}",
};

/// What my request is, to a till that still speaks with servers of before or does not any more.
fn mine(speaks_first: bool) -> AskedFor {
    AskedFor {
        request: MINE.digest("mine"),
        first: speaks_first.then(|| "mine in the first form".to_owned()),
    }
}

fn unsigned(status: u16, body: &[u8]) -> Incoming {
    Incoming {
        status,
        signature: None,
        first_signature: None,
        retry_after: Some(Duration::from_secs(7)),
        encoding: None,
        body: body.to_vec(),
    }
}

fn answer(
    (status, body): (u16, &[u8]),
    request: &RequestDigest,
    (key, standing): (&SecretKey, Standing),
) -> Incoming {
    let reply = SignedReply {
        request,
        standing,
        status,
        body,
    };
    Incoming {
        signature: Some(reply.sign(key)),
        ..unsigned(status, body)
    }
}

fn in_first_form((status, body): (u16, &[u8]), text: &str, key: &SecretKey) -> Incoming {
    let reply = first::SignedReply {
        request_signature: text,
        status,
        body,
    };
    Incoming {
        first_signature: Some(reply.sign(key)),
        ..unsigned(status, body)
    }
}

/// What a till makes of an answer to its request.
fn made_of(answer: &Incoming, asked: &AskedFor, server: &PublicKey) -> String {
    match believe::<Verdict>(answer, asked, server) {
        Ok((form, Ok(verdict))) => format!("{verdict:?} {form:?}"),
        Ok((_, Err(failure))) | Err(failure) => format!("{failure:?}"),
    }
}

const OK: (u16, &[u8]) = (200, br#""ok""#);
const FORK: (u16, &[u8]) = (409, br#"{"code":"fork","message":"m","hint":"h"}"#);

#[test]
fn only_what_our_server_signed_for_this_request_is_believed() {
    let server = SecretKey::from_bytes(&[1; 32]);
    let other = SecretKey::from_bytes(&[2; 32]);
    let request = MINE.digest("mine");
    let verified = (&server, Standing::Verified);
    let cases: [(&str, Incoming, &str); 12] = [
        ("genuine", answer(OK, &request, verified), "Ok Bound"),
        ("portal", unsigned(200, b"<html>"), "NotTheServer"),
        ("unsigned", unsigned(OK.0, OK.1), "NotTheServer"),
        (
            "other key",
            answer(OK, &request, (&other, Standing::Verified)),
            "NotTheServer",
        ),
        ("redirect", unsigned(302, b""), "NotTheServer"),
        ("unsigned no", unsigned(404, FORK.1), "NotTheServer"),
        ("signed no", answer(FORK, &request, verified), "Refused"),
        (
            "signed nonsense",
            answer((200, b"{"), &request, verified),
            "Unreadable",
        ),
        ("too large", unsigned(413, b""), "TooLarge"),
        ("slow line", unsigned(408, b""), "Timeout"),
        ("slow down", unsigned(429, b""), "Busy"),
        ("broken gateway", unsigned(502, b"<html>"), "Busy"),
    ];
    for (name, answer, expected) in cases {
        let found = made_of(&answer, &mine(true), &server.public());
        assert!(found.starts_with(expected), "{name}: {found}");
    }
    let mut changed = answer(OK, &request, verified);
    changed.body = br#""fork""#.to_vec();
    let found = made_of(&changed, &mine(true), &server.public());
    assert!(found.starts_with("NotTheServer"), "{found}");
}

#[test]
fn a_genuine_answer_to_another_request_is_worth_nothing() {
    let server = SecretKey::from_bytes(&[1; 32]);
    let others = [
        MINE.digest("a signature of somebody"),
        SignedRequest {
            terminal: Uuid::from_u128(8),
            ..MINE
        }
        .digest("mine"),
        SignedRequest {
            method: "GET",
            ..MINE
        }
        .digest("mine"),
        SignedRequest {
            target: "/v1/pull",
            ..MINE
        }
        .digest("mine"),
        SignedRequest { time_ms: 6, ..MINE }.digest("mine"),
        SignedRequest { body: b"", ..MINE }.digest("mine"),
    ];
    for request in &others {
        for said in [OK, FORK] {
            let swapped = answer(said, request, (&server, Standing::Verified));
            let found = made_of(&swapped, &mine(true), &server.public());
            assert!(found.starts_with("NotTheServer"), "{request:?}: {found}");
        }
    }
}

#[test]
fn to_a_stranger_the_server_can_only_say_that_it_does_not_know_him() {
    let server = SecretKey::from_bytes(&[1; 32]);
    let request = MINE.digest("mine");
    let unverified = (&server, Standing::Unverified);
    let cases: [((u16, &[u8]), &str); 5] = [
        (OK, "NotTheServer"),
        (FORK, "NotTheServer"),
        (
            (
                401,
                br#"{"code":"stale","message":"m","hint":"h","server_time_ms":1}"#,
            ),
            "NotTheServer",
        ),
        (
            (
                401,
                br#"{"code":"terminal_unknown","message":"m","hint":"h"}"#,
            ),
            "Refused",
        ),
        (
            (
                401,
                br#"{"code":"signature_invalid","message":"m","hint":"h"}"#,
            ),
            "Refused",
        ),
    ];
    for (said, expected) in cases {
        let answer = answer(said, &request, unverified);
        let found = made_of(&answer, &mine(true), &server.public());
        assert!(found.starts_with(expected), "{said:?}: {found}");
    }
}

#[test]
fn the_first_form_is_believed_until_the_server_spoke_the_later_one() {
    let server = SecretKey::from_bytes(&[1; 32]);
    let text = "mine in the first form";
    let of_before = in_first_form(OK, text, &server);
    let key = server.public();
    assert_eq!(made_of(&of_before, &mine(true), &key), "Ok First");
    let found = made_of(&of_before, &mine(false), &key);
    assert!(found.starts_with("NotTheServer"), "{found}");
    let replayed = in_first_form(OK, "another text", &server);
    let found = made_of(&replayed, &mine(true), &key);
    assert!(found.starts_with("NotTheServer"), "{found}");
    // A false signature of the later form is not made good by a true one of the first.
    let both = Incoming {
        signature: Some("AAAA".to_owned()),
        ..of_before
    };
    let found = made_of(&both, &mine(true), &key);
    assert!(found.starts_with("NotTheServer"), "{found}");
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
    /// Whether it was signed in the first form too.
    in_first: Mutex<Vec<bool>>,
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
            terminal: header(TERMINAL_HEADER).unwrap().parse().unwrap(),
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
        let in_first = header(first::SIGNATURE_HEADER).is_some();
        self.in_first.lock().unwrap().push(in_first);
        let reply = SignedReply {
            request: &signed.digest(&signature),
            standing: Standing::Verified,
            status,
            body: &body,
        };
        Incoming {
            status,
            signature: Some(reply.sign(&self.key)),
            first_signature: None,
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
        in_first: Mutex::default(),
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

#[tokio::test]
async fn a_till_signs_both_forms_until_it_knows_that_the_server_speaks_the_later() {
    let clock = Arc::new(ManualClock::new(SERVER_MS));
    let (strict, conversation) = strict(true, &clock);
    asked(&conversation, b"{}").await.unwrap();
    asked(&conversation, b"{}").await.unwrap();
    let again = Conversation {
        learned: Learned::remembering(conversation.learned.is_bound()),
        ..conversation
    };
    asked(&again, b"{}").await.unwrap();
    assert_eq!(*strict.in_first.lock().unwrap(), [true, false, false]);
}

#[test]
fn a_frame_is_verified_before_it_is_opened() {
    let key = SecretKey::from_bytes(&[1; 32]);
    let request = MINE.digest("mine");
    let frame_of = |body: &[u8], signer: &SecretKey| Incoming {
        encoding: Some(frame::ZSTD.to_owned()),
        ..answer((200, body), &request, (signer, Standing::Verified))
    };
    let good = frame::compress(br#""ok""#);
    let stranger = SecretKey::from_bytes(&[2; 32]);
    let cases = [
        (frame_of(&good, &key), "Ok Bound"),
        (frame_of(b"no frame", &key), "Frame"),
        (frame_of(b"no frame", &stranger), "NotTheServer"),
    ];
    for (answer, expected) in cases {
        let found = made_of(&answer, &mine(true), &key.public());
        assert!(found.starts_with(expected), "{found}");
    }
}
