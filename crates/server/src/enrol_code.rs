//! One-time codes by which a new terminal proves that the owner wants it.

pub use mostrador_protocol::enrolment::code_hash as hash;

use crate::Error;
use crate::mint::Mint;
use crate::store::Store;
use crate::terminal::NewEnrolCode;

/// Signs that nobody mistakes for another: no 0 O 1 I L.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// Signs of a code: 20 x log2(31) = 99 bits.
const SIGNS: usize = 20;

/// Signs between two dashes.
const GROUP: usize = 5;

/// How long a code can be used, milliseconds: 15 minutes.
pub const LIFETIME_MS: i64 = 15 * 60 * 1000;

/// Makes a code for one new terminal, keeps its hash and returns what a person types:
/// `ABCDE-23456-FGHJK-6789M`.
///
/// # Errors
/// [`Error::UnknownStore`] when the tenant has no such store.
pub async fn issue<S: Store>(
    store: &S,
    mint: &Mint,
    place: (&str, &str),
    terminal_name: &str,
) -> Result<String, Error> {
    let code = generate(mint)?;
    let (tenant, store_id) = place;
    store
        .add_enrol_code(NewEnrolCode {
            tenant: tenant.to_owned(),
            store: store_id.to_owned(),
            terminal_name: terminal_name.to_owned(),
            code_hash: hash(&code),
            expires_ms: mint.now_ms().saturating_add(LIFETIME_MS),
        })
        .await?;
    Ok(code)
}

fn generate(mint: &Mint) -> Result<String, Error> {
    let mut signs = Vec::with_capacity(SIGNS);
    while signs.len() < SIGNS {
        // 248 = 8 x 31: bytes above it would favour the first signs, so they are drawn again.
        let drawn = mint.random::<32>()?;
        let fair = drawn.iter().filter(|byte| **byte < 248);
        signs.extend(fair.map(|byte| char::from(ALPHABET[usize::from(byte % 31)])));
    }
    signs.truncate(SIGNS);
    let groups: Vec<String> = signs
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typable_and_never_the_same() {
        let mint = Mint::system();
        let code = generate(&mint).unwrap();
        assert_eq!(code.len(), SIGNS + 3, "{code}");
        assert!(
            code.bytes()
                .all(|sign| sign == b'-' || ALPHABET.contains(&sign))
        );
        assert_ne!(code, generate(&mint).unwrap());
    }
}
