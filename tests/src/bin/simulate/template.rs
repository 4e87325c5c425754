//! The morning of every run: a server with a company, and tills that are enrolled and up to date. Made
//! once, copied for each seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mostrador_server::store::Store;
use mostrador_server::terminal::{Shop, Tenant};
use mostrador_server::{Mint, SqliteStore, enrol_code, publish};
use mostrador_sync::Phase;
use mostrador_terminal::{KeySource, Till, TillOptions};

use super::cable::{Cable, Plug};
use super::chance::Chance;
use super::diary::Diary;
use super::goods::{STORE, TENANT, program, rows};
use super::machine::KEY;
use super::site::{SERVER_FILE, Site};
use super::watch::{Calendar, Watch};
use mostrador_tests::Error;

/// Tills in the template.
pub(super) const TILLS: usize = 4;

/// Folders to copy.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    folder: PathBuf,
}

impl Template {
    /// Makes it below `folder`.
    ///
    /// # Errors
    /// When a file cannot be written, or a till does not enrol.
    pub(crate) async fn make(folder: &Path) -> Result<Self, Error> {
        let template = Self {
            folder: folder.to_owned(),
        };
        let calendar = Calendar::new();
        let clock = Arc::new(Watch::new(&calendar, 0));
        let diary = Arc::new(Diary::new(false));
        let mint = Mint::seeded(clock, 0);
        set_up(&template.server(), &mint).await?;
        let site = Arc::new(Site::new(folder, mint.clone(), Arc::clone(&diary)));
        site.start().await?;
        for number in 0..TILLS {
            let name = format!("till {number}");
            let cable = Cable::new(&name, (&site, &diary), 0);
            let till = Till::open(TillOptions {
                data_dir: template.till(number),
                key_source: KeySource::Given(KEY),
                clock: Arc::new(Watch::new(&calendar, 0)),
                random: Chance::source(0, &name),
                transport: Some(Arc::new(Plug(cable))),
            })?;
            let store = site.store().ok_or(Error::Gone)?;
            let code = enrol_code::issue(&store, &mint, (TENANT, STORE), &name).await?;
            till.enrol("http://server.test", &code).await?;
            let mut changes = till.sync_changes();
            let quiet =
                changes.wait_for(|state| state.phase == Phase::UpToDate && state.waiting == 0);
            let in_time = tokio::time::timeout(Duration::from_mins(5), quiet).await;
            in_time.map_err(|_| Error::Gone)?.map_err(|_| Error::Gone)?;
            till.stop_sync().await;
        }
        if let Some(store) = site.store() {
            store.settle().await?;
        }
        Ok(template)
    }

    /// The server's folder.
    pub(super) fn server(&self) -> PathBuf {
        self.folder.join("server")
    }

    /// A till's folder.
    pub(super) fn till(&self, number: usize) -> PathBuf {
        self.folder.join(format!("till-{number}"))
    }
}

async fn set_up(folder: &Path, mint: &Mint) -> Result<(), Error> {
    let store = SqliteStore::open(&folder.join(SERVER_FILE), mint)?;
    let tenant = Tenant {
        id: TENANT.to_owned(),
        name: "Sim".to_owned(),
    };
    store.add_tenant(tenant, mint.now_ms()).await?;
    let shop = Shop {
        tenant: TENANT.to_owned(),
        id: STORE.to_owned(),
        name: "Centro".to_owned(),
    };
    store.add_shop(shop, mint.now_ms()).await?;
    publish(&store, mint, TENANT, program(1)).await?;
    store.put(TENANT, rows()).await?;
    store.settle().await?;
    Ok(())
}
