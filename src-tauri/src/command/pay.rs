//! Payment and its receipt.

use mostrador_terminal::view::{ReceiptView, TenderInput, TendersView, Trouble};
use mostrador_terminal::{Till, tender};
use tauri::State;

use crate::desk::Desk;

/// What the tenders entered so far come to; pays nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_tenders(
    desk: State<'_, Desk>,
    tenders: Vec<TenderInput>,
) -> Result<TendersView, Trouble> {
    desk.act(move |till| {
        till.note_tenders(&tenders)?;
        let due = till.counter()?.due;
        Ok(tender::preview(due, &till.view().currency, &tenders))
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
