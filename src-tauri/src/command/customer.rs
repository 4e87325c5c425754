//! Who the customers are: enrolment at the counter, profiles, histories.

use mostrador_terminal::view::{
    AdjustmentForm, AdjustmentInput, AdjustmentSaved, HistoryView, MergeSaved, MergeView,
    PersonReading, ProfileForm, ProfileInput, ProfileSaved, ReferralSaved, ReferrerInput, Trouble,
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

/// Whom a text means: a referral code, a card, a phone or a name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_person(
    desk: State<'_, Desk>,
    text: String,
) -> Result<PersonReading, Trouble> {
    desk.act(move |till| till.find_person(&text)).await
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

/// Two records of one person as they would be as one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_merge(
    desk: State<'_, Desk>,
    survivor: String,
    absorbed: String,
) -> Result<MergeView, Trouble> {
    desk.act(move |till| till.preview_merge(&survivor, &absorbed))
        .await
}

/// Makes two records one, with a manager's PIN.
#[tauri::command]
#[specta::specta]
pub(crate) async fn merge_customers(
    desk: State<'_, Desk>,
    survivor: String,
    absorbed: String,
    pin: String,
) -> Result<MergeSaved, Trouble> {
    desk.act(move |till| till.merge_customers(&survivor, &absorbed, &pin))
        .await
}

/// What may be adjusted of a customer's points.
#[tauri::command]
#[specta::specta]
pub(crate) async fn adjustment(
    desk: State<'_, Desk>,
    customer: String,
) -> Result<AdjustmentForm, Trouble> {
    desk.act(move |till| till.adjustment(&customer)).await
}

/// Gives or takes points by hand, with a manager's PIN.
#[tauri::command]
#[specta::specta]
pub(crate) async fn adjust_points(
    desk: State<'_, Desk>,
    input: AdjustmentInput,
    pin: String,
) -> Result<AdjustmentSaved, Trouble> {
    desk.act(move |till| till.adjust_points(&input, &pin)).await
}
