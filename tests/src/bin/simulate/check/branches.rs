//! Invariant 13: at rest a till and its copy do not both write one stream. That both branches are kept is the
//! matter of [`super::delivery`], that each entry counts once the one of [`super::counted`].

use mostrador_protocol::entry::RawEntry;
use uuid::Uuid;

use super::{Rest, Violation};
use crate::machine::Machine;
use crate::message::short;
use mostrador_tests::Error;

/// The entries of a till: stream, position and bytes.
type Entries = Vec<(Uuid, u64, RawEntry)>;

pub(super) fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    for (original, copy) in &rest.journal.copies {
        let (Some(one), Some(other)) = (running(rest, original)?, running(rest, copy)?) else {
            continue;
        };
        violations.extend(written_by_both((original, &one), (copy, &other)));
    }
    Ok(violations)
}

fn running(rest: &Rest<'_>, name: &str) -> Result<Option<Entries>, Error> {
    let mut machines = rest.machines.iter();
    let machine = machines.find(|machine| machine.name == name);
    let Some(till) = machine.and_then(Machine::till) else {
        return Ok(None);
    };
    Ok(Some(till.ledger().read(super::delivery::own_entries)?))
}

/// At rest the two write different streams, once both wrote something after the copy: a copy that only
/// listens is found when it says something.
fn written_by_both(
    (original, one): (&str, &Entries),
    (copy, other): (&str, &Entries),
) -> Option<Violation> {
    let stream = one.last()?.0;
    if other.last()?.0 != stream {
        return None;
    }
    let parted = one.iter().any(|(of, seq, raw)| {
        let mut theirs = other.iter();
        theirs.any(|(their, at, bytes)| (their, at) == (of, seq) && *of == stream && bytes != raw)
    });
    parted.then(|| {
        let stream = short(stream);
        let what = format!("{original} and {copy} both go on writing stream {stream}");
        Violation::new(13, what)
    })
}
