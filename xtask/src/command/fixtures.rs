//! `fixtures`: writes the generated customers, or checks that they are current.

use crate::error::Error;
use crate::fixture;

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    match rest {
        [] => fixture::write(),
        [option] if option == "--check" => fixture::check(),
        [option, ..] => Err(Error::Usage(format!("{option:?} is not an option here"))),
    }
}
