//! Who the customers are: enrolment at the counter, profiles, histories.

use mostrador_terminal::view::{
    HistoryView, ProfileForm, ProfileInput, ProfileSaved, ReferralSaved, ReferrerInput,
    ReferrerReading, Trouble,
};
use tauri::State;

use crate::desk::Desk;

/// The form of a new customer, with what was typed in its field.
#[tauri::command]
#[specta::specta]
pub(crate) async fn new_profile(
    desk: State<'_, Desk>,
    typed: String,
) -> Result<ProfileForm, Trouble> {
    desk.act(move |till| till.new_profile(&typed)).await
}

/// The form of a known customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_profile(
    desk: State<'_, Desk>,
    id: String,
) -> Result<ProfileForm, Trouble> {
    desk.act(move |till| till.edit_profile(&id)).await
}

/// Saves a form, unless somebody else has what is in it. A new customer has agreed to the form's words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_profile(
    desk: State<'_, Desk>,
    input: ProfileInput,
) -> Result<ProfileSaved, Trouble> {
    desk.act(move |till| till.save_profile(&input)).await
}

/// Whom a text means as the one who brought a customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_referrer(
    desk: State<'_, Desk>,
    text: String,
) -> Result<ReferrerReading, Trouble> {
    desk.act(move |till| till.find_referrer(&text)).await
}

/// Records who brought a customer who has not bought yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn register_referral(
    desk: State<'_, Desk>,
    customer: String,
    referrer: ReferrerInput,
) -> Result<ReferralSaved, Trouble> {
    desk.act(move |till| till.register_referral(&customer, &referrer))
        .await
}

/// What this till knows of a customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history(desk: State<'_, Desk>, id: String) -> Result<HistoryView, Trouble> {
    desk.act(move |till| till.history(&id)).await
}

/// What the server knows of a customer, from `before` on; empty: the latest.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history_online(
    desk: State<'_, Desk>,
    id: String,
    before: String,
) -> Result<HistoryView, Trouble> {
    desk.history_online(&id, &before).await
}
