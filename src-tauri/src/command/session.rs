//! Who works on this till, in which language, and for which server.

use mostrador_terminal::view::{Language, TillView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// The till as it is. The first call waits until its database is open; when that fails, every
/// call tries again, and says why in `language`: the till's own is in the database.
#[tauri::command]
#[specta::specta]
pub(crate) async fn till_view(
    desk: State<'_, Desk>,
    language: Language,
) -> Result<TillView, Trouble> {
    desk.speak(language);
    desk.act(|till| Ok(till.view())).await
}

/// Opens the counter for the person whose PIN this is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock(desk: State<'_, Desk>, pin: String) -> Result<TillView, Trouble> {
    desk.act(move |till| till.unlock(&pin)).await
}

/// Locks the counter; basket and customer stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn lock(desk: State<'_, Desk>) -> Result<TillView, Trouble> {
    desk.act(|till| Ok(till.lock())).await
}

/// Changes the language of every sentence from here on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_language(
    desk: State<'_, Desk>,
    language: Language,
) -> Result<TillView, Trouble> {
    desk.act(move |till| till.set_language(language)).await
}

/// Makes this a till of the server at `server_url`, with a one-time code.
#[tauri::command]
#[specta::specta]
pub(crate) async fn enrol(
    desk: State<'_, Desk>,
    server_url: String,
    code: String,
) -> Result<TillView, Trouble> {
    desk.enrol(&server_url, &code).await
}
