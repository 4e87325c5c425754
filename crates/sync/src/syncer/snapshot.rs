//! Beginning with a snapshot, a part at a time; the next part is asked for while one is taken over.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::bootstrap::{self, Bootstrap, Chunk};
use mostrador_protocol::message::ErrorCode;
use mostrador_protocol::snapshot::{SnapshotPart, SnapshotPlace};

use super::{Syncer, failed, in_file, trouble_in_file};
use crate::conversation::Failure;
use crate::exchange::begin;
use crate::plan::Outcome;
use crate::state::Bringing;

/// The fewest and the most rows that one transaction takes over.
pub(super) const CHUNK_ROWS: (usize, usize) = (10, 1_000);

/// How long a transaction should hold the file, milliseconds: a sale waits for one at most. The next one
/// takes as many rows as this one says: tills differ, and so do customers.
const CHUNK_MS: u64 = 8;

/// A part that was asked for ahead.
#[derive(Debug)]
pub(super) struct Fetched {
    position: u64,
    after: Option<SnapshotPlace>,
    part: SnapshotPart,
}

impl Syncer {
    pub(super) async fn snapshot(&mut self) -> Option<Outcome> {
        let begun = self.with_ledger(|ledger| ledger.read(bootstrap::current));
        match begun.await {
            Ok(Some(begun)) => self.take_part(begun).await,
            Ok(None) => self.begin_snapshot().await,
            Err(error) => Some(trouble_in_file(&error)),
        }
    }

    async fn begin_snapshot(&mut self) -> Option<Outcome> {
        let asking = self.conversation.snapshot();
        let told = match self.unless_stopped(asking).await? {
            Ok(told) => told,
            Err(failure) => return Some(failed(&failure)),
        };
        tracing::info!(
            position = told.position,
            customers = told.customers,
            "this till begins with a snapshot"
        );
        let contact = self.contact(told.server_time_ms);
        let bringing = Bringing {
            customers: (0, told.customers),
            accounts: (0, told.accounts),
        };
        let begun = self
            .with_ledger(move |ledger| ledger.transact(|tx| begin(tx, contact, &told)))
            .await;
        self.report
            .send_modify(|state| state.bringing = Some(bringing));
        Some(in_file(begun.map(|()| Outcome::Took { more: true })))
    }

    async fn take_part(&mut self, begun: Bootstrap) -> Option<Outcome> {
        let ahead = self.fetched.take().filter(|fetched| {
            fetched.position == begun.at.0 && fetched.after.as_ref() == begun.place.as_ref()
        });
        let part = if let Some(fetched) = ahead {
            fetched.part
        } else {
            let place = begun.place.as_ref();
            let asking = self.conversation.snapshot_rows(begun.at, place);
            match self.unless_stopped(asking).await? {
                Ok(part) => part,
                Err(failure) => return Some(self.no_part(&failure).await),
            }
        };
        self.contact(part.server_time_ms);
        let next = part.next.clone();
        let part = Arc::new(part);
        // A part that cannot be had is asked for again when it is its turn; the answer is judged there.
        let fetching = async {
            let next = next.as_ref()?;
            let asking = self.conversation.snapshot_rows(begun.at, Some(next));
            self.unless_stopped(asking).await?.ok()
        };
        let (taken, fetched) = tokio::join!(self.take_over(&begun, &part), fetching);
        self.fetched = fetched.map(|part| Fetched {
            position: begun.at.0,
            after: next.clone(),
            part,
        });
        self.report.send_modify(|state| state.changes += 1);
        match taken? {
            Err(error) => Some(trouble_in_file(&error)),
            Ok(rows) if next.is_some() => {
                self.chunk_rows = rows;
                Some(Outcome::Took { more: true })
            }
            Ok(_) => {
                let (position, _) = begun.at;
                let finished = self.with_ledger(move |ledger| {
                    ledger.transact(|tx| bootstrap::finish(tx, position))?;
                    Ok(Outcome::Took { more: false })
                });
                let outcome = in_file(finished.await);
                self.report.send_modify(|state| {
                    state.bringing = None;
                    state.changes += 1;
                });
                Some(outcome)
            }
        }
    }

    /// Takes the rows of a part over, some at a time; gives how many at a time in the end. `None` when the
    /// task stops in between: the file says where to go on.
    async fn take_over(
        &self,
        begun: &Bootstrap,
        part: &Arc<SnapshotPart>,
    ) -> Option<Result<usize, ledger::Error>> {
        let position = begun.at.0;
        let mut after = begun.place.clone();
        let mut rows = self.chunk_rows;
        let mut from = 0;
        while from < part.rows.len() {
            let through = part.rows.len().min(from + rows);
            let (part, before) = (Arc::clone(part), after.take());
            let clock = Arc::clone(&self.conversation.clock);
            after = part.rows.get(through - 1).map(SnapshotPlace::after);
            let taken = self.with_ledger(move |ledger| {
                let mut began_ms = 0;
                let begun = ledger.transact_when_free(|tx| {
                    began_ms = clock.monotonic_ms();
                    let chunk = Chunk {
                        position,
                        after: before.as_ref(),
                        rows: &part.rows[from..through],
                        seals: &part.seals,
                    };
                    bootstrap::apply(tx, chunk)?;
                    bootstrap::current(tx)
                })?;
                Ok((begun, clock.monotonic_ms().saturating_sub(began_ms)))
            });
            let (begun, held_ms) = match taken.await {
                Ok(taken) => taken,
                Err(error) => return Some(Err(error)),
            };
            self.report.send_modify(|state| {
                state.bringing = begun.map(|begun| Bringing {
                    customers: begun.customers,
                    accounts: begun.accounts,
                });
            });
            self.settle_log().await;
            rows = next_rows(through - from, held_ms);
            from = through;
            self.unless_stopped(tokio::task::yield_now()).await?;
        }
        Some(Ok(rows))
    }

    /// The server does not give the part: its feed was compacted beyond the snapshot, or it was restored.
    async fn no_part(&mut self, failure: &Failure) -> Outcome {
        let is = |code: ErrorCode| matches!(failure, Failure::Refused(refusal) if refusal.code == code.as_str());
        if is(ErrorCode::OtherFeed) {
            return Outcome::OtherFeed;
        }
        if !is(ErrorCode::Snapshot) {
            return failed(failure);
        }
        tracing::info!("the snapshot is too old by now, another one is taken");
        let abandoned = self.with_ledger(|ledger| ledger.transact(bootstrap::abandon));
        in_file(abandoned.await.map(|()| Outcome::Took { more: true }))
    }
}

/// How many rows the next transaction takes after one of so many that held the file for so long: at most
/// twice as many.
fn next_rows(rows: usize, held_ms: u64) -> usize {
    let (fewest, most) = CHUNK_ROWS;
    let wanted = u64::try_from(rows)
        .unwrap_or(u64::MAX)
        .saturating_mul(CHUNK_MS)
        / held_ms.max(1);
    let wanted = usize::try_from(wanted).unwrap_or(most);
    wanted.min(rows.saturating_mul(2)).clamp(fewest, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_the_time_that_the_file_was_held() {
        for (rows, held_ms, next) in [
            (10, 0, 20),
            (100, 4, 200),
            (100, 8, 100),
            (100, 16, 50),
            (100, 1_000, 10),
            (900, 2, 1_000),
            (3, 8, 10),
        ] {
            assert_eq!(
                next_rows(rows, held_ms),
                next,
                "{rows} rows in {held_ms} ms"
            );
        }
    }
}
