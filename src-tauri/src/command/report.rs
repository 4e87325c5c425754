//! Figures.

use mostrador_terminal::Till;
use mostrador_terminal::view::{BoardPeriod, LeaderboardView, TodayView, Trouble};
use tauri::State;

use crate::desk::Desk;

/// Today at this till.
#[tauri::command]
#[specta::specta]
pub(crate) async fn today(desk: State<'_, Desk>) -> Result<TodayView, Trouble> {
    desk.act(Till::today).await
}

/// Who earned most at this till.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leaderboard(
    desk: State<'_, Desk>,
    period: BoardPeriod,
) -> Result<LeaderboardView, Trouble> {
    desk.act(move |till| till.leaderboard(period)).await
}
