//! `terminal off`, `terminal on` and `terminal write-off`.

use clap::Subcommand;
use mostrador_server::lease::WriteOff;
use mostrador_server::{Error, Store};
use uuid::Uuid;

use super::{Stop, leases};

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
    /// Give up on what it holds: it will not come back. Its leases can be granted again; what it may have
    /// sold by them unseen is named as what the limits may be passed by
    WriteOff {
        /// Its id, see `status`
        id: Uuid,
    },
}

impl Terminal {
    pub(super) async fn run(self, store: impl Store) -> Result<(), Stop> {
        let (id, active) = match self {
            Self::Off { id } => (id, false),
            Self::On { id } => (id, true),
            Self::WriteOff { id } => {
                let terminal = store.terminal(id).await?;
                let terminal = terminal.ok_or(Error::UnknownTerminal(id))?;
                let which = WriteOff::Terminal(id);
                return leases::write_off(&store, &terminal.tenant.id, which).await;
            }
        };
        if !store.set_terminal_active(id, active).await? {
            return Err(Error::UnknownTerminal(id).into());
        }
        println!("terminal {id} is {}", if active { "on" } else { "off" });
        Ok(())
    }
}
