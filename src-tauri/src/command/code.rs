//! Codes on the basket.

use mostrador_terminal::Till;
use mostrador_terminal::view::{CounterView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// Applies a typed or scanned code; a refusal is part of the answer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_code(
    desk: State<'_, Desk>,
    text: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.apply_code(&text)).await
}

/// Takes a code off the basket, accepted or refused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_code(
    desk: State<'_, Desk>,
    text: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.remove_code(&text)).await
}

/// Lets a refused code join by a manager's PIN, where the program allows that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn allow_code(
    desk: State<'_, Desk>,
    text: String,
    pin: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.allow_code(&text, &pin)).await
}

/// Keeps only the codes of the best set.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_best_set(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::use_best_set).await
}
