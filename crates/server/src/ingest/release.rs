//! Held entries, tried again: after an update that can read them, or when a manager asks.

use mostrador_protocol::message::{Disposition, EntryDisposition};
use uuid::Uuid;

use super::{Release, Released};
use crate::Error;
use crate::store::Store;

/// Entries that one transaction tries.
const AT_ONCE: u32 = 200;

/// Tries the held entries of a tenant again (only the one with this id, when it is given). Each has the
/// effects that it would have had at first, on the balances as they are now; a refund or void that had
/// waited for a sale follows it, also when only the sale was asked for. What is still held comes last in
/// the answer.
///
/// # Errors
/// What the store says; what was released before stays released.
pub async fn release<S: Store>(
    store: &S,
    tenant: &str,
    entry_id: Option<Uuid>,
) -> Result<Released, Error> {
    let mut all = Released::default();
    let mut waits = Vec::new();
    loop {
        let pass = one_pass(store, tenant, entry_id).await?;
        let freed = pass.freed().count();
        let is_held = |entry: &EntryDisposition| entry.disposition == Disposition::Held;
        let (held, tried): (Vec<_>, Vec<_>) =
            pass.tried.into_iter().partition(|(_, it)| is_held(it));
        let (waiting, followed): (Vec<_>, Vec<_>) =
            pass.followed.into_iter().partition(|(_, it)| is_held(it));
        all.tried.extend(tried);
        all.followed.extend(followed);
        waits.extend(waiting);
        // A copy of an entry in another stream follows the first one, which may stand after it.
        if freed == 0 {
            all.tried.extend(held);
            break;
        }
    }
    for (stream, entry) in waits {
        let is_it =
            |(of, known): &(Uuid, EntryDisposition)| (*of, known.seq) == (stream, entry.seq);
        if !all.tried.iter().chain(&all.followed).any(is_it) {
            all.followed.push((stream, entry));
        }
    }
    Ok(all)
}

async fn one_pass<S: Store>(
    store: &S,
    tenant: &str,
    entry_id: Option<Uuid>,
) -> Result<Released, Error> {
    let mut pass = Released::default();
    let mut after = (Uuid::nil(), 0);
    loop {
        let some = Release {
            tenant: tenant.to_owned(),
            entry_id,
            after,
            limit: AT_ONCE,
        };
        let released = store.release(some).await?;
        let Some((stream, last)) = released.tried.last() else {
            return Ok(pass);
        };
        after = (*stream, last.seq);
        pass.tried.extend(released.tried);
        pass.followed.extend(released.followed);
    }
}

/// Tries every held entry of every tenant: what a new version of the server does when it starts.
///
/// # Errors
/// What the store says.
pub async fn release_readable<S: Store>(store: &S) -> Result<(), Error> {
    for tenant in store.tenants().await? {
        let released = release(store, &tenant.id, None).await?;
        let freed = released.freed().count();
        let still_held = released.still_held().count();
        if freed + still_held > 0 {
            let tenant = tenant.id;
            tracing::info!(tenant, freed, still_held, "held entries were tried again");
        }
    }
    Ok(())
}
