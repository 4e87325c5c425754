//! How a row ends: everybody agrees, and the paper is compared with the files on both sides.

use std::path::Path;

use mostrador_terminal::Till;

use super::worker::Receipt;
use super::{Outcome, Site, Tally, audit};
use crate::Error;

/// After faults on a till's disk: its file as they left it, then the server with all that the till has.
pub(super) async fn of_disk(
    site: &Site,
    data: &Path,
    (printed, mut tally): (Vec<Receipt>, Tally),
) -> Result<Outcome, Error> {
    let till = audit::opened(data)?;
    audit::file(&till, &printed, &mut tally)?;
    till.start_sync()?;
    site.shop.agree(&[&till]).await?;
    till.stop_sync().await;
    drop(till);
    on_server(site, (printed, tally)).await
}

/// After faults between tills that are open and their server: their files once they agree, then the server.
pub(super) async fn of_tills(
    site: &Site,
    tills: &[Till],
    (printed, mut tally): (Vec<Receipt>, Tally),
) -> Result<Outcome, Error> {
    site.shop.agree(&tills.iter().collect::<Vec<_>>()).await?;
    audit::files(tills, &printed, &mut tally)?;
    for till in tills {
        till.stop_sync().await;
    }
    on_server(site, (printed, tally)).await
}

async fn on_server(
    site: &Site,
    (printed, mut tally): (Vec<Receipt>, Tally),
) -> Result<Outcome, Error> {
    audit::server(&site.shop, &printed, &mut tally).await?;
    tally.acknowledged = printed.len();
    Ok(Outcome::Ran(tally))
}
