//! `terminal off` and `terminal on`.

use clap::Subcommand;
use mostrador_server::{Error, SqliteStore, Store as _};
use uuid::Uuid;

use super::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Terminal {
    /// Refuse whatever this terminal says from now on: it was stolen or given away
    Off {
        /// Its id, see `status`
        id: Uuid,
    },
    /// Listen to it again
    On {
        /// Its id, see `status`
        id: Uuid,
    },
}

impl Terminal {
    pub(super) async fn run(self, store: SqliteStore) -> Result<(), Stop> {
        let (id, active) = match self {
            Self::Off { id } => (id, false),
            Self::On { id } => (id, true),
        };
        if !store.set_terminal_active(id, active).await? {
            return Err(Error::UnknownTerminal(id).into());
        }
        println!("terminal {id} is {}", if active { "on" } else { "off" });
        Ok(())
    }
}
