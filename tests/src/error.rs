//! What can go wrong while a story is told.

use std::io;

use thiserror::Error;

/// Something that the story did not mean to show.
#[derive(Debug, Error)]
pub enum Error {
    /// A process, a file or a wait.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A till said no.
    #[error("the till: {0}")]
    Till(#[from] mostrador_terminal::Error),
    /// A till's file could not be read.
    #[error("the till's file: {0}")]
    Ledger(#[from] mostrador_ledger::Error),
    /// The server's file could not be read.
    #[error("the server's file: {0}")]
    Server(#[from] mostrador_server::Error),
    /// The window, or what drives it.
    #[error("the window: {what}\n{log}")]
    Window {
        /// What went wrong.
        what: String,
        /// What driver and window have said.
        log: String,
    },
    /// Both sides were to be the same and are not.
    #[error("not the same on both sides:\n{}", .0.join("\n"))]
    Disagreement(Vec<String>),
    /// A part of a simulated shop is not there.
    #[error("a part of the simulated shop is not there")]
    Gone,
}
