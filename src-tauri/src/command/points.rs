//! What points buy: money off the sale, rewards, reward coupons.

use mostrador_terminal::Till;
use mostrador_terminal::view::{
    CounterView, CouponMade, PointsPreview, RedeemView, SlipView, Trouble,
};
use tauri::State;

use crate::desk::Desk;

/// What the customer's points can do now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn redeem_view(desk: State<'_, Desk>) -> Result<RedeemView, Trouble> {
    desk.act(Till::redeem_view).await
}

/// What the points typed so far would pay; reserves nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_points(
    desk: State<'_, Desk>,
    text: String,
) -> Result<PointsPreview, Trouble> {
    desk.act(move |till| till.preview_points(&text)).await
}

/// Reserves points as money for the basket, as typed; `0` gives them up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn redeem_points(
    desk: State<'_, Desk>,
    text: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.redeem_points(&text)).await
}

/// Puts a reward on the basket.
#[tauri::command]
#[specta::specta]
pub(crate) async fn apply_reward(
    desk: State<'_, Desk>,
    slug: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.apply_reward(&slug)).await
}

/// Buys a reward as a coupon; with a slip in the answer it is on disk.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_coupon(
    desk: State<'_, Desk>,
    slug: String,
) -> Result<CouponMade, Trouble> {
    desk.act(move |till| till.make_coupon(&slug)).await
}

/// The slip of a coupon of the customer, once more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn coupon_slip(desk: State<'_, Desk>, code: String) -> Result<SlipView, Trouble> {
    desk.act(move |till| till.coupon_slip(&code)).await
}

/// Takes an unused coupon back and gives its points back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn return_coupon(
    desk: State<'_, Desk>,
    code: String,
) -> Result<CounterView, Trouble> {
    desk.act(move |till| till.return_coupon(&code)).await
}
