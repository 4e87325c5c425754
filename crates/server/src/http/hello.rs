//! `POST /v1/hello`: where a terminal is, and what the server thinks of it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, response::Result};
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::{HelloReply, HelloRequest, OLDEST_PROTOCOL, PROTOCOL, Verdict};

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply, read};
use super::push::stream_foreign;
use crate::store::{Greeted, Greeting, Store};

pub(super) async fn hello<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    body: Bytes,
) -> Result<Reply<HelloReply>, Failure> {
    let request: HelloRequest = read(&body)?;
    let greeting = Greeting {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        stream: request.stream,
        seq: request.head_seq,
        cursor: request.cursor,
        next_generation: app.mint.id()?,
        now_ms: app.mint.now_ms(),
    };
    let greeted = app.store.greet(greeting).await?;
    let greeted = greeted.ok_or_else(|| stream_foreign(request.stream))?;
    let verdict = judge(&request, &greeted);
    if verdict != Verdict::Ok {
        tracing::warn!(
            tenant = terminal.tenant.id,
            terminal = %terminal.id,
            stream = %request.stream,
            head_seq = request.head_seq,
            accepted_through = greeted.head.seq,
            ?verdict,
            "a terminal does not stand where the server thinks"
        );
    }
    Ok(Reply(HelloReply {
        protocol: PROTOCOL,
        generation: greeted.generation,
        server_time_ms: app.mint.now_ms(),
        verdict,
        accepted_through: greeted.head.seq,
        accepted_hash: greeted.head.hash,
        encodings: Vec::new(),
    }))
}

/// A position that the server does not hold yet cannot be judged: the terminal's next push is.
fn judge(request: &HelloRequest, greeted: &Greeted) -> Verdict {
    if request.protocol < OLDEST_PROTOCOL {
        return Verdict::Upgrade;
    }
    let differs = |held: EntryHash| held != request.head_hash;
    if greeted.hash_at.is_some_and(differs) {
        return Verdict::Fork;
    }
    if request.head_seq < greeted.head.seq {
        return Verdict::Rewound;
    }
    Verdict::Ok
}
