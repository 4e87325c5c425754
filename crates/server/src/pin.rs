//! PINs of staff: 4 to 6 digits, kept as an Argon2id hash.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::Error;
use crate::mint::Mint;

/// Memory of one check, KiB, and passes over it: 19 MiB twice, about 25 ms on one core of a till. A
/// PIN has at most a million values, so no cost makes a stolen hash safe; the till's delay after
/// misses does the work, and this keeps a glance at the file from being enough.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The hash of a PIN in PHC format, with its own salt.
pub(crate) fn hash(pin: &str, mint: &Mint) -> Result<String, Error> {
    let salt = mint.random::<16>()?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("BUG: the constants are in range");
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher
        .hash_password_with_salt(pin.as_bytes(), &salt)
        .expect("BUG: any PIN and a salt of 16 bytes can be hashed");
    Ok(hash.to_string())
}

/// Whether the hash is this PIN's.
pub(crate) fn fits(pin: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(pin.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_pin_only_and_is_never_the_same() {
        let mint = Mint::system();
        let first = hash("1234", &mint).unwrap();
        assert!(
            first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{first}"
        );
        assert!(fits("1234", &first));
        assert!(!fits("1235", &first));
        assert!(!fits("1234", "no hash"));
        assert_ne!(first, hash("1234", &mint).unwrap());
    }
}
