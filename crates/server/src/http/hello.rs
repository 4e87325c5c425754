//! `POST /v1/hello`: where a terminal is, and what the server thinks of it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, response::Result};
use mostrador_protocol::frame;
use mostrador_protocol::message::{HelloReply, HelloRequest, PROTOCOL, Verdict};

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply, read};
use super::push::stream_foreign;
use crate::store::{Greeting, Store};
use crate::terminal::Told;

pub(super) async fn hello<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    body: Bytes,
) -> Result<Reply<HelloReply>, Failure> {
    let request: HelloRequest = read(&body)?;
    let now_ms = app.mint.now_ms();
    let skew_ms = now_ms.saturating_sub(request.wall_ms);
    app.metrics.greeted(&terminal, skew_ms, request.waiting);
    let greeting = Greeting {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        stream: request.stream,
        seq: request.head_seq,
        hash: request.head_hash,
        told: Told {
            protocol: request.protocol,
            app_version: request.app_version,
            head_seq: request.head_seq,
            waiting: request.waiting,
            skew_ms,
            at_ms: now_ms,
        },
        cursor: (request.cursor, request.cursor_hash),
        acknowledged: request.acknowledged.zip(request.acknowledged_hash),
        generation: request.generation,
        next_generation: app.mint.id()?,
        now_ms,
        serving_since_ms: app.serving_since_ms,
    };
    let greeted = app.store.greet(greeting).await?;
    let greeted = greeted.ok_or_else(|| stream_foreign(request.stream))?;
    let verdict = greeted.verdict;
    match verdict {
        Verdict::Fork => app.metrics.forked(&terminal.tenant.id),
        Verdict::Rewound => app.metrics.rewound(&terminal.tenant.id),
        Verdict::Ok | Verdict::Upgrade => {}
    }
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
        encodings: vec![frame::ZSTD.to_owned()],
        leases: true,
    }))
}
