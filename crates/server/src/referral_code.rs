//! Referral codes that the server gives: to customers who have none, and to the later of two who drew
//! the same.

use loyalty::code::CodeText;
use loyalty::code::generated::{ALPHABET, with_check_sign};
use mostrador_loyalty as loyalty;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Signs before the check sign.
const BODY_SIGNS: usize = 7;

/// The code that a customer gets at the `attempt`-th try, eight signs with the check sign. It follows
/// from the customer, so that giving one again gives the same.
pub(crate) fn draw(tenant: &str, customer: Uuid, attempt: u32) -> CodeText {
    let mut hash = Sha256::new();
    hash.update(b"mostrador/referral-code/1");
    hash.update(customer.as_bytes());
    hash.update(attempt.to_be_bytes());
    hash.update(tenant.as_bytes());
    let signs = ALPHABET.as_bytes();
    let body: String = hash
        .finalize()
        .chunks_exact(4)
        .take(BODY_SIGNS)
        .map(|chunk| {
            let number = chunk
                .iter()
                .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            char::from(signs[number % signs.len()])
        })
        .collect();
    with_check_sign(&body).expect("BUG: seven signs of the alphabet always have a check sign")
}

#[cfg(test)]
mod tests {
    use super::*;
    use loyalty::code::generated::is_intact;

    #[test]
    fn codes_are_intact_and_differ_by_customer_and_attempt() {
        let (ana, beto) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = draw("cafe", ana, 0);
        assert!(is_intact(&first) && first.as_str().len() == 8);
        assert_eq!(draw("cafe", ana, 0), first);
        for other in [
            draw("cafe", beto, 0),
            draw("cafe", ana, 1),
            draw("bar", ana, 0),
        ] {
            assert_ne!(other, first);
        }
    }
}
