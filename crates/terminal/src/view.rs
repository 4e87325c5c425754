//! What a screen shows: plain data for a window, a receipt printer or a test.
//!
//! Amounts are minor units below 2^53; sentences are already in the session's language; the screen
//! formats and adds nothing. Every action of the counter answers with the whole [`CounterView`].
//! One file for each screen or pane.

mod adjust;
mod counter;
mod customer;
mod history;
mod identify;
mod leaderboard;
mod merge;
mod merit;
mod pay;
mod profile;
mod redeem;
mod referral;
mod sync;
mod till;
mod today;
mod undo;

pub use self::adjust::{AdjustmentForm, AdjustmentInput, AdjustmentSaved};
pub use self::counter::{
    BestSetView, ChipView, CodeView, CounterView, LineView, PointsView, RefusedView,
    SuggestionView, TierDiscountView,
};
pub use self::customer::{CustomerCard, ProgressView};
pub use self::history::{HistoryEvent, HistoryFact, HistoryView};
pub use self::identify::{BoxReading, CustomerHit, ProductHit};
pub use self::leaderboard::{BoardPeriod, LeaderboardView, PlaceView};
pub use self::merge::{MergeRow, MergeSaved, MergeView};
pub use self::merit::{BadgeView, ChallengeView, MeritView, ScorePartView, ScoreView};
pub use self::pay::{ReceiptKind, ReceiptView, SquareCode, TenderInput, TendersView, TypedTender};
pub use self::profile::{ProfileForm, ProfileInput, ProfileSaved};
pub use self::redeem::{
    CouponMade, CouponView, PointsOffer, PointsPreview, RedeemView, RedemptionView, RewardView,
    SlipView, TierUpView, TierView,
};
pub use self::referral::{PersonReading, ReferralForm, ReferralSaved, ReferrerInput};
pub use self::sync::{SyncState, SyncView};
pub use self::till::{DemoPin, Language, SessionView, TillView, Trouble};
pub use self::today::{TodayCode, TodayRefusal, TodaySale, TodayTender, TodayView};
pub use self::undo::{
    ReasonView, RefundInput, RefundLine, RefundTender, RefundView, UndoEffect, UndoneSale,
    VoidInput, VoidView,
};
