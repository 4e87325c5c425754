//! Payment and its receipt.

use mostrador_terminal::Till;
use mostrador_terminal::view::{ReceiptView, TenderInput, TendersView, Trouble, TypedTender};
use tauri::State;

use crate::desk::Desk;

/// What the tenders kept so far and the one that is being typed come to; pays nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_tenders(
    desk: State<'_, Desk>,
    kept: Vec<TenderInput>,
    typed: TypedTender,
) -> Result<TendersView, Trouble> {
    desk.act(move |till| {
        till.note_tenders(&kept)?;
        till.preview_tenders(&kept, &typed)
    })
    .await
}

/// Notes that the basket is shown for payment, for the figures of experiments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reach_payment(desk: State<'_, Desk>) -> Result<(), Trouble> {
    desk.act(Till::reach_payment).await
}

/// Pays the basket, if what is left to pay is still `seen_due` (minor units), as on the screen. On `Ok`
/// the sale is on disk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pay(
    desk: State<'_, Desk>,
    tenders: Vec<TenderInput>,
    seen_due: i64,
) -> Result<ReceiptView, Trouble> {
    desk.act(move |till| till.pay(&tenders, seen_due)).await
}

/// The receipt of a sale of this till.
#[tauri::command]
#[specta::specta]
pub(crate) async fn receipt(
    desk: State<'_, Desk>,
    sale_id: String,
) -> Result<ReceiptView, Trouble> {
    desk.act(move |till| till.receipt(&sale_id)).await
}
