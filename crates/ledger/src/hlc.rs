//! Hybrid logical clock: milliseconds x 65536 + counter, so that it grows even when the wall clock does not.

/// The latest wall clock that fits; beyond it only the counter grows.
const LAST_MS: i64 = i64::MAX >> 16;

/// The stamp after `previous` when the wall clock shows `wall_ms` (milliseconds since the epoch).
/// Always greater than `previous`.
///
/// ```
/// use mostrador_ledger::hlc;
/// assert_eq!(hlc::next(0, 1_000), 1_000 << 16);
/// assert_eq!(hlc::next(1_000 << 16, 999), (1_000 << 16) + 1);
/// ```
pub fn next(previous: u64, wall_ms: i64) -> u64 {
    let wall = u64::try_from(wall_ms.clamp(0, LAST_MS)).unwrap_or(0) << 16;
    wall.max(previous.saturating_add(1))
}
