//! The window itself.

use mostrador_terminal::view::Trouble;
use tauri::{State, WebviewWindow};

use crate::desk::Desk;

/// Fills the screen, or gives it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn toggle_full_screen(
    desk: State<'_, Desk>,
    window: WebviewWindow,
) -> Result<(), Trouble> {
    let toggled = window
        .is_fullscreen()
        .and_then(|full| window.set_fullscreen(!full));
    toggled.map_err(|error| desk.broken(&error))
}
