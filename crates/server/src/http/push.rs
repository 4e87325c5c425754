//! `POST /v1/push`: entries of a stream, any number of times.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use mostrador_protocol::entry::RawEntry;
use mostrador_protocol::message::{
    Disposition, ErrorCode, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, PushReply, PushRequest,
};
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::seal::{self, SealedProgram};
use uuid::Uuid;

use super::App;
use super::exchange::{Caller, SentBytes};
use super::failure::{Failure, Reply, read};
use crate::ingest::fold::Touched;
use crate::ingest::reading::{Broken, Link, Misplaced, link};
use crate::ingest::{Accepted, Batch, Outcome};
use crate::jobs::after_ingest;
use crate::store::{Missed, Store};
use crate::terminal::Terminal;

pub(super) async fn push<S: Store>(
    State(app): State<Arc<App<S>>>,
    Extension(Caller(terminal)): Extension<Caller>,
    Extension(SentBytes(sent_bytes)): Extension<SentBytes>,
    body: Bytes,
) -> Result<Reply<PushReply>, Failure> {
    let request: PushRequest = read(&body)?;
    let entries = &request.entries;
    app.metrics.pushed(sent_bytes, body.len(), entries.len());
    fits(entries)?;
    let first = entries.first().and_then(|entry| entry.header().ok());
    let stream = request.stream;
    let base = (request.base_seq, request.base_hash);
    let received_ms = app.mint.now_ms();
    let links =
        link(stream, base, request.entries, received_ms).map_err(|broken| chain_broken(&broken))?;
    let links = as_this_version_reads(links, app.unread);
    let batch = Batch {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        stream,
        base_seq: request.base_seq,
        base_hash: request.base_hash,
        links,
        profiles: request.profiles,
        programs: ours(&app, &terminal, &request.programs),
        received_ms,
    };
    let touched = Touched::by(&batch.links).customers;
    match app.store.ingest(batch).await? {
        Outcome::Accepted(accepted) => {
            if accepted.new > 0 {
                write_what_follows(&app, (&terminal.tenant.id, touched)).await;
            }
            if accepted.changed {
                app.changes.wake(&terminal.tenant.id);
            }
            let lag_ms = first.map(|first| received_ms.saturating_sub(first.effective_ms));
            app.metrics.ingested(&terminal.tenant.id, &accepted, lag_ms);
            log(&terminal, stream, &accepted);
            Ok(Reply(PushReply {
                accepted_through: accepted.through,
                head_hash: accepted.head_hash,
                dispositions: accepted.dispositions,
                need_from: None,
                // By now, not by the beginning: a batch may wait for its turn.
                server_time_ms: app.mint.now_ms(),
            }))
        }
        Outcome::NeedFrom {
            accepted_through,
            head_hash,
        } => {
            note_missed(&app, &terminal, (stream, request.base_seq)).await?;
            Ok(Reply(PushReply {
                accepted_through,
                head_hash,
                dispositions: Vec::new(),
                need_from: Some(accepted_through.saturating_add(1)),
                server_time_ms: app.mint.now_ms(),
            }))
        }
        Outcome::Fork { seq } => {
            app.metrics.forked(&terminal.tenant.id);
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

/// A till goes on after what it was told is here: the server was restored.
async fn note_missed<S: Store>(
    app: &App<S>,
    terminal: &Terminal,
    (stream, seq): (Uuid, u64),
) -> Result<(), Failure> {
    let missed = Missed {
        tenant: terminal.tenant.id.clone(),
        terminal: terminal.id,
        stream,
        seq,
        next_generation: app.mint.id()?,
        now_ms: app.mint.now_ms(),
        serving_since_ms: app.serving_since_ms,
    };
    Ok(app.store.missed(missed).await?)
}

/// Entries of the kinds in `unread` are those of a later version.
fn as_this_version_reads(links: Vec<Link>, unread: &[&str]) -> Vec<Link> {
    let is_newer = |link: &Link| {
        let name = link.name.as_ref();
        name.is_some_and(|(_, kind)| unread.contains(&kind.as_str()))
    };
    let links = links.into_iter().map(|link| {
        if is_newer(&link) {
            link.of_a_newer_version()
        } else {
            link
        }
    });
    links.collect()
}

/// The programs that this server published: it takes back nothing else.
fn ours<S>(app: &App<S>, terminal: &Terminal, brought: &[SealedProgram]) -> Vec<ProgramDocument> {
    let key = app.secret_key.public();
    let tenant = terminal.tenant.id.as_str();
    let read = brought.iter().filter_map(|program| {
        let sealed = seal::verify(&key, tenant, (&program.document, &program.seal));
        let document = serde_json::from_str(&program.document);
        if sealed.is_err() || document.is_err() {
            tracing::error!(
                tenant,
                terminal = %terminal.id,
                "a terminal brings a program back that this server does not know as its own: it is \
                 not taken, publish it again"
            );
            return None;
        }
        document.ok()
    });
    read.collect()
}

/// Bonuses and tiers that the batch leads to are there when it is answered. The batch is taken already:
/// if this fails, the next run of the jobs does it.
async fn write_what_follows<S: Store>(app: &App<S>, touched: (&str, BTreeSet<Uuid>)) {
    if let Err(error) = after_ingest(&app.store, &app.mint, touched).await {
        tracing::error!(%error, "what follows from a batch waits for the next run of the jobs");
    }
}

/// What one push may hold. A single entry may be larger than a whole batch: it is a fact and must be
/// able to arrive.
fn fits(entries: &[RawEntry]) -> Result<(), Failure> {
    if entries.len() > MAX_BATCH_ENTRIES {
        let found = entries.len();
        return Err(Failure::too_large(format!(
            "the push has {found} entries, {MAX_BATCH_ENTRIES} are taken at once"
        )));
    }
    let bytes: usize = entries.iter().map(RawEntry::len).sum();
    if bytes > MAX_BATCH_BYTES && entries.len() > 1 {
        return Err(Failure::too_large(format!(
            "the push has {bytes} bytes of entries, {MAX_BATCH_BYTES} are taken at once"
        )));
    }
    Ok(())
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
    let message = match broken {
        Broken::Misplaced(Misplaced {
            seq,
            named: (stream, named_seq),
        }) => {
            format!("at position {seq} stands the entry that names itself {named_seq} of {stream}")
        }
        Broken::NoPositionAfter(seq) => format!("no entry can stand after position {seq}"),
    };
    Failure::new(
        ErrorCode::ChainBroken,
        message,
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
