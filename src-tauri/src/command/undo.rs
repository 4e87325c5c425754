//! Giving money back, voiding the last sale, taking a step of the basket back.

use mostrador_terminal::Till;
use mostrador_terminal::view::{
    CounterView, ReceiptView, RefundInput, RefundView, Trouble, VoidInput, VoidView,
};
use tauri::State;

use crate::desk::Desk;

/// Takes the last step of the basket back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_step(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::undo_step).await
}

/// A sale of this till by its number or id, with what can come back of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_sale(
    desk: State<'_, Desk>,
    number: String,
) -> Result<RefundView, Trouble> {
    desk.act(move |till| till.find_sale(&number)).await
}

/// A sale of any store, as the server knows it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_sale_online(
    desk: State<'_, Desk>,
    number: String,
) -> Result<RefundView, Trouble> {
    desk.find_sale_online(&number).await
}

/// What follows if what is chosen of that sale comes back; records nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_refund(
    desk: State<'_, Desk>,
    input: RefundInput,
) -> Result<RefundView, Trouble> {
    desk.act(move |till| till.preview_refund(&input)).await
}

/// Gives it back; `pin` is a manager's, where one is needed. On `Ok` the refund is on disk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refund(
    desk: State<'_, Desk>,
    input: RefundInput,
    pin: String,
) -> Result<ReceiptView, Trouble> {
    desk.act(move |till| till.refund(&input, &pin)).await
}

/// The last sale of this till, and what voiding it undoes; records nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn offer_void(desk: State<'_, Desk>) -> Result<VoidView, Trouble> {
    desk.act(Till::offer_void).await
}

/// Voids it; `pin` is a manager's, where one is needed. On `Ok` the void is on disk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn void_sale(
    desk: State<'_, Desk>,
    input: VoidInput,
    pin: String,
) -> Result<ReceiptView, Trouble> {
    desk.act(move |till| till.void_sale(&input, &pin)).await
}
