//! The second transport: a function call. Behind it is as much of a server as a till can see: it
//! verifies, chains, folds and signs like the real one, and its line can be cut in several ways.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mostrador_loyalty::account::{Account, CodeTally};
use mostrador_loyalty::code::CodeText;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, EntryHash, Payload, RawEntry, SaleCompleted};
use mostrador_protocol::message::{
    Disposition, EnrolReply, EnrolRequest, EntryDisposition, ErrorReply, HelloReply, HelloRequest,
    PROTOCOL, PullReply, PushReply, PushRequest, Verdict,
};
use mostrador_protocol::row::{CodeUseRow, Customer, FeedRow, Row};
use mostrador_protocol::signature::first::{SIGNATURE_HEADER, SignedReply, SignedRequest};
use mostrador_protocol::signature::{PublicKey, SecretKey, Signed as _, TIME_HEADER};
use mostrador_sync::transport::{Incoming, Outgoing, Pending, Transport, TransportError};
use serde::Serialize;
use tokio::sync::Notify;
use uuid::Uuid;

pub(crate) const ENROL_CODE: &str = "JUNTOS-2345";
pub(crate) const TERMINAL: Uuid = Uuid::from_u128(7);

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// It arrives, and so does the answer.
    Up,
    /// It does not arrive.
    Cut,
    /// It arrives; the answer is lost.
    AnswersLost,
    /// Somebody else answers 200.
    Portal,
}

#[derive(Debug)]
pub(crate) struct Server {
    key: SecretKey,
    changed: Notify,
    books: Mutex<Books>,
}

/// What it knows.
#[derive(Debug, Clone)]
pub(crate) struct Books {
    generation: Uuid,
    line: Line,
    now_ms: i64,
    terminal: Option<PublicKey>,
    entries: Vec<RawEntry>,
    hash: EntryHash,
    feed: Vec<FeedRow>,
    accounts: BTreeMap<Uuid, Account>,
    tallies: BTreeMap<CodeText, CodeTally>,
    profiles: Vec<Customer>,
    pushes: usize,
    polling: usize,
    /// The protocol that it speaks, and what it thinks of every till where it does not look.
    speaks: (u16, Option<Verdict>),
}

impl Server {
    pub(crate) fn new(now_ms: i64) -> Self {
        Self {
            key: SecretKey::from_bytes(&[9; 32]),
            changed: Notify::new(),
            books: Mutex::new(Books {
                generation: Uuid::from_u128(1),
                line: Line::Up,
                now_ms,
                terminal: None,
                entries: Vec::new(),
                hash: EntryHash::ZERO,
                feed: Vec::new(),
                accounts: BTreeMap::new(),
                tallies: BTreeMap::new(),
                profiles: Vec::new(),
                pushes: 0,
                polling: 0,
                speaks: (PROTOCOL, None),
            }),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is of another version from now on.
    pub(crate) fn speak(&self, protocol: u16, verdict: Option<Verdict>) {
        self.books().speaks = (protocol, verdict);
    }

    pub(crate) fn set_line(&self, line: Line) {
        self.books().line = line;
    }

    pub(crate) fn publish(&self, rows: impl IntoIterator<Item = Row>) {
        let mut books = self.books();
        for row in rows {
            books.add(row);
        }
        drop(books);
        self.changed.notify_waiters();
    }

    /// The last position of its feed.
    pub(crate) fn end(&self) -> u64 {
        self.books().feed.last().map_or(0, |row| row.position)
    }

    /// Every sale it holds, each counted once.
    pub(crate) fn sales(&self) -> Vec<SaleCompleted> {
        let books = self.books();
        let sales = books.entries.iter().filter_map(sale_of);
        sales.map(|(_, sale)| sale).collect()
    }

    pub(crate) fn entries(&self) -> usize {
        self.books().entries.len()
    }

    pub(crate) fn pushes(&self) -> usize {
        self.books().pushes
    }

    /// Long polls that wait for something now.
    pub(crate) fn polling(&self) -> usize {
        self.books().polling
    }

    pub(crate) fn account(&self, customer: Uuid) -> Account {
        self.books()
            .accounts
            .get(&customer)
            .cloned()
            .unwrap_or_default()
    }

    pub(crate) fn profiles(&self) -> Vec<Customer> {
        self.books().profiles.clone()
    }

    /// A copy of everything that it knows.
    pub(crate) fn backup(&self) -> Books {
        self.books().clone()
    }

    /// Goes back to a copy, and notices.
    pub(crate) fn restore(&self, backup: Books) {
        let mut books = self.books();
        let (pushes, polling) = (books.pushes, books.polling);
        *books = Books {
            generation: Uuid::from_u128(2),
            pushes,
            polling,
            ..backup
        };
    }

    async fn answer(&self, request: Outgoing) -> Result<Incoming, TransportError> {
        let line = self.books().line;
        let unreachable = || TransportError::Unreachable("the cable is out".into());
        match line {
            Line::Cut => Err(unreachable()),
            Line::Portal => Ok(Incoming {
                status: 200,
                signature: None,
                first_signature: None,
                retry_after: None,
                encoding: None,
                body: b"<html>Welcome to the airport</html>".to_vec(),
            }),
            Line::Up => Ok(self.serve(&request).await),
            Line::AnswersLost => {
                self.serve(&request).await;
                Err(TransportError::Timeout)
            }
        }
    }

    async fn serve(&self, request: &Outgoing) -> Incoming {
        if request.target == "/v1/enrol" {
            let asked: EnrolRequest = serde_json::from_slice(&request.body).expect("a request");
            let (status, body) = self.enrol(&asked);
            return self.signed(status, body, &asked.code);
        }
        if request.target == "/health/ready" {
            return Incoming {
                status: 200,
                signature: None,
                first_signature: None,
                retry_after: None,
                encoding: None,
                body: b"{}".to_vec(),
            };
        }
        let header = |name: &str| {
            let found = request.headers.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let signature = header(SIGNATURE_HEADER);
        let signed = SignedRequest {
            method: request.method,
            target: &request.target,
            time_ms: header(TIME_HEADER).parse().expect("a time"),
            body: &request.body,
        };
        let terminal = self.books().terminal.expect("enrolled before");
        signed
            .verify(&terminal, &signature)
            .expect("signed by the terminal");
        let body = match request.target.split('?').next() {
            Some("/v1/hello") => self.hello(&serde_json::from_slice(&request.body).expect("hello")),
            Some("/v1/push") if Self::is_too_large(&request.body) => {
                return self.signed(413, b"{}".to_vec(), &signature);
            }
            Some("/v1/push") => self.push(&serde_json::from_slice(&request.body).expect("push")),
            _ => self.pull(&request.target).await,
        };
        self.signed(200, body, &signature)
    }

    fn signed(&self, status: u16, body: Vec<u8>, request_signature: &str) -> Incoming {
        let reply = SignedReply {
            request_signature,
            status,
            body: &body,
        };
        Incoming {
            status,
            signature: None,
            first_signature: Some(reply.sign(&self.key)),
            retry_after: None,
            encoding: None,
            body,
        }
    }

    fn enrol(&self, asked: &EnrolRequest) -> (u16, Vec<u8>) {
        if asked.code != ENROL_CODE {
            let refusal = ErrorReply {
                code: "enrol_code_invalid".to_owned(),
                message: "unknown code".to_owned(),
                hint: String::new(),
                server_time_ms: None,
            };
            return (403, json(&refusal));
        }
        self.books().terminal = PublicKey::from_hex(&asked.public_key).ok();
        let reply = EnrolReply {
            terminal_id: TERMINAL,
            terminal_name: "Caja 1".to_owned(),
            tenant: "livex".to_owned(),
            tenant_name: "LIVEX".to_owned(),
            store: "cartagena".to_owned(),
            store_name: "Cartagena".to_owned(),
            server_public_key: self.key.public().to_hex(),
        };
        (200, json(&reply))
    }

    /// As a proxy in front of it that takes no large program.
    fn is_too_large(body: &[u8]) -> bool {
        let asked: PushRequest = serde_json::from_slice(body).expect("push");
        !asked.programs.is_empty()
    }

    fn hello(&self, asked: &HelloRequest) -> Vec<u8> {
        let books = self.books();
        let held = books.held();
        json(&HelloReply {
            protocol: books.speaks.0,
            generation: books.generation,
            server_time_ms: books.now_ms,
            verdict: match books.speaks.1 {
                Some(verdict) => verdict,
                None if asked.head_seq < held => Verdict::Rewound,
                None => Verdict::Ok,
            },
            accepted_through: held,
            accepted_hash: books.hash,
            encodings: Vec::new(),
            leases: false,
        })
    }

    fn push(&self, asked: &PushRequest) -> Vec<u8> {
        let mut books = self.books();
        books.pushes += 1;
        let held = books.held();
        let mut reply = PushReply {
            accepted_through: held,
            head_hash: books.hash,
            dispositions: Vec::new(),
            need_from: (asked.base_seq > held).then_some(held + 1),
            server_time_ms: books.now_ms,
        };
        if reply.need_from.is_none() {
            reply.dispositions = books.ingest(asked);
            reply.accepted_through = books.held();
            reply.head_hash = books.hash;
        }
        drop(books);
        self.changed.notify_waiters();
        json(&reply)
    }

    async fn pull(&self, target: &str) -> Vec<u8> {
        let number = |name: &str| -> u64 {
            let query = target.split_once('?').map_or("", |(_, query)| query);
            let pair = query.split('&').find_map(|pair| pair.strip_prefix(name));
            pair.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let (cursor, wait_ms) = (number("cursor="), number("wait="));
        let changed = self.changed.notified();
        let page = self.books().page(cursor);
        if !page.rows.is_empty() || wait_ms == 0 {
            return json(&page);
        }
        let _counted = Polling::begin(self);
        let _ = tokio::time::timeout(Duration::from_millis(wait_ms), changed).await;
        json(&self.books().page(cursor))
    }
}

/// Counts a poll while it waits, also when it is given up.
struct Polling<'a>(&'a Server);

impl<'a> Polling<'a> {
    fn begin(server: &'a Server) -> Self {
        server.books().polling += 1;
        Self(server)
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        self.0.books().polling -= 1;
    }
}

impl Books {
    fn held(&self) -> u64 {
        u64::try_from(self.entries.len()).expect("a few")
    }

    fn add(&mut self, row: Row) {
        if let Row::Account {
            customer_id,
            account,
        } = &row
        {
            self.accounts.insert(*customer_id, Account::from(account));
        }
        let position = u64::try_from(self.feed.len()).expect("a few") + 1;
        self.feed.push(FeedRow { position, row });
    }

    fn page(&self, cursor: u64) -> PullReply {
        let after = |row: &&FeedRow| row.position > cursor;
        let rows: Vec<FeedRow> = self.feed.iter().filter(after).cloned().collect();
        let programs = self.feed.iter().filter_map(|row| match &row.row {
            Row::Program(program) => Some(program.version),
            _ => None,
        });
        PullReply {
            next_cursor: rows.last().map_or(cursor, |row| row.position),
            rows,
            own_through: self.held(),
            more: false,
            server_time_ms: self.now_ms,
            next_hash: None,
            seals: programs
                .map(|version| (version, format!("seal {version}")))
                .collect(),
        }
    }

    /// Takes what it does not hold; what it holds must be the same bytes.
    fn ingest(&mut self, asked: &PushRequest) -> Vec<EntryDisposition> {
        for profile in &asked.profiles {
            self.profiles.push(profile.clone());
            self.add(Row::Customer(profile.clone()));
        }
        let mut dispositions = Vec::new();
        for (seq, raw) in (asked.base_seq + 1..).zip(&asked.entries) {
            let header = raw.header().expect("a header");
            assert_eq!(header.seq, seq, "no gaps");
            if seq <= self.held() {
                let held = &self.entries[usize::try_from(seq - 1).expect("a few")];
                assert_eq!(held, raw, "the same bytes again");
            } else {
                self.hash = raw.hash(&self.hash);
                self.entries.push(raw.clone());
                self.effects(raw);
            }
            dispositions.push(EntryDisposition {
                seq,
                disposition: Disposition::Applied,
                reason: None,
            });
        }
        dispositions
    }

    fn effects(&mut self, raw: &RawEntry) {
        let header = raw.header().expect("a header");
        let Decoded::Known(payload) = raw.payload(&header).expect("a payload") else {
            return;
        };
        let effects = payload.effects(header.effective_ms);
        for (customer_id, fact) in &effects.accounts {
            let account = self.accounts.entry(*customer_id).or_default();
            account.apply(fact);
            let account = AccountDocument::from(&*account);
            self.add(Row::Account {
                customer_id: *customer_id,
                account,
            });
        }
        for used in &effects.codes {
            let tally = self.tallies.entry(used.code.clone()).or_default();
            tally.apply(used.day, used.discount);
            let row = CodeUseRow::new(&used.code, tally);
            self.add(Row::CodeUse(row));
        }
    }
}

impl Transport for Server {
    fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>> {
        Box::pin(self.answer(request))
    }
}

fn sale_of(raw: &RawEntry) -> Option<(i64, SaleCompleted)> {
    let header = raw.header().expect("a header");
    match raw.payload(&header).expect("a payload") {
        Decoded::Known(Payload::SaleCompleted(sale)) => Some((header.effective_ms, *sale)),
        _ => None,
    }
}

fn json(reply: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(reply).expect("replies serialise")
}
