//! `deps`: the dependency table and the walls between layers.

use crate::error::Error;
use crate::{layering, source};

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    super::no_options(rest)?;
    check()
}

/// Fails with a sentence for each rule that does not hold.
pub(super) fn check() -> Result<(), Error> {
    let mut broken = layering::broken_rules()?;
    broken.extend(source::broken_rules()?);
    if !broken.is_empty() {
        return Err(Error::Rules(broken));
    }
    println!("dependencies point one way; every wall holds");
    Ok(())
}
