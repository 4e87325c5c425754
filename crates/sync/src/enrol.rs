//! Enrolment: the one exchange before the server's key is known.

use mostrador_protocol::enrolment::{code_hash, proof};
use mostrador_protocol::message::{EnrolReply, EnrolRequest, ErrorCode, PROTOCOL};
use mostrador_protocol::signature::{PublicKey, Signed as _, SignedEnrolment, first};

use crate::conversation::{EXCHANGE_TIMEOUT, Failure, nobody_at_work, read, send};
use crate::transport::{Incoming, Outgoing, Transport};

/// Who asks to belong.
#[derive(Debug, Clone, Copy)]
pub struct Applicant<'a> {
    /// The owner's one-time code, as typed.
    pub code: &'a str,
    /// The terminal's key.
    pub key: &'a PublicKey,
    /// Whether nobody but the server reads what is sent: then the code itself is told to a server of before,
    /// which does not know a proof.
    pub is_private: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Who the terminal is from now on.
    pub reply: EnrolReply,
    /// Whether the server binds its replies to their requests: then the till never believes others.
    pub binds_replies: bool,
}

/// Asks to belong with the owner's one-time code, of which only a proof travels. The server's key comes with
/// the answer, which is signed over the code: only who made the code can answer, and from then on only that
/// key is believed.
///
/// # Errors
/// [`Failure`] as of any exchange. A refusal is taken at its word, since believing one costs nothing.
pub async fn enrol(
    transport: &dyn Transport,
    applicant: Applicant<'_>,
) -> Result<Enrolled, Failure> {
    let public_key = applicant.key.to_hex();
    let code_hash = code_hash(applicant.code);
    let proving = EnrolRequest {
        code: String::new(),
        proof: Some(proof(&code_hash, &public_key)),
        public_key,
        protocol: PROTOCOL,
    };
    let answer = ask(transport, (&proving, &code_hash)).await;
    let Err(Failure::Refused(refusal)) = &answer else {
        return answer;
    };
    if !applicant.is_private || refusal.code != ErrorCode::EnrolCodeInvalid.as_str() {
        return answer;
    }
    let telling = EnrolRequest {
        code: applicant.code.to_owned(),
        proof: None,
        ..proving
    };
    ask(transport, (&telling, applicant.code)).await
}

/// One request, whose answer is signed over `secret`.
async fn ask(
    transport: &dyn Transport,
    (request, secret): (&EnrolRequest, &str),
) -> Result<Enrolled, Failure> {
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
    let Some(binds_replies) = binds(&answer, (secret, &body), &key) else {
        return Err(stranger);
    };
    if request.proof.is_some() && !binds_replies {
        return Err(stranger);
    }
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

#[cfg(test)]
mod tests {
    use mostrador_protocol::signature::SecretKey;
    use uuid::Uuid;

    use super::*;
    use crate::transport::{Pending, TransportError};

    const CODE: &str = "ABCDE-23456-FGHJK-6789M";

    /// Somebody who answers with a key of his own, signed over what `knows` makes of the request.
    #[derive(Debug)]
    struct Answering {
        knows: fn(&EnrolRequest) -> String,
    }

    impl Transport for Answering {
        fn send(&self, request: Outgoing) -> Pending<'_, Result<Incoming, TransportError>> {
            let asked: EnrolRequest = serde_json::from_slice(&request.body).expect("a request");
            let key = SecretKey::from_bytes(&[3; 32]);
            let reply = EnrolReply {
                terminal_id: Uuid::from_u128(1),
                terminal_name: "Caja 1".to_owned(),
                tenant: "cafe".to_owned(),
                tenant_name: "Café".to_owned(),
                store: "centro".to_owned(),
                store_name: "Centro".to_owned(),
                server_public_key: key.public().to_hex(),
            };
            let body = serde_json::to_vec(&reply).expect("JSON");
            let secret = (self.knows)(&asked);
            let signed = SignedEnrolment {
                code: &secret,
                request: &request.body,
                status: 200,
                body: &body,
            };
            let of_first = first::SignedReply {
                request_signature: &secret,
                status: 200,
                body: &body,
            };
            let answer = Incoming {
                status: 200,
                signature: Some(signed.sign(&key)),
                first_signature: Some(of_first.sign(&key)),
                retry_after: None,
                encoding: None,
                body,
            };
            Box::pin(async move { Ok(answer) })
        }
    }

    #[tokio::test]
    async fn only_who_knows_the_code_is_believed_and_the_code_is_not_on_the_line() {
        let key = SecretKey::from_bytes(&[5; 32]).public();
        let applicant = Applicant {
            code: CODE,
            key: &key,
            is_private: true,
        };
        let impostors: [fn(&EnrolRequest) -> String; 3] = [
            |asked| asked.code.clone(),
            |asked| asked.proof.clone().unwrap_or_default(),
            |asked| code_hash(&asked.code),
        ];
        for knows in impostors {
            let answer = enrol(&Answering { knows }, applicant).await;
            assert!(
                matches!(answer, Err(Failure::NotTheServer { status: 200 })),
                "{answer:?}"
            );
        }
        let knows = |_: &EnrolRequest| code_hash(CODE);
        let answer = enrol(&Answering { knows }, applicant).await;
        assert!(answer.is_ok_and(|enrolled| enrolled.binds_replies));
    }
}
