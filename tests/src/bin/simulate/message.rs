//! Messages in words, for the trace.

use mostrador_protocol::frame;
use mostrador_protocol::message::{
    ErrorReply, HelloReply, HelloRequest, PullReply, PushReply, PushRequest,
};
use mostrador_server::in_process::Answered;
use mostrador_sync::transport::Outgoing;
use serde::de::DeserializeOwned;

/// The most bytes of an opened body.
const MOST: usize = 64 << 20;

/// What a till asks.
pub(super) fn asked(request: &Outgoing) -> String {
    let encoding = request.headers.iter();
    let is_frame = encoding
        .clone()
        .any(|(name, value)| *name == "content-encoding" && value == frame::ZSTD);
    let body = opened(&request.body, is_frame);
    let path = request.target.split('?').next().unwrap_or_default();
    match path {
        "/v1/push" => read(&body, |push: PushRequest| {
            let (count, profiles) = (push.entries.len(), push.profiles.len());
            let stream = short(push.stream);
            let base = push.base_seq;
            format!("push {count} entries of {stream} after {base}, {profiles} profiles")
        }),
        "/v1/hello" => read(&body, |hello: HelloRequest| {
            let stream = short(hello.stream);
            let (seq, cursor) = (hello.head_seq, hello.cursor);
            format!("hello, {stream} ends at {seq}, cursor {cursor}")
        }),
        "/v1/pull" => format!("pull {}", request.target.trim_start_matches("/v1/pull?")),
        _ => format!("{} {}", request.method, request.target),
    }
}

/// What the server answers.
pub(super) fn answered(answer: &Answered) -> String {
    let is_frame = answer.header("content-encoding") == Some(frame::ZSTD);
    let body = opened(&answer.body, is_frame);
    if answer.status != 200 {
        let status = answer.status;
        return read(&body, |refusal: ErrorReply| {
            format!("{status} {}", refusal.code)
        });
    }
    if let Ok(reply) = serde_json::from_slice::<PushReply>(&body) {
        let through = reply.accepted_through;
        let odd = reply.dispositions.iter().filter(|it| it.reason.is_some());
        let odd = odd.count();
        return match reply.need_from {
            Some(from) => format!("needs from {from}"),
            None => format!("held through {through}, {odd} of them odd"),
        };
    }
    if let Ok(reply) = serde_json::from_slice::<HelloReply>(&body) {
        let (verdict, through) = (reply.verdict, reply.accepted_through);
        return format!("{verdict:?}, held through {through}");
    }
    read(&body, |page: PullReply| {
        let (rows, next, own) = (page.rows.len(), page.next_cursor, page.own_through);
        format!("{rows} rows up to {next}, own through {own}")
    })
}

fn opened(body: &[u8], is_frame: bool) -> Vec<u8> {
    if is_frame {
        return frame::expand(body, MOST).unwrap_or_default();
    }
    body.to_vec()
}

fn read<T: DeserializeOwned>(body: &[u8], say: impl FnOnce(T) -> String) -> String {
    serde_json::from_slice(body).map_or_else(|_| format!("{} bytes", body.len()), say)
}

/// The beginning of an id.
pub(super) fn short(id: uuid::Uuid) -> String {
    id.simple().to_string()[..6].to_owned()
}
