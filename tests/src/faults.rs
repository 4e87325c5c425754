//! The fault table: real tills and the real server as processes, and everything done to them that a shop
//! can do to a machine.
//!
//! One idea: whatever happens, a receipt that was printed is in the till's file, reaches the server and counts
//! there once. Each [`Row`] of the table breaks one thing, many times, and [`audit`] compares the paper with the
//! files on both sides. docs/faults.md says what each row does and what it found.

pub mod audit;
mod books;
pub mod damage;
pub mod disk;
mod end;
mod flip;
mod full;
mod kill;
mod kill_server;
mod last;
mod old;
mod power;
mod server;
mod site;
mod table;
mod tally;
mod wire;
pub mod worker;

pub use self::site::Site;
pub use self::table::print;
pub use self::tally::{Outcome, Tally};

use self::flip::Where;
use self::old::Mix;
use crate::Error;
use crate::proxy::Trouble;

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A till dies at a system call of a sale.
    KillSale,
    /// A till dies at a system call of a refund.
    KillRefund,
    /// The server dies at a system call of a push.
    KillPush,
    /// The till's disk is full.
    FullTill,
    /// The server's disk is full.
    FullServer,
    /// A bit of the till's database is another.
    FlipDatabase,
    /// A bit of its log is another.
    FlipLog,
    /// Bits of the database are others while the till is open.
    FlipOpen,
    /// An old database beside a new log.
    OldFileNewLog,
    /// An old database beside a new witness.
    OldFile,
    /// The witness is gone.
    NoWitness,
    /// An old database, and no witness.
    OldFileNoWitness,
    /// The power goes.
    PowerCut,
    /// The wire does one thing wrong while a till sells.
    Wire(Trouble),
    /// Many tills want the last use of a code.
    LastUse,
    /// The server dies while tills push.
    ServerKill,
    /// The server is an older one.
    ServerRestore,
}

impl Row {
    /// Every row, in the order of the table.
    pub fn all() -> Vec<Self> {
        let before = [
            Self::KillSale,
            Self::KillRefund,
            Self::KillPush,
            Self::FullTill,
            Self::FullServer,
            Self::FlipDatabase,
            Self::FlipLog,
            Self::FlipOpen,
            Self::OldFileNewLog,
            Self::OldFile,
            Self::NoWitness,
            Self::OldFileNoWitness,
            Self::PowerCut,
        ];
        let wires = Trouble::ALL.into_iter().map(Self::Wire);
        let after = [Self::LastUse, Self::ServerKill, Self::ServerRestore];
        before.into_iter().chain(wires).chain(after).collect()
    }

    /// What `--only` names it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KillSale => "kill-sale",
            Self::KillRefund => "kill-refund",
            Self::KillPush => "kill-push",
            Self::FullTill => "full-till",
            Self::FullServer => "full-server",
            Self::FlipDatabase => "flip-database",
            Self::FlipLog => "flip-log",
            Self::FlipOpen => "flip-open",
            Self::OldFileNewLog => "old-file-new-log",
            Self::OldFile => "old-file",
            Self::NoWitness => "no-witness",
            Self::OldFileNoWitness => "old-file-no-witness",
            Self::PowerCut => "power-cut",
            Self::Wire(trouble) => trouble.name(),
            Self::LastUse => "last-use",
            Self::ServerKill => "server-kill",
            Self::ServerRestore => "server-restore",
        }
    }

    /// What is done, in the words of the table.
    pub const fn fault(self) -> &'static str {
        match self {
            Self::KillSale => "SIGKILL of the till at each system call that writes a sale",
            Self::KillRefund => "SIGKILL of the till at each system call that writes a refund",
            Self::KillPush => "SIGKILL of the server at each system call that writes a push",
            Self::FullTill => "disk of the till full, then room again",
            Self::FullServer => "disk of the server full, then room again",
            Self::FlipDatabase => "one bit of the till's database flipped",
            Self::FlipLog => "one bit of the log beside it flipped",
            Self::FlipOpen => "40 bits of the database flipped under an open till",
            Self::OldFileNewLog => "old database put back beside today's log",
            Self::OldFile => "old database put back beside today's witness",
            Self::NoWitness => "witness gone",
            Self::OldFileNoWitness => "old database put back, witness gone",
            Self::PowerCut => "power cut (ext4 in a file, shut down under load)",
            Self::Wire(trouble) => trouble.words(),
            Self::LastUse => {
                "50 tills (quick: 15) after the last use of a code, a fifth of them killed"
            }
            Self::ServerKill => "SIGKILL of the server while 3 tills push",
            Self::ServerRestore => "server killed and put back to an earlier backup",
        }
    }

    /// Does it, as often as the site says.
    ///
    /// # Errors
    /// When the harness itself cannot work; what the product does wrong is in the tally.
    pub async fn run(self, site: &mut Site) -> Result<Outcome, Error> {
        match self {
            Self::KillSale => kill::sale(site).await,
            Self::KillRefund => kill::refund(site).await,
            Self::KillPush => kill_server::push(site).await,
            Self::FullTill => full::till(site).await,
            Self::FullServer => full::server(site).await,
            Self::FlipDatabase => flip::bits(site, Where::Database).await,
            Self::FlipLog => flip::bits(site, Where::Log).await,
            Self::FlipOpen => flip::bits(site, Where::Open).await,
            Self::OldFileNewLog => old::mix(site, Mix::OldFileNewLog).await,
            Self::OldFile => old::mix(site, Mix::OldFile).await,
            Self::NoWitness => old::mix(site, Mix::NoWitness).await,
            Self::OldFileNoWitness => old::mix(site, Mix::OldFileNoWitness).await,
            Self::PowerCut => power::cut(site).await,
            Self::Wire(trouble) => wire::trouble(site, trouble).await,
            Self::LastUse => last::last_use(site).await,
            Self::ServerKill => server::kill(site).await,
            Self::ServerRestore => server::restore(site).await,
        }
    }
}
