//! The one box, and who the customer is.

use mostrador_terminal::Till;
use mostrador_terminal::view::{BoxReading, CounterView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// What the one box makes of its text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_box(desk: State<'_, Desk>, text: String) -> Result<BoxReading, Trouble> {
    desk.act(move |till| till.read_box(&text)).await
}

/// Puts a customer to the basket.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_customer(
    desk: State<'_, Desk>,
    id: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.set_customer(&id)).await
}

/// Takes the customer off the basket.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_customer(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::clear_customer).await
}
