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
        let total = till.counter()?.total;
        Ok(tender::preview(total, &till.view().currency, &tenders))
    })
    .await
}

/// Notes that the basket is shown for payment, for the figures of experiments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reach_payment(desk: State<'_, Desk>) -> Result<(), Trouble> {
    desk.act(Till::reach_payment).await
}

/// Pays the basket, if its total is still `seen_total` (minor units), the one on the screen. On `Ok`
/// the sale is on disk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pay(
    desk: State<'_, Desk>,
    tenders: Vec<TenderInput>,
    seen_total: i64,
) -> Result<ReceiptView, Trouble> {
    desk.act(move |till| till.pay(&tenders, seen_total)).await
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
