//! The strip.

use mostrador_terminal::Till;
use mostrador_terminal::view::{SyncView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// How far this till and the server agree.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_view(desk: State<'_, Desk>) -> Result<SyncView, Trouble> {
    desk.act(Till::sync_view).await
}

/// Tries now instead of at the next time by itself.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(desk: State<'_, Desk>) -> Result<SyncView, Trouble> {
    desk.sync_now().await
}
