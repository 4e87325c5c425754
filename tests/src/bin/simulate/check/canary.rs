//! Invariant 20, as far as a till's disk goes: nothing that a person or a till keeps secret can be read on it.

use std::fs;

use memchr::memmem;

use super::{Rest, Violation};
use crate::goods::canaries;
use mostrador_tests::Error;

/// One seed in so many is looked at: what leaks once leaks always.
const EVERY: u64 = 8;

pub(super) fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    if !rest.seed.is_multiple_of(EVERY) {
        return Ok(violations);
    }
    let canaries = canaries();
    for machine in rest.machines {
        for file in fs::read_dir(machine.folder())? {
            let path = file?.path();
            let bytes = fs::read(&path)?;
            let found =
                (canaries.iter()).filter(|(_, secret)| memmem::find(&bytes, secret).is_some());
            violations.extend(found.map(|(what, _)| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let name = format!("{what} can be read in {name} of {}", machine.name);
                Violation::new(20, name)
            }));
        }
    }
    Ok(violations)
}
