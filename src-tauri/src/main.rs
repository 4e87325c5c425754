//! The window: thin adapters from what a till can do to commands and events.
//!
//! Nothing is decided here. `desk` holds the till, `command` passes each action on off the thread
//! that paints, `stale` tells the window what to fetch again, `window` opens it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod command;
mod data_folder;
mod desk;
mod display;
mod journal;
mod stale;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(missing) = display::prepare() {
        return leave(&missing, 2);
    }
    let folder = match data_folder::find() {
        Ok(folder) => folder,
        Err(trouble) => return leave(&trouble, 1),
    };
    if let Err(trouble) = journal::start(&folder) {
        return leave(&trouble, 1);
    }
    match window::run(tauri::generate_context!(), folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            leave(&error, 1)
        }
    }
}

/// The last words of a program that has no window to say them in.
fn leave(why: &dyn std::fmt::Display, status: u8) -> ExitCode {
    eprintln!("mostrador: {why}");
    ExitCode::from(status)
}
