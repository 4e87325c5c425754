//! What the customer holds before paying.

use mostrador_terminal::Till;
use mostrador_terminal::view::{CounterView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// The counter as it is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn counter(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::counter).await
}

/// Adds a product; `quantity` is a decimal in plain digits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_product(
    desk: State<'_, Desk>,
    id: String,
    quantity: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.add_product(&id, &quantity)).await
}

/// Adds a line with an amount of its own, as typed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_amount(
    desk: State<'_, Desk>,
    amount: String,
    name: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.add_amount_text(&amount, &name))
        .await
}

/// Changes the quantity of the line at `index`, counted from 0.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_quantity(
    desk: State<'_, Desk>,
    index: u32,
    quantity: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.set_quantity(index as usize, &quantity))
        .await
}

/// Takes the line at `index` off the basket, counted from 0.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_line(desk: State<'_, Desk>, index: u32) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.remove_line(index as usize)).await
}

/// Empties the basket.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_basket(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::clear_basket).await
}

/// Sets the basket aside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn park(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::park).await
}

/// Brings back a basket that was set aside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recall(desk: State<'_, Desk>) -> Result<CounterView, Trouble> {
    desk.act(Till::recall).await
}
