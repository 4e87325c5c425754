//! Held entries, tried again: after an update that can read them, or when a manager asks.

use uuid::Uuid;

use super::{Release, Released};
use crate::Error;
use crate::store::Store;

/// Entries that one transaction tries.
const AT_ONCE: u32 = 200;

/// Tries the held entries of a tenant again (only the one with this id, when it is given). Each has the
/// effects that it would have had at first, on the balances as they are now. What is still held comes
/// last in the answer.
///
/// # Errors
/// What the store says; what was released before stays released.
pub async fn release<S: Store>(
    store: &S,
    tenant: &str,
    entry_id: Option<Uuid>,
) -> Result<Released, Error> {
    let mut all = Released::default();
    loop {
        let pass = one_pass(store, tenant, entry_id).await?;
        let before = all.tried.len();
        all.tried.extend(pass.freed().cloned());
        // A copy of an entry in another stream follows the first one, which may stand after it.
        if all.tried.len() == before {
            all.tried.extend(pass.tried);
            return Ok(all);
        }
    }
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
        let still_held = released.tried.len() - freed;
        if freed + still_held > 0 {
            let tenant = tenant.id;
            tracing::info!(tenant, freed, still_held, "held entries were tried again");
        }
    }
    Ok(())
}
