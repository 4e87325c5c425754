//! `POST /v1/push`: entries of a stream, any number of times.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use mostrador_protocol::message::{Disposition, ErrorCode, PushReply, PushRequest};
use uuid::Uuid;

use super::App;
use super::exchange::Caller;
use super::failure::{Failure, Reply, read};
use crate::ingest::reading::{Broken, link};
use crate::ingest::{Accepted, Batch, Outcome};
use crate::store::Store;
use crate::terminal::Terminal;

pub(super) async fn push<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    body: Bytes,
) -> Result<Reply<PushReply>, Failure> {
    let request: PushRequest = read(&body)?;
    let stream = request.stream;
    let base = (request.base_seq, request.base_hash);
    let links = link(stream, base, request.entries).map_err(|broken| chain_broken(&broken))?;
    let batch = Batch {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        stream,
        base_seq: request.base_seq,
        base_hash: request.base_hash,
        links,
        profiles: request.profiles,
        received_ms: app.mint.now_ms(),
    };
    let server_time_ms = app.mint.now_ms();
    match app.store.ingest(batch).await? {
        Outcome::Accepted(accepted) => {
            if accepted.changed {
                app.changed.notify_waiters();
            }
            log(&terminal, stream, &accepted);
            Ok(Reply(PushReply {
                accepted_through: accepted.through,
                head_hash: accepted.head_hash,
                dispositions: accepted.dispositions,
                need_from: None,
                server_time_ms,
            }))
        }
        Outcome::NeedFrom {
            accepted_through,
            head_hash,
        } => Ok(Reply(PushReply {
            accepted_through,
            head_hash,
            dispositions: Vec::new(),
            need_from: Some(accepted_through.saturating_add(1)),
            server_time_ms,
        })),
        Outcome::Fork { seq } => {
            tracing::warn!(terminal = %terminal.id, %stream, seq, "a stream forked");
            Err(Failure::new(
                ErrorCode::Fork,
                format!("the server holds another entry {seq} of stream {stream}"),
                "the terminal was restored or cloned: it opens a new stream",
            ))
        }
        Outcome::Foreign => Err(stream_foreign(stream)),
    }
}

/// A stream of another terminal was named.
pub(super) fn stream_foreign(stream: Uuid) -> Failure {
    Failure::new(
        ErrorCode::StreamForeign,
        format!("stream {stream} belongs to another terminal"),
        "the terminal's files were copied from another: enrol it and open a new stream",
    )
}

fn chain_broken(broken: &Broken) -> Failure {
    let Broken {
        seq,
        named: (stream, named_seq),
    } = broken;
    Failure::new(
        ErrorCode::ChainBroken,
        format!("at position {seq} stands the entry that names itself {named_seq} of {stream}"),
        "send the entries in the order of their stream, without gaps",
    )
}

fn log(terminal: &Terminal, stream: Uuid, accepted: &Accepted) {
    let count = |wanted: Disposition| {
        let answers = accepted.dispositions.iter();
        answers.filter(|entry| entry.disposition == wanted).count()
    };
    let (adjusted, held) = (count(Disposition::Adjusted), count(Disposition::Held));
    if accepted.changed && adjusted + held > 0 {
        tracing::warn!(
            tenant = terminal.tenant.id,
            terminal = %terminal.id,
            %stream,
            accepted_through = accepted.through,
            adjusted,
            held,
            "a batch has entries that somebody should look at"
        );
    }
    tracing::debug!(
        tenant = terminal.tenant.id,
        terminal = %terminal.id,
        %stream,
        accepted_through = accepted.through,
        entries = accepted.dispositions.len(),
        "a batch was taken"
    );
}
