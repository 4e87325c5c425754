//! What the server signs of an answer to who wants to enrol, and has no key that it knows yet.

use super::{Signed, digest_of};

/// What is signed of the answer to an enrolment. Nothing of it can be read as a
/// [`super::SignedReply`], whatever somebody types as a code.
#[derive(Debug, Clone, Copy)]
pub struct SignedEnrolment<'a> {
    /// What both know and nobody between them: the [`crate::enrolment::code_hash`], or the code where that was
    /// told.
    pub code: &'a str,
    /// The whole body of the request, which names the terminal's key.
    pub request: &'a [u8],
    /// HTTP status.
    pub status: u16,
    /// The body of the answer as sent.
    pub body: &'a [u8],
}

impl Signed for SignedEnrolment<'_> {
    fn message(&self) -> String {
        let (code, request) = (digest_of(self.code.as_bytes()), digest_of(self.request));
        let (status, digest) = (self.status, digest_of(self.body));
        format!("mostrador/enrolment/2\n{code}\n{request}\n{status}\n{digest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SecretKey;

    #[test]
    fn an_answer_is_for_one_code_and_one_key() {
        let key = SecretKey::from_bytes(&[9; 32]);
        let answer = SignedEnrolment {
            code: "JUNTOS-2345",
            request: br#"{"public_key":"aa"}"#,
            status: 200,
            body: b"{}",
        };
        let signature = answer.sign(&key);
        assert!(answer.verify(&key.public(), &signature).is_ok());
        let changed = [
            SignedEnrolment {
                code: "JUNTOS-2346",
                ..answer
            },
            SignedEnrolment {
                request: br#"{"public_key":"bb"}"#,
                ..answer
            },
            SignedEnrolment {
                status: 403,
                ..answer
            },
            SignedEnrolment {
                body: b"[]",
                ..answer
            },
        ];
        for other in changed {
            let verified = other.verify(&key.public(), &signature);
            assert!(verified.is_err(), "{other:?}");
        }
    }
}
