//! When an entry was made: by the wall clock, and by the clock that never goes back.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::record::Stamp;

use crate::Error;
use crate::till::Shared;

/// Stamps an entry that is made at `wall_ms` under `program_version` (0: no program priced it). The
/// effective time is the wall clock corrected by `offset_ms`, and never before the entry before.
pub(crate) fn stamp(
    shared: &Shared,
    tx: &Connection,
    wall_ms: i64,
    offset_ms: i64,
    program_version: u32,
) -> Result<Stamp, Error> {
    let earliest_ms = ledger::stream::head(tx)?.map_or(i64::MIN, |head| head.effective_ms);
    Ok(Stamp {
        entry_id: shared.random.id(wall_ms),
        wall_ms,
        effective_ms: wall_ms.saturating_add(offset_ms).max(earliest_ms),
        boot_id: shared.boot_id,
        monotonic_ms: shared.clock.monotonic_ms(),
        program_version,
    })
}
