//! What the server signs of a reply to an enrolled terminal.

use super::{RequestDigest, Signed, digest_of};

/// Whether the server knows who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The request's signature is that of an active terminal.
    Verified,
    /// It is not: anybody may have asked, and the reply is worth no more than "I do not know you".
    Unverified,
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Unverified => "unverified",
        }
    }
}

/// What is signed of a reply.
#[derive(Debug, Clone, Copy)]
pub struct SignedReply<'a> {
    /// The request as it came to the server, with the signature that came with it.
    pub request: &'a RequestDigest,
    /// Whether the server verified it.
    pub standing: Standing,
    /// HTTP status.
    pub status: u16,
    /// The body as sent, so compressed where it travels compressed.
    pub body: &'a [u8],
}

impl Signed for SignedReply<'_> {
    fn message(&self) -> String {
        let (request, standing) = (self.request.as_str(), self.standing.word());
        let (status, digest) = (self.status, digest_of(self.body));
        format!("mostrador/reply/2\n{request}\n{standing}\n{status}\n{digest}")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::signature::{SecretKey, SignedRequest};

    fn digest(terminal: u128, signature: &str) -> RequestDigest {
        let request = SignedRequest {
            method: "GET",
            target: "/v1/pull?cursor=7",
            terminal: Uuid::from_u128(terminal),
            time_ms: 7,
            body: b"",
        };
        request.digest(signature)
    }

    #[test]
    fn a_reply_answers_one_request_of_one_terminal_with_one_standing() {
        let key = SecretKey::from_bytes(&[9; 32]);
        let mine = digest(7, "mine");
        let reply = SignedReply {
            request: &mine,
            standing: Standing::Verified,
            status: 200,
            body: b"{}",
        };
        let signature = reply.sign(&key);
        assert!(reply.verify(&key.public(), &signature).is_ok());
        let (of_another, with_another) = (digest(8, "mine"), digest(7, "another"));
        let changed = [
            SignedReply {
                request: &of_another,
                ..reply
            },
            SignedReply {
                request: &with_another,
                ..reply
            },
            SignedReply {
                standing: Standing::Unverified,
                ..reply
            },
            SignedReply {
                status: 201,
                ..reply
            },
            SignedReply {
                body: b"[]",
                ..reply
            },
        ];
        for other in changed {
            let verified = other.verify(&key.public(), &signature);
            assert!(verified.is_err(), "{other:?}");
        }
    }
}
