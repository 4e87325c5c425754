//! Enrolment: the one exchange before the server's key is known.

use mostrador_protocol::message::{EnrolReply, EnrolRequest};
use mostrador_protocol::signature::{PublicKey, Signed as _, SignedEnrolment, first};

use crate::conversation::{EXCHANGE_TIMEOUT, Failure, nobody_at_work, read, send};
use crate::transport::{Incoming, Outgoing, Transport};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Who the terminal is from now on.
    pub reply: EnrolReply,
    /// Whether the server binds its replies to their requests: then the till never believes others.
    pub binds_replies: bool,
}

/// Asks to belong with the owner's one-time `code`. The server's key comes with the answer, which
/// is signed over the code: from then on only that key is believed.
///
/// # Errors
/// [`Failure`] as of any exchange. A refusal is taken at its word, since believing one costs nothing.
pub async fn enrol(transport: &dyn Transport, request: &EnrolRequest) -> Result<Enrolled, Failure> {
    let body = serde_json::to_vec(request).map_err(Failure::Unreadable)?;
    let outgoing = Outgoing {
        method: "POST",
        target: "/v1/enrol".into(),
        headers: Vec::new(),
        body: body.clone(),
        timeout: EXCHANGE_TIMEOUT,
    };
    let answer = send(transport, outgoing).await?;
    nobody_at_work(&answer)?;
    let status = answer.status;
    let stranger = Failure::NotTheServer { status };
    let Ok(claimed) = serde_json::from_slice::<EnrolReply>(&answer.body) else {
        return Err(match serde_json::from_slice(&answer.body) {
            Ok(refusal) => Failure::Refused(refusal),
            Err(_) => stranger,
        });
    };
    let Ok(key) = PublicKey::from_hex(&claimed.server_public_key) else {
        return Err(stranger);
    };
    let Some(binds_replies) = binds(&answer, (&request.code, &body), &key) else {
        return Err(stranger);
    };
    let reply = read(&answer)?;
    Ok(Enrolled {
        reply,
        binds_replies,
    })
}

/// Whether a genuine answer is of the form that binds replies; none when it is not genuine.
fn binds(answer: &Incoming, (code, request): (&str, &[u8]), key: &PublicKey) -> Option<bool> {
    let (status, body) = (answer.status, answer.body.as_slice());
    if let Some(signature) = &answer.signature {
        let signed = SignedEnrolment {
            code,
            request,
            status,
            body,
        };
        return signed.verify(key, signature).ok().map(|()| true);
    }
    let signed = first::SignedReply {
        request_signature: code,
        status,
        body,
    };
    let signature = answer.first_signature.as_deref()?;
    signed.verify(key, signature).ok().map(|()| false)
}
